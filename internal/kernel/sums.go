package kernel

// This file is sums of columns.

// sumsAtOnce is how many rows are summed up before the next columns are, so that
// lines of the cache are used whole.
const sumsAtOnce = 64

// SumColumns makes sums[j] the sum of x[i*step+j] over i < rows, ascending, in float64.
func SumColumns(sums []float64, x []float32, rows, step int) {
	clear(sums)
	for i := 0; i < rows; i += sumsAtOnce {
		block, n := x[i*step:], min(sumsAtOnce, rows-i)
		done := sumColumns(sums, block, n, step)
		if done == len(sums) {
			continue
		}
		for r := range n {
			for j, v := range block[r*step+done:][:len(sums)-done] {
				sums[done+j] += float64(v)
			}
		}
	}
}
