package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is convolutions in two dimensions: Conv and ConvTranspose.

// convStep is a convolution, from rows large images to rows small ones.
type convStep struct {
	layer
	conv *kernel.Conv
}

func (s *convStep) scratch(n int) int { return s.conv.ScratchLen(s.rows.of(n)) }
func (s *convStep) work(n int) int64 {
	return volume(s.rows.of(n), s.conv.OH, s.conv.OW, s.conv.Weights())
}

func (s *convStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	s.conv.Run(dst, src, s.rows.of(r.n), &s.tail, r.scratch[part], part, parts)
}

// convTransposeStep is a transposed convolution, from small images to large ones.
type convTransposeStep struct {
	layer
	conv *kernel.ConvTranspose
}

func (s *convTransposeStep) scratch(n int) int { return s.conv.ScratchLen(s.rows.of(n)) }
func (s *convTransposeStep) work(n int) int64 {
	return volume(s.rows.of(n), s.conv.OH, s.conv.OW, s.conv.Weights())
}

func (s *convTransposeStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	s.conv.Run(dst, src, s.rows.of(r.n), &s.tail, r.scratch[part], part, parts)
}

// window reads what the attributes and the shape of the weights say about both
// operators. What it returns has no image sizes yet.
func (n *node) window() (g kernel.Geometry, padBottom, padRight int) {
	w := n.in[1].shape
	if len(w) != 4 || slices.Contains(w, 0) {
		n.fail("input 1, %q, has shape %v, want 4 dimensions above 0", n.Inputs[1], w)
		return g, 0, 0
	}
	g.F, g.C, g.KH, g.KW = w[0], w[1], w[2], w[3]
	if k := n.intsAttr("kernel_shape", 1, g.KH, g.KW); k[0] != g.KH || k[1] != g.KW {
		n.fail("kernel_shape is %v, but the weights have %v", k, w)
	}
	if group := n.intAttr("group", 1); group != 1 {
		n.fail("group is %d, want 1", group)
	}
	n.notAutomatic()
	strides, dilations := n.intsAttr("strides", 1, 1, 1), n.intsAttr("dilations", 1, 1, 1)
	pads := n.intsAttr("pads", 0, 0, 0, 0, 0) // top, left, bottom, right
	g.StrideH, g.StrideW = strides[0], strides[1]
	g.DilationH, g.DilationW = dilations[0], dilations[1]
	g.PadTop, g.PadLeft = pads[0], pads[1]
	return g, pads[2], pads[3]
}

// notAutomatic refuses every auto_pad but NOTSET, which is none.
func (n *node) notAutomatic() {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Name == "auto_pad" && a.String != "NOTSET" {
			n.fail("auto_pad is %q, want NOTSET", a.String)
		}
	}
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
	w, half := n.layerWeights(1)
	g, bottom, right := n.window()
	if n.err != nil {
		return nil, n.err
	}
	g.H, g.W = x.shape[2], x.shape[3]
	if x.shape[1] != g.C {
		n.fail("the input has %d channels, want %d", x.shape[1], g.C)
	}
	shrunk := func(in, k, dilation, stride, before, after int) int {
		room := int64(in) + int64(before) + int64(after) - span(k, dilation)
		if room < 0 {
			return n.side(0)
		}
		return n.side(room/int64(stride) + 1)
	}
	g.OH = shrunk(g.H, g.KH, g.DilationH, g.StrideH, g.PadTop, bottom)
	g.OW = shrunk(g.W, g.KW, g.DilationW, g.StrideW, g.PadLeft, right)
	s := &convStep{}
	v, err := n.image(x, &s.layer, g, g.F, g.OH, g.OW)
	if err != nil {
		return nil, err
	}
	s.conv = &kernel.Conv{Geometry: g}
	if half != nil {
		s.conv.PackHalf(half)
	} else {
		s.conv.Pack(w)
	}
	return v, n.layerStep(s)
}

// convTranspose is ConvTranspose of [N, F, OH, OW] with weights [F, C, KH, KW].
func convTranspose(n *node) (*value, error) {
	x := n.data(0, 4)
	w, half := n.layerWeights(1)
	g, bottom, right := n.window()
	more := n.intsAttr("output_padding", 0, 0, 0)
	for i := range n.Attrs {
		if n.Attrs[i].Name == "output_shape" {
			n.fail("output_shape is not supported")
		}
	}
	if n.err != nil {
		return nil, n.err
	}
	g.OH, g.OW = x.shape[2], x.shape[3]
	if x.shape[1] != g.F {
		n.fail("the input has %d channels, want %d", x.shape[1], g.F)
	}
	grown := func(in, k, dilation, stride, before, after, more int) int {
		return n.side(int64(in-1)*int64(stride) + span(k, dilation) + int64(more) - int64(before) - int64(after))
	}
	g.H = grown(g.OH, g.KH, g.DilationH, g.StrideH, g.PadTop, bottom, more[0])
	g.W = grown(g.OW, g.KW, g.DilationW, g.StrideW, g.PadLeft, right, more[1])
	s := &convTransposeStep{}
	v, err := n.image(x, &s.layer, g, g.C, g.H, g.W)
	if err != nil {
		return nil, err
	}
	s.conv = &kernel.ConvTranspose{Geometry: g}
	if half != nil {
		s.conv.PackHalf(half)
	} else {
		s.conv.Pack(w)
	}
	return v, n.layerStep(s)
}

// layerStep appends a convolution, unless it needs too much memory for itself.
func (n *node) layerStep(s step) error {
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
