package infer

import (
	"fmt"
	"slices"
)

// This file is running a model on named tensors.

// Tensor is an input or output of a run: its elements row by row.
type Tensor struct {
	Name  string
	Shape []int
	Data  any // []float32; the type that Value.Type names
}

// Run computes all outputs of the model, in the order of [Model.Outputs], from
// all its inputs, in any order. Shapes must be those of [Model.Inputs], with
// one size in place of every -1; that size is not bound to the session's batch.
// The outputs are new and belong to the caller; the inputs must not change
// during the call.
func (s *Session) Run(inputs ...Tensor) ([]Tensor, error) {
	n, data, err := s.arguments(inputs)
	if err != nil {
		return nil, err
	}
	var outputs []Tensor
	var results [][]float32
	for _, v := range s.model.outputs {
		shape := slices.Clone(v.Shape)
		if shape[0] == open {
			shape[0] = n
		}
		results = append(results, make([]float32, sizeOf(v.Shape).of(n)))
		outputs = append(outputs, Tensor{v.Name, shape, results[len(results)-1]})
	}
	for first := 0; first < n; first += s.batch {
		c := min(n-first, s.batch)
		for i, v := range s.model.inputs {
			s.run.buffers[s.model.plan.inputs[i]] = part(data[i], v, first, c)
		}
		for i, v := range s.model.outputs {
			s.run.buffers[s.model.plan.outputs[i]] = part(results[i], v, first, c)
		}
		s.step(c)
	}
	s.release()
	return outputs, nil
}

// part returns c samples of a value's data from the first on; all of it if its
// size is fixed.
func part(data []float32, v Value, first, c int) []float32 {
	size := sizeOf(v.Shape)
	if size.perSample == 0 {
		return data
	}
	return data[first*size.perSample:][:c*size.perSample]
}

// arguments checks the inputs of a run, and returns the number of samples and
// the data in the model's order.
func (s *Session) arguments(inputs []Tensor) (n int, data [][]float32, err error) {
	data = make([][]float32, len(s.model.inputs))
	n = open
	for _, t := range inputs {
		i := slices.IndexFunc(s.model.inputs, func(v Value) bool { return v.Name == t.Name })
		if i < 0 {
			return 0, nil, fmt.Errorf("infer: the model has no input %q", t.Name)
		}
		if data[i] != nil {
			return 0, nil, fmt.Errorf("infer: input %q is given twice", t.Name)
		}
		v := s.model.inputs[i]
		if !matches(t.Shape, v.Shape) {
			return 0, nil, fmt.Errorf("infer: input %q has shape %v, want %v", t.Name, t.Shape, v.Shape)
		}
		if v.Shape[0] == open {
			if n != open && n != t.Shape[0] {
				return 0, nil, fmt.Errorf("infer: input %q has %d samples, another input has %d", t.Name, t.Shape[0], n)
			}
			n = t.Shape[0]
		}
		floats, ok := t.Data.([]float32)
		if !ok {
			return 0, nil, fmt.Errorf("infer: input %q is %T, want []float32", t.Name, t.Data)
		}
		if want := volume(t.Shape...); t.Shape[0] > len(floats) || int64(len(floats)) != want {
			return 0, nil, fmt.Errorf("infer: input %q has %d values, want %d for shape %v", t.Name, len(floats), want, t.Shape)
		}
		data[i] = floats
	}
	for i, v := range s.model.inputs {
		if data[i] == nil {
			return 0, nil, fmt.Errorf("infer: input %q is missing", v.Name)
		}
	}
	if n == open {
		n = 1 // all sizes are fixed
	}
	return n, data, nil
}

// matches says that shape is an instance of want.
func matches(shape, want []int) bool {
	return slices.EqualFunc(shape, want, func(a, b int) bool { return a == b || b == open && a > 0 })
}
