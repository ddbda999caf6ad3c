package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that take single elements, or slices, by indices.

var gathering = family{
	{Name: "GatherElements", Make: gatherElements, Least: 2, Most: 2, Attrs: "axis"},
	{Name: "GatherND", Make: gatherND, Least: 2, Most: 2, Attrs: "batch_dims"},
}

var indexTypes = tensor.TypeSet(onnx.Int32, onnx.Int64)

// index returns where entry k of size is, counted from the end if it is below 0.
// One out of range fails, and is 0.
func (m *Memory) index(k int64, size int) int {
	i := k
	if i < 0 {
		i += int64(size)
	}
	if i < 0 || i >= int64(size) {
		m.Fail("index %d is out of range for %d entries", k, size)
		return 0
	}
	return int(i)
}

// eachRow calls row for every row along the last axis of shape, which is not
// empty: o is where it starts in a tensor of that shape, at where it starts in
// one with other strides.
func eachRow(shape, strides []int, row func(o, at, n int)) {
	var space [tensor.MaxRank]int
	last := len(shape) - 1
	index, n, at := space[:last], shape[last], 0
	for o := range tensor.Product(shape[:last]) {
		row(o*n, at, n)
		for d := last - 1; d >= 0; d-- {
			index[d]++
			at += strides[d]
			if index[d] < shape[d] {
				break
			}
			at -= strides[d] * shape[d]
			index[d] = 0
		}
	}
}

// alongAxis checks that a tensor of indices goes together with input 0: it may
// be shorter along all axes, and longer along one. It returns the strides of
// input 0, with 0 for that axis, and the stride there.
func (n *Node) alongAxis(axis int) (strides []int, each int) {
	x, indices := n.In[0].Shape, n.In[1].Shape
	fits := len(x) == len(indices)
	for d := 0; fits && d < len(x); d++ {
		fits = d == axis || indices[d] <= x[d]
	}
	if !fits {
		n.Fail("indices of shape %v do not fit %v along axis %d", indices, x, axis)
		return nil, 0
	}
	strides = tensor.Strides(x)
	each, strides[axis] = strides[axis], 0
	return strides, each
}

// gatherElements is GatherElements: for each index the element at its place, but
// along one axis at that index.
func gatherElements(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	n.Type(1, indexTypes)
	axis := n.Axis(n.Int("axis", 0), len(x.Shape))
	if n.err != nil {
		return nil
	}
	strides, each := n.alongAxis(axis)
	if n.err != nil || !n.Result(x.Elem, n.In[1].Shape...) || n.empty() {
		return nothing
	}
	if x.Shape[axis] == 0 {
		n.Fail("shape %v has nothing to choose from", x.Shape)
		return nil
	}
	return inWide(func(m *Memory, out, in []tensor.Tensor) {
		if out[0].Elem == onnx.Float {
			gatherElementsOf[uint32](m, out[0], in, axis, strides, each)
		} else {
			gatherElementsOf[uint64](m, out[0], in, axis, strides, each)
		}
	})
}

func gatherElementsOf[B tensor.Bits](m *Memory, out tensor.Tensor, in []tensor.Tensor, axis int, strides []int, each int) {
	dst, src, indices := tensor.BitsOf[B](out), tensor.BitsOf[B](in[0]), tensor.Nth[int64](in, 1)
	size, step := in[0].Shape[axis], strides[len(strides)-1]
	eachRow(out.Shape, strides, func(o, at, n int) {
		for j, k := range indices[o:][:n] {
			dst[o+j] = src[at+j*step+m.index(k, size)*each]
		}
	})
}

// gatherND is GatherND: slices of input 0 that lists of indices name, after some
// axes that both inputs have.
func gatherND(n *Node) Eval {
	x, indices := n.In[0], n.In[1]
	n.Type(0, tensor.Any)
	n.Type(1, indexTypes)
	batch, rank := n.Int("batch_dims", 0), len(indices.Shape)
	if rank == 0 || len(x.Shape) == 0 || batch < 0 || batch >= int64(min(rank, len(x.Shape))) {
		n.Fail("shapes %v and %v have no %d dimensions before what is gathered", x.Shape, indices.Shape, batch)
		return nil
	}
	b, depth := int(batch), indices.Shape[rank-1]
	if !sameShape(x.Shape[:b], indices.Shape[:b]) || depth < 1 || depth > len(x.Shape)-b {
		n.Fail("indices of shape %v do not fit %v after %d dimensions", indices.Shape, x.Shape, b)
		return nil
	}
	named := x.Shape[b : b+depth]
	if !n.Result(x.Elem, joinLists(indices.Shape[:rank-1], x.Shape[b+depth:])...) || n.empty() {
		return nothing
	}
	if contains(named, 0) {
		n.Fail("shape %v has nothing to choose from", x.Shape)
		return nil
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		list := tensor.Of[int64](m.widened(in[1]))
		each := tensor.Product(in[0].Shape[b+depth:])
		batches := tensor.Product(in[0].Shape[:b])
		whole := tensor.Product(in[0].Shape[b:])
		count := len(list) / depth / batches
		for i := range batches * count {
			at := i/count*whole + m.place(list[i*depth:][:depth], named)*each
			tensor.Copy(out[0], i*each, in[0], at, each)
		}
	}
}

// place returns where the indices name an entry of a shape, row by row.
func (m *Memory) place(indices []int64, shape []int) (at int) {
	for d, k := range indices {
		at = at*shape[d] + m.index(k, shape[d])
	}
	return at
}
