package kernel

import "math"

// This file is the fused multiply-add in software, for every CPU and build
// that has no assembly: exact, with double rounding handled.

// fma returns x*y+z rounded once to float32.
//
// The product of two float32 is exact in float64, so the sum is rounded to 53
// bits and then to 24, which is the same as once wherever the sum is plain.
func fma(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	if s := p + float64(z); plain(s) {
		return float32(s)
	}
	return fmaSlow(p, float64(z))
}

// plain says that float32(s) is the rounding of whatever sum was rounded to s.
// The two roundings differ from one only where the first lands on a point
// halfway between two float32; where results are too small to be normal, below
// 2^-126, those lie elsewhere. A zero is exact. NaN is not plain.
func plain(s float64) bool {
	return math.Float64bits(s)&(1<<29-1) != 1<<28 && (s*s >= 0x1p-252 || s == 0)
}

// fmaSlow returns p+z rounded once to float32: the float64 sum is rounded to odd
// (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008),
// that is moved off an even last bit towards what its own rounding lost, which
// Knuth's two-sum tells.
func fmaSlow(p, z float64) float32 {
	s := p + z
	v := s - p
	lost := (p - (s - v)) + (z - v)
	b := math.Float64bits(s)
	if b&1 == 0 && (lost > 0 || lost < 0) {
		if (lost > 0) == (s > 0) {
			b++
		} else {
			b--
		}
	}
	return float32(math.Float64frombits(b))
}
