package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is maxima with the places where they stood: MaxPool with its second
// output.

// maxPlaces is MaxPool with two outputs. Places count elements of the whole input;
// if columns is set, with the first dimension of an image innermost.
func maxPlaces(w *window, columns bool) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		x, y, at := m.Copied(onnx.Double, in[0]), m.Tensor(onnx.Double, out[0].Shape), tensor.Nth[int64](out, 1)
		small, large := tensor.Product(w.small[:]), tensor.Product(w.large[:])
		for c := range in[0].Shape[0] * in[0].Shape[1] {
			src, dst, at := tensor.Of[float64](x)[c*large:], tensor.Of[float64](y)[c*small:], at[c*small:]
			for o := range small {
				i := w.maximum(src, o)
				if dst[o] = math.Inf(-1); i >= 0 {
					dst[o] = src[i]
				}
				if columns && i >= 0 {
					i = w.columnOrder(i)
				}
				at[o] = int64(c*large + max(i, 0))
			}
		}
		tensor.Convert(out[0], y)
	}
}

// maximum returns the place of the first largest element of window o, or of the
// last NaN; -1 if the window meets none.
func (w *window) maximum(src []float64, o int) int {
	z, y, x := o/w.small[2]/w.small[1], o/w.small[2]%w.small[1], o%w.small[2]
	at := [3]int{z*w.stride[0] - w.before[0], y*w.stride[1] - w.before[1], x*w.stride[2] - w.before[2]}
	best := -1
	for k := range w.taps() {
		i, inside := w.place(at, k)
		if inside && (best < 0 || src[i] > src[best] || src[i] != src[i]) {
			best = i
		}
	}
	return best
}

// columnOrder counts a place with the first dimension innermost.
func (w *window) columnOrder(i int) int {
	x, y, z := i%w.large[2], i/w.large[2]%w.large[1], i/w.large[2]/w.large[1]
	return (x*w.large[1]+y)*w.large[0] + z
}
