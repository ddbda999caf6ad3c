package metric

import (
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is distances between all points of two sets, which are never in
// memory at once: |x-y|² = |x|² + |y|² - 2 x·y, the products by the kernels.

const (
	tall  = 1024 // points of one set that a goroutine takes at a time
	wide  = 256  // points of the other set that are packed together
	strip = 64   // rows of a product that is computed at a time
)

// cloud is points, and the squares of their lengths.
type cloud struct {
	rows
	squares []float32 // [n]
}

// clouds returns both sets moved by the mean of the first, so that the squares
// are no larger than they must be and little is lost in their difference, and
// scaled by the same power of two, so that no square overflows or vanishes.
// Only the order of their distances is of use: not their size.
func clouds(x, y rows) (a, b *cloud) {
	mean := make([]float64, x.dim)
	for i := range x.n {
		for j, v := range x.row(i) {
			mean[j] += float64(v) / float64(x.n)
		}
	}
	exponent := max(reach(x, mean), reach(y, mean))
	return newCloud(x, mean, exponent), newCloud(y, mean, exponent)
}

// reach returns the e for which all points are less than 2^e from centre.
func reach(x rows, centre []float64) int {
	var far float64
	for i := range x.n {
		var square float64
		for j, v := range x.row(i) {
			d := float64(v) - centre[j]
			square += float64(d * d)
		}
		far = max(far, square)
	}
	_, e := math.Frexp(math.Sqrt(far))
	return e
}

func newCloud(x rows, centre []float64, exponent int) *cloud {
	c := &cloud{rows{make([]float32, len(x.data)), x.n, x.dim}, make([]float32, x.n)}
	scale := math.Ldexp(1, -exponent)
	for i := range x.n {
		row := c.row(i)
		var square float64
		for j, v := range x.row(i) {
			row[j] = float32((float64(v) - centre[j]) * scale)
			square += float64(float64(row[j]) * float64(row[j]))
		}
		c.squares[i] = float32(square)
	}
	return c
}

// between calls visit with the squared distances of point i of a from the
// points of b from j on. Calls for one i come from one goroutine, with j
// ascending; those for others may come at the same time.
func between(a, b *cloud, visit func(i, j int, squared []float32)) {
	type scratch struct {
		packed   kernel.Packed
		products [strip * wide]float32
	}
	newScratch := func() *scratch { return new(scratch) }
	parallel((a.n+tall-1)/tall, newScratch, func(part int, s *scratch) {
		for j := 0; j < b.n; j += wide {
			n := min(wide, b.n-j)
			s.packed.Pack(b.data[j*b.dim:], b.dim, n, 1, b.dim)
			end := min((part+1)*tall, a.n)
			for i0 := part * tall; i0 < end; i0 += strip {
				m := min(strip, end-i0)
				kernel.Gemm(s.products[:], n, a.data[i0*a.dim:], a.dim, m, &s.packed, nil, 0, 1)
				for i := range m {
					squared := s.products[i*n:][:n]
					for t, p := range squared {
						squared[t] = max(0, a.squares[i0+i]+b.squares[j+t]-2*p)
					}
					visit(i0+i, j, squared)
				}
			}
		}
	})
}
