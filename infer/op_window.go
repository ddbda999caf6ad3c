package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is windows in one, two or three dimensions: pooling, and the
// convolutions that no kernel takes. All are seen as three-dimensional.

// window is how a window moves over an image. Large is the side of the image it
// moves over, small that of what comes out; a transposed convolution goes the
// other way.
type window struct {
	rank                                                int
	large, small, size, stride, dilation, before, after [3]int
}

// reach is how far the taps along an axis reach.
func (w *window) reach(d int) int { return (w.size[d]-1)*w.dilation[d] + 1 }

// taps is the number of taps of the window.
func (w *window) taps() int { return w.size[0] * w.size[1] * w.size[2] }

// windowOf reads the attributes of a window over dimensions of a size; kernel
// may be nil: then kernel_shape says it.
func (n *node) windowOf(sizes, kernel []int) *window {
	rank := len(sizes)
	if rank < 1 || rank > 3 {
		n.fail("there are %d dimensions to a window, want 1 to 3", rank)
		return nil
	}
	ones, zeros := slices.Repeat([]int{1}, rank), make([]int, 2*rank)
	if kernel == nil {
		if !n.has("kernel_shape") {
			n.fail("it has no kernel_shape")
			return nil
		}
		kernel = n.intsAttr("kernel_shape", 1, ones...)
	} else if k := n.intsAttr("kernel_shape", 1, kernel...); !slices.Equal(k, kernel) {
		n.fail("kernel_shape is %v, but the weights have %v", k, kernel)
	}
	strides, dilations := n.intsAttr("strides", 1, ones...), n.intsAttr("dilations", 1, ones...)
	pads := n.intsAttr("pads", 0, zeros...)
	w := &window{rank: rank}
	for d := range 3 {
		w.large[d], w.small[d], w.size[d], w.stride[d], w.dilation[d] = 1, 1, 1, 1, 1
		if k := d - (3 - rank); k >= 0 {
			w.large[d], w.size[d], w.stride[d], w.dilation[d] = sizes[k], kernel[k], strides[k], dilations[k]
			w.before[d], w.after[d] = pads[k], pads[k+rank]
		}
		if span(w.size[d], w.dilation[d]) > maxAttr || w.size[d] < 1 {
			n.fail("its window reaches over %d elements, want 1 to %d", span(w.size[d], w.dilation[d]), maxAttr)
		}
	}
	if n.err != nil {
		return nil
	}
	return w
}

// fit sets small, for windows over large, with pads as auto_pad says.
func (n *node) fit(w *window) {
	auto := n.stringAttr("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	up := n.intAttr("ceil_mode", 0) != 0
	for d := 3 - w.rank; d < 3; d++ {
		switch auto {
		case "VALID":
			w.before[d], w.after[d] = 0, 0
		case "SAME_UPPER", "SAME_LOWER":
			out := (w.large[d] + w.stride[d] - 1) / w.stride[d]
			total := max((out-1)*w.stride[d]+w.reach(d)-w.large[d], 0)
			w.before[d], w.after[d] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.before[d], w.after[d] = w.after[d], w.before[d]
			}
		}
		room := w.large[d] + w.before[d] + w.after[d] - w.reach(d)
		if room < 0 {
			n.side(0)
			return
		}
		w.small[d] = room/w.stride[d] + 1
		if up && room%w.stride[d] != 0 && w.small[d]*w.stride[d] < w.large[d]+w.before[d] {
			w.small[d]++ // the last window starts in the image and ends beyond it
		}
	}
}

// pool walks over all windows of one plane. Each is called with the place of
// the output and, for every tap in the image, the place of the input.
func (w *window) pool(begin func(o int), tap func(o, i int), end func(o, taps int)) {
	o := 0
	for z := range w.small[0] {
		for y := range w.small[1] {
			for x := range w.small[2] {
				begin(o)
				taps := 0
				at := [3]int{z*w.stride[0] - w.before[0], y*w.stride[1] - w.before[1], x*w.stride[2] - w.before[2]}
				for k := range w.taps() {
					i, inside, padded := w.place(at, k)
					if inside {
						tap(o, i)
					}
					if padded {
						taps++
					}
				}
				end(o, taps)
				o++
			}
		}
	}
}

// place is where tap k of a window at a place falls in a plane of large: in the
// image, or at least in its padding.
func (w *window) place(at [3]int, k int) (i int, inside, padded bool) {
	inside, padded = true, true
	tap := [3]int{k / w.size[2] / w.size[1], k / w.size[2] % w.size[1], k % w.size[2]}
	for d := range 3 {
		p := at[d] + tap[d]*w.dilation[d]
		inside = inside && p >= 0 && p < w.large[d]
		padded = padded && p >= -w.before[d] && p < w.large[d]+w.after[d]
		i = i*w.large[d] + p
	}
	return i, inside, padded
}

// sides is small without the dimensions that only we see.
func (w *window) sides() []int { return w.small[3-w.rank:] }

