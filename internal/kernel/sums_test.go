package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSumColumns compares with sums in Go, for numbers of columns with and without
// whole vectors.
func TestSumColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for _, tier := range eachTier(t) {
		for _, s := range [][3]int{{1, 1, 1}, {5, 200, 7}, {16, 64, 16}, {33, 65, 40}, {96, 130, 96}, {8, 0, 8}} {
			columns, rows, step := s[0], s[1], s[2]
			x, got := randoms(r, rows*step+columns), make([]float64, columns)
			SumColumns(got, x, rows, step)
			for j, v := range got {
				want := 0.0
				for i := range rows {
					want += float64(x[i*step+j])
				}
				if math.Float64bits(v) != math.Float64bits(want) {
					t.Fatalf("%s: %d columns of %d rows: sum %d is %v, want %v", tier, columns, rows, j, v, want)
				}
			}
		}
	}
}
