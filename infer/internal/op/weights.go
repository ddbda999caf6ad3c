package op

import (
	"slices"
	"sync"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what layers ask of their inputs.

// computed reports whether input i is float32 that a step computes, and not empty.
//
//go:noinline
func (n *Node) computed(i int) bool {
	v := n.In[i]
	return v.Const == nil && v.Elem == onnx.Float && !contains(v.Shape, 0)
}

// constant reports whether input i is left out or float32 that is known, and not
// empty.
//
//go:noinline
func (n *Node) constant(i int) bool {
	v := n.In[i]
	return v == nil || v.Const != nil && v.Elem == onnx.Float && !contains(v.Shape, 0)
}

// channels is the second dimension; 1 where there is none.
//
//go:noinline
func channels(shape []int) int {
	if len(shape) < 2 {
		return 1
	}
	return shape[1]
}

// spreads reports whether shape is one number, or one a channel of an image.
func spreads(shape, image []int) bool {
	pad := len(image) - len(shape)
	for d, size := range shape {
		if pad < 0 || size != 1 && (d+pad != 1 || size != channels(image)) {
			return false
		}
	}
	return len(image) > 1
}

// perChannel returns input i, known, of which spreads holds, as one number a
// channel. It is a copy: a view would keep the whole file in memory.
func (n *Node) perChannel(i, channels int) []float32 {
	w := n.Float32s(i)
	if n.err != nil || len(w) == channels {
		return slices.Clone(w)
	}
	return slices.Repeat(w[:1], channels)
}

// vector checks that input i, if given, is one number a channel.
func (n *Node) vector(i, channels int) {
	if v := n.In[i]; v != nil && !sameShape(v.Shape, []int{channels}) {
		n.Fail("%s has shape %v, want [%d]", n.Input(i), v.Shape, channels)
	}
}

// one reports whether input i has one element.
func (v *Value) one() bool { return !contains(v.Shape, 0) && tensor.Product(v.Shape) == 1 }

// gatherStride fills dst with every stride-th element of src.
func gatherStride[T any](dst, src []T, stride int) {
	for i := range dst {
		dst[i] = src[i*stride]
	}
}

// once is sync.OnceValue, which inlined would be a page of code at each use.
//
//go:noinline
func once[T any](f func() T) func() T { return sync.OnceValue(f) }
