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
//	s = [8]float32{}; for i ascending { s[i%8] = s[i%8] + x[i] }
//	sum = +0; for j ascending { sum = sum + s[j] }
//	for i ascending { x[i] = x[i] / sum }
func Softmax(x []float32, rows, n int) {
	for r := range rows {
		softmax(x[r*n:][:n])
	}
}

func softmax(row []float32) {
	m := largest(row)
	for i := vector(expLessElement, []float32{m}, row); i < len(row); i++ {
		row[i] = exp(row[i] - m)
	}
	sum := sumOf(row)
	for i := vector(divideElement, []float32{sum}, row); i < len(row); i++ {
		row[i] /= sum
	}
}

// largest is the maximum of x, of which it passes over NaN: they make the sum one.
func largest(x []float32) float32 {
	low := float32(math.Inf(-1))
	a, b, c, d := low, low, low, low
	for ; len(x) >= 4; x = x[4:] {
		if x[0] > a {
			a = x[0]
		}
		if x[1] > b {
			b = x[1]
		}
		if x[2] > c {
			c = x[2]
		}
		if x[3] > d {
			d = x[3]
		}
	}
	for _, v := range x {
		if v > a {
			a = v
		}
	}
	return max(a, b, c, d)
}

// sumOf is the sum of x in eight sums that do not wait for each other.
func sumOf(x []float32) (sum float32) {
	var s [8]float32
	for ; len(x) >= 8; x = x[8:] {
		s[0] += x[0]
		s[1] += x[1]
		s[2] += x[2]
		s[3] += x[3]
		s[4] += x[4]
		s[5] += x[5]
		s[6] += x[6]
		s[7] += x[7]
	}
	for j, v := range x {
		s[j] += v
	}
	for _, v := range s {
		sum += v
	}
	return sum
}
