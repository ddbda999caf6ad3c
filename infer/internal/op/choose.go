package op

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that look for the greatest or the least elements along
// an axis.

var choosing = family{
	{Name: "ArgMax", Make: argBest, How: 1, Least: 1, Most: 1, Attrs: "axis keepdims select_last_index"},
	{Name: "ArgMin", Make: argBest, Least: 1, Most: 1, Attrs: "axis keepdims select_last_index"},
	{Name: "Hardmax", Make: hardmax, Least: 1, Most: 1, Attrs: "axis", Raise: raiseSoftmax},
	{Name: "TopK", Make: topK, Least: 2, Most: 2, Attrs: "axis largest sorted", Raise: raiseTopK},
}

// raiseTopK turns k, which was an attribute up to opset 9, into an input.
func raiseTopK(r *Raising) {
	if r.Version >= 10 {
		return
	}
	if a := r.Take("k"); a != nil {
		r.Input(1, r.Constant(onnx.NewInt64("", []int64{a.Int}, 1)))
	}
}

// argBest is ArgMax, or ArgMin.
func argBest(n *Node) Eval {
	greatest := n.how == 1
	x := n.In[0]
	n.Type(0, tensor.Numbers)
	axis := n.Axis(n.Int("axis", 0), len(x.Shape))
	last := n.Bool("select_last_index", false)
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	if shape[axis] = 1; !n.Bool("keepdims", true) {
		shape = slices.Delete(shape, axis, axis+1)
	}
	if !n.Result(onnx.Int64, shape...) || n.empty() {
		return nothing
	}
	if x.Shape[axis] == 0 {
		n.Fail("shape %v has nothing to choose from", x.Shape)
		return nil
	}
	return inDoubleOrder(func(m *Memory, out, in []tensor.Tensor) {
		size, each := in[0].Shape[axis], tensor.Product(in[0].Shape[axis+1:])
		dst := tensor.Nth[int64](out, 0)
		if in[0].Elem == onnx.Double {
			argBestOf(dst, tensor.Nth[float64](in, 0), size, each, greatest, last)
		} else {
			argBestOf(dst, tensor.Nth[int64](in, 0), size, each, greatest, last)
		}
	})
}

// argBestOf writes where the best of size elements is, each apart, for every
// such line of x. A NaN is better than any number.
func argBestOf[T tensor.Wide](dst []int64, x []T, size, each int, greatest, last bool) {
	for i := range dst {
		line := x[i/each*size*each+i%each:]
		best, at := line[0], 0
		for k := 1; k < size; k++ {
			v := line[k*each]
			better := greatest && v > best || !greatest && v < best || v != v && best == best
			if better || last && (v == best || v != v) {
				best, at = v, k
			}
		}
		dst[i] = int64(at)
	}
}

// hardmax is Hardmax: 1 for the first of the greatest along axes, 0 elsewhere.
func hardmax(n *Node) Eval {
	x := n.In[0]
	elem, joined := n.Type(0, tensor.Floats), n.joined()
	if n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return inDouble(joined, func(g []float64) {
		best := 0
		for i, v := range g {
			if v > g[best] {
				best = i
			}
		}
		clear(g)
		g[best] = 1
	})
}

// topK is TopK: the k greatest or least along an axis in order, and where they
// were. Of equal ones the first comes first; NaN counts as the greatest.
func topK(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Numbers)
	axis := n.Axis(n.Int("axis", -1), len(x.Shape))
	k := n.Ints(1)
	greatest := n.Bool("largest", true)
	if n.err != nil {
		return nil
	}
	if len(k) != 1 || k[0] < 0 || k[0] > int64(x.Shape[axis]) {
		n.Fail("k is %v, want one number from 0 to %d", k, x.Shape[axis])
		return nil
	}
	shape := cloneShape(x.Shape)
	shape[axis] = int(k[0])
	n.CountWork(x.Len(), 4*bits.Len(uint(x.Shape[axis])))
	if !n.Result(elem, shape...) || !n.Result(onnx.Int64, shape...) || n.empty() {
		return nothing
	}
	return inDoubleOrder(func(m *Memory, out, in []tensor.Tensor) {
		size := in[0].Shape[axis]
		if len(m.order) != size {
			m.order = make([]int, size)
		}
		if in[0].Elem == onnx.Double {
			topKOf[float64](m.order, out, in[0], axis, greatest)
		} else {
			topKOf[int64](m.order, out, in[0], axis, greatest)
		}
	})
}

func topKOf[T tensor.Wide](order []int, out []tensor.Tensor, in tensor.Tensor, axis int, greatest bool) {
	src, values, places := tensor.Of[T](in), tensor.Nth[T](out, 0), tensor.Nth[int64](out, 1)
	k, each := out[0].Shape[axis], tensor.Product(in.Shape[axis+1:])
	for line := range len(src) / len(order) {
		from, to := line/each*len(order)*each+line%each, line/each*k*each+line%each
		x := src[from:]
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int {
			c := cmp.Compare(x[a*each], x[b*each]) // NaN is the least here
			if x[a*each] != x[a*each] || x[b*each] != x[b*each] {
				c = -c
			}
			if greatest {
				c = -c
			}
			return cmp.Or(c, a-b)
		})
		for i, at := range order[:k] {
			values[to+i*each], places[to+i*each] = x[at*each], int64(at)
		}
	}
}
