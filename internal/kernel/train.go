package kernel

import "math"

// This file is what only training needs besides GradWeights: sums over rows,
// batch norm with a batch's own statistics, and slopes of activations.

// sumBlock is how many rows one running sum holds before it is put aside: sums
// of sums stay exact enough for long columns.
const sumBlock = 128

// columnSums writes, for each of c columns, the sum of term(row, column) over
// all rows: blocks of sumBlock rows ascending, then the blocks' sums.
func columnSums(dst []float32, rows, c int, add func(acc []float32, row int)) {
	clear(dst)
	acc := make([]float32, c)
	for i := 0; i < rows; i += sumBlock {
		clear(acc)
		for r := i; r < min(rows, i+sumBlock); r++ {
			add(acc, r)
		}
		AddTo(dst, acc)
	}
}

// SumRows writes the sum over the rows of x, [len(x)/len(dst), len(dst)].
func SumRows(dst, x []float32) {
	c := len(dst)
	columnSums(dst, len(x)/c, c, func(acc []float32, r int) { AddTo(acc, x[r*c:]) })
}

// NormStats computes the mean, the unbiased variance, and 1/sqrt(biased
// variance + eps) of each column of x, [len(x)/C, C].
func NormStats(mean, variance, inv, x []float32, eps float32) {
	c := len(mean)
	rows := len(x) / c
	SumRows(mean, x)
	for i := range mean {
		mean[i] /= float32(rows)
	}
	columnSums(variance, rows, c, func(acc []float32, r int) {
		row := x[r*c:][:c]
		for i, v := range row {
			d := v - mean[i]
			acc[i] += float32(d * d)
		}
	})
	for i, v := range variance {
		inv[i] = float32(1 / math.Sqrt(float64(v)/float64(rows)+float64(eps)))
		variance[i] = v / float32(max(rows-1, 1))
	}
}

// Normalize is y = act((x-mean)*inv*gamma + beta) on whole rows.
func Normalize(y, x, mean, inv, gamma, beta []float32, act Act, alpha float32) {
	c := len(mean)
	for i := 0; i < len(y); i += c {
		row, from := y[i:][:c], x[i:][:c]
		for j, v := range from {
			row[j] = float32(float32(v-mean[j])*inv[j])*gamma[j] + beta[j]
		}
	}
	Activate(y, act, alpha)
}

// NormGradSums computes the gradients of gamma and beta: the sums over rows of
// dy*(x-mean)*inv and of dy.
func NormGradSums(dgamma, dbeta, dy, x, mean, inv []float32) {
	c := len(mean)
	SumRows(dbeta, dy)
	columnSums(dgamma, len(x)/c, c, func(acc []float32, r int) {
		row, d := x[r*c:][:c], dy[r*c:][:c]
		for i, v := range row {
			acc[i] += float32(d[i] * float32(float32(v-mean[i])*inv[i]))
		}
	})
}

// NormGrad computes the gradient of whole rows of batch norm's input, where a
// group has rows rows: gamma*inv*(dy - dbeta/rows - xhat*dgamma/rows).
func NormGrad(dx, dy, x, mean, inv, gamma, dgamma, dbeta []float32, rows int) {
	c := len(mean)
	m := 1 / float32(rows)
	for i := 0; i < len(dx); i += c {
		to, d, from := dx[i:][:c], dy[i:][:c], x[i:][:c]
		for j := range to {
			xhat := float32(from[j]-mean[j]) * inv[j]
			to[j] = gamma[j] * inv[j] * float32(d[j]-float32(m*dbeta[j])-float32(m*float32(xhat*dgamma[j])))
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
		for i, v := range y {
			if v > 0 {
				dx[i] = dy[i]
			} else {
				dx[i] = dy[i] * alpha
			}
		}
	case Tanh:
		for i, v := range y {
			dx[i] = dy[i] * (1 - float32(v*v))
		}
	case Sigmoid:
		for i, v := range y {
			dx[i] = dy[i] * float32(v*(1-v))
		}
	default:
		copy(dx, dy)
	}
}
