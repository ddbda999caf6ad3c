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
	if n == 0 {
		return
	}
	var acc [rowsTogether * interleaved]float32
	var of [rowsTogether]float32
	for r := 0; r < rows; r += rowsTogether {
		k := min(rowsTogether, rows-r)
		some := x[r*n:][:k*n]
		joined(maxElement, maxRowsElement, of[:k], acc[:], some, n) // a NaN may get lost here: the sum has it
		for i, m := range of[:k] {
			row := some[i*n:][:n]
			for j := wholly(expLessElement, []float32{m}, row); j < n; j++ {
				row[j] = exp(row[j] - m)
			}
		}
		joined(addElement, addRowsElement, of[:k], acc[:], some, n)
		for i, sum := range of[:k] {
			row := some[i*n:][:n]
			DivNumber(row, row, sum)
		}
	}
}

const (
	interleaved  = 128 // maxima or sums of a row that do not wait for each other
	rowsTogether = 8   // whose maxima or sums are joined at once
)

// joined makes the sum of each row of x, as Softmax has it, or its maximum; acc is
// room.
func joined(e, rowsOf element, of, acc, x []float32, n int) {
	for r := range of {
		row, a := x[r*n:][:n], acc[r*interleaved:][:interleaved]
		row = row[copy(a, row):]
		rows := len(row) / interleaved
		if vectorMatrix(rowsOf, interleaved, rows, [6]int{0, interleaved}, a, row) > 0 {
			row = row[rows*interleaved:]
		}
		for ; len(row) > 0; row = row[min(interleaved, len(row)):] {
			join(e, a, row)
		}
	}
	n = min(n, interleaved)
	for h := interleaved / 2; h >= panelWidth; h /= 2 {
		if n <= h {
			continue
		}
		if done := vectorMatrix(e, n-h, len(of), [6]int{interleaved, interleaved}, acc, acc[h:]); done < n-h {
			for r := range of {
				a := acc[r*interleaved:]
				join(e, a[done:h], a[h+done:n])
			}
		}
		n = h
	}
	for r := range of {
		of[r] = acc[r*interleaved]
	}
	for j := 1; j < n; j++ {
		for r := range of {
			of[r] = join1(e, of[r], acc[r*interleaved+j])
		}
	}
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
