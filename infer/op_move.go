package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that only move elements, of any type.

// axes returns a list of axes: an attribute in old opsets, an input in new ones.
func (n *node) axes(input int, rank int) (list []int, given bool) {
	raw := n.listAttr("axes")
	given = raw != nil || n.has("axes")
	if input < len(n.in) && n.in[input] != nil {
		raw, given = n.ints(input), true
	}
	for _, a := range raw {
		axis := n.axis(a, rank)
		if slices.Contains(list, axis) {
			n.fail("axis %d is listed twice in %v", axis, raw)
		}
		list = append(list, axis)
	}
	return list, given
}

// transpose is Transpose: dimensions in another order.
func transposeOf(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	perm := n.listAttr("perm")
	if perm == nil {
		for d := range x.shape {
			perm = append(perm, int64(len(x.shape)-1-d))
		}
	}
	if len(perm) != len(x.shape) {
		n.fail("perm is %v, want %d axes", perm, len(x.shape))
	}
	seen := make([]bool, len(x.shape))
	from, p := newPick(x.shape), pick{}
	for d, a := range perm {
		axis := n.axis(a, len(x.shape))
		if n.err != nil {
			return nil
		}
		if seen[axis] {
			n.fail("perm is %v, want each axis once", perm)
		}
		seen[axis] = true
		if (axis == 0) != (d == 0) {
			n.within(x.shape, 0)
		}
		p.axes = append(p.axes, from.axes[axis])
	}
	p.batch = from.batch
	return n.picked(p)
}

// squeeze is Squeeze: dimensions of 1 left out.
func squeeze(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	list, given := n.axes(1, len(x.shape))
	var shape []int
	for d, size := range x.shape {
		drop := slices.Contains(list, d) || !given && size == 1
		if drop && size != 1 {
			n.fail("axis %d of shape %v is not 1", d, x.shape)
		}
		if !drop {
			shape = append(shape, size)
		}
	}
	n.result(x.elem, shape...)
	return copyTensor
}

// unsqueeze is Unsqueeze: dimensions of 1 put in.
func unsqueeze(n *node) evaluate {
	x := n.in[0]
	n.elem(0, anyType)
	raw := n.listAttr("axes")
	if n.in[1] != nil {
		raw = n.ints(1)
	}
	if n.err != nil {
		return nil
	}
	list, _ := n.axes(1, len(x.shape)+len(raw))
	var shape []int
	for d, k := 0, 0; d < len(x.shape)+len(raw); d++ {
		if slices.Contains(list, d) || k == len(x.shape) {
			n.within(x.shape, d)
			shape = append(shape, 1)
			continue
		}
		shape = append(shape, x.shape[k])
		k++
	}
	n.result(x.elem, shape...)
	return copyTensor
}

// flattenKnown is Flatten of what no layer view can say.
func flattenKnown(n *node) evaluate {
	x := n.in[0]
	axis := n.intAttr("axis", 1)
	if axis < 0 {
		axis += int64(len(x.shape))
	}
	if axis < 0 || axis > int64(len(x.shape)) {
		n.fail("axis is out of range for shape %v", x.shape)
		return nil
	}
	n.within(x.shape, 0)
	n.result(x.elem, product(x.shape[:axis]), product(x.shape[axis:]))
	return copyTensor
}

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
	return func(m *memory, out, in []tensor) {
		switch out[0].data.(type) {
		case *[]float32:
			concatOf[float32](out[0], in, axis)
		case *[]float64:
			concatOf[float64](out[0], in, axis)
		case *[]int64:
			concatOf[int64](out[0], in, axis)
		case *[]int32:
			concatOf[int32](out[0], in, axis)
		case *[]int8:
			concatOf[int8](out[0], in, axis)
		case *[]uint8:
			concatOf[uint8](out[0], in, axis)
		case *[]bool:
			concatOf[bool](out[0], in, axis)
		}
	}
}

