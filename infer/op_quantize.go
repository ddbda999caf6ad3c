package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is integers that stand for floats.

// quantized checks scale and zero point, one of each or one for each entry of
// an axis, and returns which of them belongs to an element.
func (n *node) quantized() func(x tensor, i int) int {
	x, scale, zero := n.in[0], n.in[1], n.in[2]
	if zero != nil && !slices.Equal(zero.shape, scale.shape) {
		n.fail("scale and zero point have shapes %v and %v", scale.shape, zero.shape)
	}
	if n.intAttr("block_size", 0) != 0 {
		n.fail("block_size is not supported")
	}
	if sizeOf(scale.shape) == (size{fixed: 1}) {
		return func(tensor, int) int { return 0 }
	}
	axis := n.axis(n.intAttr("axis", 1), len(x.shape))
	if n.err == nil && (len(scale.shape) != 1 || scale.shape[0] != x.shape[axis]) {
		n.fail("scale of shape %v does not fit axis %d of %v", scale.shape, axis, x.shape)
	}
	return func(x tensor, i int) int { return i / product(x.shape[axis+1:]) % x.shape[axis] }
}

// quantize is QuantizeLinear: x / scale rounded to even, plus the zero point.
func quantize(n *node) evaluate {
	n.elem(0, floats|typeSet(onnx.Int32))
	n.elem(1, typeSet(onnx.Float))
	elem := onnx.Uint8
	if n.in[2] != nil {
		elem = n.elem(2, typeSet(onnx.Int8, onnx.Uint8))
	} else if to := onnx.DataType(n.intAttr("output_dtype", 0)); to != 0 {
		elem = to
	}
	if elem != onnx.Int8 && elem != onnx.Uint8 {
		n.fail("to %v is not supported", elem)
	}
	if n.intAttr("precision", 0) > 1 {
		n.fail("precision is not that of float32")
	}
	which := n.quantized()
	n.result(elem, n.in[0].shape...)
	low, high := 0.0, 255.0
	if elem == onnx.Int8 {
		low, high = -128, 127
	}
	return func(m *memory, out, in []tensor) {
		x, y := m.tensor(onnx.Float, in[0].shape), m.tensor(onnx.Double, out[0].shape)
		convert(x, in[0])
		zero := m.tensor(onnx.Double, in[1].shape)
		if in[2].given() {
			convert(zero, in[2])
		}
		for i, v := range of[float32](x) {
			k := which(x, i)
			q := math.RoundToEven(float64(v/of[float32](in[1])[k])) + of[float64](zero)[k]
			if q != q {
				q = of[float64](zero)[k]
			}
			of[float64](y)[i] = math.Min(math.Max(q, low), high)
		}
		convert(out[0], y)
	}
}

// dequantize is DequantizeLinear: (x - zero point) * scale.
func dequantize(n *node) evaluate {
	elem := n.elem(0, typeSet(onnx.Int8, onnx.Uint8, onnx.Int32))
	n.elem(1, typeSet(onnx.Float))
	if n.in[2] != nil && n.in[2].elem != elem {
		n.fail("the zero point is %v, want %v", n.in[2].elem, elem)
	}
	if to := onnx.DataType(n.intAttr("output_dtype", 0)); to != 0 && to != onnx.Float {
		n.fail("to %v is not supported", to)
	}
	which := n.quantized()
	n.result(onnx.Float, n.in[0].shape...)
	return func(m *memory, out, in []tensor) {
		zero := m.tensor(onnx.Int64, in[1].shape)
		if in[2].given() {
			convert(zero, in[2])
		}
		x, y := in[0], of[float32](out[0])
		var wide [pieceLen]int64
		for from := 0; from < len(y); from += pieceLen {
			piece := wide[:min(pieceLen, len(y)-from)]
			widen(piece, x, from)
			for i, v := range piece {
				k := which(x, from+i)
				y[from+i] = float32(v-of[int64](zero)[k]) * of[float32](in[1])[k]
			}
		}
	}
}
