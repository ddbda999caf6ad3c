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

// Div is dst = x / y.
func Div(dst, x, y []float32) {
	for i := vector(quotientElement, nil, dst, x, y); i < len(dst); i++ {
		dst[i] = x[i] / y[i]
	}
}

// DivideBy is x = x / by.
func DivideBy(x []float32, by float32) {
	for i := vector(divideElement, []float32{by}, x); i < len(x); i++ {
		x[i] /= by
	}
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
