package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactFMA rounds x*y+z once, in arbitrary precision.
func exactFMA(x, y, z float32) float32 {
	var a, b, c big.Float
	a.SetPrec(2000).SetFloat64(float64(x))
	b.SetPrec(2000).SetFloat64(float64(y))
	c.SetPrec(2000).SetFloat64(float64(z))
	a.Mul(&a, &b)
	if a.Sign() == 0 || c.Sign() == 0 || new(big.Float).Neg(&a).Cmp(&c) == 0 {
		return float32(float64(x)*float64(y) + float64(z)) // exact, and signed zeros right
	}
	r, _ := a.Add(&a, &c).Float32()
	return r
}

func TestFMAIsRoundedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(x, y, z float32) {
		t.Helper()
		got, want := fma(x, y, z), exactFMA(x, y, z)
		if math.Float32bits(got) != math.Float32bits(want) {
			t.Fatalf("fma(%g, %g, %g) = %g (%#x), want %g (%#x)", x, y, z,
				got, math.Float32bits(got), want, math.Float32bits(want))
		}
	}
	// Halfway points that a sum in float64 alone gets wrong.
	eps := float32(math.Ldexp(1, -23))
	check(1+eps, 1+eps, float32(math.Ldexp(1, -70)))
	for range 200000 {
		x := math.Float32frombits(r.Uint32())
		y := math.Float32frombits(r.Uint32())
		z := math.Float32frombits(r.Uint32())
		if x-x != 0 || y-y != 0 || z-z != 0 {
			continue
		}
		check(x, y, z)
		// z near a halfway point of the product, and tiny results.
		p := x * y
		if p-p == 0 {
			check(x, y, -p)
			check(x, y, p*eps/2)
			check(x, y, p/eps)
		}
		check(x, y*0x1p-60*0x1p-60, z*0x1p-60*0x1p-60)
		check(float32(int8(x)), 1+eps, float32(math.Ldexp(1, -24))*float32(r.IntN(5)))
	}
	// A sum that needs 25 bits, plus a crumb 2^-60 that decides the tie.
	one := float32(1 << 24)
	for _, crumb := range []float32{0x1p-60, -0x1p-60} {
		check(crumb, 1, one+1*0)
		check(one+2, 0.5, crumb) // exact
		check(1+eps, 1+eps, crumb)
		check(16777217.0/2, 3, crumb)
	}
}