func concatOf[T element](out tensor, in []tensor, axis int) {
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
	n.within(x.shape, axis)
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
	var picks []pick
	at := 0
	for _, size := range sizes {
		if size < 0 || size > int64(x.shape[axis]-at) {
			break
		}
		p := newPick(x.shape)
		p.axes[axis] = p.axes[axis][at : at+int(size)]
		at += int(size)
		n.result(x.elem, p.shape()...)
		picks = append(picks, p)
	}
	if len(picks) != parts || at != x.shape[axis] {
		n.fail("split is %v, want %d sizes that sum to %d", sizes, parts, x.shape[axis])
	}
	return func(m *memory, out, in []tensor) {
		for i := range picks {
			picks[i].run(out[i], in[0], tensor{})
		}
	}
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
	return func(m *memory, out, in []tensor) {
		list := of[int64](m.widened(in[1]))
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
		case *[]int32:
			gatherOf[int32](out[0], in[0], list, outer, entries, each)
		case *[]int8:
			gatherOf[int8](out[0], in[0], list, outer, entries, each)
		case *[]uint8:
			gatherOf[uint8](out[0], in[0], list, outer, entries, each)
		case *[]bool:
			gatherOf[bool](out[0], in[0], list, outer, entries, each)
		}
	}
}

// gatherOf copies the entries that the list names; one out of range is zeros.
func gatherOf[T element](out, x tensor, list []int64, outer, entries, each int) {
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
func repeat(m *memory, out, in []tensor) {
	w := m.walkOver(out[0].shape, in[0].shape, nil, nil)
	switch out[0].data.(type) {
	case *[]float32:
		repeatOf[float32](w, out[0], in[0])
	case *[]float64:
		repeatOf[float64](w, out[0], in[0])
	case *[]int64:
		repeatOf[int64](w, out[0], in[0])
	case *[]int32:
		repeatOf[int32](w, out[0], in[0])
	case *[]int8:
		repeatOf[int8](w, out[0], in[0])
	case *[]uint8:
		repeatOf[uint8](w, out[0], in[0])
	case *[]bool:
		repeatOf[bool](w, out[0], in[0])
	}
}

func repeatOf[T element](w *walk, out, x tensor) {
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
	times := n.ints(1)
	if n.err != nil {
		return nil
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
		return func(m *memory, out, in []tensor) {
			own := in[2]
			if !own.given() {
				own = m.copied(in[0].elem, fill)
			}
			p.run(out[0], in[0], own)
		}
	}
	if len(x.shape) == 4 {
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
	length := max(int(count), 0)
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

// depthToSpace and spaceToDepth move blocks of channels to pixels and back.
func depthToSpace(n *node) evaluate {
	x, block := n.in[0], int(n.intAttr("blocksize", 0))
	n.elem(0, anyType)
	order := n.stringAttr("mode", "DCR", "CRD")
	if n.err == nil && (len(x.shape) != 4 || block < 1 || block > maxAttr || x.shape[1]%(block*block) != 0) {
		n.fail("blocksize %d does not fit shape %v", block, x.shape)
	}
	if n.err != nil {
		return nil
	}
	c, h, w := x.shape[1]/(block*block), x.shape[2], x.shape[3]
	across, down, deep := 1, block, block*block // in channels of the input
	if order == "DCR" {
		across, down, deep = c, block*c, 1
	}
	p := newPick(x.shape)
	chans := p.axes[1]
	rows, cols := p.axes[2], p.axes[3]
	plane := h * w
	p.axes[1], p.axes[2], p.axes[3] = nil, nil, nil
	p.axes[1] = make([]int, c)
	for i := range p.axes[1] {
		p.axes[1][i] = chans[i*deep]
	}
	for i := range h * block {
		p.axes[2] = append(p.axes[2], rows[i/block]+i%block*down*plane)
	}
	for i := range w * block {
		p.axes[3] = append(p.axes[3], cols[i/block]+i%block*across*plane)
	}
	return n.picked(p)
}

func spaceToDepth(n *node) evaluate {
	x, block := n.in[0], int(n.intAttr("blocksize", 0))
	n.elem(0, anyType)
	if n.err == nil && (len(x.shape) != 4 || block < 1 || block > maxAttr || x.shape[2]%block != 0 || x.shape[3]%block != 0) {
		n.fail("blocksize %d does not fit shape %v", block, x.shape)
	}
	if n.err != nil {
		return nil
	}
	p := newPick(x.shape)
	chans, rows, cols := p.axes[1], p.axes[2], p.axes[3]
	p.axes[1], p.axes[2], p.axes[3] = nil, nil, nil
	for i := range block * block * x.shape[1] {
		b, c := i/x.shape[1], i%x.shape[1]
		p.axes[1] = append(p.axes[1], chans[c]+rows[b/block]+cols[b%block])
	}
	for i := range x.shape[2] / block {
		p.axes[2] = append(p.axes[2], rows[i*block])
	}
	for i := range x.shape[3] / block {
		p.axes[3] = append(p.axes[3], cols[i*block])
	}
	return n.picked(p)
}
