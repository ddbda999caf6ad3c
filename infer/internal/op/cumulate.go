package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is sums and products of all elements before each along an axis.

var cumulating = family{
	{Name: "CumSum", Make: cumulate, How: uint8(opAdd), Least: 2, Most: 2, Attrs: "exclusive reverse"},
	{Name: "CumProd", Make: cumulate, How: uint8(opMul), Least: 2, Most: 2, Attrs: "exclusive reverse"},
}

// cumulate is CumSum or CumProd.
func cumulate(n *Node) Eval {
	op := operation(n.how)
	x := n.In[0]
	elem := n.Type(0, tensor.Numbers)
	list := n.Ints(1)
	if n.err == nil && len(list) != 1 {
		n.Fail("axis has shape %v, want one number", n.In[1].Shape)
	}
	if n.err != nil {
		return nil
	}
	axis := n.Axis(list[0], len(x.Shape))
	exclusive, reverse := n.Bool("exclusive", false), n.Bool("reverse", false)
	if n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return inType(widest, func(m *Memory, out, in []tensor.Tensor) {
		size, each := in[0].Shape[axis], tensor.Product(in[0].Shape[axis+1:])
		c := cumulation{op, size, each, exclusive, reverse}
		if in[0].Elem == onnx.Double {
			cumulateOf(c, tensor.Nth[float64](out, 0), tensor.Nth[float64](in, 0))
		} else {
			cumulateOf(c, tensor.Nth[int64](out, 0), tensor.Nth[int64](in, 0))
		}
	})
}

// cumulation is lines of size elements, each apart.
type cumulation struct {
	op                 operation
	size, each         int
	exclusive, reverse bool
}

// cumulateOf works on some neighbouring lines together.
func cumulateOf[T float64 | int64](c cumulation, dst, src []T) {
	var room [64]T
	for from := 0; from < len(src); from += c.size * c.each {
		for first := 0; first < c.each; first += len(room) {
			sums := room[:min(len(room), c.each-first)]
			for j := range sums {
				sums[j] = 0
				if c.op == opMul {
					sums[j] = 1
				}
			}
			for k := range c.size {
				if c.reverse {
					k = c.size - 1 - k
				}
				at := from + k*c.each + first
				cumulateStep(c, dst[at:][:len(sums)], src[at:][:len(sums)], sums)
			}
		}
	}
}

func cumulateStep[T float64 | int64](c cumulation, dst, src []T, sums []T) {
	for j, v := range src {
		before := sums[j]
		if c.op == opMul {
			sums[j] = before * v
		} else {
			sums[j] = before + v
		}
		dst[j] = sums[j]
		if c.exclusive {
			dst[j] = before
		}
	}
}
