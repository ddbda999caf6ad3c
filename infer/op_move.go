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
	eval := n.picked(p)
	if last := len(perm) - 1; x.elem == onnx.Float && !n.single && last > 0 && slices.IsSorted(perm[:last-1]) && int(perm[last]) == last-1 && int(perm[last-1]) == last {
		n.results[0].turned = x
	}
	return eval
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

// depthToSpace and spaceToDepth move blocks of channels to pixels and back.
func depthToSpace(n *node) evaluate {
	x, block := n.in[0], int(n.intAttr("blocksize", 0))
	n.elem(0, anyType)
	order := n.stringAttr("mode", "DCR", "CRD")
	if n.err == nil && (len(x.shape) != 4 || slices.Contains(x.shape, 0) || block < 1 || block > 1<<12 || x.shape[1]%(block*block) != 0) {
		n.fail("blocksize %d does not fit shape %v", block, x.shape)
	}
	if n.err != nil {
		return nil
	}
	c := x.shape[1] / (block * block)
	across, down, deep := 1, block, block*block // in channels of the input
	if order == "DCR" {
		across, down, deep = c, block*c, 1
	}
	shuffle := func(p pick, chans, rows, cols, channel int) pick { // axes, and the distance of channels
		p.axes[chans] = steps(c, deep*channel)
		p.axes[rows] = shuffled(p.axes[rows], block, down*channel)
		p.axes[cols] = shuffled(p.axes[cols], block, across*channel)
		return p
	}
	q := shuffle(newPick(byPixels(x.shape, 4)), 3, 1, 2, 1).joined()
	n.onPixels = func(m *memory, out, in []tensor) { q.run(out[0], in[0], tensor{}) }
	return n.picked(shuffle(newPick(x.shape), 1, 2, 3, x.shape[2]*x.shape[3]))
}

// shuffled puts block places, step apart, in place of every one.
func shuffled(list []int, block, step int) (out []int) {
	for _, at := range list {
		for i := range block {
			out = append(out, at+i*step)
		}
	}
	return out
}

func spaceToDepth(n *node) evaluate {
	x, block := n.in[0], int(n.intAttr("blocksize", 0))
	n.elem(0, anyType)
	if n.err == nil && (len(x.shape) != 4 || slices.Contains(x.shape, 0) || block < 1 || block > 1<<12 || x.shape[2]%block != 0 || x.shape[3]%block != 0) {
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
