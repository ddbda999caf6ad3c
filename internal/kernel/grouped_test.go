package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Each group's channels come out as those of a convolution of their own, with
// the tail's part of theirs, whatever the parts; so do both gradients.
func TestGroupedIsEachGroupOnItsOwn(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	const n = 11
	for _, groups := range []int{2, 3} {
		for _, g := range []Geometry{
			{H: 7, W: 6, C: 5, OH: 7, OW: 6, F: 17, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
			{H: 8, W: 8, C: 16, OH: 4, OW: 4, F: 16, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},
			{H: 3, W: 3, C: 16, OH: 3, OW: 3, F: 16, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
		} {
			t.Run(fmt.Sprintf("%d groups of %+v", groups, g), func(t *testing.T) {
				large, small := randoms(r, n*groups*g.Large()), randoms(r, n*groups*g.Small())
				w := randoms(r, groups*g.Weights())
				tails := []*Tail{nil, {Bias: randoms(r, groups*g.F), Act: LeakyReLU, Alpha: 0.2}}
				for _, parts := range []int{1, 4} {
					for _, tail := range tails {
						k := &Grouped{Geometry: g, Groups: groups}
						k.Pack(w)
						got := inParts(n*groups*g.Small(), parts, k.ScratchLen(n), func(dst, scratch []float32, part int) {
							k.Run(dst, large, n, tail, scratch, part, parts)
						})
						for i := range groups {
							one := NewConv(g, w[i*g.Weights():][:g.Weights()])
							want := make([]float32, n*g.Small())
							one.Run(want, channels(large, i, groups, g.C), n, tail.group(i, g.F), make([]float32, one.ScratchLen(n)), 0, 1)
							sameFloats(t, fmt.Sprintf("%d parts: group %d", parts, i), channels(got, i, groups, g.F), want)
						}
					}
					k := &Grouped{Geometry: g, Groups: groups, Transpose: true}
					k.Pack(w)
					dx := inParts(n*groups*g.Large(), parts, k.ScratchLen(n), func(dst, scratch []float32, part int) {
						k.Run(dst, small, n, nil, scratch, part, parts)
					})
					d := GroupedGradWeights{g, groups}
					dw := inParts(len(w), parts, d.ScratchLen(n), func(dst, scratch []float32, part int) {
						d.Run(dst, large, small, n, scratch, part, parts)
					})
					for i := range groups {
						one := &ConvTranspose{Geometry: g}
						one.Pack(w[i*g.Weights():][:g.Weights()])
						want, own := make([]float32, n*g.Large()), GradWeights{g}
						one.Run(want, channels(small, i, groups, g.F), n, nil, make([]float32, one.ScratchLen(n)), 0, 1)
						sameFloats(t, fmt.Sprintf("%d parts: dx of group %d", parts, i), channels(dx, i, groups, g.C), want)
						want = make([]float32, g.Weights())
						own.Run(want, channels(large, i, groups, g.C), channels(small, i, groups, g.F), n, make([]float32, own.ScratchLen()), 0, 1)
						sameFloats(t, fmt.Sprintf("%d parts: dw of group %d", parts, i), dw[i*g.Weights():][:g.Weights()], want)
					}
				}
			})
		}
	}
}

func inParts(n, parts, scratch int, run func(dst, scratch []float32, part int)) []float32 {
	dst := make([]float32, n)
	for part := range parts {
		run(dst, make([]float32, scratch), part)
	}
	return dst
}

// channels are those of one group of all pixels.
func channels(x []float32, group, groups, c int) (y []float32) {
	for i := group * c; i < len(x); i += groups * c {
		y = append(y, x[i:i+c]...)
	}
	return y
}

func sameFloats(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: [%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}
