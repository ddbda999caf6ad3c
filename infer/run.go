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
	Data  any // []float32, []int64, []bool, ...: a slice of the type that Value.Type names
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
	var results []any
	for i, v := range s.model.outputs {
		shape := slices.Clone(v.Shape)
		if v.batched() {
			shape[0] = n
		}
		t := newTensor(s.model.plan.buffers[s.model.plan.outputs[i]].elem, shape...)
		results = append(results, t.data)
		outputs = append(outputs, Tensor{v.Name, shape, elements(t.data)})
	}
	for first := 0; first < n; first += s.batch {
		c := min(n-first, s.batch)
		for i, v := range s.model.inputs {
			s.bind(s.model.plan.inputs[i], data[i], v, first, c)
		}
		for i, v := range s.model.outputs {
			s.bind(s.model.plan.outputs[i], results[i], v, first, c)
		}
		s.step(c)
	}
	s.release()
	if err := s.failure(); err != nil {
		return nil, err
	}
	return outputs, nil
}

// bind lets a buffer be c samples of a value's data from the first on; all of it
// if its size is fixed.
func (s *Session) bind(buffer int, data any, v Value, first, c int) {
	size := sizeOf(v.Shape)
	cut(s.run.data[buffer], data, first*size.perSample, size.of(c))
}

// cut lets the slice behind a pointer be n elements of another from one on, or
// nil if there is no other.
func cut(to, from any, first, n int) {
	switch to := to.(type) {
	case *[]float32:
		*to = cutOf[float32](from, first, n)
	case *[]float64:
		*to = cutOf[float64](from, first, n)
	case *[]int64:
		*to = cutOf[int64](from, first, n)
	case *[]int32:
		*to = cutOf[int32](from, first, n)
	case *[]int8:
		*to = cutOf[int8](from, first, n)
	case *[]uint8:
		*to = cutOf[uint8](from, first, n)
	case *[]bool:
		*to = cutOf[bool](from, first, n)
	}
}

func cutOf[T element](from any, first, n int) []T {
	if from == nil {
		return nil
	}
	return (*from.(*[]T))[first:][:n]
}

// elements returns the slice behind a pointer to one.
func elements(data any) any {
	switch to := data.(type) {
	case *[]float32:
		return *to
	case *[]float64:
		return *to
	case *[]int64:
		return *to
	case *[]int32:
		return *to
	case *[]int8:
		return *to
	case *[]uint8:
		return *to
	}
	return *data.(*[]bool)
}

// pointer is the reverse of elements; nil if its elements are of another type.
func pointer(slice any, elem string) (data any, n int) {
	switch v := slice.(type) {
	case []float32:
		data, n = &v, len(v)
	case []float64:
		data, n = &v, len(v)
	case []int64:
		data, n = &v, len(v)
	case []int32:
		data, n = &v, len(v)
	case []int8:
		data, n = &v, len(v)
	case []uint8:
		data, n = &v, len(v)
	case []bool:
		data, n = &v, len(v)
	}
	if fmt.Sprintf("%T", slice) != "[]"+elem {
		return nil, 0
	}
	return data, n
}

// arguments checks the inputs of a run, and returns the number of samples and
// the data in the model's order.
func (s *Session) arguments(inputs []Tensor) (n int, data []any, err error) {
	data = make([]any, len(s.model.inputs))
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
		if v.batched() {
			if n != open && n != t.Shape[0] {
				return 0, nil, fmt.Errorf("infer: input %q has %d samples, another input has %d", t.Name, t.Shape[0], n)
			}
			n = t.Shape[0]
		}
		elements, length := pointer(t.Data, v.Type)
		if elements == nil {
			return 0, nil, fmt.Errorf("infer: input %q is %T, want []%s", t.Name, t.Data, v.Type)
		}
		if want := volume(t.Shape...); v.batched() && t.Shape[0] > length || int64(length) != want {
			return 0, nil, fmt.Errorf("infer: input %q has %d values, want %d for shape %v", t.Name, length, want, t.Shape)
		}
		data[i] = elements
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
