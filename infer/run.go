package infer

import (
	"context"
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is running a model on named tensors.

// Tensor is an input or output of a run: its elements row by row.
type Tensor struct {
	Name  string
	Shape []int
	Data  any    // []float32, []int64, []bool, ...: a slice of the type that Type names; []uint16 for the bits of float16
	Type  string // of an output, as in Value; inputs need none
}

// output describes what a run has computed.
func output(name string, elem tensor.Type, shape []int, data any) Tensor {
	return Tensor{Name: name, Shape: shape, Data: tensor.Slice(data), Type: elem.String()}
}

// Run computes all outputs of the model, in the order of [Model.Outputs], from
// all its inputs, in any order. Shapes must be those of [Model.Inputs], with a
// size in place of every -1. Where only the number of samples is open, it is not
// bound to the session's batch: more are computed batch after batch. Otherwise
// the model runs once on what it is given, and the session prepares for each new
// size.
//
// The outputs are new and belong to the caller; the inputs must not change
// during the call. When ctx is done, Run returns its error after the step at
// hand. Errors about the inputs are an [*InputError].
func (s *Session) Run(ctx context.Context, inputs ...Tensor) (outputs []Tensor, err error) {
	return s.runTo(ctx, nil, inputs)
}

// RunTo is [Session.Run] into tensors that the caller has: outputs[i] is given output
// i, of whose type and shape it must be. A program that runs a model again and again
// takes no new memory for what it computes. After an error outputs may hold anything.
func (s *Session) RunTo(ctx context.Context, outputs []Tensor, inputs ...Tensor) error {
	if len(outputs) != len(s.model.outputs) {
		return badInput("", "%d outputs are given, the model has %d", len(outputs), len(s.model.outputs))
	}
	_, err := s.runTo(ctx, outputs, inputs)
	return err
}

// runTo is RunTo, or Run if into is nil.
func (s *Session) runTo(ctx context.Context, into, inputs []Tensor) (outputs []Tensor, err error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave(&err)
	data, shapes, err := s.model.arguments(inputs)
	if err != nil {
		return nil, err
	}
	n, chunk := s.model.chunks(shapes, s.batch)
	switch {
	case n == 0:
		return s.nothing(ctx, into, shapes, data)
	case n == chunk:
		return s.runOnce(ctx, into, shapes, data)
	}
	return s.runChunks(ctx, into, data, n)
}

// nothing is the outputs for no samples.
func (s *Session) nothing(ctx context.Context, into []Tensor, shapes [][]int, data []any) (outputs []Tensor, err error) {
	m := s.model
	p, err := m.planFor(shapes, true)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", public(err))
	}
	if p.Cut() { // only a run tells the shapes
		return s.runOnce(ctx, into, shapes, data)
	}
	for i, v := range p.Outputs {
		t, err := m.output(into, i, v.Elem, slices.Clone(v.Shape))
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, output(m.outputs[i].Name, t.Elem, t.Shape, t.Data))
	}
	return outputs, nil
}

// chunks returns how many samples there are, and how many are computed at once.
func (m *Model) chunks(shapes [][]int, batch int) (n, chunk int) {
	if m.free || !m.batched {
		return 1, 1
	}
	for i := range m.inputs {
		if m.inputs[i].batched() {
			n = shapes[i][0]
		}
	}
	return n, min(n, batch)
}

// runOnce runs the model on inputs of some shapes.
func (s *Session) runOnce(ctx context.Context, into []Tensor, shapes [][]int, data []any) ([]Tensor, error) {
	p, err := s.of(shapes)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", public(err))
	}
	for i, d := range data {
		p.run.Input(i, d, 0)
	}
	var outputs []Tensor
	if !p.plan.Cut() {
		for i, v := range p.plan.Outputs {
			t, err := s.model.output(into, i, v.Elem, slices.Clone(v.Shape))
			if err != nil {
				return nil, err
			}
			p.run.Output(i, t.Data, 0)
			outputs = append(outputs, output(s.model.outputs[i].Name, t.Elem, t.Shape, t.Data))
		}
	}
	if err := s.do(ctx, p, 0); err != nil {
		return nil, fmt.Errorf("infer: %w", public(err))
	}
	for i, t := range p.run.Results() {
		if into != nil {
			to, err := s.model.output(into, i, t.Elem, slices.Clone(t.Shape))
			if err != nil {
				return nil, err
			}
			tensor.Convert(to, t)
			continue
		}
		outputs = append(outputs, output(s.model.outputs[i].Name, t.Elem, slices.Clone(t.Shape), t.Data))
	}
	return outputs, nil
}

