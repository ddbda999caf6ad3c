package onnx

import "math"

// This file is the floats of 16 bits, half precision (IEEE 754 binary16) and
// bfloat16: bits only.

// Float16ToFloat32 widens a half-precision float, exactly.
func Float16ToFloat32(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, frac := uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch {
	case exp == 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	case exp == 0: // zero or subnormal: frac * 2^-24
		f := float32(frac) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(f))
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}

// Float32ToFloat16 rounds to the nearest half-precision float, ties to even;
// what is too large becomes infinite.
func Float32ToFloat16(f float32) uint16 {
	b := math.Float32bits(f)
	sign, b := uint16(b>>16&0x8000), b&^(1<<31)
	switch {
	case b > 0xff<<23: // NaN, kept quiet
		return sign | 0x7e00 | uint16(b>>13&0x1ff)
	case b >= 0x477ff000: // 65520 and more: infinity
		return sign | 0x7c00
	case b < 0x38800000: // below 2^-14: adding 1/2 rounds at 2^-24
		return sign | uint16(math.Float32bits(math.Float32frombits(b)+0.5)-0x3f000000)
	}
	// The carry of the rounding runs into the exponent, as it should.
	b += 0xfff + b>>13&1
	return sign | uint16(b>>13-(127-15)<<10)
}

// Float32ToBFloat16 rounds to the nearest bfloat16, ties to even; NaN stays NaN.
func Float32ToBFloat16(f float32) uint16 {
	b := math.Float32bits(f)
	if f != f {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

// BFloat16ToFloat32 widens a bfloat16: the upper half of a float32.
func BFloat16ToFloat32(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }
