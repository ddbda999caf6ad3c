package infer

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is memory of general steps: what an operator needs besides its
// inputs and outputs. A session keeps it, so that only the first run allocates.

// memory belongs to one step in one session, or to one folding.
type memory struct {
	pad   *scratchpad
	walks []walk // in the order in which the step asks for them
	next  int
	lanes lanes
	in    []tensor // widened
	out   []tensor
}

// scratchpad is tensors that a session's steps use in turn, by type.
type scratchpad struct {
	tensors [onnx.BFloat16][]*tensor
	next    [onnx.BFloat16]int
	packed  kernel.Packed // the second matrix of a product
	floats  []float32     // room
	err     error         // what the last run found wrong with its inputs
}

// room returns memory for n floats; the next call returns the same.
func (p *scratchpad) room(n int) []float32 {
	if cap(p.floats) < n {
		p.floats = make([]float32, n)
	}
	return p.floats[:n]
}

func newMemory() *memory { return &memory{pad: new(scratchpad)} }

// begin forgets what was asked for.
func (m *memory) begin() {
	m.next = 0
	clear(m.pad.next[:])
}

// fail notes that the inputs ask for what does not exist; the first failure of a
// run is its error.
func (m *memory) fail(format string, args ...any) {
	if m.pad.err == nil {
		m.pad.err = fmt.Errorf(format, args...)
	}
}

// tensor returns a tensor of zeros that lasts until the step is done.
func (m *memory) tensor(elem onnx.DataType, shape []int) tensor {
	k := m.pad.next[elem]
	m.pad.next[elem]++
	if k == len(m.pad.tensors[elem]) {
		m.pad.tensors[elem] = append(m.pad.tensors[elem], &tensor{elem: elem, data: newData(elem, 0)})
	}
	t := m.pad.tensors[elem][k]
	t.shape = append(t.shape[:0], shape...)
	n := product(shape)
	switch data := t.data.(type) {
	case *[]float32:
		reuse(data, n)
	case *[]float64:
		reuse(data, n)
	case *[]int64:
		reuse(data, n)
	case *[]int32:
		reuse(data, n)
	case *[]int8:
		reuse(data, n)
	case *[]uint8:
		reuse(data, n)
	case *[]bool:
		reuse(data, n)
	}
	return *t
}

// reuse makes data n zeros.
func reuse[T element](data *[]T, n int) {
	if cap(*data) < n {
		*data = make([]T, n)
		return
	}
	*data = (*data)[:n]
	clear(*data)
}

// copied returns t in another type.
func (m *memory) copied(elem onnx.DataType, t tensor) tensor {
	c := m.tensor(elem, t.shape)
	convert(c, t)
	return c
}

// walkOver returns the walk through an output and what is broadcast to it.
func (m *memory) walkOver(out []int, a, b, c []int) *walk {
	k := m.next
	m.next++
	if k == len(m.walks) {
		m.walks = append(m.walks, walk{})
	}
	m.walks[k].plan(out, a, b, c)
	return &m.walks[k]
}

// lanesOf returns the lanes of a shape; a step has only one way to join.
func (m *memory) lanesOf(shape, joined []int) *lanes {
	if !slices.Equal(m.lanes.of, shape) || len(m.lanes.groups) == 0 {
		m.lanes.plan(shape, joined)
	}
	return &m.lanes
}