// output returns memory for output i: the caller's, if there is any.
func (m *Model) output(into []Tensor, i int, elem tensor.Type, shape []int) (tensor.Tensor, error) {
	if into == nil {
		return tensor.New(elem, shape...), nil
	}
	name := m.outputs[i].Name
	data, n := tensor.Pointer(into[i].Data, elem)
	if data == nil || n != tensor.Product(shape) || !slices.Equal(into[i].Shape, shape) {
		return tensor.Tensor{}, badInput(name, "output %q is to be written to %T of shape %v, want %v of %v", name, into[i].Data, into[i].Shape, elem, shape)
	}
	return tensor.Tensor{Elem: elem, Shape: shape, Data: data}, nil
}

// runChunks runs the model on n samples, a batch at a time.
func (s *Session) runChunks(ctx context.Context, into []Tensor, data []any, n int) ([]Tensor, error) {
	m := s.model
	var outputs []Tensor
	var results []tensor.Tensor
	for first := 0; first < n; first += s.batch {
		c := min(n-first, s.batch)
		p, err := s.at(c)
		if err != nil {
			return nil, fmt.Errorf("infer: a batch of %d: %w", c, public(err))
		}
		if p.plan.Cut() {
			return nil, fmt.Errorf("infer: sizes of the outputs depend on what the model computes: run at most %d samples at once, or make a session of a larger batch", s.batch)
		}
		for i := range m.inputs {
			at := 0
			if m.inputs[i].batched() {
				at = first * m.inputs[i].Len()
			}
			p.run.Input(i, data[i], at)
		}
		for i, v := range p.plan.Outputs {
			out := &m.outputs[i]
			if first == 0 {
				shape := out.of(v.Shape, c, n)
				t, err := m.output(into, i, v.Elem, shape)
				if err != nil {
					return nil, err
				}
				results = append(results, t)
				outputs = append(outputs, output(out.Name, v.Elem, shape, t.Data))
			}
			at := 0
			if out.batched() {
				at = tensor.Product(v.Shape) / c * first
			}
			p.run.Output(i, results[i].Data, at)
		}
		if err := s.do(ctx, p, first); err != nil {
			return nil, fmt.Errorf("infer: %w", public(err))
		}
	}
	return outputs, nil
}

// of is the value's shape for n samples, when shape is that for c.
func (v *Value) of(shape []int, c, n int) []int {
	if len(shape) == len(v.Shape) {
		shape = slices.Clone(shape)
		for d := range shape {
			if v.Shape[d] < 0 {
				shape[d] = shape[d] / c * n
			}
		}
		return shape
	}
	shape = slices.Clone(v.Shape) // one sample may have lost its dimension
	for d := range shape {
		if shape[d] < 0 {
			shape[d] = n
		}
	}
	return shape
}

// arguments checks the inputs of a run, and returns their data and shapes in the
// model's order.
func (m *Model) arguments(inputs []Tensor) (data []any, shapes [][]int, err error) {
	data, shapes = make([]any, len(m.inputs)), make([][]int, len(m.inputs))
	n := 0
	for _, t := range inputs {
		i := slices.IndexFunc(m.inputs, func(v Value) bool { return v.Name == t.Name })
		if i < 0 {
			return nil, nil, badInput(t.Name, "the model has no input %q", t.Name)
		}
		if data[i] != nil {
			return nil, nil, badInput(t.Name, "input %q is given twice", t.Name)
		}
		v := &m.inputs[i]
		if !matches(t.Shape, v.Shape) {
			return nil, nil, badInput(t.Name, "input %q has shape %v, want %v", t.Name, t.Shape, v.Shape)
		}
		elem := m.graph.Inputs[i].Elem
		bytes, ok := tensor.Bytes(elem, t.Shape, 1<<31-1)
		if !ok {
			return nil, nil, badInput(t.Name, "input %q has shape %v, which is too large", t.Name, t.Shape)
		}
		if v.batched() && !m.free {
			if n > 0 && n != t.Shape[0] {
				return nil, nil, badInput(t.Name, "input %q has %d samples, another input has %d", t.Name, t.Shape[0], n)
			}
			n = t.Shape[0]
		}
		elements, length := tensor.Pointer(t.Data, elem)
		if elements == nil {
			return nil, nil, badInput(t.Name, "input %q is %T, want []%s", t.Name, t.Data, v.Type)
		}
		if int64(length)*int64(elem.Size()) != bytes {
			return nil, nil, badInput(t.Name, "input %q has %d values, want %d for shape %v", t.Name, length, bytes/int64(elem.Size()), t.Shape)
		}
		data[i], shapes[i] = elements, slices.Clone(t.Shape)
	}
	for i := range m.inputs {
		if data[i] == nil {
			return nil, nil, badInput(m.inputs[i].Name, "input %q is missing", m.inputs[i].Name)
		}
	}
	return data, shapes, nil
}

// matches reports whether shape is an instance of want.
func matches(shape, want []int) bool {
	return want == nil || slices.EqualFunc(shape, want, func(a, b int) bool { return a == b || b < 0 && a >= 0 })
}
