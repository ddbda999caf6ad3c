package kernel

import (
	"fmt"
	"testing"
)

// TestDepthwise compares with chains of fma, for lines of few and of many
// channels, strides, dilation and padding, in one part and in several.
func TestDepthwise(t *testing.T) {
	for _, g := range []Geometry{
		{H: 7, W: 9, C: 20, OH: 7, OW: 9, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
		{H: 7, W: 19, C: 3, OH: 6, OW: 18, KH: 4, KW: 4, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
		{H: 8, W: 9, C: 3, OH: 4, OW: 5, KH: 3, KW: 2, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1, DilationW: 3},
		{H: 9, W: 12, C: 24, OH: 5, OW: 6, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},
		{H: 5, W: 40, C: 32, OH: 3, OW: 20, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},
		{H: 40, W: 150, C: 88, OH: 40, OW: 150, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
		{H: 9, W: 11, C: 32, OH: 9, OW: 11, KH: 5, KW: 5, StrideH: 1, StrideW: 1, PadTop: 2, PadLeft: 2},
		{H: 3, W: 31, C: 17, OH: 3, OW: 29, KH: 2, KW: 7, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 2},
		{H: 2, W: 31, C: 16, OH: 2, OW: 12, KH: 1, KW: 9, StrideH: 1, StrideW: 2, PadLeft: 0},
		{H: 1, W: 40, C: 33, OH: 1, OW: 38, KH: 1, KW: 2, StrideH: 1, StrideW: 1, DilationW: 2},
	} {
		g.F = g.C
		t.Run(fmt.Sprintf("%+v", g), func(t *testing.T) {
			const n = 2
			src, w := make([]float32, n*g.Large()), make([]float32, g.C*g.KH*g.KW)
			for i := range src {
				src[i] = float32(i*37%101)/50 - 1
			}
			for i := range w {
				w[i] = float32(i*29%83)/40 - 1
			}
			d := Depthwise{Geometry: g}
			d.Pack(w)
			for _, tier := range eachTier(t) {
				for _, parts := range []int{1, 3} {
					got := make([]float32, n*g.Small())
					for part := range parts {
						d.Run(got, src, n, nil, make([]float32, d.ScratchLen(n)), part, parts)
					}
					for i, v := range got {
						if want := g.depthwiseAt(src, w, i); v != want {
							t.Fatalf("%s, in %d parts: dst[%d] = %v, want %v", tier, parts, i, v, want)
						}
					}
				}
			}
		})
	}
}

// depthwiseAt is output i of a Depthwise, by its definition.
func (g *Geometry) depthwiseAt(src, w []float32, i int) (acc float32) {
	c, ox, oy, img := i%g.C, i/g.C%g.OW, i/g.C/g.OW%g.OH, i/g.Small()
	for k := range g.window() {
		y, x := oy*g.StrideH-g.PadTop+k/g.KW*g.dh(), ox*g.StrideW-g.PadLeft+k%g.KW*g.dw()
		if y >= 0 && y < g.H && x >= 0 && x < g.W {
			acc = fma(src[((img*g.H+y)*g.W+x)*g.C+c], w[c*g.window()+k], acc)
		}
	}
	return acc
}
