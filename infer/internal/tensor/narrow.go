package tensor

import (
	"math"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is elements of 8 bits and fewer that Go has no type for. Integers of
// 4 and 2 bits are held as int8 and uint8, floats of 8 and 4 bits as float32.

// Holder is the type that elements of a narrow type of the file are held as; 0 if
// it is none.
func Holder(t Type) Type {
	switch t {
	case onnx.Int4, onnx.Int2:
		return onnx.Int8
	case onnx.Uint4, onnx.Uint2:
		return onnx.Uint8
	}
	if minifloatOf(t).largest != 0 {
		return onnx.Float
	}
	return 0
}

// IntegerRange returns the least and the largest integer of a type of up to 16
// bits, and whether it is such.
func IntegerRange(t Type) (low, high int, ok bool) {
	switch t {
	case onnx.Int2, onnx.Int4, onnx.Int8, onnx.Int16:
		half := 1 << (t.Bits() - 1)
		return -half, half - 1, true
	case onnx.Uint2, onnx.Uint4, onnx.Uint8, onnx.Uint16:
		return 0, 1<<t.Bits() - 1, true
	}
	return 0, 0, false
}

// unpack writes elements of a narrow type, stored from the low bits of a byte up.
func unpack(dst Tensor, raw []byte, t Type) {
	bits := t.Bits()
	each := 8 / bits
	at := func(i int) byte { return raw[i/each] >> (i % each * bits) & (1<<bits - 1) }
	switch dst.Elem {
	case onnx.Int8:
		for i, v := 0, Of[int8](dst); i < len(v); i++ {
			v[i] = int8(at(i)<<(8-bits)) >> (8 - bits)
		}
	case onnx.Uint8:
		for i, v := 0, Of[uint8](dst); i < len(v); i++ {
			v[i] = at(i)
		}
	case onnx.Float:
		m := minifloatOf(t)
		for i, v := 0, Of[float32](dst); i < len(v); i++ {
			v[i] = m.value(int(at(i)))
		}
	}
}

// minifloat is a float of up to 8 bits: a sign, unless it has none, exponent and
// mantissa. Codes above the largest, without the sign, are infinite or NaN.
type minifloat struct {
	exponent, mantissa, bias int
	largest                  int // code of the largest number
	infinite                 int // code of infinity, 0: there is none
	negativeNaN              bool
	unsigned                 bool
}

// minifloats has the zero minifloat for other types.
var minifloats = [...]minifloat{
	onnx.Float8E4M3FN:   {exponent: 4, mantissa: 3, bias: 7, largest: 0x7e},
	onnx.Float8E4M3FNUZ: {exponent: 4, mantissa: 3, bias: 8, largest: 0x7f, negativeNaN: true},
	onnx.Float8E5M2:     {exponent: 5, mantissa: 2, bias: 15, largest: 0x7b, infinite: 0x7c},
	onnx.Float8E5M2FNUZ: {exponent: 5, mantissa: 2, bias: 16, largest: 0x7f, negativeNaN: true},
	onnx.Float4E2M1:     {exponent: 2, mantissa: 1, bias: 1, largest: 7},
	onnx.Float8E8M0:     {exponent: 8, bias: 127, largest: 0xfe, unsigned: true},
}

func minifloatOf(t Type) (m minifloat) {
	if t >= 0 && int(t) < len(minifloats) {
		m = minifloats[t]
	}
	return m
}

// value is what a code stands for.
func (m minifloat) value(code int) float32 {
	sign := 1.0
	if top := 1 << (m.exponent + m.mantissa); !m.unsigned && code&top != 0 {
		sign = -1
		if code &^= top; code == 0 && m.negativeNaN {
			return float32(math.NaN())
		}
	}
	switch {
	case code <= m.largest:
		return float32(sign * m.size(code))
	case code == m.infinite:
		return float32(math.Inf(int(sign)))
	}
	return float32(math.NaN())
}

// size is the number that a code without a sign stands for, or would stand for.
func (m minifloat) size(code int) float64 {
	exponent, fraction := code>>m.mantissa, code&(1<<m.mantissa-1)
	switch {
	case m.unsigned:
		return math.Ldexp(1, code-m.bias)
	case exponent == 0:
		return math.Ldexp(float64(fraction), 1-m.bias-m.mantissa)
	}
	return math.Ldexp(float64(1<<m.mantissa+fraction), exponent-m.bias-m.mantissa)
}

// RoundNarrow rounds numbers in place to the nearest, ties to even, that a float
// type of 8 or 4 bits has. What is too large becomes the largest if saturate, else
// infinite or NaN, as the type has it. It reports whether t is such a type.
func RoundNarrow(v []float32, t Type, saturate bool) bool {
	m := minifloatOf(t)
	if m.largest == 0 || m.unsigned {
		return false
	}
	for i, x := range v {
		if t == onnx.Float4E2M1 && x != x { // it has no NaN
			v[i] = float32(math.Copysign(0, -1))
			continue
		}
		v[i] = m.round(x, saturate || t == onnx.Float4E2M1)
	}
	return true
}

func (m minifloat) round(x float32, saturate bool) float32 {
	if x != x {
		return x
	}
	size := math.Abs(float64(x))
	low, high := 0, m.largest+1 // the nearest code is one of these or between
	for high-low > 1 {
		if mid := (low + high) / 2; m.size(mid) <= size {
			low = mid
		} else {
			high = mid
		}
	}
	below, above := size-m.size(low), m.size(high)-size
	if above < below || above == below && high&1 == 0 {
		low = high
	}
	var y float64
	switch {
	case low <= m.largest:
		y = m.size(low)
	case saturate:
		y = m.size(m.largest)
	case m.infinite != 0:
		y = math.Inf(1)
	default:
		return float32(math.NaN())
	}
	if y == 0 && m.negativeNaN {
		return 0
	}
	return float32(math.Copysign(y, float64(x)))
}

// Bytes8 is the elements of uint8 or int8, those as their bits.
//
//go:noinline
func Bytes8(t Tensor) []uint8 { return BitsOf[uint8](t) }

// Narrowed makes elements, which hold those of a narrow type, such as it has:
// integers keep their lowest bits, floats are rounded as by RoundNarrow. It reports
// whether it can.
func Narrowed(t Tensor, to Type, saturate bool) bool {
	shift := 8 - to.Bits()
	switch t.Elem {
	case onnx.Int8:
		for i, v := 0, Of[int8](t); i < len(v); i++ {
			v[i] = v[i] << shift >> shift
		}
	case onnx.Uint8:
		for i, v := 0, Of[uint8](t); i < len(v); i++ {
			v[i] = v[i] << shift >> shift
		}
	default:
		return RoundNarrow(Of[float32](t), to, saturate)
	}
	return true
}
