package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// InstanceNorm takes the mean that NormStats finds off before it scales, in every bit;
// so a column far from 0 keeps its digits.
func TestInstanceNorm(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for _, tier := range eachTier(t) {
		for _, c := range []int{1, 3, 8, 16, 37, 500} {
			for _, rows := range []int{1, 7, 300} {
				x, gamma, beta := randoms(r, rows*c), randoms(r, c), randoms(r, c)
				mean, variance, inv := make([]float32, c), make([]float32, c), make([]float32, c)
				got, want := make([]float32, rows*c), make([]float32, rows*c)
				for i := range x {
					x[i] += 1e4 * float32(i%c%2)
				}
				NormStats(mean, variance, inv, x, 1e-5)
				for i, v := range x {
					want[i] = fma(v-mean[i%c], inv[i%c]*gamma[i%c], beta[i%c])
				}
				InstanceNorm(got, x, gamma, beta, 1e-5, make([]float32, 4*c+16))
				sameBits(t, fmt.Sprintf("%s InstanceNorm(%dx%d)", tier, rows, c), got, want)
			}
		}
	}
}
