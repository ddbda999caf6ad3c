package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Where.

var choices = family{
	{Name: "Where", Make: where, Least: 3, Most: 3},
}

// where is Where: x where the condition holds, y elsewhere.
func where(n *Node) Eval {
	n.Pointwise = true
	n.Type(0, tensor.Booleans)
	if elem := n.Type(1, tensor.Any); n.Type(2, tensor.Any) != elem {
		n.Fail("input 2 is %v, want %v", n.In[2].Elem, elem)
	}
	n.Result(n.In[1].Elem, n.Broadcast(n.In[0].Shape, n.In[1].Shape, n.In[2].Shape)...)
	return func(m *Memory, out, in []tensor.Tensor) {
		z, x, y := out[0], m.widened(in[1]), m.widened(in[2])
		if z.Elem != x.Elem {
			z = m.Tensor(x.Elem, z.Shape)
		}
		if x.Elem == onnx.Float {
			whereOn[uint32](m, z, in[0], x, y)
		} else {
			whereOn[uint64](m, z, in[0], x, y)
		}
		if z.Elem != out[0].Elem {
			tensor.Convert(out[0], z)
		}
	}
}

func whereOn[B tensor.Bits](m *Memory, out, condition, a, b tensor.Tensor) {
	z, c, x, y := tensor.BitsOf[B](out), tensor.Of[bool](condition), tensor.BitsOf[B](a), tensor.BitsOf[B](b)
	m.Walk(out.Shape, condition.Shape, a.Shape, b.Shape).Lines(func(o, n int, at, step [3]int) {
		line := z[o:][:n]
		if step == [3]int{1, 1, 1} {
			c, x, y := c[at[0]:][:n], x[at[1]:][:n], y[at[2]:][:n]
			for k := range line {
				v := y[k]
				if c[k] {
					v = x[k]
				}
				line[k] = v
			}
			return
		}
		i, j, l := at[0], at[1], at[2]
		for k := range line {
			v := y[l]
			if c[i] {
				v = x[j]
			}
			line[k] = v
			i, j, l = i+step[0], j+step[1], l+step[2]
		}
	})
}
