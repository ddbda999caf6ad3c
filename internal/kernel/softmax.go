package kernel

import (
	"math"
	"slices"
)

// This file is softmax over the rows of a matrix.

// Softmax replaces each row of x, [rows, n], by e^x over the row's sum of e^x.
// A result y is within (1 + y*(n+5+ln n)) * 2^-24 of the exact one. A row is all
// NaN if it holds a NaN or +Inf, or nothing but -Inf.
//
// The row's maximum m is subtracted first, so nothing overflows:
//
//	for i ascending { x[i] = exp(x[i] - m) }
//	s = [32]float32{}; for i ascending { s[i%32] = s[i%32] + x[i] }
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

// interleaved is how many maxima or sums of a row do not wait for each other.
const interleaved = 32

// largest is the maximum of x, of which it passes over NaN: they make the sum one.
func largest(x []float32) float32 {
	var m [interleaved]float32
	for i := range m {
		m[i] = float32(math.Inf(-1))
	}
	for i := inRows(largerElement, &m, x); i < len(x); i++ {
		if x[i] > m[i%interleaved] {
			m[i%interleaved] = x[i]
		}
	}
	return slices.Max(m[:])
}

// sumOf is the sum of x as Softmax has it.
func sumOf(x []float32) (sum float32) {
	var s [interleaved]float32
	for i := inRows(addElement, &s, x); i < len(x); i++ {
		s[i%interleaved] += x[i]
	}
	for _, v := range s[:min(len(x), interleaved)] {
		sum += v
	}
	return sum
}

// inRows applies f to acc and every interleaved elements of x, and returns how
// many those are; the rest is the caller's.
func inRows(f element, acc *[interleaved]float32, x []float32) int {
	rows := len(x) / interleaved
	return rows * vectorMatrix(f, interleaved, rows, [6]int{0, interleaved}, acc[:], x)
}
