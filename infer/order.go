package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is general steps on images with channels innermost: so that what
// stands between two convolutions does not bring every image into ONNX's order
// and back.

// byPixels returns a shape of up to 4 dimensions in the order of pixels: the
// channels last.
func byPixels(shape []int) []int {
	full := append(slices.Repeat([]int{1}, 4-len(shape)), shape...)
	return []int{full[0], full[2], full[3], full[1]}
}

// pixelAxis is where an axis of an image is in the order of pixels.
func pixelAxis(axis int) int { return [4]int{0, 3, 1, 2}[axis] }

// onPixels says that v lies with channels innermost only.
func (v *value) onPixels() bool {
	return v != nil && len(v.shape) == 4 && v.pixels != none && v.plain == none
}

// fitsPixels says that v can be read with channels innermost: it is an image, or
// the same in both orders.
func (v *value) fitsPixels() bool {
	if v == nil {
		return true
	}
	if len(v.shape) > 4 || slices.Contains(v.shape, 0) {
		return false
	}
	p := byPixels(v.shape)
	return p[3] == 1 || p[1] == 1 && p[2] == 1 || len(v.shape) == 4 && v.elem == onnx.Float
}

// wantsPixels says that a general step should run with channels innermost: an
// operator on each element where an input lies so and all others can, or one
// that has a way of its own for it.
func (n *node) wantsPixels() bool {
	if n.onPixels != nil {
		return n.in[0].onPixels()
	}
	fits := n.pointwise && slices.ContainsFunc(n.in, (*value).onPixels)
	for _, v := range n.in {
		fits = fits && v.fitsPixels()
	}
	for _, v := range n.results {
		fits = fits && len(v.shape) == 4 && v.elem == onnx.Float
	}
	return fits
}

// pixelOperand is input i with channels innermost.
func (n *node) pixelOperand(i int) (operand, error) {
	v := n.in[i]
	if len(v.shape) == 4 && v.elem == onnx.Float {
		at, err := n.pixels(v)
		return operand{at, v.elem, byPixels(v.shape)}, err
	}
	at, err := n.plain(v)
	return operand{at, v.elem, byPixels(v.shape)}, err
}

// inPixels returns a pick that does with channels innermost what p, made by
// choices only, does to images of a shape.
func (p *pick) inPixels(shape []int) pick {
	q := newPick(byPixels(shape))
	for axis, which := range p.chose {
		if which != nil {
			q.choose(pixelAxis(axis), which)
		}
	}
	return q
}
