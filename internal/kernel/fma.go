package kernel

import "math"

// This file is the fused multiply-add in software, for every CPU and build
// that has no assembly: exact, with double rounding handled.

// fma returns x*y+z rounded once to float32.
//
// The product of two float32 is exact in float64, so the sum is rounded to 53
// bits and then to 24. The two roundings differ from one only where the first
// lands on a point halfway between two float32: those, and results too small to
// be normal, where the halfway points lie elsewhere, go the long way.
func fma(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	if b := math.Float64bits(s); b&(1<<29-1) == 1<<28 || b<<1 < minNormal {
		return fmaSlow(p, float64(z))
	}
	return float32(s)
}

// minNormal is 2^-126 as float64 bits, shifted left by one to drop the sign.
const minNormal = (1023 - 126) << 53

// fmaSlow returns p+z rounded once to float32: the float64 sum is moved off a
// halfway point towards what its own rounding lost (Knuth's two-sum).
func fmaSlow(p, z float64) float32 {
	s := p + z
	v := s - p
	lost := (p - (s - v)) + (z - v)
	switch {
	case lost > 0:
		s = math.Nextafter(s, math.Inf(1))
	case lost < 0:
		s = math.Nextafter(s, math.Inf(-1))
	}
	return float32(s)
}
