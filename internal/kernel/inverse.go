package kernel

import "math"

// This file is the other trigonometric and hyperbolic functions of a float64,
// from those beside it: within 5e-15 of their values, relatively. Special cases
// are the standard library's.

// arctans are the Taylor coefficients of atan(x)/x in x^2.
var arctans = func() (c [22]float64) {
	for i := range c {
		c[i] = 1 / float64(1+2*i)
		if i%2 == 1 {
			c[i] = -c[i]
		}
	}
	return c
}()

// Atan64 returns the arctangent of x. Where |x| is not below tan(pi/8), that is
// pi/4 or pi/2 and the arctangent of a smaller number.
func Atan64(x float64) float64 {
	a, from := math.Abs(x), 0.0
	switch {
	case a > math.Sqrt2+1:
		a, from = -1/a, math.Pi/2
	case a > math.Sqrt2-1:
		a, from = (a-1)/(a+1), math.Pi/4
	}
	return math.Copysign(from+float64(a*polynomial(float64(a*a), arctans[:])), x)
}

// Asin64 returns the arcsine of x, NaN where |x| > 1.
func Asin64(x float64) float64 {
	if x == 0 {
		return x
	}
	return Atan64(x / math.Sqrt(float64((1-x)*(1+x))))
}

// Acos64 returns the arccosine of x, NaN where |x| > 1.
func Acos64(x float64) float64 {
	if x == -1 {
		return math.Pi
	}
	return 2 * Atan64(math.Sqrt((1-x)/(1+x)))
}

// Tan64 returns the tangent of x radians.
func Tan64(x float64) float64 {
	r, n := reduce(x)
	z := float64(r * r)
	cos := 1 + float64(z*polynomial(z, cosines[:]))
	sin := float64(r * (1 + float64(z*polynomial(z, sines[:]))))
	if n&1 != 0 {
		return -cos / sin
	}
	return sin / cos
}

// Sinh64 returns the hyperbolic sine of x.
func Sinh64(x float64) float64 {
	a := math.Abs(x)
	if a > 700 {
		half := Exp64(a / 2)
		return math.Copysign(float64(half*(half/2)), x)
	}
	e := ExpLessOne64(a)
	return math.Copysign((e+e/(e+1))/2, x)
}

// Cosh64 returns the hyperbolic cosine of x.
func Cosh64(x float64) float64 {
	a := math.Abs(x)
	if a > 700 {
		half := Exp64(a / 2)
		return float64(half * (half / 2))
	}
	e := Exp64(a)
	return (e + 1/e) / 2
}

// Asinh64 returns the inverse hyperbolic sine of x.
func Asinh64(x float64) float64 {
	a := math.Abs(x)
	if a > 1<<28 {
		return math.Copysign(Log64(a)+math.Ln2, x)
	}
	square := float64(a * a)
	return math.Copysign(LogOnePlus64(a+square/(1+math.Sqrt(1+square))), x)
}

// Acosh64 returns the inverse hyperbolic cosine of x, NaN where x < 1.
func Acosh64(x float64) float64 {
	switch {
	case x < 1:
		return math.NaN()
	case x > 1<<28:
		return Log64(x) + math.Ln2
	}
	t := x - 1
	return LogOnePlus64(t + math.Sqrt(2*t+float64(t*t)))
}

// Atanh64 returns the inverse hyperbolic tangent of x, NaN where |x| > 1.
func Atanh64(x float64) float64 {
	a := math.Abs(x)
	return math.Copysign(LogOnePlus64(2*a/(1-a))/2, x)
}
