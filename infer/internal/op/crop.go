package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is operators that bring images to a size or back together:
// CenterCropPad and Col2Im.

var crops = family{
	{Name: "CenterCropPad", Make: centerCropPad, Least: 2, Most: 2, Attrs: "axes"},
	{Name: "Col2Im", Make: col2Im, Least: 3, Most: 3, Attrs: "dilations pads strides"},
}

// centerCropPad is CenterCropPad: each axis cut or filled with zeros on both
// sides, the odd element at the end.
func centerCropPad(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	list := tensor.Steps(len(x.Shape), 1)
	if n.Has("axes") {
		list = n.axes(n.List("axes"), len(x.Shape))
	}
	sizes := n.lengths(1)
	if n.err == nil && len(sizes) != len(list) {
		n.Fail("shape is %v, want %d sizes", sizes, len(list))
	}
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	for i, axis := range list {
		shape[axis] = sizes[i]
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	p := tensor.NewPick(x.Shape)
	for _, axis := range list {
		if shape[axis] == x.Shape[axis] {
			continue
		}
		first := (x.Shape[axis] - shape[axis]) / 2 // rounded towards 0; negative where it is filled
		which := make([]int, shape[axis])
		for i := range which {
			which[i] = -1
			if at := i + first; at >= 0 && at < x.Shape[axis] {
				which[i] = at
			}
		}
		p.Choose(axis, which)
	}
	if len(x.Shape) > 2 {
		n.OnPixels = picked(p.InPixels(x.Shape))
	}
	return picked(p)
}

// col2Im is Col2Im: the columns that a convolution's windows make of images,
// summed up where they lie.
func col2Im(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Numbers)
	sides, kernel := n.lengths(1), n.lengths(2)
	if n.err == nil && (len(x.Shape) != 3 || len(kernel) != len(sides)) {
		n.Fail("input 0 has shape %v, image_shape %v and block_shape %v, want 3 dimensions, and two equally long", x.Shape, sides, kernel)
	}
	if n.err != nil {
		return nil
	}
	w := n.windowOf(sides, kernel)
	if n.err == nil {
		n.fit(w)
	}
	if n.err != nil {
		return nil
	}
	if _, ok := tensor.Bytes(x.Elem, w.small[:], n.Elements); !ok {
		n.Fail("there are more than %d windows", n.Elements)
		return nil
	}
	taps, lines := w.taps(), w.small[0]*w.small[1]
	if x.Shape[1]%taps != 0 || x.Shape[2] != lines*w.small[2] {
		n.Fail("input 0 has shape %v, want a multiple of %d rows of %v windows", x.Shape, taps, w.sides())
		return nil
	}
	shape := append([]int{x.Shape[0], x.Shape[1] / taps}, sides...)
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	n.CountWork(x.Len())
	c := &convolution{window: w}
	return inWide(func(_ *Memory, out, in []tensor.Tensor) {
		switch out[0].Data.(type) {
		case *[]float32:
			sumColumns[float32](c, out[0], in[0])
		case *[]float64:
			sumColumns[float64](c, out[0], in[0])
		case *[]int64:
			sumColumns[int64](c, out[0], in[0])
		}
	})
}

func sumColumns[T tensor.Wide](c *convolution, out, in tensor.Tensor) {
	samples := in.Shape[0]
	for i := range samples {
		image, columns := piece(tensor.Of[T](out), i, samples), piece(tensor.Of[T](in), i, samples)
		clear(image)
		c.stretches(in.Shape[1], 0, c.small[0]*c.small[1], func(col, at, count int) {
			for _, v := range columns[col:][:count] {
				image[at] += v
				at += c.stride[2]
			}
		})
	}
}
