package kernel

import (
	"math"
	"math/big"
	"testing"
)

// doubles are the functions of one float64, the standard library's, and how far
// those may be off where they are near zero.
var doubles = map[string]struct {
	f, want func(float64) float64
	slack   float64
}{
	"Exp64":        {Exp64, math.Exp, 0x1p-1074},
	"ExpLessOne64": {ExpLessOne64, math.Expm1, 0},
	"Log64":        {Log64, math.Log, 0},
	"LogOnePlus64": {LogOnePlus64, math.Log1p, 0},
	"Tanh64":       {Tanh64, math.Tanh, 0},
	"Erf64":        {Erf64, math.Erf, 0},
	"Sin64":        {Sin64, math.Sin, 1e-16},
	"Cos64":        {Cos64, math.Cos, 1e-16},
}

// edges are the numbers that functions treat in a way of their own, or break at.
var edges = []float64{
	0, 0x1p-1022, 0x1p-60, 0.25, 1.0 / 3, 0.5, 0.999, 1, 1.001, 1.5, 2, 3, 4, 33, 64, 65, 100.5, 512, 710, 746,
	1 << 31, 1 << 52, 1<<53 - 1, 1 << 53, 0x1p70, 0x1p1023, math.MaxFloat64, math.Inf(1),
}

// Special cases are the standard library's, zeros' signs too. Its powers are less
// exact than ours.
func TestDoublesAtEdges(t *testing.T) {
	same := func(x, y float64) bool {
		return x != x && y != y || math.Signbit(x) == math.Signbit(y) && (x == y || math.Abs(x-y) <= 1e-13*math.Abs(y)+0x1p-1074)
	}
	all := []float64{math.NaN()}
	for _, x := range edges {
		all = append(all, x, -x)
	}
	for _, x := range all {
		for name, d := range doubles {
			if got, want := d.f(x), d.want(x); !same(got, want) {
				t.Errorf("%s(%v) = %v, want %v", name, x, got, want)
			}
		}
		for _, y := range all {
			if got, want := Pow64(x, y), math.Pow(x, y); !same(got, want) {
				t.Errorf("Pow64(%v, %v) = %v, want %v", x, y, got, want)
			}
		}
	}
}

// Every size of argument: exponents from the least to the greatest, and more of
// those at which most functions bend.
func TestDoublesAgainstMath(t *testing.T) {
	s := Stream{Seed: 1}
	for i := range 40000 {
		x := math.Ldexp(1+float64(s.Uint32())*0x1p-32+float64(s.Uint32())*0x1p-64, s.IntN(16)-8)
		if i%4 == 0 {
			x = math.Float64frombits(uint64(s.Uint32())<<32 | uint64(s.Uint32()))
		}
		if math.Abs(x) < 0x1p-1022 {
			continue // some standard libraries' logarithm is wrong there
		}
		if i%2 == 0 {
			x = -x
		}
		for name, d := range doubles {
			got, want := d.f(x), d.want(x)
			if got == want || got != got && want != want {
				continue
			}
			if !(math.Abs(got-want) <= 3e-15*math.Abs(want)+d.slack) {
				t.Errorf("%s(%v) = %v, want %v: off by %.2g", name, x, got, want, math.Abs(got/want-1))
			}
		}
	}
}

