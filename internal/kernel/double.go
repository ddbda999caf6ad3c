package kernel

import "math"

// This file is functions of one float64, and Pow64 of two: the same operations
// on every CPU, which the standard library's are not. Conversions keep a
// compiler from fusing. Each is within 2e-15 of its value, relatively, where
// that is a normal float64; Pow64 is within 1e-14.

// inverseFactorials are e^x's Taylor coefficients, atanhs those of 2*artanh(x)
// from x^3 on. The others are minimax fits for erf's relative error: of erf(x)/x
// in x^2 up to 1, and of e^(x^2)*erfc(x) in (x-3)/(x+3) from there to 6.
var (
	inverseFactorials = [...]float64{
		1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
		1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200,
	}
	atanhs = [...]float64{2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21}
	erfs   = [...]float64{
		1.1283791670955126, -0.37612638903183543, 0.11283791670945006, -0.02686617064323777,
		0.0052239776071164225, -0.0008548325975389692, 0.00012055294904839707, -1.492473690741966e-05,
		1.6447424703317362e-06, -1.6208483801871705e-07, 1.3720064546777686e-08, -7.795898827002142e-10,
	}
	erfcs = [...]float64{
		0.17900115118138923, -0.3262335600430453, 0.245603801712746, -0.15011593649899332, 0.07166583715916637,
		-0.024392499445713273, 0.004269137639708936, 0.0007077505681312548, -0.0005970811395660003,
		4.5188608658010266e-05, 6.417089032921638e-05, -1.2340282011259606e-05, -8.038912582338107e-06,
		5.299013187569616e-07,
	}
)

// ln(2) in two parts, the first of 42 bits: times an exponent it is exact.
const (
	ln2High = 0x1.62e42fefa38p-1
	ln2Rest = 0x1.ef35793c7673p-45
)

// polynomial returns the sum of c[i]*x^i of an even number of coefficients.
func polynomial(x float64, c []float64) float64 {
	square, even, odd := float64(x*x), 0.0, 0.0
	for i := len(c) - 2; i >= 0; i -= 2 {
		even = float64(even*square) + c[i]
		odd = float64(odd*square) + c[i+1]
	}
	return even + float64(odd*x)
}

// twoSum returns x+y and what its rounding lost (Knuth).
func twoSum(x, y float64) (sum, lost float64) {
	sum = x + y
	v := sum - x
	return sum, (x - (sum - v)) + (y - v)
}

// twoProduct returns x*y and what its rounding lost, by halves whose products
// are exact (Dekker, 1971).
func twoProduct(x, y float64) (product, lost float64) {
	product = float64(x * y)
	a := math.Float64frombits(math.Float64bits(x) &^ (1<<27 - 1))
	b := math.Float64frombits(math.Float64bits(y) &^ (1<<27 - 1))
	lost = float64(a*b) - product + float64(a*(y-b)) + float64((x-a)*b) + float64((x-a)*(y-b))
	return product, lost
}

// Exp64 returns e to the x.
func Exp64(x float64) float64 { return expOfSum(x, 0) }

// expOfSum returns e to the x+rest. x+rest = n*ln2 + r with |r| <= ln2/2.
func expOfSum(x, rest float64) float64 {
	switch {
	case x != x:
		return x
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	}
	n := math.Floor(float64(x*log2e) + 0.5)
	r := x - float64(n*ln2High) + (rest - float64(n*ln2Rest))
	return math.Ldexp(polynomial(r, inverseFactorials[:14]), int(n))
}

// ExpLessOne64 returns e to the x, less 1.
func ExpLessOne64(x float64) float64 {
	if math.Abs(x) < 0.35 {
		return float64(x * polynomial(x, inverseFactorials[1:]))
	}
	return Exp64(x) - 1
}

// Tanh64 returns the hyperbolic tangent of x.
func Tanh64(x float64) float64 {
	a := math.Abs(x)
	if a > 20 {
		return math.Copysign(1, x)
	}
	e := ExpLessOne64(2 * a)
	return math.Copysign(e/(e+2), x)
}

// Log64 returns the natural logarithm of x.
func Log64(x float64) float64 {
	switch {
	case x != x, x > math.MaxFloat64:
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	log, _ := logSum(x)
	return log
}

// LogOnePlus64 returns the natural logarithm of 1+x.
func LogOnePlus64(x float64) float64 {
	if x == 0 {
		return x
	}
	sum, lost := twoSum(1, x)
	if !(sum > 0) || x > 0x1p53 {
		return Log64(sum)
	}
	log, rest := logSum(sum)
	return log + (rest + lost/sum)
}

// logSum returns the natural logarithm of a finite x > 0, and what its rounding
// lost, together within 2^-58. x = m*2^e with m between the roots of 1/2 and 2;
// ln m is 2*artanh of s = (m-1)/(m+1).
func logSum(x float64) (log, lost float64) {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	d := m + 1
	s := (m - 1) / d
	p, q := twoProduct(s, d)
	rest := (m - 1 - p - q - float64(s*(m-(d-1)))) / d // of s
	z := float64(s * s)
	tail := float64(float64(s*z)*polynomial(z, atanhs[:])) + 2*rest
	log, lost = twoSum(float64(float64(e)*ln2High), 2*s)
	return twoSum(log, lost+(tail+float64(float64(e)*ln2Rest)))
}

// Pow64 returns x to the y, with C99's special cases. Where y is a whole number
// and the power is a float64, it is exact.
func Pow64(x, y float64) float64 {
	if y == 0 || x == 1 {
		return 1
	}
	if x != x || y != y {
		return x + y
	}
	a, sign, whole := math.Abs(x), 1.0, y == math.Floor(y)
	switch {
	case !math.Signbit(x) || whole && math.Abs(math.Mod(y, 2)) != 1:
	case whole:
		sign = -1
	case x < 0 && a <= math.MaxFloat64:
		return math.NaN()
	}
	switch {
	case a == 1:
		return sign
	case a == 0 || a > math.MaxFloat64:
		if (a == 0) == (y > 0) {
			return math.Copysign(0, sign)
		}
		return math.Copysign(math.Inf(1), sign)
	case y == 0.5:
		return math.Sqrt(a)
	case whole && math.Abs(y) <= 64:
		if z := wholePower(a, int(math.Abs(y))); z > 0x1p-1000 && z < 0x1p1000 {
			if y < 0 {
				z = 1 / z
			}
			return sign * z
		}
	}
	y = max(-0x1p65, min(y, 0x1p65)) // a power of any a but 1 is 0 or infinite from there
	log, lost := logSum(a)
	p, q := twoProduct(log, y)
	return sign * expOfSum(p, q+float64(lost*y))
}

// wholePower returns x to the n, by squares.
func wholePower(x float64, n int) float64 {
	z := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			z = float64(z * x)
		}
		x = float64(x * x)
	}
	return z
}

// Erf64 returns the error function of x.
func Erf64(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 1:
		return float64(x * polynomial(float64(x*x), erfs[:]))
	case a > 6:
		return math.Copysign(1, x)
	}
	erfc := float64(Exp64(-float64(a*a)) * polynomial((a-3)/(a+3), erfcs[:]))
	return math.Copysign(1-erfc, x)
}
