package op

import (
	"fmt"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what an operator's function needs besides its inputs and outputs.

// Memory belongs to one step in one session, or to one folding. A session keeps
// it, so that only the first run allocates.
type Memory struct {
	Seed  uint64 // of random numbers
	First uint64 // the number of the first sample
	Whole bool   // the model has no batch: all of a tensor is the first sample

	pad   *Scratchpad
	walks []tensor.Walk // in the order in which the step asks for them
	next  int
	lanes lanes
	order []int           // entries that are sorted
	in    []tensor.Tensor // widened
	out   []tensor.Tensor
}

// Scratchpad is tensors that a session's steps use in turn, by type.
type Scratchpad struct {
	Err error // the first failure of a run: what is wrong with its inputs

	tensors [onnx.BFloat16 + 1][]*tensor.Tensor
	next    [onnx.BFloat16 + 1]int
	packed  kernel.Packed    // the second matrix of a product
	turns   [3]kernel.Packed // such matrices that are used in turn
	floats  []float32        // room
}

// NewMemory makes memory that uses a scratchpad.
func NewMemory(pad *Scratchpad) *Memory { return &Memory{pad: pad} }

// Begin forgets what was asked for.
func (m *Memory) Begin() {
	m.next = 0
	clear(m.pad.next[:])
}

// Fail notes that the inputs ask for what does not exist; the first failure of a
// run is its error.
func (m *Memory) Fail(format string, args ...any) {
	if m.pad.Err == nil {
		m.pad.Err = fmt.Errorf(format, args...)
	}
}

// Floats returns memory for n floats; the next call returns the same.
//
//go:noinline
func (m *Memory) Floats(n int) []float32 {
	if cap(m.pad.floats) < n {
		m.pad.floats = make([]float32, n)
	}
	return m.pad.floats[:n]
}

// Tensor returns a tensor of zeros that lasts until the step is done.
func (m *Memory) Tensor(elem tensor.Type, shape []int) tensor.Tensor {
	k := m.pad.next[elem]
	m.pad.next[elem]++
	if k == len(m.pad.tensors[elem]) {
		m.pad.tensors[elem] = append(m.pad.tensors[elem], &tensor.Tensor{Elem: elem, Data: tensor.Make(elem, 0)})
	}
	t := m.pad.tensors[elem][k]
	t.Shape = append(t.Shape[:0], shape...)
	tensor.Resize(t.Data, tensor.Product(shape))
	return *t
}

// Copied returns t in another type.
func (m *Memory) Copied(elem tensor.Type, t tensor.Tensor) tensor.Tensor {
	c := m.Tensor(elem, t.Shape)
	tensor.Convert(c, t)
	return c
}

// Walk returns the walk through an output and what is broadcast to it.
func (m *Memory) Walk(out []int, a, b, c []int) *tensor.Walk {
	k := m.next
	m.next++
	if k == len(m.walks) {
		m.walks = append(m.walks, tensor.Walk{})
	}
	m.walks[k].Plan(out, a, b, c)
	return &m.walks[k]
}

// lanesOf returns the lanes of a shape; a step has only one way to join.
func (m *Memory) lanesOf(shape, joined []int) *lanes {
	if !sameShape(m.lanes.of, shape) || len(m.lanes.groups) == 0 {
		m.lanes.plan(shape, joined)
	}
	return &m.lanes
}

// as returns t in the type that its own is computed in: itself or a copy.
func (m *Memory) as(to func(tensor.Type) tensor.Type, t tensor.Tensor) tensor.Tensor {
	if !t.Given() || t.Elem == to(t.Elem) {
		return t
	}
	return m.Copied(to(t.Elem), t)
}

// widened returns t in the type it is computed in: itself or a copy.
func (m *Memory) widened(t tensor.Tensor) tensor.Tensor { return m.as(tensor.Wider, t) }

// inWide runs f on widened inputs, and narrows what it makes.
//
//go:noinline
func inWide(f Eval) Eval { return inType(tensor.Wider, f) }

// inSingle runs f, which computes in float32.
//
//go:noinline
func inSingle(f Eval) Eval {
	return inType(func(tensor.Type) tensor.Type { return onnx.Float }, f)
}

// inType runs f on inputs of the type that theirs are computed in, and converts
// what it makes.
//
//go:noinline
func inType(to func(tensor.Type) tensor.Type, f Eval) Eval { return inTypeAs(to, f, false) }

// inTypeAs is inType. If ordered, uint64 become the int64 that are ordered like
// them.
func inTypeAs(to func(tensor.Type) tensor.Type, f Eval, ordered bool) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		m.in, m.out = m.in[:0], m.out[:0]
		for _, t := range in {
			wide := m.as(to, t)
			if ordered && t.Elem == onnx.Uint64 && t.Given() {
				flip(wide)
			}
			m.in = append(m.in, wide)
		}
		for _, t := range out {
			made := t
			if t.Elem != to(t.Elem) {
				made = m.Tensor(to(t.Elem), t.Shape)
			}
			m.out = append(m.out, made)
		}
		f(m, m.out, m.in)
		for i, t := range out {
			if ordered && t.Elem == onnx.Uint64 {
				flip(m.out[i])
			}
			if t.Elem != m.out[i].Elem {
				tensor.Convert(t, m.out[i])
			}
		}
	}
}

// copyTensor is an Eval that copies input 0, whatever the shapes.
func copyTensor(_ *Memory, out, in []tensor.Tensor) { tensor.Convert(out[0], in[0]) }