// What is hard, with values to 20 digits that mpmath 1.3 computed: the float64
// that is nearest to a multiple of pi/2 of all, the ends of ranges, cancellation.
func TestDoublesAtHardPoints(t *testing.T) {
	for _, g := range []struct {
		name    string
		x, want float64
	}{
		{"Sin64", 0x1.6ac5b262ca1ffp+849, 1},
		{"Sin64", 1e22, -0.85220084976718880177},
		{"Sin64", math.MaxFloat64, 0.0049619547891840617905},
		{"Sin64", 0x1.921fb54442d18p+1, 1.2246467991473531772e-16},
		{"Sin64", -0x1p1023, -0.56312777985088401345},
		{"Sin64", 0x1.921fb54442d18p-1, 0.70710678118654750275},
		{"Cos64", 0x1.6ac5b262ca1ffp+849, -4.6871659242546276111e-19},
		{"Cos64", 1e22, 0.5232147853951389455},
		{"Cos64", math.MaxFloat64, -0.99998768942655993746},
		{"Cos64", 0x1.921fb54442d18p+0, 6.1232339957367658861e-17},
		{"Cos64", -11, 0.0044256979880507857484},
		{"Cos64", 0x1.2d97c7f3321d2p+1, -0.70710678118654745945},
		{"Exp64", 0x1.62e42fefa39efp+9, 1.7976931348622732178e+308},
		{"Exp64", -708.3, 2.4502955309659883375e-308},
		{"Exp64", -0x1.62e42fefa39efp-2, 0.7071067811865475326},
		{"ExpLessOne64", 1e-300, 1e-300},
		{"ExpLessOne64", -1e-10, -9.9999999995000003643e-11},
		{"ExpLessOne64", 0.35, 0.41906754859325721676},
		{"ExpLessOne64", -0.35, -0.29531191028128655},
		{"Log64", 0x1p-1074, -744.44007192138126231},
		{"Log64", math.MaxFloat64, 709.78271289338399673},
		{"Log64", 1 - 0x1p-53, -1.1102230246251566021e-16},
		{"Log64", 1 + 0x1p-52, 2.2204460492503128343e-16},
		{"Log64", 0x1.6a09e667f3bcdp-1, -0.34657359027997258635},
		{"LogOnePlus64", 1e-300, 1e-300},
		{"LogOnePlus64", -1 + 0x1p-53, -36.736800569677101399},
		{"LogOnePlus64", 1e-10, 9.9999999995000003644e-11},
		{"LogOnePlus64", -0x1.3333333333333p-2, -0.35667494393873236305},
		{"LogOnePlus64", 3e15, 35.637388683578795285},
		{"Erf64", 1e-300, 1.1283791670955126022e-300},
		{"Erf64", 1, 0.84270079294971486934},
		{"Erf64", 1.5, 0.96610514647531072707},
		{"Erf64", 3, 0.99997790950300141456},
		{"Tanh64", 0.175, 0.17323515783466010482},
		{"Tanh64", 5, 0.99990920426259513121},
	} {
		if got := doubles[g.name].f(g.x); !(math.Abs(got-g.want) <= 1e-15*math.Abs(g.want)) {
			t.Errorf("%s(%v) = %v, want %v: off by %.2g", g.name, g.x, got, g.want, math.Abs(got/g.want-1))
		}
	}
}

// Powers of eighths, by squares and square roots of 200 bits.
func TestPow64(t *testing.T) {
	s := Stream{Seed: 2}
	for range 2000 {
		x := math.Ldexp(1+float64(s.Uint32())*0x1p-32, s.IntN(41)-20)
		n := s.IntN(8000)
		want, square := big.NewFloat(1).SetPrec(200), big.NewFloat(x).SetPrec(200)
		for range 3 {
			square.Sqrt(square)
		}
		for k := n; k > 0; k >>= 1 {
			if k&1 != 0 {
				want.Mul(want, square)
			}
			square.Mul(square, square)
		}
		for _, y := range []float64{float64(n) / 8, -float64(n) / 8} {
			if w, _ := want.Float64(); !math.IsInf(w, 0) && math.Abs(w) > 0x1p-1022 {
				if got := Pow64(x, y); !(math.Abs(got-w) <= 1e-14*w) {
					t.Errorf("Pow64(%v, %v) = %v, want %v: off by %.2g", x, y, got, w, got/w-1)
				}
			}
			want.Quo(big.NewFloat(1), want)
		}
	}
	for x := 2.0; x <= 1000; x++ { // whole powers are exact
		want := 1.0
		for y := 0.0; want <= 1<<53; y++ {
			if got := Pow64(x, y); got != want {
				t.Fatalf("Pow64(%v, %v) = %v, want %v", x, y, got, want)
			}
			want *= x
		}
	}
}
