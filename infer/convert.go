package infer

import (
	"math"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is conversions between element types.

// convert writes src's elements to dst as Go converts them: towards zero, around
// where an integer is too narrow, and bool as 0 and 1.
func convert(dst, src tensor) {
	if dst.elem == src.elem {
		copySame(dst, src)
		return
	}
	switch src.elem {
	case onnx.Float:
		convertTo(dst, 0, of[float32](src))
	case onnx.Double:
		convertTo(dst, 0, of[float64](src))
	case onnx.Int64:
		convertTo(dst, 0, of[int64](src))
	default:
		var wide [pieceLen]int64
		for i, n := 0, dst.len(); i < n; i += pieceLen {
			piece := wide[:min(pieceLen, n-i)]
			widen(piece, src, i)
			convertTo(dst, i, piece)
		}
	}
}

// widen reads elements of a narrow type from element at on.
func widen(dst []int64, src tensor, at int) {
	switch src.elem {
	case onnx.Int32:
		widenFrom(dst, of[int32](src)[at:])
	case onnx.Int8:
		widenFrom(dst, of[int8](src)[at:])
	case onnx.Uint8:
		widenFrom(dst, of[uint8](src)[at:])
	case onnx.Bool:
		for i, b := range of[bool](src)[at:][:len(dst)] {
			dst[i] = 0
			if b {
				dst[i] = 1
			}
		}
	}
}

func widenFrom[S int32 | int8 | uint8](dst []int64, src []S) {
	for i := range dst {
		dst[i] = int64(src[i])
	}
}

// convertTo writes src to dst's elements from at on.
func convertTo[S wide](dst tensor, at int, src []S) {
	switch dst.elem {
	case onnx.Float:
		for i, d := 0, of[float32](dst)[at:]; i < len(src); i++ {
			d[i] = float32(src[i])
		}
	case onnx.Double:
		for i, d := 0, of[float64](dst)[at:]; i < len(src); i++ {
			d[i] = float64(src[i])
		}
	case onnx.Int64:
		for i, d := 0, of[int64](dst)[at:]; i < len(src); i++ {
			d[i] = integer(src[i])
		}
	case onnx.Int32:
		for i, d := 0, of[int32](dst)[at:]; i < len(src); i++ {
			d[i] = int32(integer(src[i]))
		}
	case onnx.Int8:
		for i, d := 0, of[int8](dst)[at:]; i < len(src); i++ {
			d[i] = int8(integer(src[i]))
		}
	case onnx.Uint8:
		for i, d := 0, of[uint8](dst)[at:]; i < len(src); i++ {
			d[i] = uint8(integer(src[i]))
		}
	case onnx.Bool:
		for i, d := 0, of[bool](dst)[at:]; i < len(src); i++ {
			d[i] = src[i] != 0
		}
	}
}

func copySame(dst, src tensor) {
	switch dst.elem {
	case onnx.Float:
		copy(of[float32](dst), of[float32](src))
	case onnx.Double:
		copy(of[float64](dst), of[float64](src))
	case onnx.Int64:
		copy(of[int64](dst), of[int64](src))
	case onnx.Int32:
		copy(of[int32](dst), of[int32](src))
	case onnx.Int8:
		copy(of[int8](dst), of[int8](src))
	case onnx.Uint8:
		copy(of[uint8](dst), of[uint8](src))
	case onnx.Bool:
		copy(of[bool](dst), of[bool](src))
	}
}

// integer converts to int64, the same on every CPU also where a float is NaN or
// too large.
func integer[S wide](v S) int64 {
	if v != v || S(1)/2 == 0 { // NaN, or an integer
		if v != v {
			return 0
		}
		return int64(v)
	}
	switch f := float64(v); {
	case f >= 1<<63:
		return math.MaxInt64
	case f < -1<<63:
		return math.MinInt64
	}
	return int64(v)
}

// wider is the type that elements of a type are computed in.
func wider(t onnx.DataType) onnx.DataType {
	if t == onnx.Float || t == onnx.Double {
		return t
	}
	return onnx.Int64
}

// widened returns t in the type it is computed in: itself or a copy.
func (m *memory) widened(t tensor) tensor { return m.as(wider, t) }

// as returns t in the type that its own is computed in: itself or a copy.
func (m *memory) as(to func(onnx.DataType) onnx.DataType, t tensor) tensor {
	if !t.given() || t.elem == to(t.elem) {
		return t
	}
	return m.copied(to(t.elem), t)
}

// inWide runs f on widened inputs, and narrows what it makes.
func inWide(f evaluate) evaluate { return inType(wider, f) }

// inSingle runs f, which computes in float32.
func inSingle(f evaluate) evaluate {
	return inType(func(onnx.DataType) onnx.DataType { return onnx.Float }, f)
}

// inType runs f on inputs of the type that theirs are computed in, and converts
// what it makes.
func inType(to func(onnx.DataType) onnx.DataType, f evaluate) evaluate {
	return func(m *memory, out, in []tensor) { m.runIn(to, f, out, in) }
}

func (m *memory) runIn(to func(onnx.DataType) onnx.DataType, f evaluate, out, in []tensor) {
	m.in, m.out = m.in[:0], m.out[:0]
	for _, t := range in {
		m.in = append(m.in, m.as(to, t))
	}
	for _, t := range out {
		made := t
		if t.elem != to(t.elem) {
			made = m.tensor(to(t.elem), t.shape)
		}
		m.out = append(m.out, made)
	}
	f(m, m.out, m.in)
	for i, t := range out {
		if t.elem != m.out[i].elem {
			convert(t, m.out[i])
		}
	}
}
