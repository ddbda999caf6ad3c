package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that put tensors together or take parts of them.

// concat is Concat along an axis.
func concat(n *node) evaluate {
	elem := n.sameElem(anyType)
	shape := slices.Clone(n.in[0].shape)
	axis := n.axis(n.intAttr("axis", 1), len(shape))
	if n.err != nil {
		return nil
	}
	n.within(shape, axis)
	shape[axis] = 0
	for i, v := range n.in {
		same := len(v.shape) == len(shape)
		for d := range shape {
			same = same && (d == axis || v.shape[d] == shape[d])
		}
		if !same {
			n.fail("input %d has shape %v, which does not join %v along axis %d", i, v.shape, n.in[0].shape, axis)
			return nil
		}
		n.within(v.shape, axis)
		shape[axis] += v.shape[axis]
	}
	n.result(elem, shape...)
	if len(shape) > 2 && elem == onnx.Float {
		n.pointwise = true // all inputs by pixels
		n.onPixels = concatAlong(pixelAxis(axis, len(shape)))
	}
	return concatAlong(axis)
}

func concatAlong(axis int) evaluate {
	return inWide(func(m *memory, out, in []tensor) {
		switch out[0].data.(type) {
		case *[]float32:
			concatOf[float32](out[0], in, axis)
		case *[]float64:
			concatOf[float64](out[0], in, axis)
		case *[]int64:
			concatOf[int64](out[0], in, axis)
		}
	})
}

func concatOf[T wide](out tensor, in []tensor, axis int) {
	dst := of[T](out)
	for i := range product(out.shape[:axis]) {
		for _, t := range in {
			each := product(t.shape[axis:])
			dst = dst[copy(dst, of[T](t)[i*each:][:each]):]
		}
	}
}

// split is Split: parts along an axis, given or equal.
func split(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	axis := n.axis(n.intAttr("axis", 0), len(x.shape))
	if n.err != nil {
		return nil
	}
	if n.within(x.shape, axis); n.err != nil {
		return nil
	}
	sizes := n.listAttr("split")
	if n.in[1] != nil {
		sizes = n.ints(1)
	}
	parts := int(n.intAttr("num_outputs", int64(len(n.Outputs))))
	if parts < 1 || parts != len(n.Outputs) {
		n.fail("it has %d outputs, want %d", len(n.Outputs), parts)
		return nil
	}
	if sizes == nil {
		each := (x.shape[axis] + parts - 1) / parts
		if each*parts != x.shape[axis] && n.opset < 18 {
			n.fail("axis %d of shape %v is no multiple of %d", axis, x.shape, parts)
		}
		for left := x.shape[axis]; len(sizes) < parts; left -= each {
			sizes = append(sizes, int64(max(min(each, left), 0)))
		}
	}
	var picks, inPixels []pick
	at := 0
	for _, size := range sizes {
		if size < 0 || size > int64(x.shape[axis]-at) {
			break
		}
		p := newPick(x.shape)
		p.choose(axis, steps(x.shape[axis], 1)[at:at+int(size)])
		at += int(size)
		n.result(x.elem, p.shape()...)
		picks = append(picks, p.joined())
		if len(x.shape) > 2 {
			inPixels = append(inPixels, p.inPixels(x.shape).joined())
		}
	}
	if len(picks) != parts || at != x.shape[axis] {
		n.fail("split is %v, want %d sizes that sum to %d", sizes, parts, x.shape[axis])
	}
	if inPixels != nil {
		n.onPixels = runAll(inPixels)
	}
	return runAll(picks)
}

// runAll makes the evaluate of a pick for each output.
func runAll(picks []pick) evaluate {
	return inWide(func(m *memory, out, in []tensor) {
		for i := range picks {
			picks[i].run(out[i], in[0], tensor{})
		}
	})
}

