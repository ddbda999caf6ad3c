package metric

import (
	"errors"
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the kernel distance of two sets of features.

// kidDomain is the domain of the streams that draw KID's subsets.
const kidDomain = 0x6b6964 // kid

// KID is the kernel inception distance (Bińkowski et al., "Demystifying MMD
// GANs", 2018), lower being better: the unbiased squared maximum mean
// discrepancy under k(x, y) = (x·y/dim + 1)³, on random subsets of each set.
// It returns the mean over the subsets and their standard deviation (of the
// population, as published figures have it).
//
// Being unbiased, it suits few samples, and may be below zero when the sets
// are alike. The usual setting is 100 subsets of 1,000. A subset has no sample
// twice; the subsets depend on seed, their number and size, and the numbers of
// samples. Products of features are float32, all sums of them float64.
func KID(real, fake []float32, dim, subsets, size int, seed uint64) (mean, deviation float64, err error) {
	if subsets < 1 || size < 2 {
		return 0, 0, fmt.Errorf("metric: KID of %d subsets of %d samples, want at least 1 of 2", subsets, size)
	}
	r, f, err := pair(real, fake, dim, size)
	if err != nil {
		return 0, 0, err
	}
	values := make([]float64, subsets)
	parallel(subsets, func() *discrepancy { return newDiscrepancy(size, dim) }, func(i int, d *discrepancy) {
		choose(d.x, r, seed, 2*i)
		choose(d.y, f, seed, 2*i+1)
		values[i] = d.squared()
	})
	mean, deviation = meanAndDeviation(values)
	if math.IsNaN(deviation) || math.IsInf(deviation, 0) {
		return 0, 0, errors.New("metric: features too large for KID's products in float32")
	}
	return mean, deviation, nil
}

// choose fills dst with different rows of x, any as likely as any other.
func choose(dst, x rows, seed uint64, index int) {
	s := kernel.Stream{Seed: seed, Domain: kidDomain, Index: uint64(index)}
	order := make([]int, x.n)
	for i := range order {
		order[i] = i
	}
	for i := range dst.n {
		j := i + s.IntN(x.n-i)
		order[i], order[j] = order[j], order[i]
		copy(dst.row(i), x.row(order[i]))
	}
}

// discrepancy is two equally large subsets and the memory to compare them.
type discrepancy struct {
	x, y     rows
	packed   kernel.Packed
	products []float32 // [strip, n]
}

func newDiscrepancy(n, dim int) *discrepancy {
	subset := func() rows { return rows{make([]float32, n*dim), n, dim} }
	return &discrepancy{x: subset(), y: subset(), products: make([]float32, strip*n)}
}

// squared is the unbiased estimate of the squared discrepancy: equation 4 of
// the paper.
func (d *discrepancy) squared() float64 {
	n := float64(d.x.n)
	xx, xxOwn := d.sum(d.x, d.x)
	yy, yyOwn := d.sum(d.y, d.y)
	xy, _ := d.sum(d.x, d.y)
	return (xx-xxOwn+yy-yyOwn)/(n*(n-1)) - 2*xy/(n*n)
}

// sum adds up the kernel of all pairs of rows, and of pairs of equal index.
func (d *discrepancy) sum(a, b rows) (all, own float64) {
	d.packed.Pack(b.data, b.dim, b.n, 1, b.dim)
	for i0 := 0; i0 < a.n; i0 += strip {
		m := min(strip, a.n-i0)
		kernel.Gemm(d.products, b.n, a.data[i0*a.dim:], a.dim, m, &d.packed, nil, 0, 1)
		for i := range m {
			var sum float64
			for j, product := range d.products[i*b.n:][:b.n] {
				v := float64(product)/float64(a.dim) + 1
				v = float64(v * v * v)
				sum += v
				if j == i0+i {
					own += v
				}
			}
			all += sum
		}
	}
	return all, own
}