// pooling is the checks that both poolings have in common.
func (n *node) pooling(want types) (*window, []int) {
	x := n.in[0]
	n.elem(0, want)
	if len(x.shape) < 3 || slices.Contains(x.shape[2:], 0) {
		n.fail("input 0, %q, has shape %v, want images", n.Inputs[0], x.shape)
		return nil, nil
	}
	w := n.windowOf(x.shape[2:], nil)
	if n.err != nil {
		return nil, nil
	}
	if n.fit(w); n.err != nil {
		return nil, nil
	}
	shape := append(slices.Clone(x.shape[:2]), w.sides()...)
	n.fits(shape, x.rows(), slices.Concat(shape[1:], w.size[:])...)
	return w, shape
}

// averagePool is AveragePool.
func averagePool(n *node) evaluate {
	w, shape := n.pooling(floats)
	include := n.intAttr("count_include_pad", 0) != 0
	if n.err != nil {
		return nil
	}
	n.result(n.in[0].elem, shape...)
	return func(m *memory, out, in []tensor) {
		x, y := m.tensor(onnx.Double, in[0].shape), m.tensor(onnx.Double, out[0].shape)
		convert(x, in[0])
		small, large := product(w.small[:]), product(w.large[:])
		for c := range in[0].shape[0] * in[0].shape[1] {
			src, dst := of[float64](x)[c*large:], of[float64](y)[c*small:]
			inside := 0
			w.pool(func(o int) { inside = 0 },
				func(o, i int) { dst[o] += src[i]; inside++ },
				func(o, taps int) {
					if include {
						inside = taps
					}
					dst[o] /= float64(max(inside, 1))
				})
		}
		convert(out[0], y)
	}
}

// maxPool is MaxPool; its second output says where each maximum stood.
func maxPool(n *node) evaluate {
	w, shape := n.pooling(numbers)
	columns := n.intAttr("storage_order", 0) != 0
	if n.err != nil {
		return nil
	}
	if len(n.Outputs) > 1 && n.Outputs[1] != "" {
		n.within(n.in[0].shape, 0) // places count through the batch
	}
	n.result(n.in[0].elem, shape...)
	n.result(onnx.Int64, shape...)
	return func(m *memory, out, in []tensor) {
		x := m.tensor(onnx.Double, in[0].shape) // exact for all but large int64
		convert(x, in[0])
		y, at := m.tensor(onnx.Double, out[0].shape), of[int64](out[1])
		small, large := product(w.small[:]), product(w.large[:])
		for c := range in[0].shape[0] * in[0].shape[1] {
			src, dst, at := of[float64](x)[c*large:], of[float64](y)[c*small:], at[c*small:]
			w.pool(func(o int) { dst[o], at[o] = math.Inf(-1), 0 },
				func(o, i int) {
					if src[i] > dst[o] || src[i] != src[i] {
						dst[o] = src[i]
						if columns {
							i = w.columnOrder(i)
						}
						at[o] = int64(c*large + i)
					}
				}, func(int, int) {})
		}
		convert(out[0], y)
	}
}

// columnOrder counts a place with the first dimension innermost.
func (w *window) columnOrder(i int) int {
	x, y, z := i%w.large[2], i/w.large[2]%w.large[1], i/w.large[2]/w.large[1]
	return (x*w.large[1]+y)*w.large[0] + z
}

// globalPool is GlobalAveragePool and GlobalMaxPool: one number a channel.
func globalPool(how reduction) func(*node) evaluate {
	return func(n *node) evaluate {
		x := n.in[0]
		n.elem(0, floats)
		if len(x.shape) < 3 || slices.Contains(x.shape[2:], 0) {
			n.fail("input 0, %q, has shape %v, want images", n.Inputs[0], x.shape)
			return nil
		}
		shape := slices.Clone(x.shape)
		for d := 2; d < len(shape); d++ {
			shape[d] = 1
		}
		n.result(x.elem, shape...)
		joined := steps(len(shape), 1)[2:]
		return func(m *memory, out, in []tensor) {
			reduceIn[float64](m, how, m.lanesOf(in[0].shape, joined), out[0], in[0], onnx.Double)
		}
	}
}

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

// grow sets large and the pads for windows that come from small.
func (n *node) grow(w *window) {
	auto := n.stringAttr("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	more := n.intsAttr("output_padding", 0, make([]int, w.rank)...)
	var shape []int
	if n.has("output_shape") {
		list := n.listAttr("output_shape")
		if len(list) == w.rank+2 {
			list = list[2:]
		}
		for _, d := range list {
			shape = append(shape, n.side(d))
		}
		if len(shape) != w.rank {
			n.fail("output_shape is %v, want %d numbers", list, w.rank)
		}
	}
	for k := range w.rank {
		if n.err != nil {
			return
		}
		d := k + 3 - w.rank
		full := int64(w.small[d]-1)*int64(w.stride[d]) + int64(w.reach(d)) + int64(more[k])
		same := auto == "SAME_UPPER" || auto == "SAME_LOWER"
		want := int64(w.small[d]) * int64(w.stride[d])
		if shape != nil {
			want = int64(shape[k])
		}
		switch {
		case shape != nil || same:
			total := max(full-want, 0)
			w.before[d] = int(total - total/2)
			if auto == "SAME_UPPER" {
				w.before[d] = int(total / 2)
			}
			w.large[d] = n.side(want)
		case auto == "VALID":
			w.before[d] = 0
			w.large[d] = n.side(full)
		default:
			w.large[d] = n.side(full - int64(w.before[d]) - int64(w.after[d]))
		}
	}
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
