package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is general steps on images with channels innermost: so that what
// stands between two convolutions does not bring every image into ONNX's order
// and back.

// byPixels returns a shape, with ones in front up to a rank, in the order of
// pixels: the channels last.
func byPixels(shape []int, rank int) []int {
	full := append(slices.Repeat([]int{1}, rank-len(shape)), shape...)
	return append(append(full[:1:1], full[2:]...), full[1])
}

// pixelAxis is where an axis of an image is in the order of pixels.
func pixelAxis(axis, rank int) int {
	switch axis {
	case 0:
		return 0
	case 1:
		return rank - 1
	}
	return axis - 1
}

// onPixels says that v lies with channels innermost only.
func (v *value) onPixels() bool {
	return v != nil && len(v.shape) > 2 && v.pixels != none && v.plain == none
}

// fitsPixels says that v can be read with channels innermost beside images of a
// rank: it is one, or the same in both orders.
func (v *value) fitsPixels(rank int) bool {
	if v == nil {
		return true
	}
	if len(v.shape) > rank || slices.Contains(v.shape, 0) {
		return false
	}
	p := byPixels(v.shape, rank)
	return p[rank-1] == 1 || product(p[1:rank-1]) == 1 || len(v.shape) == rank && v.elem == onnx.Float
}

// wantsPixels says that a general step should run with channels innermost: an
// operator on each element where an input lies so and all others can, or one
// that has a way of its own for it.
func (n *node) wantsPixels() bool {
	if n.onPixels != nil {
		return n.in[0].onPixels() || n.grows && n.in[0].elem == onnx.Float
	}
	fits, rank := n.pointwise && slices.ContainsFunc(n.in, (*value).onPixels), len(n.results[0].shape)
	for _, v := range n.in {
		fits = fits && v.fitsPixels(rank)
	}
	for _, v := range n.results {
		fits = fits && len(v.shape) == rank && v.elem == onnx.Float
	}
	return fits
}

// pixelOperand is input i with channels innermost.
func (n *node) pixelOperand(i int) (operand, error) {
	v, rank := n.in[i], len(n.results[0].shape)
	lie := n.plain
	if len(v.shape) == rank && v.elem == onnx.Float {
		lie = n.pixels
	}
	at, err := lie(v)
	return operand{at, v.elem, byPixels(v.shape, rank)}, err
}

// inPixels returns a pick that does with channels innermost what p, made by
// choices only, does to images of a shape.
func (p *pick) inPixels(shape []int) pick {
	q := newPick(byPixels(shape, len(shape)))
	for axis, which := range p.chose {
		if which != nil {
			q.choose(pixelAxis(axis, len(shape)), which)
		}
	}
	return q
}