// slice is Slice: from starts to ends in steps, along axes.
func slice(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	starts, ends := n.listAttr("starts"), n.listAttr("ends")
	if n.opset >= 10 {
		if n.in[1] == nil || n.in[2] == nil {
			n.fail("input 1 or 2 is left out")
			return nil
		}
		starts, ends = n.ints(1), n.ints(2)
	}
	list, given := n.axes(3, len(x.shape))
	if !given {
		list = steps(min(len(starts), len(x.shape)), 1)
	}
	each := make([]int64, len(starts))
	for i := range each {
		each[i] = 1
	}
	if n.in[4] != nil {
		each = n.ints(4)
	}
	if n.err == nil && (len(ends) != len(starts) || len(list) != len(starts) || len(each) != len(starts)) {
		n.fail("starts, ends, axes and steps have %d, %d, %d and %d numbers", len(starts), len(ends), len(list), len(each))
	}
	if n.err != nil {
		return nil
	}
	p := newPick(x.shape)
	for i, axis := range list {
		if x.shape[axis] == open {
			if starts[i] != 0 || ends[i] < 1<<31-1 || each[i] != 1 {
				n.within(x.shape, axis)
				return nil
			}
			continue
		}
		if each[i] == 0 {
			n.fail("a step is 0")
			return nil
		}
		p.choose(axis, sliced(int64(x.shape[axis]), starts[i], ends[i], each[i]))
	}
	return n.picked(p)
}

// sliced lists the elements of size that a slice takes.
func sliced(size, start, end, step int64) (which []int) {
	from := func(i, low, high int64) int64 {
		if i < 0 {
			i = max(i, -size-1) + size
		}
		return min(max(i, low), high)
	}
	which = []int{}
	if step > 0 {
		end = from(end, 0, size)
		for i := from(start, 0, size); i < end; i += min(step, size+1) {
			which = append(which, int(i))
		}
		return which
	}
	end = from(end, -1, size-1)
	for i := from(start, 0, size-1); i > end && i >= 0; i += max(step, -size-1) {
		which = append(which, int(i))
	}
	return which
}

// gather is Gather: the entries of one axis that indices name.
func gather(n *node) evaluate {
	x, indices := n.in[0], n.in[1]
	n.elem(0, anyType)
	n.elem(1, typeSet(onnx.Int32, onnx.Int64))
	axis := n.axis(n.intAttr("axis", 0), len(x.shape))
	if n.err != nil {
		return nil
	}
	n.within(x.shape, axis)
	if axis > 0 {
		n.within(indices.shape, 0)
	}
	shape := slices.Concat(x.shape[:axis], indices.shape, x.shape[axis+1:])
	n.result(x.elem, shape...)
	entries := x.shape[axis]
	if indices.constant != nil {
		list, err := indices.constant.Int64s()
		if err != nil {
			n.fail("%v", err)
		}
		for _, k := range list {
			if k < int64(-entries) || k >= int64(entries) {
				n.fail("index %d is out of range for shape %v", k, x.shape)
			}
		}
	}
	return inWide(func(m *memory, out, in []tensor) {
		list := of[int64](in[1])
		for _, k := range list {
			if k < int64(-entries) || k >= int64(entries) {
				m.fail("index %d is out of range for %d entries", k, entries)
			}
		}
		outer, each := product(in[0].shape[:axis]), product(in[0].shape[axis+1:])
		switch out[0].data.(type) {
		case *[]float32:
			gatherOf[float32](out[0], in[0], list, outer, entries, each)
		case *[]float64:
			gatherOf[float64](out[0], in[0], list, outer, entries, each)
		case *[]int64:
			gatherOf[int64](out[0], in[0], list, outer, entries, each)
		}
	})
}

// gatherOf copies the entries that the list names; one out of range is zeros.
func gatherOf[T wide](out, x tensor, list []int64, outer, entries, each int) {
	dst, src := of[T](out), of[T](x)
	for o := range outer {
		for _, k := range list {
			if k < 0 {
				k += int64(entries)
			}
			if k >= 0 && k < int64(entries) {
				copy(dst[:each], src[(o*entries+int(k))*each:])
			} else {
				clear(dst[:each])
			}
			dst = dst[each:]
		}
	}
}
