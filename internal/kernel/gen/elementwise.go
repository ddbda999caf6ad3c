package main

// This file is the element-wise functions, as act.go and tail.go have them in
// Go: the same operations in the same order.

var functions = []function{
	{name: "add", doc: "x[i] += y[i]", arrays: 2, body: addTo},
	{name: "addRows", doc: "x[i] += y[i]", arrays: 2, body: addTo, down: true},
	{name: "scaleShift", doc: "x[i] = fma(x[i], y[i], z[i])", arrays: 3, body: func(v *vec) {
		v.store(v.mulAdd(v.in(0), v.in(1), v.in(2)), 0)
	}},
	{name: "subtract", doc: "x[i] = y[i] - z[i]", arrays: 3, body: func(v *vec) {
		v.store(v.do("sub", v.in(1), v.in(2)), 0)
	}},
	{name: "sum", doc: "x[i] = y[i] + z[i]", arrays: 3, body: func(v *vec) {
		v.store(v.do("add", v.in(1), v.in(2)), 0)
	}},
	{name: "widen", doc: "x[i] = y[i] of float16 y", arrays: 2, body: func(v *vec) {
		v.store(v.half(1), 0)
	}},
	{name: "widen2", doc: "x[i] = y[i] + z[i] of float16 y and z", arrays: 3, body: func(v *vec) {
		v.store(v.do("add", v.half(1), v.half(2)), 0)
	}},
	{name: "widen4", doc: "x[i] = (y[i] + u[i]) + (z[i] + w[i]) of float16 y, z, u and w", arrays: 5, body: func(v *vec) {
		a, b := v.do("add", v.half(1), v.half(3)), v.do("add", v.half(2), v.half(4))
		v.store(v.do("add", a, b), 0)
	}},
	{name: "leaky", doc: "x[i] = x[i] < 0 ? x[i]*s : x[i]", arrays: 1, body: func(v *vec) {
		x, zero := v.in(0), v.num(0)
		neg := v.new()
		v.less(neg, x, zero)
		y := v.do("mul", x, v.arg(0))
		v.sel(y, neg, y, x)
		v.store(y, 0)
	}},
	{name: "relu", doc: "x[i] = x[i] < 0 ? 0 : x[i]", arrays: 1, body: func(v *vec) {
		x, zero := v.in(0), v.num(0)
		neg := v.new()
		v.less(neg, x, zero)
		v.sel(x, neg, zero, x)
		v.store(x, 0)
	}},
	{name: "tanh", doc: "x[i] = tanh(x[i])", arrays: 1, body: func(v *vec) {
		v.store(tanhOf(v, v.in(0)), 0)
	}},
	{name: "sigmoid", doc: "x[i] = sigmoid(x[i])", arrays: 1, body: func(v *vec) {
		x := v.withBits("xor", v.in(0), 1<<31)
		e := v.with("add", expOf(v, x), 1)
		one := v.num(1)
		v.store(v.do("div", one, e), 0)
	}},
	{name: "exp", doc: "x[i] = exp(x[i])", arrays: 1, body: func(v *vec) {
		v.store(expOf(v, v.in(0)), 0)
	}},
	{name: "erf", doc: "x[i] = erf(x[i])", arrays: 1, body: func(v *vec) {
		v.store(erfOf(v, v.in(0)), 0)
	}},
	{name: "expLess", doc: "x[i] = exp(x[i] - s)", arrays: 1, body: func(v *vec) {
		x, s := v.in(0), v.arg(0)
		v.op("sub", x, x, s)
		v.drop(s)
		v.store(expOf(v, x), 0)
	}},
	{name: "product", doc: "x[i] = y[i]*z[i]", arrays: 3, body: func(v *vec) {
		v.store(v.do("mul", v.in(1), v.in(2)), 0)
	}},
	{name: "quotient", doc: "x[i] = y[i]/z[i]", arrays: 3, body: func(v *vec) {
		v.store(v.do("div", v.in(1), v.in(2)), 0)
	}},
	{name: "plus", doc: "x[i] = y[i] + s", arrays: 2, body: func(v *vec) {
		v.store(v.do("add", v.in(1), v.arg(0)), 0)
	}},
	{name: "minus", doc: "x[i] = y[i] - s", arrays: 2, body: func(v *vec) {
		v.store(v.do("sub", v.in(1), v.arg(0)), 0)
	}},
	{name: "times", doc: "x[i] = y[i]*s", arrays: 2, body: func(v *vec) {
		v.store(v.do("mul", v.in(1), v.arg(0)), 0)
	}},
	{name: "over", doc: "x[i] = y[i]/s", arrays: 2, body: func(v *vec) {
		v.store(v.do("div", v.in(1), v.arg(0)), 0)
	}},
	{name: "clip", doc: "q = x[i] < s0 ? s0 : x[i]; x[i] = s1 < q ? s1 : q", arrays: 1, body: func(v *vec) {
		x, low, high, m := v.in(0), v.arg(0), v.arg(1), v.new()
		v.less(m, x, low)
		v.sel(x, m, low, x)
		v.less(m, high, x)
		v.sel(x, m, high, x)
		v.store(x, 0)
	}},
	{name: "gate", doc: "t = y[i] + s0; t = t < s1 ? s1 : t; t = s2 < t ? s2 : t; x[i] = y[i]*t/s3", arrays: 2, body: func(v *vec) {
		y, low, high, m := v.in(1), v.arg(1), v.arg(2), v.new()
		t := v.do("add", y, v.arg(0))
		v.less(m, t, low)
		v.sel(t, m, low, t)
		v.less(m, high, t)
		v.sel(t, m, high, t)
		v.op("mul", t, y, t)
		v.store(v.do("div", t, v.arg(3)), 0)
	}},
	{name: "timesAffine", doc: "x[i] = fma(y[i]*s, z[i], u[i])", arrays: 4, body: func(v *vec) {
		v.store(v.mulAdd(v.do("mul", v.in(1), v.arg(0)), v.in(2), v.in(3)), 0)
	}},
	{name: "max", doc: "x[i] = max(x[i], y[i]); any of them, if one is NaN", arrays: 2, body: maxOf},
	{name: "maxRows", doc: "x[i] = max(x[i], y[i]); any of them, if one is NaN", arrays: 2, body: maxOf, down: true},
	{name: "larger", doc: "x[i] = y[i] if x[i] < y[i] or y[i] is NaN", arrays: 2, body: func(v *vec) {
		x, y, zero, one := v.in(0), v.in(1), v.num(0), v.num(1)
		m, nan := v.new(), v.new()
		v.less(m, zero, y)
		v.sel(nan, m, x, y)
		v.less(m, y, one)
		v.sel(nan, m, x, nan) // y where it is neither above 0 nor below 1
		v.less(m, x, y)
		v.sel(nan, m, y, nan)
		v.store(nan, 0)
	}},
	{name: "range", doc: "x[i] = z[i] < x[i] ? z[i] : x[i]; y[i] = y[i] < z[i] ? z[i] : y[i]", arrays: 3, body: func(v *vec) {
		x, y, z := v.in(0), v.in(1), v.in(2)
		m := v.new()
		v.less(m, z, x)
		v.sel(x, m, z, x)
		v.store(x, 0)
		v.less(m, y, z)
		v.sel(y, m, z, y)
		v.store(y, 1)
	}},
	{name: "scaleInts", doc: "x[i] = float32(y[i])*z[i] of int32 y", arrays: 3, body: func(v *vec) {
		y := v.in(1)
		v.float(y, y)
		v.store(v.do("mul", y, v.in(2)), 0)
	}},
	{name: "quantize", doc: "x[i] = uint8(bits(min(max(y[i]/s0, s1), s2) + 3<<22) - s3) of bytes x", arrays: 2, body: func(v *vec) {
		q := v.do("div", v.in(1), v.arg(0))
		low, high, m := v.arg(1), v.arg(2), v.new()
		v.less(m, low, q)
		v.sel(q, m, q, low)
		v.less(m, q, high)
		v.sel(q, m, q, high)
		v.with("add", q, 3<<22)
		v.op("isub", q, q, v.arg(3))
		v.storeBytes(v.withBits("and", q, 255), 0)
	}},
	{name: "dequantize", doc: "y[i] = float32(int32(x[i]^s1) - s2)*s0 of bytes x", arrays: 2, body: func(v *vec) {
		x := v.new()
		v.loadBytes(x, 0)
		v.op("xor", x, x, v.arg(1))
		v.op("isub", x, x, v.arg(2))
		v.float(x, x)
		v.store(v.do("mul", x, v.arg(0)), 1)
	}},
	{name: "bilinear", doc: "p = fma(t[i], b[i]-a[i], a[i]); q = fma(t[i], d[i]-c[i], c[i]); x[i] = fma(s, q-p, p) of arrays x a b c d t", arrays: 6, body: func(v *vec) {
		t := v.in(5)
		between := func(low, high int) reg {
			a, d := v.in(low), v.in(high)
			v.op("sub", d, d, a)
			v.fma(a, t, d, a)
			v.drop(d)
			return a
		}
		p, q := between(1, 2), between(3, 4)
		v.op("sub", q, q, p)
		v.store(v.mulAdd(v.arg(0), q, p), 0)
	}},

	// Training. The first array is the result.
	{name: "slopeGrad", doc: "x[i] = y[i] > 0 ? z[i] : z[i]*s", arrays: 3, body: func(v *vec) {
		zero, y, d := v.num(0), v.in(1), v.in(2)
		low := v.do("mul", d, v.arg(0))
		up := v.new()
		v.less(up, zero, y)
		v.sel(low, up, d, low)
		v.store(low, 0)
	}},
	{name: "tanhGrad", doc: "x[i] = z[i]*(1 - y[i]*y[i])", arrays: 3, body: func(v *vec) {
		y, one := v.in(1), v.num(1)
		q := v.do("mul", y, y)
		v.op("sub", q, one, q)
		v.store(v.do("mul", v.in(2), q), 0)
	}},
	{name: "affine", doc: "x[i] = fma(y[i], z[i], u[i])", arrays: 4, body: func(v *vec) {
		v.store(v.mulAdd(v.in(1), v.in(2), v.in(3)), 0)
	}},
	{name: "affine2", doc: "x[i] = fma(z[i], w[i], fma(y[i], u[i], t[i])) of arrays x y z u w t", arrays: 6, body: func(v *vec) {
		r := v.mulAdd(v.in(1), v.in(3), v.in(5))
		v.store(v.mulAdd(v.in(2), v.in(4), r), 0)
	}},
	{name: "addSquare", doc: "d = y[i]-z[i]; x[i] = fma(d, d, x[i])", arrays: 3, body: func(v *vec) {
		d := v.do("sub", v.in(1), v.in(2))
		v.store(v.mulAdd(d, d, v.in(0)), 0)
	}},
	{name: "addProduct", doc: "x[i] = fma(y[i], z[i]-u[i], x[i])", arrays: 4, body: func(v *vec) {
		d := v.do("sub", v.in(2), v.in(3))
		v.store(v.mulAdd(v.in(1), d, v.in(0)), 0)
	}},
	{name: "mix", doc: "x[i] = fma(y[i], s1, x[i]*s0)", arrays: 2, body: func(v *vec) {
		x := v.do("mul", v.in(0), v.arg(0))
		v.store(v.mulAdd(v.in(1), v.arg(1), x), 0)
	}},
	{name: "adam", doc: "Adam's step on weights x, gradient y, moments z and u", arrays: 4, body: func(v *vec) {
		g := v.in(1)
		moment := func(array, keep int, d reg, add int) reg { // moment*keep + d*add
			old, k, a := v.in(array), v.arg(keep), v.arg(add)
			v.op("mul", old, old, k)
			if array == 3 { // the square's: (g*add)*g
				a = v.do("mul", a, d)
			}
			v.fma(old, d, a, old)
			v.drop(k, a)
			v.store(old, array)
			return old
		}
		m, u := moment(2, 0, g, 1), moment(3, 2, g, 3)
		v.sqrt(u, u)
		d := v.mulAdd(u, v.arg(5), v.arg(6))
		n := v.do("mul", m, v.arg(4))
		v.op("div", n, n, d)
		v.store(v.do("sub", v.in(0), n), 0)
	}},
}

