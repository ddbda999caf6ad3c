package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is convolutions with constant weights in one to three dimensions:
// Conv and ConvTranspose.

// convStep is a convolution or a transposed one, of rows images.
type convStep struct {
	layer
	each int64 // multiply-adds of one image
	conv convKernel
}

// convKernel is what convolutions have in common.
type convKernel interface {
	Pack(w []float32)
	PackHalf(w []uint16)
	ScratchLen(n int) int
	Run(dst, src []float32, n int, tail *kernel.Tail, scratch []float32, part, parts int)
}

func (s *convStep) scratch(n int) int { return s.conv.ScratchLen(s.rows.of(n)) }
func (s *convStep) work(n int) int64  { return int64(s.rows.of(n)) * s.each }

func (s *convStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	s.conv.Run(dst, src, s.rows.of(r.n), &s.tail, r.scratch[part], part, parts)
}

// geometry is a window over the last two dimensions, from channels to filters.
func (w *window) geometry(channels, filters int) kernel.Geometry {
	return kernel.Geometry{
		H: w.large[1], W: w.large[2], OH: w.small[1], OW: w.small[2], F: filters, C: channels, KH: w.size[1], KW: w.size[2],
		StrideH: w.stride[1], StrideW: w.stride[2], DilationH: w.dilation[1], DilationW: w.dilation[2],
		PadTop: w.before[1], PadLeft: w.before[2],
	}
}

// kernelShape returns the sides of the window that the weights have.
func (n *node) kernelShape() []int {
	w := n.in[1].shape
	if len(w) < 3 || len(w) > 5 || slices.Contains(w, 0) {
		n.fail("input 1, %q, has shape %v, want 3 to 5 dimensions above 0", n.Inputs[1], w)
		return slices.Repeat([]int{1}, len(n.in[0].shape)-2)
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

// conv is Conv of [N, C, sides...] with weights [F, C/groups, sides...].
func conv(n *node) (*value, error) {
	x := n.data(0, len(n.in[1].shape))
	kernelShape := n.kernelShape()
	w, channels := n.in[1].shape, x.shape[1]
	win := n.windowOf(x.shape[2:], kernelShape)
	groups := int(n.intAttr("group", 1))
	if n.err == nil && channels != w[1]*groups {
		n.fail("the input has %d channels, want %d", channels, w[1]*groups)
	}
	if n.err == nil {
		n.fit(win)
	}
	if n.err != nil {
		return nil, n.err
	}
	g := win.geometry(channels, w[0])
	var k convKernel = &kernel.Conv{Geometry: g}
	switch {
	case wideGroups(w[0], int64(groups)):
		k = &kernel.Grouped{Geometry: win.geometry(w[1], w[0]/groups), Groups: groups}
	case groups > 1, win.alone(g.C, g.F):
		k = &kernel.Depthwise{Geometry: g}
	case win.rank == 3:
		k = newSliced(win, false, g.F, g.C, func() convKernel { return &kernel.Conv{Geometry: g} })
	}
	return n.convolved(k, win, w[0], win.sides())
}

// convTranspose is ConvTranspose of [N, F, sides...] with weights [F, C,
// sides...].
func convTranspose(n *node) (*value, error) {
	x := n.data(0, len(n.in[1].shape))
	kernelShape := n.kernelShape()
	w := n.in[1].shape
	win := n.windowOf(x.shape[2:], kernelShape)
	if n.err == nil && x.shape[1] != w[0] {
		n.fail("the input has %d channels, want %d", x.shape[1], w[0])
	}
	if n.err == nil {
		win.small = win.large
		n.grow(win)
	}
	if n.err != nil {
		return nil, n.err
	}
	g := win.geometry(w[1], w[0])
	var k convKernel = &kernel.ConvTranspose{Geometry: g}
	if win.rank == 3 {
		k = newSliced(win, true, g.F, g.C, func() convKernel { return &kernel.ConvTranspose{Geometry: g} })
	}
	return n.convolved(k, win, w[1], win.large[3-win.rank:])
}

// convolved appends the step of a convolution of input 0 to an image of
// channels and sides, unless it needs too much memory for itself.
func (n *node) convolved(k convKernel, w *window, channels int, sides []int) (*value, error) {
	x, weights := n.in[0], n.in[1].shape
	shape := append([]int{x.shape[0], channels}, sides...)
	n.fits(shape, x.rows(), slices.Concat(w.small[:], weights)...)
	if n.err == nil && volume(w.small[1], w.small[2], weights[1]) > math.MaxInt/volume(w.size[1], w.size[2]) {
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
	s := &convStep{conv: k, each: volume(slices.Concat(w.small[:], weights)...)}
	s.layer = layer{link: link{src, dst}, rows: x.rows(), channels: channels}
	if n.in[2] != nil {
		s.tail.Bias = n.vector(2, channels)
	}
	if data, half := n.layerWeights(1); n.err != nil {
		return nil, n.err
	} else if half != nil {
		k.PackHalf(half)
	} else {
		k.Pack(data)
	}
	if s.scratch(1) > n.limits.elements {
		return nil, n.refuse("its windows take more than %d elements", n.limits.elements)
	}
	n.plan.add(s)
	v := &value{shape: shape, elem: x.elem, plain: none, pixels: none, layer: &s.layer}
	v.setPixels(dst)
	return v, nil
}
