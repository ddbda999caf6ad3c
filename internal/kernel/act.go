package kernel

import "math"

// This file is the activations and the functions below them, as fixed
// sequences of float32 operations that every tier repeats.

// Act is an activation function.
type Act uint8

// The activations.
const (
	Identity  Act = iota
	ReLU          // max(x, 0)
	LeakyReLU     // x where x >= 0, else alpha*x
	Tanh
	Sigmoid
)

// Activate replaces every x by its activation. Alpha is LeakyReLU's slope.
func Activate(x []float32, act Act, alpha float32) {
	switch act {
	case ReLU:
		x = x[vector(reluElement, nil, x):]
		for i, v := range x {
			if v < 0 {
				x[i] = 0
			}
		}
	case LeakyReLU:
		x = x[vector(leakyElement, []float32{alpha}, x):]
		for i, v := range x {
			if v < 0 {
				x[i] = v * alpha
			}
		}
	case Tanh:
		x = x[wholly(tanhElement, nil, x):]
		for i, v := range x {
			x[i] = tanh(v)
		}
	case Sigmoid:
		x = x[wholly(sigmoidElement, nil, x):]
		for i, v := range x {
			x[i] = sigmoid(v)
		}
	}
}

// Exp replaces every x by e^x, as exp below computes it: within 1 unit in the
// last place, +Inf from 88.723 on, and 0 below -103.973.
func Exp(x []float32) {
	for i := wholly(expElement, nil, x); i < len(x); i++ {
		x[i] = exp(x[i])
	}
}

// The constants of exp: log2(e), and ln(2) in two parts, the first with few
// enough bits that a product with a small integer is exact.
const (
	log2e = 1.44269504088896340736
	ln2Hi = 0x1.62e4p-1
	ln2Lo = 0x1.7f7d1cf79abcap-20
	magic = 3 << 22 // adding it to a float32 rounds to an integer
)

// exp returns e to the x, within 1 unit in the last place.
//
// x = n*ln2 + r with |r| <= ln2/2; e^r is its Taylor polynomial; 2^n is put
// on in two factors, so that it can leave the normal range.
func exp(x float32) float32 {
	if x > 89 {
		x = 89
	}
	if x < -104 {
		x = -104
	}
	t := fma(x, log2e, magic)
	n := t - magic
	r := fma(n, -ln2Hi, x)
	r = fma(n, -ln2Lo, r)
	p := fma(r, 1.0/5040, 1.0/720)
	p = fma(p, r, 1.0/120)
	p = fma(p, r, 1.0/24)
	p = fma(p, r, 1.0/6)
	p = fma(p, r, 0.5)
	p = fma(p, r, 1)
	p = fma(p, r, 1)
	i := int32(math.Float32bits(t)) - int32(math.Float32bits(magic))
	half := i >> 1
	p *= math.Float32frombits(uint32(half+127) << 23)
	p *= math.Float32frombits(uint32(i-half+127) << 23)
	return p
}

// sigmoid returns 1/(1+e^-x), within 2.5 units in the last place, or a value
// nearer to zero where it is below 2^-126.
func sigmoid(x float32) float32 { return 1 / (1 + exp(-x)) }

// tanhSmall is where tanh changes from its odd polynomial to the exponential;
// the coefficients are the weighted minimax fit of (tanh(x)-x)/x^3 in x^2 there.
const (
	tanhSmall = 0.625
	tanhC0    = -0.33333278
	tanhC1    = 0.13331331
	tanhC2    = -0.053730007
	tanhC3    = 0.020606175
	tanhC4    = -0.0056669763
)

// tanh is within 1.5 units in the last place: an odd polynomial near zero,
// 1 - 2/(e^2|x| + 1) elsewhere.
func tanh(x float32) float32 {
	a := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	if a < tanhSmall {
		s := x * x
		p := fma(s, tanhC4, tanhC3)
		p = fma(p, s, tanhC2)
		p = fma(p, s, tanhC1)
		p = fma(p, s, tanhC0)
		return fma(float32(x*s), p, x)
	}
	y := 1 - 2/(exp(2*a)+1)
	return math.Float32frombits(math.Float32bits(y) | math.Float32bits(x)&(1<<31))
}
