package kernel

import "math"

// This file is the error function, as a fixed sequence of float32 operations
// that every tier repeats.

// Erf replaces every x by its error function, as erf below computes it: within
// 1.5 units in the last place. From |x| = 4 on it is 1 with x's sign.
func Erf(x []float32) {
	for i := wholly(erfElement, nil, x); i < len(x); i++ {
		x[i] = erf(x[i])
	}
}

// erfSmall is where erf changes from its odd polynomial to the exponential. The
// coefficients are weighted minimax fits for erf's relative error, rounded one
// after the other: erfC of erf(x)/x - 1 in x^2 below it, erfcC of log(erfc(x)) in
// x from it to 4.
const (
	erfSmall = 0.84375

	erfC0 = 0.12837916612625122
	erfC1 = -0.37612590193748474
	erfC2 = 0.11282871663570404
	erfC3 = -0.026807773858308792
	erfC4 = 0.005058791022747755
	erfC5 = -0.0006356167723424733

	erfcC0 = -9.693959873402491e-05
	erfcC1 = -1.128093957901001
	erfcC2 = -0.6364607810974121
	erfcC3 = -0.10457923263311386
	erfcC4 = 0.022545788437128067
	erfcC5 = -0.0031248058658093214
	erfcC6 = 0.000204408512217924
)

// erf is within 1.5 units in the last place: x + x*p(x^2) near zero,
// 1 - e^q(|x|) elsewhere.
func erf(x float32) float32 {
	a := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	if a < erfSmall {
		s := x * x
		p := fma(s, erfC5, erfC4)
		p = fma(p, s, erfC3)
		p = fma(p, s, erfC2)
		p = fma(p, s, erfC1)
		p = fma(p, s, erfC0)
		return fma(p, x, x)
	}
	if a > 4 {
		a = 4
	}
	q := fma(a, erfcC6, erfcC5)
	q = fma(q, a, erfcC4)
	q = fma(q, a, erfcC3)
	q = fma(q, a, erfcC2)
	q = fma(q, a, erfcC1)
	q = fma(q, a, erfcC0)
	y := 1 - exp(q)
	return math.Float32frombits(math.Float32bits(y) | math.Float32bits(x)&(1<<31))
}
