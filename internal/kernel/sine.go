package kernel

import (
	"math"
	"math/bits"
)

// This file is sine and cosine of a float64, the same on every CPU, within 1e-15
// of their values, relatively, for arguments of any size.

// sines and cosines are Taylor coefficients in x^2: of sin(x)/x from -x^2/6 on,
// of cos(x) from -x^2/2 on.
var (
	sines = [...]float64{
		-1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800,
		-1.0 / 1307674368000, 1.0 / 355687428096000,
	}
	cosines = [...]float64{
		-1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600,
		-1.0 / 87178291200, 1.0 / 20922789888000,
	}
)

// Sin64 returns the sine of x radians.
func Sin64(x float64) float64 { return sine(x, 0) }

// Cos64 returns the cosine of x radians.
func Cos64(x float64) float64 { return sine(x, 1) }

// sine returns the sine of x and some quarter turns.
func sine(x float64, quarters uint64) float64 {
	r, n := reduce(x)
	n += quarters
	z := float64(r * r)
	y := 1 + float64(z*polynomial(z, cosines[:]))
	if n&1 == 0 {
		y = float64(r * (1 + float64(z*polynomial(z, sines[:]))))
	}
	if n&2 != 0 {
		return -y
	}
	return y
}

// reduce returns x as n quarter turns, modulo 4, and r with |r| <= pi/4.
//
// An x that is larger is m*2^e with a whole number m, and m times the bits of
// 2^e*2/pi from 2 down to 2^-190 is x in quarter turns, modulo 4, within 2^-137:
// no x is nearer than 2^-62 to a multiple.
func reduce(x float64) (r float64, n uint64) {
	if math.Abs(x) < math.Pi/4 {
		return x, 0
	}
	if x-x != 0 {
		return math.NaN(), 0
	}
	b := math.Float64bits(x)
	m, e := b&(1<<52-1)|1<<52, int(b>>52&0x7ff)-1075
	at := 64 + e - 2 // of the first bit, in twoOverPi
	word := func(i int) uint64 {
		return twoOverPi[at/64+i]<<(at%64) | twoOverPi[at/64+i+1]>>(64-at%64)
	}
	h2, _ := bits.Mul64(word(2), m)
	h1, l1 := bits.Mul64(word(1), m)
	low, carry := bits.Add64(l1, h2, 0)
	high := word(0)*m + h1 + carry // with low, a fixed-point number of 126 bits of fraction
	n = (high + 1<<61) >> 62
	high -= n << 62
	negative := high>>63 != 0
	if negative {
		high, low = ^high, ^low
	}
	r = (float64(float64(int64(high))*0x1p64) + float64(float64(int64(low>>1))*2)) * (math.Pi / 2 * 0x1p-126)
	if negative != (x < 0) {
		r = -r
	}
	if x < 0 {
		n = -n
	}
	return r, n
}

// twoOverPi is the bits of 2/pi, after 64 bits that are zero.
var twoOverPi = [...]uint64{
	0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
	0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41,
	0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
	0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
}
