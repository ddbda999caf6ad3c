package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is convolutions in two dimensions: Conv and ConvTranspose.

// convStep is a convolution or a transposed one, of rows images.
type convStep struct {
	layer
	geometry kernel.Geometry
	conv     convKernel
}

// convKernel is what kernel.Conv and kernel.ConvTranspose have in common.
type convKernel interface {
	Pack(w []float32)
	PackHalf(w []uint16)
	ScratchLen(n int) int
	Run(dst, src []float32, n int, tail *kernel.Tail, scratch []float32, part, parts int)
}

func (s *convStep) scratch(n int) int { return s.conv.ScratchLen(s.rows.of(n)) }
func (s *convStep) work(n int) int64 {
	return volume(s.rows.of(n), s.geometry.OH, s.geometry.OW, s.geometry.Weights())
}

func (s *convStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	s.conv.Run(dst, src, s.rows.of(r.n), &s.tail, r.scratch[part], part, parts)
}

// geometry is a window over two dimensions with weights [F, C, KH, KW].
func (n *node) geometry(w *window) kernel.Geometry {
	k := n.in[1].shape
	return kernel.Geometry{
		H: w.large[1], W: w.large[2], OH: w.small[1], OW: w.small[2], F: k[0], C: k[1], KH: k[2], KW: k[3],
		StrideH: w.stride[1], StrideW: w.stride[2], DilationH: w.dilation[1], DilationW: w.dilation[2],
		PadTop: w.before[1], PadLeft: w.before[2],
	}
}

// kernelShape returns the sides of the window that the weights have.
func (n *node) kernelShape() []int {
	w := n.in[1].shape
	if len(w) != 4 || slices.Contains(w, 0) {
		n.fail("input 1, %q, has shape %v, want 4 dimensions above 0", n.Inputs[1], w)
		return []int{1, 1}
	}
	return w[2:]
}

// side checks one side of an image that a window makes.
func (n *node) side(length int64) int {
	if length < 1 || length > int64(n.limits.elements) {
		n.fail("an image side comes out as %d, want 1 to %d", length, n.limits.elements)
		return 1
	}
	return int(length)
}

// span is how far the taps of a window reach.
func span(k, dilation int) int64 { return int64(k-1)*int64(dilation) + 1 }

// conv is Conv of [N, C, H, W] with weights [F, C, KH, KW].
func conv(n *node) (*value, error) {
	x := n.data(0, 4)
	weights, half := n.layerWeights(1)
	w := n.windowOf(x.shape[2:], n.kernelShape())
	if n.err == nil && x.shape[1] != n.in[1].shape[1] {
		n.fail("the input has %d channels, want %d", x.shape[1], n.in[1].shape[1])
	}
	if n.err == nil {
		n.fit(w)
	}
	if n.err != nil {
		return nil, n.err
	}
	g := n.geometry(w)
	s := &convStep{geometry: g, conv: &kernel.Conv{Geometry: g}}
	v, err := n.image(x, &s.layer, g, g.F, g.OH, g.OW)
	if err != nil {
		return nil, err
	}
	return v, n.layerStep(s, weights, half)
}

// convTranspose is ConvTranspose of [N, F, OH, OW] with weights [F, C, KH, KW].
func convTranspose(n *node) (*value, error) {
	x := n.data(0, 4)
	weights, half := n.layerWeights(1)
	w := n.windowOf(x.shape[2:], n.kernelShape())
	if n.err == nil && x.shape[1] != n.in[1].shape[0] {
		n.fail("the input has %d channels, want %d", x.shape[1], n.in[1].shape[0])
	}
	if n.err == nil {
		w.small = w.large
		n.grow(w)
	}
	if n.err != nil {
		return nil, n.err
	}
	g := n.geometry(w)
	s := &convStep{geometry: g, conv: &kernel.ConvTranspose{Geometry: g}}
	v, err := n.image(x, &s.layer, g, g.C, g.H, g.W)
	if err != nil {
		return nil, err
	}
	return v, n.layerStep(s, weights, half)
}

// layerStep packs the weights of a convolution and appends it, unless it needs
// too much memory for itself.
func (n *node) layerStep(s *convStep, weights []float32, half []uint16) error {
	if half != nil {
		s.conv.PackHalf(half)
	} else {
		s.conv.Pack(weights)
	}
	if s.scratch(1) > n.limits.elements {
		return n.refuse("its windows take more than %d elements", n.limits.elements)
	}
	n.plan.add(s)
	return nil
}

// image links a convolution: from x to a new value [N, channels, height, width].
func (n *node) image(x *value, l *layer, g kernel.Geometry, channels, height, width int) (*value, error) {
	shape := []int{x.shape[0], channels, height, width}
	n.fits(shape, x.rows(), g.OH, g.OW, g.F, g.C, g.KH, g.KW)
	if n.err == nil && volume(g.OH, g.OW, g.C) > math.MaxInt/volume(g.KH, g.KW) {
		n.fail("its windows together are larger than this device's memory")
	}
	if n.err != nil {
		return nil, n.err
	}
	src, err := n.pixels(x)
	if err != nil {
		return nil, err
	}
	dst := n.newBuffer(shape)
	*l = layer{link: link{src, dst}, rows: x.rows(), channels: channels}
	if n.in[2] != nil {
		l.tail.Bias = n.vector(2, channels)
	}
	v := &value{shape: shape, elem: x.elem, plain: none, pixels: none, layer: l}
	v.setPixels(dst)
	return v, n.err
}
