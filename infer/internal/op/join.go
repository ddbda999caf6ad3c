package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that put tensors together or take parts of them.

var joining = family{
	{Name: "Concat", Make: concat, Least: 1, Most: Many, Attrs: "axis", Raise: raiseConcat},
	{Name: "Gather", Make: gather, Least: 2, Most: 2, Attrs: "axis"},
	{Name: "Slice", Make: slice, Least: 3, Most: 5, Raise: raiseSlice},
	{Name: "Split", Make: split, Least: 1, Most: 2, Attrs: "axis num_outputs", Raise: raiseSplit},
}

// raiseConcat sets the axis that opsets before 4 may leave out.
func raiseConcat(r *Raising) {
	if a := r.Take("axis"); a != nil {
		r.Set(*a)
	} else if r.Version < 4 {
		r.Set(onnx.IntAttr("axis", 1))
	}
}

// raiseSlice turns the attributes of opsets before 10 into inputs.
func raiseSlice(r *Raising) {
	if r.Version < 10 {
		r.IntsToInput("starts", 1)
		r.IntsToInput("ends", 2)
		r.IntsToInput("axes", 3)
	}
}

// raiseSplit turns the sizes that were an attribute into an input, and says
// where equal parts must be equal.
func raiseSplit(r *Raising) {
	if r.Version < 13 {
		r.IntsToInput("split", 1)
	}
	if r.Version < 18 {
		r.Set(onnx.IntAttr("_equal", 1))
	}
}

// concat is Concat along an axis.
func concat(n *Node) Eval {
	elem := n.SameType(tensor.Any)
	shape := cloneShape(n.In[0].Shape)
	axis := n.Axis(n.Int("axis", 1), len(shape))
	if n.err != nil {
		return nil
	}
	shape[axis] = 0
	for i, v := range n.In {
		same := len(v.Shape) == len(shape)
		for d := range shape {
			same = same && (d == axis || v.Shape[d] == shape[d])
		}
		if !same {
			n.Fail("input %d has shape %v, which does not join %v along axis %d", i, v.Shape, n.In[0].Shape, axis)
			return nil
		}
		shape[axis] += v.Shape[axis]
	}
	n.Result(elem, shape...)
	if len(shape) > 2 && elem == onnx.Float {
		n.Pointwise = true // all inputs by pixels
		n.OnPixels = concatAlong(tensor.PixelAxis(axis, len(shape)))
	}
	return concatAlong(axis)
}

func concatAlong(axis int) Eval {
	return func(_ *Memory, out, in []tensor.Tensor) {
		at := 0
		for i := range tensor.Product(out[0].Shape[:axis]) {
			for _, t := range in {
				each := tensor.Product(t.Shape[axis:])
				tensor.Copy(out[0], at, t, i*each, each)
				at += each
			}
		}
	}
}

// split is Split: parts along an axis, given or equal.
func split(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	axis := n.Axis(n.Int("axis", 0), len(x.Shape))
	if n.err != nil {
		return nil
	}
	if n.err != nil {
		return nil
	}
	parts := len(n.Outs)
	if p := n.Int("num_outputs", int64(parts)); p != int64(parts) || parts < 1 {
		n.Fail("it has %d outputs, want %d", parts, p)
		return nil
	}
	var sizes []int64
	if n.In[1] != nil {
		sizes = n.Ints(1)
	} else {
		each := (x.Shape[axis] + parts - 1) / parts
		if each*parts != x.Shape[axis] && n.Bool("_equal", false) {
			n.Fail("axis %d of shape %v is no multiple of %d", axis, x.Shape, parts)
		}
		for left := x.Shape[axis]; len(sizes) < parts; left -= each {
			sizes = append(sizes, int64(max(min(each, left), 0)))
		}
	}
	at := int64(x.Shape[axis])
	for _, size := range sizes {
		if size < 0 || size > at {
			at = -1
			break
		}
		at -= size
	}
	if n.err == nil && (len(sizes) != parts || at != 0) {
		n.Fail("split has %d sizes, want %d that sum to %d", len(sizes), parts, x.Shape[axis])
	}
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	for _, size := range sizes {
		shape[axis] = int(size)
		n.Result(x.Elem, shape...)
	}
	if len(shape) > 2 && x.Elem == onnx.Float {
		n.OnPixels = splitAlong(tensor.PixelAxis(axis, len(shape)))
	}
	return splitAlong(axis)
}

