package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that put single elements, or slices, where indices say.

var scattering = family{
	{Name: "Scatter", Make: scatterElements, Least: 3, Most: 3, Attrs: "axis", Raise: raiseScatter},
	{Name: "ScatterElements", Make: scatterElements, Least: 3, Most: 3, Attrs: "axis reduction"},
	{Name: "ScatterND", Make: scatterND, Least: 3, Most: 3, Attrs: "reduction"},
}

// raiseScatter gives Scatter, of opsets before 11, its new name.
func raiseScatter(r *Raising) { r.Op = "ScatterElements" }

// scatterReduction returns how what is there and what is put there are joined.
func (n *Node) scatterReduction() (op operation, joins bool) {
	name := n.String("reduction", "none", "add", "mul", "max", "min")
	if name != "none" && n.In[0].Elem == onnx.Bool {
		n.Fail("reduction is %q for bools", name)
	}
	switch name {
	case "mul":
		op = opMul
	case "max":
		op = opMax
	case "min":
		op = opMin
	}
	return op, name != "none" // opAdd is the first
}

// put is how a scatter writes.
type put struct {
	op    operation
	joins bool
}

// scatterElements is ScatterElements: input 0 with each update at its place, but
// along one axis at its index.
func scatterElements(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Any)
	n.Type(1, indexTypes)
	if n.Type(2, tensor.Any) != elem || !sameShape(n.In[1].Shape, n.In[2].Shape) {
		n.Fail("updates are %v %v, want %v %v", n.In[2].Elem, n.In[2].Shape, elem, n.In[1].Shape)
	}
	op, joins := n.scatterReduction()
	axis := n.Axis(n.Int("axis", 0), len(x.Shape))
	if n.err != nil {
		return nil
	}
	strides, each := n.alongAxis(axis)
	if n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return inOrder(func(m *Memory, out, in []tensor.Tensor) {
		tensor.Copy(out[0], 0, in[0], 0, in[0].Len())
		if in[1].Len() == 0 {
			return
		}
		write := put{op, joins}.to(out[0], in[2], 1)
		indices, size, step := tensor.Nth[int64](in, 1), out[0].Shape[axis], strides[len(strides)-1]
		eachRow(in[1].Shape, strides, func(o, at, n int) {
			for j, k := range indices[o:][:n] {
				write(at+j*step+m.index(k, size)*each, o+j)
			}
		})
	}, op == opMax || op == opMin)
}

// to returns what writes n elements of x, from one on, to a place of out.
func (p put) to(out, x tensor.Tensor, n int) func(place, from int) {
	switch out.Elem {
	case onnx.Float:
		return putting[float32](p, out, x, n)
	case onnx.Double:
		return putting[float64](p, out, x, n)
	}
	return putting[int64](p, out, x, n)
}

func putting[T tensor.Wide](p put, out, x tensor.Tensor, n int) func(place, from int) {
	dst, src := tensor.Of[T](out), tensor.Of[T](x)
	return func(place, from int) {
		y, x := dst[place:][:n], src[from:][:n]
		if p.joins {
			plainArithmetic(p.op, y, y, x)
			return
		}
		copy(y, x)
	}
}

// scatterND is ScatterND: input 0 with slices replaced where lists of indices say.
func scatterND(n *Node) Eval {
	x, indices := n.In[0], n.In[1]
	elem := n.Type(0, tensor.Any)
	n.Type(1, indexTypes)
	op, joins := n.scatterReduction()
	rank := len(indices.Shape)
	if rank == 0 || indices.Shape[rank-1] > len(x.Shape) {
		n.Fail("indices of shape %v do not fit %v", indices.Shape, x.Shape)
		return nil
	}
	depth := indices.Shape[rank-1]
	want := joinLists(indices.Shape[:rank-1], x.Shape[depth:])
	if n.Type(2, tensor.Any) != elem || !sameShape(n.In[2].Shape, want) {
		n.Fail("updates are %v %v, want %v %v", n.In[2].Elem, n.In[2].Shape, elem, want)
	}
	if !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return inOrder(func(m *Memory, out, in []tensor.Tensor) {
		tensor.Copy(out[0], 0, in[0], 0, in[0].Len())
		if in[2].Len() == 0 {
			return
		}
		indices, each := tensor.Nth[int64](in, 1), tensor.Product(out[0].Shape[depth:])
		write := put{op, joins}.to(out[0], in[2], each)
		for i := range in[2].Len() / each {
			write(m.place(indices[i*depth:][:depth], out[0].Shape[:depth])*each, i*each)
		}
	}, op == opMax || op == opMin)
}
