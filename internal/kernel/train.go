package kernel

import "math"

// This file is what only training needs besides GradWeights: sums over rows,
// batch norm with a batch's own statistics, and slopes of activations.

// sumBlock is how many rows one running sum holds before it is put aside: sums
// of sums stay exact enough for long columns.
const sumBlock = 128

// columnSums writes, for each column of dst, the sum of what add adds for n rows:
// blocks of sumBlock rows ascending, then the blocks' sums. Acc is
// accLen(len(dst)) long.
func columnSums(dst, acc []float32, rows int, add func(acc []float32, from, n int)) {
	clear(dst)
	for i := 0; i < rows; i += sumBlock {
		clear(acc)
		add(acc, i, min(sumBlock, rows-i))
		AddTo(dst, acc)
	}
}

// accLen is the columns of a sum, or as many as fill a vector.
func accLen(c int) int { return max(c, panelWidth) }

// wideRows is room for a block of rows of few columns, with zeros after each to
// fill vectors.
type wideRows [sumBlock * panelWidth]float32

// of returns n rows of x, of c columns, and how long the rows are now.
func (w *wideRows) of(x []float32, n, c int) (rows []float32, width int) {
	if c >= panelWidth {
		return x, c
	}
	for r := range n {
		to := w[r*panelWidth:][:c]
		//lint:ignore S1001 a few elements: a call would take longer
		for j, v := range x[r*c:][:c] {
			to[j] = v
		}
	}
	return w[:], panelWidth
}

// SumRows writes the sum over the rows of x, [len(x)/len(dst), len(dst)].
func SumRows(dst, x []float32) {
	sumRows(dst, make([]float32, accLen(len(dst))), x)
}

func sumRows(dst, acc, x []float32) {
	c := len(dst)
	var room wideRows
	columnSums(dst, acc, len(x)/c, func(acc []float32, from, n int) {
		rows, w := room.of(x[from*c:], n, c)
		done := vectorMatrix(addElement, w, n, [6]int{0, w}, acc, rows)
		for r := range n {
			for i := done; i < c; i++ {
				acc[i] += rows[r*w+i]
			}
		}
	})
}

// NormStats computes the mean, the unbiased variance, and 1/sqrt(biased
// variance + eps) of each column of x, [len(x)/C, C].
func NormStats(mean, variance, inv, x []float32, eps float32) {
	normStats(mean, variance, inv, make([]float32, accLen(len(mean))), x, eps)
}

func normStats(mean, variance, inv, acc, x []float32, eps float32) {
	c := len(mean)
	rows := len(x) / c
	sumRows(mean, acc, x)
	for i := range mean {
		mean[i] /= float32(rows)
	}
	var room, one wideRows
	columnSums(variance, acc, rows, func(acc []float32, from, n int) {
		rows, w := room.of(x[from*c:], n, c)
		mean, _ := one.of(mean, 1, c)
		done := vectorMatrix(addSquareElement, w, n, [6]int{0, w, 0}, acc, rows, mean)
		for r := range n {
			for i := done; i < c; i++ {
				d := rows[r*w+i] - mean[i]
				acc[i] = fma(d, d, acc[i])
			}
		}
	})
	for i, v := range variance {
		inv[i] = float32(1 / math.Sqrt(float64(v)/float64(rows)+float64(eps)))
		variance[i] = v / float32(max(rows-1, 1))
	}
}

// Normalize is y = act((x-mean)*inv*gamma + beta) on whole rows, as one
// multiply-add with inv*gamma and beta - mean*inv*gamma.
func Normalize(y, x, mean, inv, gamma, beta []float32, act Act, alpha float32) {
	c := len(mean)
	scale, shift := make([]float32, c), make([]float32, c)
	for i := range c {
		scale[i] = inv[i] * gamma[i]
		shift[i] = fma(-mean[i], scale[i], beta[i])
	}
	for i := 0; i < len(y); i += c {
		row, from := y[i:][:c], x[i:][:c]
		for j := vector(affineElement, nil, row, from, scale, shift); j < c; j++ {
			row[j] = fma(from[j], scale[j], shift[j])
		}
	}
	Activate(y, act, alpha)
}

// InstanceNorm brings each column of x, [len(x)/C, C], to mean 0 and variance 1,
// with the column's own statistics as NormStats computes them, and applies gamma
// and beta: fma(x-mean, inv*gamma, beta). It needs 4 floats of scratch a column, and
// 16 more.
func InstanceNorm(y, x, gamma, beta []float32, eps float32, scratch []float32) {
	c := len(gamma)
	mean, variance, scale, acc := scratch[:c], scratch[c:][:c], scratch[2*c:][:c], scratch[3*c:][:accLen(c)]
	normStats(mean, variance, scale, acc, x, eps)
	for i := range c {
		scale[i] *= gamma[i]
	}
	subtractRow(y, x, mean)
	tail := Tail{Scale: scale, Shift: beta}
	tail.Apply(y, c)
}

