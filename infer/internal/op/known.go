package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is inputs that must be known before a node is made.

// Known returns input i, whose elements must be known; a tensor not given if they
// are not, or if something failed before. It must not be changed.
func (n *Node) Known(i int) tensor.Tensor {
	v := n.In[i]
	switch {
	case n.err != nil:
	case v == nil:
		n.Fail("input %d is left out", i)
	case v.Const == nil:
		n.err = &Unknown{n.Refuse("%s is computed, want a constant", n.Input(i)).(*onnx.UnsupportedError), i}
	default:
		t, err := v.Const.Value()
		if err != nil {
			n.Fail("%s: %v", n.Input(i), err)
			return tensor.Tensor{}
		}
		return t
	}
	return tensor.Tensor{}
}

// Ints returns input i, integers or bools that must be known.
func (n *Node) Ints(i int) []int64 {
	n.Type(i, tensor.Integers|tensor.Booleans)
	return known[int64](n, i, onnx.Int64)
}

// Float64s returns input i, numbers that must be known.
func (n *Node) Float64s(i int) []float64 {
	n.Type(i, tensor.Numbers)
	return known[float64](n, i, onnx.Double)
}

// Float32s returns input i, float32 that must be known. It must not be changed.
func (n *Node) Float32s(i int) []float32 {
	n.Type(i, tensor.TypeSet(onnx.Float))
	if t := n.Known(i); n.err == nil {
		return tensor.Of[float32](t)
	}
	return nil
}

// known returns input i in a type that arithmetic is done in.
func known[T tensor.Wide](n *Node, i int, elem tensor.Type) []T {
	t := n.Known(i)
	if n.err != nil {
		return nil
	}
	if t.Elem != elem {
		wide := tensor.New(elem, t.Shape...)
		tensor.Convert(wide, t)
		t = wide
	}
	return tensor.Of[T](t)
}

// One returns input i, one number that must be known.
func (n *Node) One(i int) float64 {
	v := n.Float64s(i)
	if n.err == nil && len(v) != 1 {
		n.Fail("%s has shape %v, want one number", n.Input(i), n.In[i].Shape)
	}
	if n.err != nil {
		return 0
	}
	return v[0]
}

// Sizes returns input i, a list of integers that must be known.
func (n *Node) Sizes(i int) []int64 {
	if v := n.In[i]; v != nil && len(v.Shape) != 1 {
		n.Fail("%s has shape %v, want a list", n.Input(i), v.Shape)
	}
	return n.Ints(i)
}

// Axes returns input i, a list of axes of a tensor of a rank, each once; given
// is false if it is left out.
func (n *Node) Axes(i, rank int) (list []int, given bool) {
	if i >= len(n.In) || n.In[i] == nil {
		return nil, false
	}
	raw := n.Ints(i)
	return n.axes(raw, rank), true
}

func (n *Node) axes(raw []int64, rank int) (list []int) {
	if len(raw) > rank {
		n.Fail("axes %v are more than %d dimensions", raw[:rank], rank)
		return nil
	}
	for _, a := range raw {
		axis := n.Axis(a, rank)
		if contains(list, axis) {
			n.Fail("axis %d is listed twice in %v", axis, raw)
		}
		list = append(list, axis)
	}
	return list
}
