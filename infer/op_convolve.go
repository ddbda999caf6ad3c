package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the convolutions that no kernel takes: any rank, groups, and
// weights that are computed.

// convolution is what a Conv or ConvTranspose of the general path computes.
type convolution struct {
	*window
	groups, channels, filters int // channels of the large image, of the small one
}

// convGeneral is Conv of any rank, groups and padding.
func convGeneral(n *node) evaluate {
	x, kernel := n.in[0], n.in[1].shape
	n.sameElem(floats)
	group := int(n.intAttr("group", 1))
	if len(x.shape) < 3 || len(kernel) != len(x.shape) || group < 1 || group > maxAttr ||
		x.shape[1] != kernel[1]*group || kernel[0]%group != 0 || slices.Contains(x.shape, 0) {
		n.fail("inputs of shapes %v and %v do not fit in %d groups", x.shape, kernel, group)
		return nil
	}
	w := n.windowOf(x.shape[2:], kernel[2:])
	if n.err != nil {
		return nil
	}
	if n.fit(w); n.err != nil {
		return nil
	}
	c := &convolution{w, group, x.shape[1], kernel[0]}
	return n.convolve(c, append([]int{x.shape[0], kernel[0]}, w.sides()...), c.conv)
}

// convTransposeGeneral is ConvTranspose of any rank, groups and padding.
func convTransposeGeneral(n *node) evaluate {
	x, kernel := n.in[0], n.in[1].shape
	n.sameElem(floats)
	group := int(n.intAttr("group", 1))
	if len(x.shape) < 3 || len(kernel) != len(x.shape) || group < 1 || group > maxAttr ||
		x.shape[1] != kernel[0] || kernel[0]%group != 0 || slices.Contains(x.shape, 0) {
		n.fail("inputs of shapes %v and %v do not fit in %d groups", x.shape, kernel, group)
		return nil
	}
	w := n.windowOf(x.shape[2:], kernel[2:])
	if n.err != nil {
		return nil
	}
	w.small = w.large
	if n.grow(w); n.err != nil {
		return nil
	}
	c := &convolution{w, group, kernel[1] * group, kernel[0]}
	return n.convolve(c, append([]int{x.shape[0], c.channels}, w.large[3-w.rank:]...), c.transposed)
}

// convolve makes the evaluate of both convolutions: in float64, where products
// of float32 are exact, rounded once at the end.
func (n *node) convolve(c *convolution, shape []int, sum func(dst, src, weights []float64)) evaluate {
	x := n.in[0]
	n.fits(shape, x.rows(), slices.Concat(c.small[:], c.size[:], []int{c.filters, c.channels / c.groups})...)
	if bias := n.in[2]; bias != nil && !slices.Equal(bias.shape, shape[1:2]) {
		n.fail("input 2, %q, has shape %v, want [%d]", n.Inputs[2], bias.shape, shape[1])
	}
	n.result(x.elem, shape...)
	return func(m *memory, out, in []tensor) {
		src, w, dst := m.tensor(onnx.Double, in[0].shape), m.tensor(onnx.Double, in[1].shape), m.tensor(onnx.Double, out[0].shape)
		convert(src, in[0])
		convert(w, in[1])
		from, to := product(src.shape[1:]), product(dst.shape[1:])
		for i := range src.shape[0] {
			sum(of[float64](dst)[i*to:][:to], of[float64](src)[i*from:][:from], of[float64](w))
		}
		if in[2].given() {
			bias := m.tensor(onnx.Double, in[2].shape)
			convert(bias, in[2])
			each := product(dst.shape[2:])
			for i, v := range of[float64](dst) {
				of[float64](dst)[i] = v + of[float64](bias)[i/each%shape[1]]
			}
		}
		convert(out[0], dst)
	}
}

// conv adds to every element of small the taps of its window.
func (c *convolution) conv(small, large, weights []float64) {
	c.each(func(s, l, w int) { small[s] += float64(large[l] * weights[w]) })
}

// transposed adds every element of small to the taps of its window.
func (c *convolution) transposed(large, small, weights []float64) {
	c.each(func(s, l, w int) { large[l] += float64(small[s] * weights[w]) })
}

// each calls f with the places of all pairs that meet, and of their weight.
func (c *convolution) each(f func(small, large, weight int)) {
	taps, area, plane := c.taps(), product(c.small[:]), product(c.large[:])
	filters, channels := c.filters/c.groups, c.channels/c.groups
	o := 0
	for z := range c.small[0] {
		for y := range c.small[1] {
			for x := range c.small[2] {
				at := [3]int{z*c.stride[0] - c.before[0], y*c.stride[1] - c.before[1], x*c.stride[2] - c.before[2]}
				for k := range taps {
					i, inside, _ := c.place(at, k)
					if !inside {
						continue
					}
					for filter := range c.filters {
						first := filter / filters * channels
						for ch := range channels {
							f(filter*area+o, (first+ch)*plane+i, (filter*channels+ch)*taps+k)
						}
					}
				}
				o++
			}
		}
	}
}
