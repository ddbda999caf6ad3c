package kernel

import "math"

// This file is the fused multiply-add in software, for every CPU and build
// that has no assembly: exact, with double rounding handled.
//
// What exactness costs, beside the same loop with products and sums that round
// one by one (BenchmarkFMA): 2.3 times the time on amd64 without assembly, 4.0
// times on js/wasm (Node 20), and on arm (GOARM=6, counted under qemu-arm) 3.7
// times the instructions, 19.1 a multiply-add.

// fma returns x*y+z rounded once to float32.
//
// The product of two float32 is exact in float64, so the sum is rounded to 53
// bits and then to 24, which is the same as once unless there is doubt.
func fma(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	if s := p + float64(z); doubt(s)>>31 == 0 {
		return float32(s)
	}
	return fmaSlow(p, float64(z))
}

// doubt has its top bit set where float32(s) may not be the rounding of the sum
// that was rounded to s: on points halfway between two float32, and below 2^-126,
// where those lie elsewhere. A bit, so that several sums need one branch.
func doubt(s float64) uint32 {
	b := math.Float64bits(s)
	halfway := (uint32(b)^1<<28)&(1<<29-1) - 1
	tiny := uint32(b>>32)&^(1<<31) - (1023-126)<<20
	return halfway | tiny
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
