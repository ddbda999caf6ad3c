package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that compute nothing: other shapes for the same
// elements, and shapes as values.

var shaping = family{
	{Name: "Identity", Make: identity, Layer: view, Least: 1, Most: 1},
	{Name: "Flatten", Make: flatten, Layer: view, Least: 1, Most: 1, Attrs: "axis"},
	{Name: "Reshape", Make: reshape, Layer: view, Least: 2, Most: 2, Attrs: "allowzero", Raise: raiseReshape},
	{Name: "Squeeze", Make: squeeze, Layer: view, Least: 1, Most: 2, Raise: axesBefore13},
	{Name: "Unsqueeze", Make: unsqueeze, Layer: view, Least: 2, Most: 2, Raise: axesBefore13},
	{Name: "Shape", Make: shapeOf, Least: 1, Most: 1, Attrs: "start end", ShapeOf: 1},
	{Name: "Size", Make: sizeOf, Least: 1, Most: 1, ShapeOf: 1},
}

func view(*Node) Layer { return View{} }

// renamed declares the result of a view.
func (n *Node) renamed(shape []int) Eval {
	n.Result(n.Type(0, tensor.Any), shape...)
	return copyTensor
}

func identity(n *Node) Eval { return n.renamed(n.In[0].Shape) }

// flatten is Flatten: all dimensions before axis become one, and all after it.
func flatten(n *Node) Eval {
	x := n.In[0].Shape
	axis := n.Int("axis", 1)
	if axis < 0 {
		axis += int64(len(x))
	}
	if axis < 0 || axis > int64(len(x)) {
		n.Fail("axis is out of range for shape %v", x)
		return nil
	}
	return n.renamed([]int{tensor.Product(x[:axis]), tensor.Product(x[axis:])})
}

// reshape is Reshape: 0 keeps a dimension, -1 is what is left.
func reshape(n *Node) Eval {
	x, want := n.In[0].Shape, n.Sizes(1)
	if n.err != nil {
		return nil
	}
	shape, ok := reshaped(x, want, !n.Bool("allowzero", false))
	if !ok {
		n.Fail("cannot reshape %v to %v", x, want)
	}
	return n.renamed(shape)
}

// reshaped works out the shape that want stands for; keep says that 0 is the
// dimension of before.
func reshaped(from []int, want []int64, keep bool) (to []int, ok bool) {
	if len(want) > tensor.MaxRank {
		return nil, false
	}
	total, others, rest := tensor.Product(from), 1, -1
	for i, d := range want {
		switch {
		case d == 0 && keep && i < len(from):
			d = int64(from[i])
		case d == 0 && keep:
			return nil, false
		case d == -1 && rest < 0:
			rest = i
			to = append(to, 0)
			continue
		}
		if d < 0 || d > 1<<31-1 || d > 0 && total > 0 && others > total/int(d) {
			return nil, false
		}
		if total > 0 || d == 0 {
			others *= int(d)
		}
		to = append(to, int(d))
	}
	if rest >= 0 {
		if others == 0 || total%others != 0 || total == 0 && !keep {
			return nil, false
		}
		to[rest], others = total/others, total
	}
	if total == 0 {
		return to, contains(to, 0)
	}
	return to, tensor.Product(to) == total
}

// squeeze is Squeeze: dimensions of 1 left out.
func squeeze(n *Node) Eval {
	x := n.In[0].Shape
	list, given := n.Axes(1, len(x))
	var shape []int
	for d, size := range x {
		drop := contains(list, d) || !given && size == 1
		if drop && size != 1 {
			n.Fail("axis %d of shape %v is not 1", d, x)
		}
		if !drop {
			shape = append(shape, size)
		}
	}
	return n.renamed(shape)
}

// unsqueeze is Unsqueeze: dimensions of 1 put in.
func unsqueeze(n *Node) Eval {
	x := n.In[0].Shape
	raw := n.Ints(1)
	if len(raw) > tensor.MaxRank {
		n.Fail("it has %d axes", len(raw))
	}
	if n.err != nil {
		return nil
	}
	rank := len(x) + len(raw)
	list := n.axes(raw, rank)
	var shape []int
	for d := range rank {
		if contains(list, d) || len(x) == 0 {
			shape = append(shape, 1)
		} else {
			shape, x = append(shape, x[0]), x[1:]
		}
	}
	return n.renamed(shape)
}

// shapeOf is Shape: sizes, from start to end.
func shapeOf(n *Node) Eval {
	x := n.In[0].Shape
	clip := func(i int64) int {
		if i < 0 {
			i += int64(len(x))
		}
		return int(min(max(i, 0), int64(len(x))))
	}
	start, end := clip(n.Int("start", 0)), clip(n.Int("end", int64(len(x))))
	sizes := cloneShape(x[start:max(start, end)])
	n.Result(onnx.Int64, len(sizes))
	return func(_ *Memory, out, _ []tensor.Tensor) {
		for i, d := range sizes {
			tensor.Nth[int64](out, 0)[i] = int64(d)
		}
	}
}

// sizeOf is Size: how many elements there are.
func sizeOf(n *Node) Eval {
	size := int64(n.In[0].Len())
	n.Result(onnx.Int64)
	return func(_ *Memory, out, _ []tensor.Tensor) { tensor.Nth[int64](out, 0)[0] = size }
}

// raiseReshape turns the shape, in versions before 5 an attribute, into input 1.
func raiseReshape(r *Raising) {
	if r.Version < 5 {
		r.IntsToInput("shape", 1)
	}
}
