package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that make tensors larger, or from nothing: elements
// repeated, or around others.

var filling = family{
	{Name: "ConstantOfShape", Make: constantOfShape, Least: 1, Most: 1, Attrs: "value"},
	{Name: "Expand", Make: expand, Least: 2, Most: 2},
	{Name: "Pad", Make: pad, Least: 2, Most: 4, Attrs: "mode", Raise: raisePad},
	{Name: "Tile", Make: tile, Least: 2, Most: 2},
}

// raisePad turns what were attributes up to opset 10 into inputs.
func raisePad(r *Raising) {
	if r.Version >= 11 {
		return
	}
	r.IntsToInput("paddings", 1)
	r.IntsToInput("pads", 1)
	r.FloatToInput("value", 2)
}

// lengths returns input i, the sizes of a shape.
func (n *Node) lengths(i int) (shape []int) {
	list := n.Sizes(i)
	if n.err == nil && len(list) > tensor.MaxRank {
		n.Fail("input %d has %d sizes, want at most %d", i, len(list), tensor.MaxRank)
		return nil
	}
	for _, d := range list {
		if d < 0 || d > int64(n.Elements) {
			n.Fail("there is no size %d, want 0 to %d", d, n.Elements)
			d = 0
		}
		shape = append(shape, int(d))
	}
	return shape
}

// expand is Expand: dimensions of 1 repeated, new ones in front.
func expand(n *Node) Eval {
	elem := n.Type(0, tensor.Any)
	shape := n.Broadcast(n.In[0].Shape, n.lengths(1))
	if n.err != nil || !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	n.Pointwise = true
	return repeat
}

// repeat is an Eval that broadcasts.
var repeat = inWide(func(m *Memory, out, in []tensor.Tensor) {
	w := m.Walk(out[0].Shape, in[0].Shape, nil, nil)
	if out[0].Elem == onnx.Float {
		repeatOf[uint32](w, out[0], in[0])
	} else {
		repeatOf[uint64](w, out[0], in[0])
	}
})

func repeatOf[B tensor.Bits](w *tensor.Walk, out, x tensor.Tensor) {
	dst, src := tensor.BitsOf[B](out), tensor.BitsOf[B](x)
	w.Lines(func(o, n int, in, step [3]int) {
		for k := range n {
			dst[o+k] = src[in[0]+k*step[0]]
		}
	})
}

// tile is Tile: every dimension repeated.
func tile(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	times := n.lengths(1)
	if n.err == nil && len(times) != len(x.Shape) {
		n.Fail("repeats is %v, want %d numbers", times, len(x.Shape))
	}
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	for d, k := range times {
		if k > 0 && shape[d] > n.Elements/k {
			n.Fail("shape %v repeated %v times is too large", x.Shape, times)
			return nil
		}
		shape[d] *= k
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	p := tensor.NewPick(x.Shape)
	for d, k := range times {
		if k != 1 {
			p.Axes[d] = slices.Repeat(p.Axes[d], k)
		}
	}
	return picked(p)
}

// pad is Pad: elements before and after each axis, constant or copies.
func pad(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	mode := n.String("mode", "constant", "edge", "reflect", "wrap")
	raw := n.Ints(1)
	list, given := n.Axes(3, len(x.Shape))
	if !given {
		list = tensor.Steps(len(x.Shape), 1)
	}
	if n.err == nil && len(raw) != 2*len(list) {
		n.Fail("pads has %d numbers, want %d", len(raw), 2*len(list))
	}
	if v := n.In[2]; v != nil && (v.Elem != x.Elem || !v.one()) {
		n.Fail("input 2 is %v %v, want one %v", v.Elem, v.Shape, x.Elem)
	}
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	for i, axis := range list {
		before, after, size := raw[i], raw[i+len(list)], int64(x.Shape[axis])
		if before < -size || after < -size-min(before, 0) || before > maxAttr || after > maxAttr ||
			mode == "reflect" && size == 1 && max(before, after) > 0 || mode != "constant" && size == 0 {
			n.Fail("pads is %v for shape %v", raw, x.Shape)
			return nil
		}
		shape[axis] += int(before + after)
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	p := tensor.NewPick(x.Shape)
	for i, axis := range list {
		before, after, size := int(raw[i]), int(raw[i+len(list)]), x.Shape[axis]
		if before == 0 && after == 0 {
			continue
		}
		which := make([]int, 0, shape[axis])
		for k := -before; k < size+after; k++ {
			which = append(which, padded(mode, k, size))
		}
		p.Choose(axis, which)
	}
	filled := func(p tensor.Pick) Eval {
		p = p.Joined()
		return func(m *Memory, out, in []tensor.Tensor) { p.Run(out[0], in[0], in[2]) }
	}
	if len(x.Shape) > 2 {
		n.OnPixels = filled(p.InPixels(x.Shape))
	}
	return filled(p)
}

// padded says which element stands at place k of size, -1 for the filling.
func padded(mode string, k, size int) int {
	if k >= 0 && k < size {
		return k
	}
	switch mode {
	case "edge":
		return min(max(k, 0), size-1)
	case "reflect":
		period := 2 * (size - 1)
		k = (k%period + period) % period
		return min(k, period-k)
	case "wrap":
		return (k%size + size) % size
	}
	return -1
}

// constantOfShape is ConstantOfShape: one value everywhere.
func constantOfShape(n *Node) Eval {
	fill := tensor.New(onnx.Float)
	if a := n.attr("value", onnx.AttrTensor); a != nil {
		c, err := tensor.FromFile(a.Tensor)
		if err == nil && c.Len() == 1 {
			fill, err = c.Value()
		}
		if err != nil || c.Len() != 1 {
			n.Fail("value is %v %v, want one number", a.Tensor.Type, a.Tensor.Dims)
			return nil
		}
	}
	shape := n.lengths(0)
	if n.err != nil {
		return nil
	}
	n.Result(fill.Elem, shape...)
	fill.Shape = nil
	fills := []tensor.Tensor{fill}
	return func(m *Memory, out, _ []tensor.Tensor) { repeat(m, out, fills) }
}