func maxOf(v *vec) { v.store(v.do("max", v.in(0), v.in(1)), 0) }

func addTo(v *vec) { v.store(v.do("add", v.in(0), v.in(1)), 0) }

// expOf is exp of act.go, in x's place.
func expOf(v *vec, x reg) reg {
	const (
		log2e = 1.44269504088896340736
		ln2Hi = 0x1.62e4p-1
		ln2Lo = 0x1.7f7d1cf79abcap-20
		magic = 3 << 22
	)
	hi := v.num(89)
	v.op("min", x, hi, x)
	v.drop(hi)
	lo := v.num(-104)
	v.op("max", x, lo, x)
	v.drop(lo)
	k, m := v.num(log2e), v.num(magic)
	t := v.mulAdd(x, k, m)
	v.drop(k)
	n := v.do("sub", t, m)
	v.op("isub", t, t, m) // the integer n
	v.drop(m)
	c := v.num(-ln2Hi)
	v.fma(x, n, c, x)
	v.drop(c)
	c = v.num(-ln2Lo)
	v.fma(x, n, c, x)
	v.drop(c, n)
	p := v.num(1.0 / 5040)
	for _, c := range []float32{1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1} {
		p = v.horner(p, x, c)
	}
	v.drop(x)
	half := v.new()
	v.shift("sar", half, t, 1)
	v.op("isub", t, t, half)
	for _, h := range []reg{half, t} {
		v.withBits("iadd", h, 127)
		v.shift("shl", h, h, 23)
		v.op("mul", p, p, h)
		v.drop(h)
	}
	return p
}

