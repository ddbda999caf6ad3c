package op

import (
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is convolutions as layers: Conv and ConvTranspose in one to three
// dimensions, of constant weights, and in one and two of computed ones.

// geometry is a window over the last two dimensions, from channels to filters.
func (w *window) geometry(channels, filters int) kernel.Geometry {
	return kernel.Geometry{
		H: w.large[1], W: w.large[2], OH: w.small[1], OW: w.small[2], F: filters, C: channels, KH: w.size[1], KW: w.size[2],
		StrideH: w.stride[1], StrideW: w.stride[2], DilationH: w.dilation[1], DilationW: w.dilation[2],
		PadTop: w.before[1], PadLeft: w.before[2],
	}
}

// wideGroups reports whether filters make so many groups of a kernel's width.
func wideGroups(filters, groups int) bool {
	return groups > 1 && filters%groups == 0 && filters/groups >= kernel.GroupWidth
}

// fitsLayer reports whether a convolution may be a layer: of constant weights, of
// float32, not empty.
func (n *Node) fitsLayer() bool {
	return n.computed(0) && n.constant(1) && n.constant(2) && len(n.In[1].Shape) <= 5 && !n.empty()
}

// convLayer is Conv without groups, and in up to two dimensions of wide groups
// and of each channel on its own.
func convLayer(n *Node) Layer {
	if !n.fitsLayer() {
		return n.computedConvolution(false)
	}
	c := n.convolution(false)
	w, groups := n.In[1].Shape, c.groups
	if groups > 1 && !(len(w) < 5 && (w[1] == 1 && w[0] == groups || wideGroups(w[0], groups))) {
		return nil
	}
	g := c.geometry(c.channels, w[0])
	layout := "conv"
	var k ConvKernel = &kernel.Conv{Geometry: g.Upright()}
	switch {
	case wideGroups(w[0], groups):
		layout = "grouped"
		k = &kernel.Grouped{Geometry: c.geometry(w[1], w[0]/groups), Groups: groups}
	case groups > 1, c.alone(g.C, g.F):
		k, layout = &kernel.Depthwise{Geometry: g}, "depthwise"
	case c.rank == 3:
		layout = "sliced"
		k = newSliced(c.window, false, g.F, g.C, func() ConvKernel { return &kernel.Conv{Geometry: g} })
	}
	return n.convolved(k, layout)
}

// convTransposeLayer is ConvTranspose without groups.
func convTransposeLayer(n *Node) Layer {
	if !n.fitsLayer() {
		return n.computedConvolution(true)
	}
	c := n.convolution(true)
	if c.groups != 1 {
		return nil
	}
	w := n.In[1].Shape
	g := c.geometry(w[1], w[0])
	var k ConvKernel = &kernel.ConvTranspose{Geometry: g}
	if c.rank == 3 {
		k = newSliced(c.window, true, g.F, g.C, func() ConvKernel { return &kernel.ConvTranspose{Geometry: g} })
	}
	return n.convolved(k, "transposed")
}

// computedConvolution is a convolution whose weights are computed as a layer, nil if
// there is no such. Groups of one image are images with weights of their own: so
// generators have it that modulate their weights by sample. Each makes as many
// channels as a group has with a kernel of its own, however many there are.
func (n *Node) computedConvolution(transposed bool) Layer {
	if !n.computed(0) || !n.computed(1) || !n.constant(2) || len(n.In[1].Shape) > 4 || n.empty() {
		return nil
	}
	c := n.convolution(transposed)
	l := &ComputedConvolution{Sets: c.groups, Channels: c.channels / c.groups, Filters: c.filters / c.groups}
	g := c.geometry(l.Channels, l.Filters)
	l.Kernel = func() ComputedKernel { return &kernel.Conv{Geometry: g} }
	if transposed {
		l.Channels, l.Filters = l.Filters, l.Channels
		l.Kernel = func() ComputedKernel { return &kernel.ConvTranspose{Geometry: g} }
	}
	if l.Filters < kernel.GroupWidth || l.Sets > 1 && n.In[0].Shape[0] > 1 {
		return nil
	}
	if n.In[2] != nil {
		l.Bias = slices.Clone(n.Float32s(2))
	}
	return l
}

// convolved is the layer of a kernel.
func (n *Node) convolved(k ConvKernel, layout string) Layer {
	l := &Convolution{Kernel: k, Layout: layout}
	if n.In[2] != nil {
		l.Bias = slices.Clone(n.Float32s(2))
	}
	return l
}

// Adopt lets a kernel use the packed weights of another, made of the same
// constant; it reports false if their layouts differ.
func Adopt(k, other ConvKernel) bool {
	switch k := k.(type) {
	case *kernel.Conv:
		o, ok := other.(*kernel.Conv)
		return ok && k.Adopt(o)
	case *kernel.ConvTranspose:
		o, ok := other.(*kernel.ConvTranspose)
		return ok && k.Adopt(o)
	case *kernel.Depthwise:
		o, ok := other.(*kernel.Depthwise)
		return ok && k.Adopt(o)
	case *kernel.Grouped:
		o, ok := other.(*kernel.Grouped)
		return ok && k.Adopt(o)
	case *slicedConv:
		o, ok := other.(*slicedConv)
		if !ok || len(k.depth) != len(o.depth) {
			return false
		}
		for i := range k.depth {
			if !Adopt(k.depth[i], o.depth[i]) {
				return false
			}
		}
		return true
	}
	return false
}

// Portable reports whether a kernel's packed weights serve images of all sizes.
func Portable(k ConvKernel) bool {
	switch k := k.(type) {
	case *kernel.Conv, *kernel.Grouped:
		return true
	case *kernel.Depthwise:
		return k.C >= kernel.GroupWidth || k.StrideW != 1
	}
	return false
}
