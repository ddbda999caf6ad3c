package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// odd returns n floats: ordinary ones, special ones, and any bits at all.
func odd(r *rand.Rand, n int) []float32 {
	inf := float32(math.Inf(1))
	special := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), 1e-45, -1e-40,
		0x1p-126, 88.8, 89, -87.4, -103.9, -104, erfSmall, -erfSmall, 0.8437499, 4, -4, 4.5, 3.4e38, -3.4e38}
	x := randoms(r, n)
	for i := range x {
		switch r.IntN(4) {
		case 0:
			x[i] = special[r.IntN(len(special))]
		case 1:
			x[i] = math.Float32frombits(r.Uint32())
		case 2:
			x[i] *= 30
		}
	}
	return x
}

// Exp and Erf on every tier are their twins' bits, at every length.
func TestExpAndErfEqualTheirTwins(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, tier := range eachTier(t) {
		for _, f := range []struct {
			name string
			run  func([]float32)
			twin func(float32) float32
		}{{"Exp", Exp, exp}, {"Erf", Erf, erf}} {
			for n := range 200 {
				x := odd(r, n+2)
				want := append([]float32(nil), x...)
				for i := 1; i <= n; i++ {
					want[i] = f.twin(x[i])
				}
				f.run(x[1 : n+1])
				sameBits(t, fmt.Sprintf("%s %s of %d", tier, f.name, n), x, want)
			}
		}
	}
}

// Exp ends where it says.
func TestExpAtItsEnds(t *testing.T) {
	inf := float32(math.Inf(1))
	x := []float32{88.722, 88.723, inf, -103.972, -103.9731, -inf}
	Exp(x)
	if x[0] == inf || x[1] != inf || x[2] != inf || x[3] == 0 || x[4] != 0 || x[5] != 0 {
		t.Errorf("Exp at its ends = %v, want finite +Inf +Inf tiny 0 0", x)
	}
}

// Erf is odd, also at zero, and 1 from 4 on.
func TestErfAtItsEnds(t *testing.T) {
	for _, c := range []struct{ x, want float32 }{
		{0, 0}, {float32(math.Copysign(0, -1)), float32(math.Copysign(0, -1))},
		{4, 1}, {-4, -1}, {float32(math.Inf(1)), 1}, {float32(math.Inf(-1)), -1}, {1e-45, 1e-45},
	} {
		if got := erf(c.x); math.Float32bits(got) != math.Float32bits(c.want) {
			t.Errorf("erf(%v) = %v, want %v", c.x, got, c.want)
		}
	}
}