// tanhOf is tanh of act.go, in x's place: both ways, then the one that holds.
func tanhOf(v *vec, x reg) reg {
	s := v.do("mul", x, x)
	p := v.num(-0.0056669763)
	for _, c := range []float32{0.020606175, -0.053730007, 0.13331331, -0.33333278} {
		p = v.horner(p, s, c)
	}
	v.op("mul", s, x, s)
	small := v.mulAdd(s, p, x)
	v.drop(s, p)

	a := v.new()
	v.move(a, x)
	v.withBits("and", a, 1<<31-1)
	two := v.num(2)
	y := v.do("mul", a, two)
	y = v.with("add", expOf(v, y), 1)
	v.op("div", y, two, y)
	v.drop(two)
	one := v.num(1)
	v.op("sub", y, one, y)
	v.drop(one)
	v.withBits("and", x, 1<<31)
	v.op("or", y, y, x)
	v.drop(x)

	c := v.num(0.625)
	near := v.new()
	v.less(near, a, c)
	v.sel(y, near, small, y)
	v.drop(small, a, c, near)
	return y
}

// erfOf is erf of erf.go, in x's place: both ways, then the one that holds.
func erfOf(v *vec, x reg) reg {
	s := v.do("mul", x, x)
	p := v.num(-0.0006356167723424733)
	for _, c := range []float32{0.005058791022747755, -0.026807773858308792, 0.11282871663570404, -0.37612590193748474, 0.12837916612625122} {
		p = v.horner(p, s, c)
	}
	small := v.mulAdd(p, x, x)
	v.drop(s, p)

	a := v.new()
	v.move(a, x)
	v.withBits("and", a, 1<<31-1)
	c := v.num(4)
	b := v.do("min", c, a)
	v.drop(c)
	q := v.num(0.000204408512217924)
	for _, c := range []float32{-0.0031248058658093214, 0.022545788437128067, -0.10457923263311386, -0.6364607810974121, -1.128093957901001, -9.693959873402491e-05} {
		q = v.horner(q, b, c)
	}
	v.drop(b)
	y := expOf(v, q)
	one := v.num(1)
	v.op("sub", y, one, y)
	v.drop(one)
	v.withBits("and", x, 1<<31)
	v.op("or", y, y, x)
	v.drop(x)

	c = v.num(0.84375)
	near := v.new()
	v.less(near, a, c)
	v.sel(y, near, small, y)
	v.drop(small, a, c, near)
	return y
}
