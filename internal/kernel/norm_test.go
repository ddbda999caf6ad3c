package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// InstanceNorm does what NormStats and Normalize do, in every bit.
func TestInstanceNorm(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for _, tier := range eachTier(t) {
		for _, c := range []int{1, 3, 8, 16, 37} {
			for _, rows := range []int{1, 7, 300} {
				x, gamma, beta := randoms(r, rows*c), randoms(r, c), randoms(r, c)
				mean, variance, inv := make([]float32, c), make([]float32, c), make([]float32, c)
				got, want := make([]float32, rows*c), make([]float32, rows*c)
				NormStats(mean, variance, inv, x, 1e-5)
				Normalize(want, x, mean, inv, gamma, beta, Identity, 0)
				InstanceNorm(got, x, gamma, beta, 1e-5, make([]float32, 4*c+16))
				sameBits(t, fmt.Sprintf("%s InstanceNorm(%dx%d)", tier, rows, c), got, want)
			}
		}
	}
}
