package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveSoftmax is the contract, an element at a time.
func naiveSoftmax(row []float32) {
	m, sums := float32(math.Inf(-1)), [128]float32{}
	for _, v := range row {
		if v > m {
			m = v
		}
	}
	for i, v := range row {
		row[i] = exp(v - m)
		sums[i%128] += row[i]
	}
	for h := 64; h >= 16; h /= 2 {
		for j := range h {
			sums[j] += sums[j+h]
		}
	}
	for _, s := range sums[1:16] {
		sums[0] += s
	}
	for i, v := range row {
		row[i] = v / sums[0]
	}
}

func TestSoftmaxKeepsTheContract(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for _, tier := range eachTier(t) {
		for n := 1; n < 300; n += 1 + n/40 {
			for rows := 1; rows <= 3; rows++ {
				x := randoms(r, rows*n+2)
				if n%3 == 0 {
					copy(x[1:n+1], odd(r, n)) // the others stay apart from its NaN
				}
				want := append([]float32(nil), x...)
				for i := range rows {
					naiveSoftmax(want[1+i*n:][:n])
				}
				Softmax(x[1:rows*n+1], rows, n)
				sameBits(t, fmt.Sprintf("%s Softmax(%dx%d)", tier, rows, n), x, want)
			}
		}
	}
}

// The stated bound, on flat rows, steep ones and such as only differ far off.
func TestSoftmaxAgainstFloat64(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	worst := 0.0
	for _, n := range []int{1, 2, 10, 100, 1000, 5000} {
		for _, scale := range []float32{0, 1e-3, 1, 10, 1e3, 3e37} {
			for _, offset := range []float32{0, 1e4} {
				x := randoms(r, n)
				m := math.Inf(-1)
				for i := range x {
					x[i] = x[i]*scale + offset
					m = max(m, float64(x[i]))
				}
				sum := 0.0
				want := make([]float64, n)
				for i, v := range x {
					want[i] = math.Exp(float64(v) - m)
					sum += want[i]
				}
				Softmax(x, 1, n)
				for i, got := range x {
					y := want[i] / sum
					bound := (1 + y*(float64(n)+5+math.Log(float64(n)))) * 0x1p-24
					if e := math.Abs(float64(got) - y); !(e <= bound) {
						t.Fatalf("Softmax of %d by %v + %v [%d] = %v, want %v: off by %v, want %v", n, scale, offset, i, got, y, e, bound)
					} else {
						worst = max(worst, e/bound)
					}
				}
			}
		}
	}
	t.Logf("at most %.2f of the bound", worst)
}

// A row without a softmax is NaN, and only that row.
func TestSoftmaxOfRowsWithoutOne(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, tier := range eachTier(t) {
		for _, bad := range [][]float32{{nan, 1}, {1, nan}, {1, inf}, {-inf, -inf}, {nan, nan}} {
			x := append([]float32{1, 1}, append(bad[:2:2], -inf, 7)...)
			Softmax(x, 3, 2)
			if x[2] == x[2] || x[3] == x[3] {
				t.Errorf("%s: Softmax(%v) = %v, want NaN", tier, bad, x[2:4])
			}
			if x[0] != .5 || x[1] != .5 || x[4] != 0 || x[5] != 1 {
				t.Errorf("%s: beside %v, rows are %v and %v", tier, bad, x[:2], x[4:])
			}
		}
	}
}

func BenchmarkSoftmax(b *testing.B) {
	const rows, n = 64, 1024
	x := randoms(rand.New(rand.NewPCG(27, 28)), rows*n)
	for b.Loop() {
		Softmax(x, rows, n)
	}
	b.ReportMetric(rows*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gvalues/s")
}