// subtractRow is y = x - row for each row of x.
func subtractRow(y, x, row []float32) {
	var room [wideLen]float32
	c := len(row)
	if c <= wideLen/2 { // fewer rows, which fill vectors
		row = repeated(room[:wideColumns(c)], row)
	}
	n := len(row)
	whole := len(x) / n
	done := vectorMatrix(subtractElement, n, whole, [6]int{n, n, 0}, y, x, row)
	for r := range whole {
		for j := done; j < n; j++ {
			y[r*n+j] = x[r*n+j] - row[j]
		}
	}
	rest := y[whole*n : len(x)]
	Sub(rest, x[whole*n:], row[:len(rest)])
}

// NormGradSums computes the gradients of gamma and beta: the sums over rows of
// dy*(x-mean)*inv and of dy.
func NormGradSums(dgamma, dbeta, dy, x, mean, inv []float32) {
	c := len(mean)
	SumRows(dbeta, dy)
	var room, grads, one wideRows
	columnSums(dgamma, make([]float32, accLen(c)), len(x)/c, func(acc []float32, from, n int) {
		rows, w := room.of(x[from*c:], n, c)
		d, _ := grads.of(dy[from*c:], n, c)
		mean, _ := one.of(mean, 1, c)
		done := vectorMatrix(addProductElement, w, n, [6]int{0, w, w, 0}, acc, d, rows, mean)
		for r := range n {
			for i := done; i < c; i++ {
				acc[i] = fma(d[r*w+i], rows[r*w+i]-mean[i], acc[i])
			}
		}
	})
	for i := range dgamma {
		dgamma[i] *= inv[i]
	}
}

// NormGrad computes the gradient of whole rows of batch norm's input, where a
// group has rows rows: gamma*inv*(dy - dbeta/rows - xhat*dgamma/rows), as
// multiply-adds of dy and x.
func NormGrad(dx, dy, x, mean, inv, gamma, dgamma, dbeta []float32, rows int) {
	c := len(mean)
	ofDY, ofX, rest := make([]float32, c), make([]float32, c), make([]float32, c)
	for i := range c {
		a := gamma[i] * inv[i]
		b := -a * inv[i] * dgamma[i] / float32(rows)
		ofDY[i], ofX[i] = a, b
		rest[i] = fma(-b, mean[i], -a*dbeta[i]/float32(rows))
	}
	for i := 0; i < len(dx); i += c {
		to, d, from := dx[i:][:c], dy[i:][:c], x[i:][:c]
		for j := vector(affine2Element, nil, to, d, from, ofDY, ofX, rest); j < c; j++ {
			to[j] = fma(from[j], ofX[j], fma(d[j], ofDY[j], rest[j]))
		}
	}
}

// ActivateGrad is dx = dy times the slope of act, from act's output y.
func ActivateGrad(dx, y, dy []float32, act Act, alpha float32) {
	y, dy = y[:len(dx)], dy[:len(dx)]
	switch act {
	case ReLU, LeakyReLU:
		if act == ReLU {
			alpha = 0
		}
		for i := vector(slopeGradElement, []float32{alpha}, dx, y, dy); i < len(dx); i++ {
			if y[i] > 0 {
				dx[i] = dy[i]
			} else {
				dx[i] = dy[i] * alpha
			}
		}
	case Tanh:
		for i := vector(tanhGradElement, nil, dx, y, dy); i < len(dx); i++ {
			dx[i] = dy[i] * (1 - float32(y[i]*y[i]))
		}
	case Sigmoid:
		for i, v := range y {
			dx[i] = dy[i] * float32(v*(1-v))
		}
	default:
		copy(dx, dy)
	}
}

// Mix is x = x*keep + y*add, element by element.
func Mix(x, y []float32, keep, add float32) {
	for i := vector(mixElement, []float32{keep, add}, x, y); i < len(x); i++ {
		x[i] = fma(y[i], add, float32(x[i]*keep))
	}
}

// Adam is one step of Kingma and Ba 2015 on weights w with gradient g: m and v
// are the moments, rate is the step size over 1-beta1^t, root is
// 1/sqrt(1-beta2^t).
func Adam(w, g, m, v []float32, beta1, beta2, rate, root, eps float32) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	scalars := [...]float32{beta1, 1 - beta1, beta2, 1 - beta2, rate, root, eps}
	for i := vector(adamElement, scalars[:], w, g, m, v); i < len(w); i++ {
		d := g[i]
		m[i] = fma(d, scalars[1], float32(m[i]*beta1))
		v[i] = fma(float32(d*scalars[3]), d, float32(v[i]*beta2))
		r := float32(math.Sqrt(float64(v[i])))
		w[i] -= float32(float32(m[i]*rate) / fma(r, root, eps))
	}
}
