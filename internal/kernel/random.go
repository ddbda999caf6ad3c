package kernel

import "math"

// This file is random numbers that are the same on every CPU: a counter-based
// generator, so that any draw can be had without those before it, and latents.

// A Stream draws 32-bit numbers: Philox4x32-10 (Salmon et al., "Parallel Random
// Numbers: As Easy as 1, 2, 3", 2011). Its state is its fields; equal fields
// give equal draws. Domain and Index name independent streams of one seed.
type Stream struct {
	Seed   uint64
	Domain uint32
	Index  uint64
	Draws  uint64 // how many numbers were drawn

	at  uint64 // the counter block holds, plus one
	now [4]uint32
}

// Uint32 returns the next number.
func (s *Stream) Uint32() uint32 {
	n := s.Draws / 4
	if s.at != n+1 {
		s.now = philox([4]uint32{uint32(n), s.Domain, uint32(s.Index), uint32(s.Index >> 32)}, s.Seed)
		s.at = n + 1
	}
	v := s.now[s.Draws%4]
	s.Draws++
	return v
}

// IntN returns a number from 0 to n-1, every one equally likely; 0 < n < 1<<32.
func (s *Stream) IntN(n int) int {
	limit := (1 << 32) / uint64(n) * uint64(n)
	for {
		if v := uint64(s.Uint32()); v < limit {
			return int(v % uint64(n))
		}
	}
}

// Uniform returns a multiple of 2^-23 in [-1, 1).
func (s *Stream) Uniform() float32 {
	return float32(s.Uint32()>>8)*0x1p-23 - 1
}

// Normals fills dst with draws from the standard normal distribution, two from
// each pair of numbers (Box and Muller, 1958).
func (s *Stream) Normals(dst []float32) {
	for i := 0; i < len(dst); i += 2 {
		u := (float64(s.Uint32()) + 0.5) * 0x1p-32
		v := float64(s.Uint32()) * 0x1p-32
		r := math.Sqrt(float64(-2 * ln(u)))
		sin, cos := sinCosTurn(v)
		dst[i] = float32(r * cos)
		if i+1 < len(dst) {
			dst[i+1] = float32(r * sin)
		}
	}
}

// latentDomain is the domain of the streams that Latents draws from.
const latentDomain = 0x7a // z

// Latents fills dst with latents of dim numbers: samples first, first+1, ... of
// a seed, standard normal or uniform in [-1, 1). A sample depends on the seed
// and its own number only.
func Latents(dst []float32, seed, first uint64, dim int, normal bool) {
	for i := first; len(dst) >= dim && dim > 0; i++ {
		s := Stream{Seed: seed, Domain: latentDomain, Index: i}
		if normal {
			s.Normals(dst[:dim])
		} else {
			for j := range dst[:dim] {
				dst[j] = s.Uniform()
			}
		}
		dst = dst[dim:]
	}
}

// philox is Philox4x32 with 10 rounds.
func philox(c [4]uint32, key uint64) [4]uint32 {
	k0, k1 := uint32(key), uint32(key>>32)
	for range 10 {
		a, b := uint64(0xD2511F53)*uint64(c[0]), uint64(0xCD9E8D57)*uint64(c[2])
		c = [4]uint32{uint32(b>>32) ^ c[1] ^ k0, uint32(b), uint32(a>>32) ^ c[3] ^ k1, uint32(a)}
		k0 += 0x9E3779B9
		k1 += 0xBB67AE85
	}
	return c
}

// ln returns the natural logarithm of a normal u > 0. The conversions keep a
// compiler from fusing, so the bits are the same on every CPU.
func ln(u float64) float64 {
	m, e := math.Frexp(u)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := (m - 1) / (m + 1) // ln m = 2 artanh s
	z := float64(s * s)
	p := 1.0 / 23
	for k := 21; k >= 1; k -= 2 {
		p = float64(p*z) + 1/float64(k)
	}
	return float64(2*float64(s*p)) + float64(float64(e)*math.Ln2)
}

// sinCosTurn returns the sine and cosine of v turns, 0 <= v < 1.
func sinCosTurn(v float64) (sin, cos float64) {
	quarter := math.Floor(float64(4*v) + 0.5)
	x := float64((v - quarter/4) * (2 * math.Pi)) // |x| <= pi/4
	z := float64(x * x)
	sin, cos = 1, 1
	for k := 16.0; k >= 2; k -= 2 {
		cos = 1 - float64(float64(z/float64(k*(k-1)))*cos)
		sin = 1 - float64(float64(z/float64(k*(k+1)))*sin)
	}
	sin = float64(sin * x)
	switch int(quarter) % 4 {
	case 1:
		sin, cos = cos, -sin
	case 2:
		sin, cos = -sin, -cos
	case 3:
		sin, cos = -cos, sin
	}
	return sin, cos
}
