package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is pooling: a number for every window, or for the whole image.

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
	return n.pooled(w, 0, addRow, func(acc []float64, inside, taps int) {
		if include {
			inside = taps
		}
		for i := range acc {
			acc[i] /= float64(max(inside, 1))
		}
	})
}

// pooled makes the evaluate of a pooling of one output: add takes the elements
// at one tap of a window, which begin as first, and end finishes them.
func (n *node) pooled(w *window, first float64, add func(acc, row []float64), end func(acc []float64, inside, taps int)) evaluate {
	over := func(channels func(shape []int) int) evaluate {
		return func(m *memory, out, in []tensor) {
			src, dst, c := m.copied(onnx.Double, in[0]), m.tensor(onnx.Double, out[0].shape), channels(out[0].shape)
			small, large := c*product(w.small[:]), c*product(w.large[:])
			for i := range dst.len() / max(small, 1) {
				x, y, inside := of[float64](src)[i*large:], of[float64](dst)[i*small:], 0
				w.pool(func(o int) {
					inside = 0
					for k := range c {
						y[o*c+k] = first
					}
				}, func(o, i int) {
					add(y[o*c:][:c], x[i*c:][:c])
					inside++
				}, func(o, taps int) { end(y[o*c:][:c], inside, taps) })
			}
			convert(out[0], dst)
		}
	}
	if n.in[0].elem == onnx.Float {
		n.onPixels = over(func(shape []int) int { return shape[len(shape)-1] })
		n.grows = n.in[0].shape[1] >= together
	}
	return over(func([]int) int { return 1 })
}

func addRow(acc, row []float64) {
	for i, v := range row {
		acc[i] += v
	}
}

func largest(acc, row []float64) {
	for i, v := range row {
		if v > acc[i] || v != v {
			acc[i] = v
		}
	}
}

// maxPool is MaxPool; its second output says where each maximum stood.
func maxPool(n *node) evaluate {
	w, shape := n.pooling(floats | typeSet(onnx.Int8, onnx.Uint8))
	columns := n.intAttr("storage_order", 0) != 0
	if n.err != nil {
		return nil
	}
	if len(n.Outputs) > 1 && n.Outputs[1] != "" {
		n.within(n.in[0].shape, 0) // places count through the batch
	} else {
		n.result(n.in[0].elem, shape...)
		return n.pooled(w, math.Inf(-1), largest, func([]float64, int, int) {})
	}
	n.result(n.in[0].elem, shape...)
	n.result(onnx.Int64, shape...)
	return func(m *memory, out, in []tensor) {
		x := m.copied(onnx.Double, in[0])
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
		n.onPixels = reduceOver(how, steps(len(shape)-1, 1)[1:])
		return reduceOver(how, steps(len(shape), 1)[2:])
	}
}
