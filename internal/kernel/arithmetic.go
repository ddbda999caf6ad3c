package kernel

// This file is arithmetic on whole arrays, each result rounded once.

// Add is dst = x + y. Dst may be x or y, here and below.
func Add(dst, x, y []float32) {
	for i := vector(sumElement, nil, dst, x, y); i < len(dst); i++ {
		dst[i] = x[i] + y[i]
	}
}

// Sub is dst = x - y.
func Sub(dst, x, y []float32) {
	for i := vector(subtractElement, nil, dst, x, y); i < len(dst); i++ {
		dst[i] = x[i] - y[i]
	}
}

// Mul is dst = x * y.
func Mul(dst, x, y []float32) {
	for i := vector(productElement, nil, dst, x, y); i < len(dst); i++ {
		dst[i] = x[i] * y[i]
	}
}

// MulAdd is dst = x*y + z, rounded once.
func MulAdd(dst, x, y, z []float32) {
	for i := vector(affineElement, nil, dst, x, y[:len(dst)], z[:len(dst)]); i < len(dst); i++ {
		dst[i] = fma(x[i], y[i], z[i])
	}
}

// TimesMulAdd is dst = (x*by)*y + z, where x*by is rounded, and the sum.
func TimesMulAdd(dst, x []float32, by float32, y, z []float32) {
	for i := vector(timesAffineElement, []float32{by}, dst, x, y[:len(dst)], z[:len(dst)]); i < len(dst); i++ {
		dst[i] = fma(float32(x[i]*by), y[i], z[i])
	}
}

// A HardGate is x * clip(x+Add, Low, High) / By, each operation rounded: with 3, 0,
// 6 and 6, HardSwish.
type HardGate struct{ Add, Low, High, By float32 }

// Run is dst = the gate of x.
func (g HardGate) Run(dst, x []float32) {
	for i := vector(gateElement, []float32{g.Add, g.Low, g.High, g.By}, dst, x); i < len(dst); i++ {
		t := x[i] + g.Add
		if t < g.Low {
			t = g.Low
		}
		if g.High < t {
			t = g.High
		}
		dst[i] = float32(x[i]*t) / g.By
	}
}

// Div is dst = x / y.
func Div(dst, x, y []float32) {
	for i := vector(quotientElement, nil, dst, x, y); i < len(dst); i++ {
		dst[i] = x[i] / y[i]
	}
}

// AddNumber is dst = x + y.
func AddNumber(dst, x []float32, y float32) {
	for i := vector(plusElement, []float32{y}, dst, x); i < len(dst); i++ {
		dst[i] = x[i] + y
	}
}

// SubNumber is dst = x - y.
func SubNumber(dst, x []float32, y float32) {
	for i := vector(minusElement, []float32{y}, dst, x); i < len(dst); i++ {
		dst[i] = x[i] - y
	}
}

// MulNumber is dst = x * y.
func MulNumber(dst, x []float32, y float32) {
	for i := vector(timesElement, []float32{y}, dst, x); i < len(dst); i++ {
		dst[i] = x[i] * y
	}
}

// DivNumber is dst = x / y.
func DivNumber(dst, x []float32, y float32) {
	for i := vector(overElement, []float32{y}, dst, x); i < len(dst); i++ {
		dst[i] = x[i] / y
	}
}

// AddRow is dst = x + y for each row of x, which is as long as y.
func AddRow(dst, x, y []float32) {
	for r := eachRow(sumElement, dst, x, y); r < len(dst); r += len(y) {
		Add(dst[r:][:len(y)], x[r:], y)
	}
}

// MulRow is dst = x * y for each row of x.
func MulRow(dst, x, y []float32) {
	for r := eachRow(productElement, dst, x, y); r < len(dst); r += len(y) {
		Mul(dst[r:][:len(y)], x[r:], y)
	}
}

// eachRow applies f to rows of whole vectors; it returns how many elements it did.
func eachRow(f element, dst, x, y []float32) int {
	if l := lanes(); l == 0 || len(y)%l > 0 || vectorMatrix(f, len(y), len(dst)/len(y), [6]int{len(y), len(y)}, dst, x, y) == 0 {
		return 0
	}
	return len(dst)
}

// Clip replaces what is below low by low, and then what is above high by high. A
// NaN stays.
func Clip(x []float32, low, high float32) {
	for i := vector(clipElement, []float32{low, high}, x); i < len(x); i++ {
		if x[i] < low {
			x[i] = low
		}
		if x[i] > high {
			x[i] = high
		}
	}
}
