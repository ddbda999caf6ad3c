package kernel

import (
	"math"
	"testing"
)

// The stated bounds, in units in the last place of the result, over every
// 257th float32 (fewer with -short).
func TestActivationsAgainstFloat64(t *testing.T) {
	step := uint64(257)
	if testing.Short() {
		step *= 65 // where it is emulated
	}
	for _, f := range []struct {
		name  string
		f     func(float32) float32
		want  func(float64) float64
		ulp   float64
		flush bool
	}{
		{"exp", exp, math.Exp, 1, false},
		{"erf", erf, math.Erf, 1.5, false},
		{"tanh", tanh, math.Tanh, 1.5, false},
		{"sigmoid", sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 2.5, true},
	} {
		worst, at := 0.0, float32(0)
		for b := uint64(0); b < 1<<32; b += step {
			x := math.Float32frombits(uint32(b))
			if x != x {
				continue
			}
			got, want := float64(f.f(x)), f.want(float64(x))
			if float32(want) == float32(got) || f.flush && want < 0x1p-126 && got <= want {
				continue
			}
			unit := math.Max(math.Ldexp(1, math.Ilogb(want)-23), math.Ldexp(1, -149))
			if e := math.Abs(got-want) / unit; e > worst || e != e {
				worst, at = e, x
			}
		}
		t.Logf("%s: at most %.2f units in the last place, at %v", f.name, worst, at)
		if !(worst <= f.ulp) {
			t.Errorf("%s(%v) = %v, want %v: off by %.2f units in the last place, want %v",
				f.name, at, f.f(at), f.want(float64(at)), worst, f.ulp)
		}
		if nan := f.f(float32(math.NaN())); nan == nan {
			t.Errorf("%s(NaN) = %v", f.name, nan)
		}
	}
}