// splitAlong cuts input 0 into parts as long as the outputs are.
func splitAlong(axis int) Eval {
	return func(_ *Memory, out, in []tensor.Tensor) {
		x, at := in[0], 0
		whole := tensor.Product(x.Shape[axis:])
		for _, t := range out {
			each := tensor.Product(t.Shape[axis:])
			if t.Len() > 0 {
				for i := range tensor.Product(t.Shape[:axis]) {
					tensor.Copy(t, i*each, x, i*whole+at, each)
				}
			}
			at += each
		}
	}
}

// slice is Slice: from starts to ends in steps, along axes.
func slice(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	starts, ends := n.Ints(1), n.Ints(2)
	list, given := n.Axes(3, len(x.Shape))
	if !given {
		list = tensor.Steps(min(len(starts), len(x.Shape)), 1)
	}
	each := slices.Repeat([]int64{1}, min(len(starts), tensor.MaxRank))
	if n.In[4] != nil {
		each = n.Ints(4)
	}
	if n.err == nil && (len(ends) != len(starts) || len(list) != len(starts) || len(each) != len(starts)) {
		n.Fail("starts, ends, axes and steps have %d, %d, %d and %d numbers", len(starts), len(ends), len(list), len(each))
	}
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	first := make([]int64, len(list))
	for i, axis := range list {
		if each[i] == 0 {
			n.Fail("a step is 0")
			return nil
		}
		first[i], shape[axis] = sliced(int64(x.Shape[axis]), starts[i], ends[i], each[i])
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	p := tensor.NewPick(x.Shape)
	for i, axis := range list {
		if shape[axis] == x.Shape[axis] && each[i] == 1 {
			continue
		}
		which := make([]int, shape[axis])
		for k := range which {
			which[k] = int(first[i] + int64(k)*each[i])
		}
		p.Choose(axis, which)
	}
	if len(shape) > 2 && x.Elem == onnx.Float {
		n.OnPixels = picked(p.InPixels(x.Shape))
	}
	return picked(p)
}

// sliced returns the first element of size that a slice takes, and how many.
func sliced(size, start, end, step int64) (first int64, count int) {
	clip := func(i, low, high int64) int64 {
		if i < 0 {
			i = max(i, -size-1) + size
		}
		return min(max(i, low), high)
	}
	if step > 0 {
		start, end = clip(start, 0, size), clip(end, 0, size)
		return start, int((max(end-start, 0) + min(step, size+1) - 1) / min(step, size+1))
	}
	start, end = clip(start, -1, size-1), clip(end, -1, size-1)
	back := -max(step, -size-1)
	return start, int((max(start-end, 0) + back - 1) / back)
}

// gather is Gather: the entries of one axis that indices name.
func gather(n *Node) Eval {
	x, indices := n.In[0], n.In[1]
	n.Type(0, tensor.Any)
	n.Type(1, tensor.TypeSet(onnx.Int32, onnx.Int64))
	axis := n.Axis(n.Int("axis", 0), len(x.Shape))
	if n.err != nil {
		return nil
	}
	entries := x.Shape[axis]
	if indices.Const != nil {
		for _, k := range n.Ints(1) {
			if k < int64(-entries) || k >= int64(entries) {
				n.Fail("index %d is out of range for %d entries", k, entries)
			}
		}
	}
	shape := joinLists(x.Shape[:axis], indices.Shape, x.Shape[axis+1:])
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		list := tensor.Of[int64](m.widened(in[1]))
		outer, each := tensor.Product(in[0].Shape[:axis]), tensor.Product(in[0].Shape[axis+1:])
		for o := range outer {
			for i, k := range list {
				at := m.index(k, entries)
				if entries == 0 {
					return
				}
				tensor.Copy(out[0], (o*len(list)+i)*each, in[0], (o*entries+at)*each, each)
			}
		}
	}
}
