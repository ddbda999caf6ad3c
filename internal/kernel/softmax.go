package kernel

// This file is softmax over the rows of a matrix.

// Softmax replaces each row of x, [rows, n], by e^x over the row's sum of e^x.
// A result y is within (1 + y*(n+5+ln n)) * 2^-24 of the exact one. A row is all
// NaN if it holds a NaN or +Inf, or nothing but -Inf.
//
// The row's maximum m is subtracted first, so nothing overflows:
//
//	for i ascending { x[i] = exp(x[i] - m) }
//	s = [128]float32{}; for i ascending { s[i%128] = s[i%128] + x[i] }
//	for h = 64, 32, 16 { for j < h { s[j] = s[j] + s[j+h] } }
//	sum = s[0]; for 0 < j < 16 ascending { sum = sum + s[j] }
//	for i ascending { x[i] = x[i] / sum }
func Softmax(x []float32, rows, n int) {
	for r := range rows {
		softmax(x[r*n:][:n])
	}
}

func softmax(row []float32) {
	if len(row) == 0 {
		return
	}
	m := joined(maxElement, maxRowsElement, row) // a NaN may get lost here: the sum has it
	for i := wholly(expLessElement, []float32{m}, row); i < len(row); i++ {
		row[i] = exp(row[i] - m)
	}
	sum := joined(addElement, addRowsElement, row)
	for i := vector(divideElement, []float32{sum}, row); i < len(row); i++ {
		row[i] /= sum
	}
}

// interleaved is how many maxima or sums of a row do not wait for each other.
const interleaved = 128

// joined is the sum of x, which is not empty, as Softmax has it, or its maximum.
func joined(e, rowsOf element, x []float32) float32 {
	var acc [interleaved]float32
	n := copy(acc[:], x)
	x = x[n:]
	rows := len(x) / interleaved
	if vectorMatrix(rowsOf, interleaved, rows, [6]int{0, interleaved}, acc[:], x) > 0 {
		x = x[rows*interleaved:]
	}
	for ; len(x) > 0; x = x[min(interleaved, len(x)):] {
		join(e, acc[:], x)
	}
	for h := interleaved / 2; h >= panelWidth; h /= 2 {
		if n > h {
			join(e, acc[:h], acc[h:n])
			n = h
		}
	}
	sum := acc[0]
	for _, v := range acc[1:n] {
		sum = join1(e, sum, v)
	}
	return sum
}

// join joins x to acc, as far as both go.
func join(e element, acc, x []float32) {
	n := min(len(acc), len(x))
	for i := vector(e, nil, acc[:n], x[:n]); i < n; i++ {
		acc[i] = join1(e, acc[i], x[i])
	}
}

func join1(e element, a, b float32) float32 {
	if e == addElement {
		return a + b
	}
	if a < b {
		return b
	}
	return a
}
