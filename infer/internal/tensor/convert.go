package tensor

import (
	"math"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is conversions between element types.

// pieceLen is how many elements are converted at once.
const pieceLen = 256

// Convert writes src's elements to dst, of another type or the same: numbers
// towards zero, cut off where an integer is too narrow, bool as 0 and 1, floats
// to float16 and bfloat16 rounded to nearest even.
func Convert(dst, src Tensor) {
	if dst.Elem == src.Elem {
		Copy(dst, 0, src, 0, dst.Len())
		return
	}
	switch src.Elem {
	case onnx.Float:
		convertTo(dst, 0, Of[float32](src))
	case onnx.Double:
		convertTo(dst, 0, Of[float64](src))
	case onnx.Int64:
		convertTo(dst, 0, Of[int64](src))
	case onnx.Float16, onnx.BFloat16:
		var wide [pieceLen]float32
		for i, n := 0, dst.Len(); i < n; i += pieceLen {
			piece := wide[:min(pieceLen, n-i)]
			widenHalf(piece, src, i)
			convertTo(dst, i, piece)
		}
	case onnx.Uint64:
		if Floats.Has(dst.Elem) { // of numbers that int64 may not hold
			var wide [pieceLen]float64
			for i, all := 0, Of[uint64](src); i < len(all); i += pieceLen {
				piece := wide[:min(pieceLen, len(all)-i)]
				for k := range piece {
					piece[k] = float64(all[i+k])
				}
				convertTo(dst, i, piece)
			}
			return
		}
		fallthrough
	default:
		var wide [pieceLen]int64
		for i, n := 0, dst.Len(); i < n; i += pieceLen {
			piece := wide[:min(pieceLen, n-i)]
			Widen(piece, src, i)
			convertTo(dst, i, piece)
		}
	}
}

// Widen reads integers or bools of a narrow type, from element first on.
func Widen(dst []int64, src Tensor, first int) {
	switch src.Elem {
	case onnx.Int64:
		copy(dst, Of[int64](src)[first:])
	case onnx.Int32:
		widenFrom(dst, Of[int32](src)[first:])
	case onnx.Int16:
		widenFrom(dst, Of[int16](src)[first:])
	case onnx.Int8:
		widenFrom(dst, Of[int8](src)[first:])
	case onnx.Uint64:
		widenFrom(dst, Of[uint64](src)[first:])
	case onnx.Uint32:
		widenFrom(dst, Of[uint32](src)[first:])
	case onnx.Uint16:
		widenFrom(dst, Of[uint16](src)[first:])
	case onnx.Uint8:
		widenFrom(dst, Of[uint8](src)[first:])
	case onnx.Bool:
		for i, b := range Of[bool](src)[first:][:len(dst)] {
			dst[i] = 0
			if b {
				dst[i] = 1
			}
		}
	}
}

func widenFrom[S int32 | int16 | int8 | uint64 | uint32 | uint16 | uint8](dst []int64, src []S) {
	for i := range dst {
		dst[i] = int64(src[i])
	}
}

func widenHalf(dst []float32, src Tensor, first int) {
	bits := Of[uint16](src)[first:][:len(dst)]
	if src.Elem == onnx.BFloat16 {
		for i, b := range bits {
			dst[i] = onnx.BFloat16ToFloat32(b)
		}
		return
	}
	for i, b := range bits {
		dst[i] = onnx.Float16ToFloat32(b)
	}
}

// convertTo writes src to dst's elements from first on.
func convertTo[S Wide](dst Tensor, first int, src []S) {
	switch dst.Elem {
	case onnx.Float:
		for i, d := 0, Of[float32](dst)[first:]; i < len(src); i++ {
			d[i] = float32(src[i])
		}
	case onnx.Double:
		for i, d := 0, Of[float64](dst)[first:]; i < len(src); i++ {
			d[i] = float64(src[i])
		}
	case onnx.Bool:
		for i, d := 0, Of[bool](dst)[first:]; i < len(src); i++ {
			d[i] = src[i] != 0
		}
	case onnx.Float16, onnx.BFloat16:
		for i, d := 0, Of[uint16](dst)[first:]; i < len(src); i++ {
			d[i] = half(float32(src[i]), dst.Elem)
		}
	default:
		var wide [pieceLen]int64
		for i := 0; i < len(src); i += pieceLen {
			piece := wide[:min(pieceLen, len(src)-i)]
			for k, v := range src[i:][:len(piece)] {
				piece[k] = Integer(v)
			}
			narrow(dst, first+i, piece)
		}
	}
}

// narrow writes the low bits of integers to dst's, from first on.
func narrow(dst Tensor, first int, src []int64) {
	switch dst.Elem.Size() {
	case 8:
		narrowTo(BitsOf[uint64](dst)[first:], src)
	case 4:
		narrowTo(BitsOf[uint32](dst)[first:], src)
	case 2:
		narrowTo(BitsOf[uint16](dst)[first:], src)
	default:
		narrowTo(BitsOf[uint8](dst)[first:], src)
	}
}

func narrowTo[B Bits](dst []B, src []int64) {
	for i, v := range src {
		dst[i] = B(v)
	}
}

// half is the bits of a number in a type of 16.
func half(v float32, to Type) uint16 {
	if to == onnx.BFloat16 {
		return onnx.Float32ToBFloat16(v)
	}
	return onnx.Float32ToFloat16(v)
}

// Round rounds numbers in place to the nearest that a type of 16 bits has.
func Round(v []float32, to Type) {
	for i, x := range v {
		if to == onnx.BFloat16 {
			v[i] = onnx.BFloat16ToFloat32(onnx.Float32ToBFloat16(x))
		} else {
			v[i] = onnx.Float16ToFloat32(onnx.Float32ToFloat16(x))
		}
	}
}

// Integer converts to int64, the same on every CPU also where a float is NaN
// (0) or too large (the nearest).
func Integer[S Wide](v S) int64 {
	if v != v {
		return 0
	}
	if S(1)/2 == 0 { // an integer
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

// Wider is the type that elements of a type are computed in.
func Wider(t Type) Type {
	if t == onnx.Float || t == onnx.Double {
		return t
	}
	return onnx.Int64
}
