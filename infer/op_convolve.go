package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the convolutions that no layer takes: of groups, and with weights
// that are computed.

// convolution is what a Conv or ConvTranspose of the general path computes.
type convolution struct {
	*window
	groups, channels, filters int // channels of the large image, of the small one
}

// convGeneral is Conv of any rank, groups and padding.
func convGeneral(n *node) evaluate {
	x, weights := n.in[0], n.in[1].shape
	n.sameElem(floats)
	group := int(n.intAttr("group", 1))
	if len(x.shape) < 3 || len(weights) != len(x.shape) || group < 1 || group > maxAttr ||
		x.shape[1] != weights[1]*group || weights[0]%group != 0 || slices.Contains(x.shape, 0) {
		n.fail("inputs of shapes %v and %v do not fit in %d groups", x.shape, weights, group)
		return nil
	}
	w := n.windowOf(x.shape[2:], weights[2:])
	if n.err != nil {
		return nil
	}
	if n.fit(w); n.err != nil {
		return nil
	}
	c := &convolution{w, group, x.shape[1], weights[0]}
	sum := c.conv
	if v := n.in[1]; v.constant != nil && v.elem == onnx.Float && w.alone(c.channels, c.filters) {
		lines := &kernel.Depthwise{Geometry: w.geometry(1, 1)}
		lines.Pack(n.weights(1))
		sum = func(_ *memory, small, large, _ []float32) { lines.Run(small, large, 1, nil, nil, 0, 1) }
	}
	return n.convolve(c, append([]int{x.shape[0], weights[0]}, w.sides()...), sum)
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

// convolve makes the evaluate of both convolutions: for each group of each
// sample, a product of the weights with a matrix of columns, one for each pixel
// of the small image.
func (n *node) convolve(c *convolution, shape []int, sum func(m *memory, dst, src, weights []float32)) evaluate {
	x := n.in[0]
	n.fits(shape, x.rows(), slices.Concat(c.small[:], c.size[:], []int{c.filters, c.channels / c.groups})...)
	if n.err == nil && volume(c.channels/c.groups, c.taps(), c.small[2]) > int64(n.limits.elements) {
		n.fail("its windows take more than %d elements", n.limits.elements)
	}
	if bias := n.in[2]; bias != nil && !slices.Equal(bias.shape, shape[1:2]) {
		n.fail("input 2, %q, has shape %v, want [%d]", n.Inputs[2], bias.shape, shape[1])
	}
	n.result(x.elem, shape...)
	return inSingle(func(m *memory, out, in []tensor) {
		dst, src, w := of[float32](out[0]), of[float32](in[0]), of[float32](in[1])
		samples := in[0].shape[0] * c.groups
		for i := range samples {
			sum(m, piece(dst, i, samples), piece(src, i, samples), piece(w, i%c.groups, c.groups))
		}
		if in[2].given() {
			bias, planes := of[float32](in[2]), out[0].shape[0]*shape[1]
			for i := range planes {
				for j, plane := 0, piece(dst, i, planes); j < len(plane); j++ {
					plane[j] += bias[i%len(bias)]
				}
			}
		}
	})
}

// piece is the i-th of n equal parts.
func piece[T any](v []T, i, n int) []T {
	each := len(v) / n
	return v[i*each:][:each]
}

// columnsLen bounds the matrix of columns that is made at once, in floats.
const columnsLen = 1 << 17

// strips calls f with ranges of lines of the small image whose columns of k
// elements are made at once.
func (c *convolution) strips(k int, f func(from, to int)) {
	lines := c.small[0] * c.small[1]
	each := max(1, columnsLen/(k*c.small[2]))
	for from := 0; from < lines; from += each {
		f(from, min(from+each, lines))
	}
}

// conv is one group of a convolution: small = weights * columns of large.
func (c *convolution) conv(m *memory, small, large, weights []float32) {
	filters, width := c.filters/c.groups, c.small[2]
	k, area := len(weights)/filters, len(small)/filters
	c.strips(k, func(from, to int) {
		n := (to - from) * width
		columns := m.pad.room(k * n)
		clear(columns)
		c.stretches(k, from, to, func(col, at, count int) {
			if c.stride[2] == 1 {
				copy(columns[col:][:count], large[at:])
			} else {
				transpose(columns[col:][:count], large[at:], c.stride[2])
			}
		})
		m.pad.packed.Pack(columns, k, n, n, 1)
		kernel.Gemm(small[from*width:], area, weights, k, filters, &m.pad.packed, nil, 0, 1)
	})
}

// transposed is one group of a transposed convolution: the columns, which are
// the transposed weights * small, summed up where they lie in large.
func (c *convolution) transposed(m *memory, large, small, weights []float32) {
	filters, width := c.filters/c.groups, c.small[2]
	k, area := len(weights)/filters, len(small)/filters
	clear(large)
	c.strips(k, func(from, to int) {
		n := (to - from) * width
		room := m.pad.room(k * (n + filters))
		columns, turned := room[:k*n], room[k*n:]
		for i := range k {
			transpose(turned[i*filters:][:filters], weights[i:], k)
		}
		m.pad.packed.Pack(small[from*width:], filters, n, area, 1)
		kernel.Gemm(columns, n, turned, filters, k, &m.pad.packed, nil, 0, 1)
		c.stretches(k, from, to, func(col, at, count int) {
			for _, v := range columns[col:][:count] {
				large[at] += v
				at += c.stride[2]
			}
		})
	})
}

// stretches calls f for every line of each row of the columns of lines from to
// to: element col+i of the matrix is element at+i*stride of the large image, for
// i < count; what is left out lies outside of it.
func (c *convolution) stretches(k, from, to int, f func(col, at, count int)) {
	taps, plane, width := c.taps(), product(c.large[:]), c.small[2]
	for row := range k {
		tap := row % taps
		tx := tap%c.size[2]*c.dilation[2] - c.before[2]
		x0 := max(0, (-tx+c.stride[2]-1)/c.stride[2])
		x1 := min(width, (c.large[2]-1-tx)/c.stride[2]+1)
		if c.large[2] <= tx || x0 >= x1 {
			continue
		}
		for line := from; line < to; line++ {
			z := line/c.small[1]*c.stride[0] + tap/c.size[2]/c.size[1]*c.dilation[0] - c.before[0]
			y := line%c.small[1]*c.stride[1] + tap/c.size[2]%c.size[1]*c.dilation[1] - c.before[1]
			if z < 0 || z >= c.large[0] || y < 0 || y >= c.large[1] {
				continue
			}
			at := row/taps*plane + (z*c.large[1]+y)*c.large[2] + x0*c.stride[2] + tx
			f((row*(to-from)+line-from)*width+x0, at, x1-x0)
		}
	}
}
