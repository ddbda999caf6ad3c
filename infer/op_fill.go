package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that make tensors larger, or from nothing: elements
// repeated, around others, or counted.

// expand is Expand: dimensions of 1 repeated, new ones in front.
func expand(n *node) evaluate {
	n.elem(0, anyType)
	var want []int
	for _, d := range n.sizes(1) {
		switch {
		case d == batchSize:
			want = append(want, open)
		case d < 0 || d > int64(n.limits.elements):
			n.fail("it has no shape with size %d", d)
		default:
			want = append(want, int(d))
		}
	}
	if n.err != nil {
		return nil
	}
	return n.repeated(n.broadcast(n.in[0].shape, want))
}

// repeated makes input 0 larger by broadcasting.
func (n *node) repeated(shape []int) evaluate {
	n.result(n.in[0].elem, shape...)
	return repeat
}

// repeat is an evaluate that broadcasts.
var repeat = inWide(func(m *memory, out, in []tensor) {
	w := m.walkOver(out[0].shape, in[0].shape, nil, nil)
	switch out[0].data.(type) {
	case *[]float32:
		repeatOf[float32](w, out[0], in[0])
	case *[]float64:
		repeatOf[float64](w, out[0], in[0])
	case *[]int64:
		repeatOf[int64](w, out[0], in[0])
	}
})

func repeatOf[T wide](w *walk, out, x tensor) {
	dst, src := of[T](out), of[T](x)
	w.lines(func(o, n int, in, step [3]int) {
		for k := range n {
			dst[o+k] = src[in[0]+k*step[0]]
		}
	})
}

// tile is Tile: every dimension repeated.
func tile(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	times := n.sizes(1)
	if n.err != nil {
		return nil
	}
	if len(times) == len(x.shape) && slices.Index(times, batchSize) == 0 && x.shape[0] == 1 {
		shape := append([]int{open}, x.shape[1:]...) // one sample for all of the batch
		if slices.ContainsFunc(times[1:], func(k int64) bool { return k != 1 }) {
			n.fail("repeats is the batch and %v, want 1 for all other axes", times[1:])
		}
		return n.repeated(shape)
	}
	if len(times) != len(x.shape) {
		n.fail("repeats is %v, want %d numbers", times, len(x.shape))
		return nil
	}
	p := newPick(x.shape)
	for d, k := range times {
		if k == 1 {
			continue
		}
		if n.within(x.shape, d); n.err != nil {
			return nil
		}
		if k < 0 || x.shape[d] > 0 && k > int64(n.limits.elements/x.shape[d]) {
			n.fail("repeats is %v", times)
			return nil
		}
		p.axes[d] = slices.Repeat(p.axes[d], int(k))
	}
	return n.picked(p)
}

// pad is Pad: elements before and after each axis, constant or copies.
func pad(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	mode := n.stringAttr("mode", "constant", "edge", "reflect", "wrap")
	raw := n.listAttr("pads")
	fill := newTensor(onnx.Double)
	of[float64](fill)[0] = float64(n.floatAttr("value", 0))
	if n.opset >= 11 {
		if n.in[1] == nil {
			n.fail("input 1 is left out")
			return nil
		}
		raw = n.ints(1)
	}
	list := steps(len(x.shape), 1)
	if n.in[3] != nil {
		list, _ = n.axes(3, len(x.shape))
	}
	if n.err == nil && len(raw) != 2*len(list) {
		n.fail("pads is %v, want %d numbers", raw, 2*len(list))
	}
	if v := n.in[2]; v != nil && (v.elem != x.elem || sizeOf(v.shape) != size{fixed: 1}) {
		n.fail("input 2, %q, is %v %v, want one %v", n.Inputs[2], v.elem, v.shape, x.elem)
	}
	if n.err != nil {
		return nil
	}
	p := newPick(x.shape)
	for i, axis := range list {
		before, after := raw[i], raw[i+len(list)]
		if before == 0 && after == 0 {
			continue
		}
		size := int64(x.shape[axis])
		n.within(x.shape, axis)
		if before < -size || after < -size-before || before > maxAttr || after > maxAttr || mode == "reflect" && size == 1 || mode != "constant" && size == 0 {
			n.fail("pads is %v for shape %v", raw, x.shape)
		}
		if n.err != nil {
			return nil
		}
		which := make([]int, 0, before+size+after)
		for k := -before; k < size+after; k++ {
			which = append(which, padded(mode, int(k), int(size)))
		}
		p.choose(axis, which)
	}
	n.result(x.elem, p.shape()...)
	filled := func(p pick) evaluate {
		p = p.joined()
		return inWide(func(m *memory, out, in []tensor) {
			own := in[2]
			if !own.given() {
				own = m.copied(in[0].elem, fill)
			}
			p.run(out[0], in[0], own)
		})
	}
	if len(x.shape) > 2 {
		n.onPixels = filled(p.inPixels(x.shape))
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
func constantOfShape(n *node) evaluate {
	fill := newTensor(onnx.Float, 1)
	if a := n.attr("value", onnx.AttrTensor); a != nil {
		if !anyType.has(a.Tensor.Type) || a.Tensor.Len() != 1 {
			n.fail("value is %v %v, want one number", a.Tensor.Type, a.Tensor.Dims)
			return nil
		}
		var err error
		if fill, err = tensorOf(a.Tensor, a.Tensor.Type); err != nil {
			n.fail("%v", err)
		}
	}
	var shape []int
	for i, d := range n.sizes(0) {
		switch {
		case d == batchSize && i == 0:
			shape = append(shape, open)
		case d < 0 || d > int64(n.limits.elements):
			n.fail("there is no size %d", d)
		default:
			shape = append(shape, int(d))
		}
	}
	n.result(fill.elem, shape...)
	fill.shape = nil
	fills := []tensor{fill}
	return func(m *memory, out, _ []tensor) {
		repeat(m, out, fills)
	}
}

// rangeOf is Range: numbers from start to below limit in steps of delta.
func rangeOf(n *node) evaluate {
	elem := n.sameElem(numbers)
	var v [3]float64
	var whole [3]int64
	for i := range v {
		if n.needConstant(i); n.err != nil {
			return nil
		}
		t, err := tensorOf(n.in[i].constant, elem)
		if err != nil || t.len() != 1 {
			n.fail("input %d, %q, is no single number", i, n.Inputs[i])
			return nil
		}
		d, k := newTensor(onnx.Double, t.shape...), newTensor(onnx.Int64, t.shape...)
		convert(d, t)
		convert(k, t)
		v[i], whole[i] = of[float64](d)[0], of[int64](k)[0]
	}
	count := (v[1] - v[0]) / v[2]
	if v[2] == 0 || !(count < float64(n.limits.elements)) {
		n.fail("from %v to %v in steps of %v are too many", v[0], v[1], v[2])
		return nil
	}
	length := int(max(count, 0))
	if float64(length) < count {
		length++
	}
	n.result(elem, length)
	return inWide(func(m *memory, out, _ []tensor) {
		for i := range length {
			switch at := v[0] + float64(float64(i)*v[2]); out[0].elem {
			case onnx.Float:
				of[float32](out[0])[i] = float32(at)
			case onnx.Double:
				of[float64](out[0])[i] = at
			default:
				of[int64](out[0])[i] = whole[0] + int64(i)*whole[2]
			}
		}
	})
}
