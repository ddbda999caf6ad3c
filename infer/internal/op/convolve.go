package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is convolutions as plain functions: of any groups, and with weights
// that are computed.

var convolutions = family{
	{Name: "Conv", Make: conv, Layer: convLayer, Least: 2, Most: 3, Attrs: convAttrs},
	{Name: "ConvTranspose", Make: convTranspose, Layer: convTransposeLayer, Least: 2, Most: 3, Attrs: convAttrs + " output_padding output_shape"},
}

const convAttrs = "auto_pad dilations group kernel_shape pads strides"

// convolution is what a Conv or ConvTranspose of the general path computes.
type convolution struct {
	*window
	groups, channels, filters int // channels of the large image, of the small one
}

// convolution reads a Conv, or a ConvTranspose: inputs of [N, channels, sides...]
// and [filters, channels/groups, sides...].
func (n *Node) convolution(transposed bool) *convolution {
	x, w := n.In[0].Shape, n.In[1].Shape
	n.SameType(tensor.Floats)
	groups := n.groups(x, w)
	if n.err != nil {
		return nil
	}
	c := &convolution{window: n.windowOf(x[2:], w[2:]), groups: groups, channels: w[1] * groups, filters: w[0]}
	has := c.channels
	if transposed {
		has = c.filters
	}
	if n.err == nil && (x[1] != has || w[0]%groups != 0) {
		n.Fail("inputs of shapes %v and %v do not fit in %d groups", x, w, groups)
	}
	if n.err != nil {
		return nil
	}
	if transposed {
		c.small = c.large
		n.grow(c.window)
	} else {
		n.fit(c.window)
	}
	if n.err == nil && slices.Max([]int{c.small[0], c.small[1], c.small[2], c.large[0], c.large[1], c.large[2]}) > n.Elements {
		n.Fail("its images are of sides %v and %v, want at most %d", c.large, c.small, n.Elements)
	}
	return c
}

// groups checks that shapes are of images and filters, and reads in how many
// groups these are.
func (n *Node) groups(x, w []int) int {
	groups := n.Size("group", 1, 1)
	if n.err == nil && (len(x) < 3 || len(w) != len(x) || contains(x[1:], 0) || contains(w, 0)) {
		n.Fail("inputs have shapes %v and %v, want images and filters of as many dimensions, none 0", x, w)
	}
	return groups
}

// conv is Conv of any rank, groups and padding.
func conv(n *Node) Eval {
	c := n.convolution(false)
	if n.err != nil {
		return nil
	}
	return n.convolve(c, append([]int{n.In[0].Shape[0], c.filters}, c.sides()...), c.conv)
}

// convTranspose is ConvTranspose of any rank, groups and padding.
func convTranspose(n *Node) Eval {
	c := n.convolution(true)
	if n.err != nil {
		return nil
	}
	return n.convolve(c, append([]int{n.In[0].Shape[0], c.channels}, c.large[3-c.rank:]...), c.transposed)
}

// convolve makes the Eval of both convolutions: for each group of each sample, a
// product of the weights with a matrix of columns, one for each pixel of the
// small image.
func (n *Node) convolve(c *convolution, shape []int, sum func(m *Memory, dst, src, weights []float32)) Eval {
	x := n.In[0]
	n.CountMulAdds(append(joinLists(c.small[:], c.size[:]), x.Shape[0], c.filters, c.channels/c.groups)...)
	if tensor.Product(c.size[:]) > n.Elements/max(c.channels/c.groups*c.small[2], 1) {
		n.Fail("its windows take more than %d elements", n.Elements)
	}
	n.vector(2, shape[1])
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	return inSingle(func(m *Memory, out, in []tensor.Tensor) {
		dst, src, w := tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), tensor.Nth[float32](in, 1)
		samples := in[0].Shape[0] * c.groups
		for i := range samples {
			sum(m, piece(dst, i, samples), piece(src, i, samples), piece(w, i%c.groups, c.groups))
		}
		if in[2].Given() {
			bias, planes := tensor.Nth[float32](in, 2), out[0].Shape[0]*shape[1]
			for i := range planes {
				for j, plane := 0, piece(dst, i, planes); j < len(plane); j++ {
					plane[j] += bias[i%len(bias)]
				}
			}
		}
	})
}

// piece is the i-th of n equal parts.
//
//go:noinline
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
func (c *convolution) conv(m *Memory, small, large, weights []float32) {
	filters, width := c.filters/c.groups, c.small[2]
	k, area := len(weights)/filters, len(small)/filters
	c.strips(k, func(from, to int) {
		n := (to - from) * width
		columns := m.Floats(k * n)
		clear(columns)
		c.stretches(k, from, to, func(col, at, count int) {
			if c.stride[2] == 1 {
				copy(columns[col:][:count], large[at:])
			} else {
				gatherStride(columns[col:][:count], large[at:], c.stride[2])
			}
		})
		m.pad.packed.Pack(columns, k, n, n, 1)
		kernel.Gemm(small[from*width:], area, weights, k, filters, &m.pad.packed, nil, 0, 1)
	})
}

// transposed is one group of a transposed convolution: the columns, which are
// the transposed weights * small, summed up where they lie in large.
func (c *convolution) transposed(m *Memory, large, small, weights []float32) {
	filters, width := c.filters/c.groups, c.small[2]
	k, area := len(weights)/filters, len(small)/filters
	clear(large)
	c.strips(k, func(from, to int) {
		n := (to - from) * width
		room := m.Floats(k * (n + filters))
		columns, turned := room[:k*n], room[k*n:]
		for i := range k {
			gatherStride(turned[i*filters:][:filters], weights[i:], k)
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
	taps, plane, width := c.taps(), tensor.Product(c.large[:]), c.small[2]
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
