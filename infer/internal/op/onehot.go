package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators whose results have a pattern: one-hot vectors, a
// diagonal, a triangle.

var patterns = family{
	{Name: "EyeLike", Make: eyeLike, Least: 1, Most: 1, Attrs: "dtype k", ShapeOf: 1},
	{Name: "OneHot", Make: oneHot, Least: 3, Most: 3, Attrs: "axis"},
	{Name: "Trilu", Make: trilu, Least: 1, Most: 2, Attrs: "upper"},
}

// oneHot is OneHot: for each index a vector along a new axis that is values[1]
// there and values[0] elsewhere; everywhere, if the index is out of range.
func oneHot(n *Node) Eval {
	indices, values := n.In[0], n.In[2]
	n.Type(0, tensor.Numbers)
	depth, elem := n.One(1), n.Type(2, tensor.Any)
	axis := n.Axis(n.Int("axis", -1), len(indices.Shape)+1)
	if n.err == nil && (!(depth >= 0) || depth > float64(n.Elements)) {
		n.Fail("depth is %v, want 0 to %d", depth, n.Elements)
	}
	if !sameShape(values.Shape, []int{2}) {
		n.Fail("values have shape %v, want [2]", values.Shape)
	}
	if n.err != nil {
		return nil
	}
	if !n.Result(elem, slices.Insert(cloneShape(indices.Shape), axis, int(depth))...) || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		size, each := out[0].Shape[axis], tensor.Product(out[0].Shape[axis+1:])
		fillWith(out[0], in[2])
		list := in[0]
		if list.Elem != onnx.Int64 {
			list = m.Copied(onnx.Int64, list)
		}
		for i, k := range tensor.Of[int64](list) {
			if k < 0 && in[0].Elem != onnx.Uint64 {
				k += int64(size)
			}
			if k >= 0 && k < int64(size) {
				tensor.Copy(out[0], (i/each*size+int(k))*each+i%each, in[2], 1, 1)
			}
		}
	}
}

// fillWith fills out with an element of its type, twice as much each time.
func fillWith(out, one tensor.Tensor) {
	tensor.Copy(out, 0, one, 0, 1)
	for n, all := 1, out.Len(); n < all; n *= 2 {
		tensor.Copy(out, n, out, 0, min(n, all-n))
	}
}

// eyeLike is EyeLike: ones on a diagonal of a matrix of input 0's shape.
func eyeLike(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Any)
	if n.Has("dtype") {
		elem = n.typeOf("dtype", onnx.Float)
	}
	k := n.Int("k", 0)
	if len(x.Shape) != 2 {
		n.Fail("shape is %v, want a matrix", x.Shape)
	}
	if n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	rows, cols := x.Shape[0], x.Shape[1]
	return inType(func(tensor.Type) tensor.Type { return onnx.Int64 }, func(m *Memory, out, _ []tensor.Tensor) {
		y := tensor.Nth[int64](out, 0)
		clear(y)
		for i := range rows {
			if at := int64(i) + k; k >= int64(-rows) && k < int64(cols) && at >= 0 && at < int64(cols) {
				y[i*cols+int(at)] = 1
			}
		}
	})
}

// typeOf returns the type that an attribute names; those of 16-bit floating
// point are float32.
func (n *Node) typeOf(attr string, def tensor.Type) tensor.Type {
	t := tensor.Type(n.Int(attr, int64(def)))
	if tensor.Halves.Has(t) {
		return onnx.Float
	}
	if !tensor.Any.Has(t) {
		n.Fail("%s %v is not supported", attr, t)
	}
	return t
}

// trilu is Trilu: matrices with zeros below, or above, a diagonal.
func trilu(n *Node) Eval {
	x := n.In[0]
	elem, upper := n.Type(0, tensor.Any), n.Bool("upper", true)
	if len(x.Shape) < 2 {
		n.Fail("shape is %v, want matrices", x.Shape)
	}
	if v := n.In[1]; v != nil && (v.Elem != onnx.Int64 || !v.one()) {
		n.Fail("k is %v %v, want one int64", v.Elem, v.Shape)
	}
	if n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		rank := len(in[0].Shape)
		rows, cols := in[0].Shape[rank-2], in[0].Shape[rank-1]
		k := int64(0)
		if in[1].Given() {
			k = tensor.Nth[int64](in, 1)[0]
		}
		diagonal := int(min(max(k, int64(-rows)), int64(cols)))
		zeros := m.Tensor(in[0].Elem, in[0].Shape[rank-1:])
		for i := range in[0].Len() / cols {
			from := min(max(i%rows+diagonal, 0), cols) // of what is kept, or with lower to
			if !upper {
				from = min(max(i%rows+diagonal+1, 0), cols)
			}
			head, tail := zeros, in[0]
			if !upper {
				head, tail = tail, head
			}
			tensor.Copy(out[0], i*cols, head, start(head, zeros, i*cols), from)
			tensor.Copy(out[0], i*cols+from, tail, start(tail, zeros, i*cols)+from, cols-from)
		}
	}
}

// start is where a row starts: that of zeros, which is the only one, at 0.
func start(t, zeros tensor.Tensor, at int) int {
	if t.Data == zeros.Data {
		return 0
	}
	return at
}
