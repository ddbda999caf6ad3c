package kernel

import "math"

// This file is the transforms of Winograd's F(4x4, 3x3) and F(4x4, 2x2) in one
// dimension. The first has the points 0, 1/sqrt(2), -1/sqrt(2), sqrt(2), -sqrt(2)
// and infinity, whose errors are smaller than those of whole numbers; the second
// 1/2, -1/2, 3/2, -3/2 and infinity. The tiers have them in assembly.

// transform names one.
type transform uint8

const (
	tilesIn   transform = iota // of 6 pixels, 6 values
	tilesOut                   // of 6 products, 4 pixels
	weightsIn                  // of 3 weights, 6 values

	tilesIn5   // of 5 pixels, 5 values
	tilesOut5  // of 5 products, 4 pixels
	weightsIn5 // of 2 weights, 5 values

	// Those of gradients are the others the other way.
	gradsIn     // of 4 pixels, 6 values
	weightsOut  // of 6 products, 3 weights
	gradsIn5    // of 4 pixels, 5 values
	weightsOut5 // of 5 products, 2 weights
)

// transformTaps are the last of the arrays that a transform reads and writes.
var transformTaps = [...][2]int{tilesIn: {5, 5}, tilesOut: {5, 3}, weightsIn: {2, 5}, tilesIn5: {4, 4}, tilesOut5: {4, 3}, weightsIn5: {1, 4},
	gradsIn: {3, 5}, weightsOut: {5, 2}, gradsIn5: {3, 4}, weightsOut5: {4, 1}}

const (
	root2    = float32(math.Sqrt2)
	half2    = float32(math.Sqrt2 / 2)
	quarter2 = float32(math.Sqrt2 / 4)
	third2   = float32(2.0 / 3)
	sixth    = float32(1.0 / 6)
)

// transformGo applies f to n values in rows rows, which stand srcRow and dstRow
// apart; the arrays that a transform reads and writes stand srcTap and dstTap
// apart.
func transformGo(f transform, n, rows int, dst []float32, dstTap, dstRow int, src []float32, srcTap, srcRow int) {
	for r := range rows {
		for i := range n {
			x, y := src[r*srcRow+i:], dst[r*dstRow+i:]
			in := func(tap int) float32 { return x[tap*srcTap] }
			out := func(tap int, v float32) { y[tap*dstTap] = v }
			switch f {
			case tilesIn:
				d0, d1, d2, d3, d4, d5 := in(0), in(1), in(2), in(3), in(4), in(5)
				a, b := fma(-2, d2, d4), fma(-2, d1, d3)
				c, e := fma(-0.5, d2, d4), fma(-0.5, d1, d3)
				out(0, fma(-2.5, d2, d4)+d0)
				out(1, fma(half2, b, a))
				out(2, fma(-half2, b, a))
				out(3, fma(root2, e, c))
				out(4, fma(-root2, e, c))
				out(5, fma(-2.5, d3, d5)+d1)
			case tilesOut:
				m1, m2, m3, m4 := in(1), in(2), in(3), in(4)
				s, d, t, e := m1+m2, m1-m2, m3+m4, m3-m4
				m5 := in(5)
				out(0, (in(0)+s)+t)
				out(1, fma(2, e, d)*half2)
				out(2, fma(2, t, float32(s*0.5)))
				out(3, fma(quarter2, fma(8, e, d), m5))
			case weightsIn:
				g0, g1, g2 := in(0), in(1), in(2)
				a, b := fma(0.5, g2, g0), fma(2, g2, g0)
				out(0, g0)
				out(1, fma(half2, g1, a)*-third2)
				out(2, fma(-half2, g1, a)*-third2)
				out(3, fma(root2, g1, b)*sixth)
				out(4, fma(-root2, g1, b)*sixth)
				out(5, g2)
			case tilesIn5:
				d0, d1, d2, d3 := in(0), in(1), in(2), in(3)
				a, b := fma(-2.25, d0, d2), fma(-2.25, d1, d3)
				c, e := fma(-0.25, d0, d2), fma(-0.25, d1, d3)
				out(0, fma(0.5, a, b))
				out(1, fma(-0.5, a, b))
				out(2, fma(1.5, c, e))
				out(3, fma(-1.5, c, e))
				out(4, fma(-2.5, d2, fma(0.5625, d0, in(4))))
			case tilesOut5:
				m0, m1, m2, m3 := in(0), in(1), in(2), in(3)
				s, d, t, e := m0+m1, m0-m1, m2+m3, m2-m3
				m4 := in(4)
				out(0, s+t)
				out(1, fma(3, e, d)*0.5)
				out(2, fma(9, t, s)*0.25)
				out(3, fma(0.125, fma(27, e, d), m4))
			case weightsIn5:
				g0, g1 := in(0), in(1)
				out(0, fma(0.5, g1, g0)*-0.5)
				out(1, fma(-0.5, g1, g0)*0.5)
				out(2, fma(1.5, g1, g0)*sixth)
				out(3, fma(-1.5, g1, g0)*-sixth)
				out(4, g1)
			case gradsIn:
				g0, g1, g2, g3 := in(0), in(1), in(2), in(3)
				a, b := fma(0.5, g2, g0), fma(0.5, g3, g1)
				c, e := fma(2, g2, g0), fma(2, g3, g1)
				out(0, g0)
				out(1, fma(half2, b, a))
				out(2, fma(-half2, b, a))
				out(3, fma(root2, e, c))
				out(4, fma(-root2, e, c))
				out(5, g3)
			case weightsOut:
				u0, u1, u2, u3, u4, u5 := in(0), in(1), in(2), in(3), in(4), in(5)
				s, d, t, e := u1+u2, u1-u2, u3+u4, u3-u4
				out(0, fma(-third2, s, fma(sixth, t, u0)))
				out(1, fma(-math.Sqrt2/3, d, float32(e*(math.Sqrt2/6))))
				out(2, fma(-1.0/3, s, fma(1.0/3, t, u5)))
			case gradsIn5:
				g0, g1, g2, g3 := in(0), in(1), in(2), in(3)
				a, b := fma(0.25, g2, g0), fma(0.25, g3, g1)
				c, e := fma(2.25, g2, g0), fma(2.25, g3, g1)
				out(0, fma(0.5, b, a))
				out(1, fma(-0.5, b, a))
				out(2, fma(1.5, e, c))
				out(3, fma(-1.5, e, c))
				out(4, g3)
			case weightsOut5:
				u0, u1, u2, u3, u4 := in(0), in(1), in(2), in(3), in(4)
				out(0, fma(sixth, u2-u3, float32((u1-u0)*0.5)))
				out(1, fma(0.25, (u2+u3)-(u0+u1), u4))
			}
		}
	}
}
