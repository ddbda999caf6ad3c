package kernel

import "math"

// This file is softmax over the rows of a matrix.

// Softmax replaces each row of x, [rows, n], by e^x over the row's sum of e^x.
// A result y is within (1 + y*(n+5+ln n)) * 2^-24 of the exact one. A row is all
// NaN if it holds a NaN or +Inf, or nothing but -Inf.
//
// The row's maximum m is subtracted first, so nothing overflows:
//
//	for i ascending { x[i] = exp(x[i] - m) }
//	sum = +0; for i ascending { sum = sum + x[i] }
//	for i ascending { x[i] = x[i] / sum }
func Softmax(x []float32, rows, n int) {
	for r := range rows {
		softmax(x[r*n:][:n])
	}
}

func softmax(row []float32) {
	m := float32(math.Inf(-1))
	for _, v := range row {
		if v > m { // a NaN is passed over here and makes the sum one
			m = v
		}
	}
	for i := vector(expLessElement, []float32{m}, row); i < len(row); i++ {
		row[i] = exp(row[i] - m)
	}
	sum := float32(0)
	for _, v := range row {
		sum += v
	}
	for i := vector(divideElement, []float32{sum}, row); i < len(row); i++ {
		row[i] /= sum
	}
}
