package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzTiers: every tier, in any number of parts, computes the bits of Go's, for
// layers of any geometry on numbers of any kind. Shape is the geometry;
// values are bits of numbers that stand among random ones.
func FuzzTiers(f *testing.F) {
	for i, g := range geometries() {
		var values []byte
		for _, v := range []float32{float32(math.NaN()), float32(math.Inf(-1)), 1e-41, 3e38, float32(math.Copysign(0, -1))}[:i%6] {
			values = binary.LittleEndian.AppendUint32(values, math.Float32bits(v))
		}
		var shape []byte
		for _, s := range []int{g.H - 1, g.W - 1, g.C - 1, g.F - 1, g.KH - 1, g.KW - 1, g.StrideH - 1, g.StrideW - 1, g.PadTop, g.PadLeft, g.dh() - 1, g.dw() - 1} {
			shape = append(shape, byte(s))
		}
		f.Add(shape, uint64(i), values)
	}
	f.Fuzz(func(t *testing.T, shape []byte, seed uint64, values []byte) {
		g, ok := fuzzGeometry(shape)
		if !ok {
			return
		}
		var special []float32
		for v := range slices.Chunk(values, 4) {
			if len(v) == 4 {
				special = append(special, math.Float32frombits(binary.LittleEndian.Uint32(v)))
			}
		}
		r := rand.New(rand.NewPCG(seed, 1))
		draw := func(n int) []float32 {
			x := randoms(r, n)
			for _, v := range special {
				if n > 0 {
					x[r.IntN(n)] = v
				}
			}
			return x
		}
		n := 1 + r.IntN(3)
		tail := func(c int) *Tail {
			tail := &Tail{Act: Act(r.IntN(5)), Alpha: 0.2}
			if r.IntN(2) == 0 {
				tail.Bias = draw(c)
			}
			if r.IntN(2) == 0 {
				tail.Scale, tail.Shift = draw(c), draw(c)
			}
			return tail
		}
		large, small, w := draw(n*g.Large()), draw(n*g.Small()), draw(g.Weights())
		half := make([]uint16, len(w))
		for i := range half {
			half[i] = uint16(r.Uint32())
		}
		up, down := tail(g.C), tail(g.F)
		var want [][]float32
		for _, tier := range eachTier(t) {
			for parts := 1; parts <= 3; parts += 2 {
				got := everyLayer(g, large, small, w, half, n, up, down, parts)
				if want == nil {
					want = got // of Go, in one part
				}
				for i := range want {
					sameBits(t, fmt.Sprintf("%+v, %d images, %s, %d parts, result %d: ", g, n, tier, parts, i), got[i], want[i])
				}
			}
		}
	})
}

// fuzzGeometry makes a geometry of bytes, small enough to be quick.
func fuzzGeometry(b []byte) (g Geometry, ok bool) {
	if len(b) < 12 {
		return g, false
	}
	of := func(i, least, most int) int { return least + int(b[i])%(most-least+1) }
	g = Geometry{
		H: of(0, 1, 20), W: of(1, 1, 20), C: of(2, 1, 70), F: of(3, 1, 70), KH: of(4, 1, 7), KW: of(5, 1, 7),
		StrideH: of(6, 1, 5), StrideW: of(7, 1, 5), PadTop: of(8, 0, 3), PadLeft: of(9, 0, 3), DilationH: of(10, 1, 3), DilationW: of(11, 1, 3),
	}
	g.OH = (g.H+2*g.PadTop-g.DilationH*(g.KH-1)-1)/g.StrideH + 1
	g.OW = (g.W+2*g.PadLeft-g.DilationW*(g.KW-1)-1)/g.StrideW + 1
	reach := g.H+2*g.PadTop > g.DilationH*(g.KH-1) && g.W+2*g.PadLeft > g.DilationW*(g.KW-1)
	return g, reach && g.OH*g.OW*g.Weights() < 1<<16
}

// everyLayer runs all kinds of layers of a geometry.
func everyLayer(g Geometry, large, small, w []float32, half []uint16, n int, up, down *Tail, parts int) (results [][]float32) {
	result := func(n int) []float32 {
		results = append(results, make([]float32, n))
		return results[len(results)-1]
	}
	conv, trans, grad := &Conv{Geometry: g}, &ConvTranspose{Geometry: g}, GradWeights{g}
	for _, pack := range []func(){
		func() { conv.Pack(w); trans.Pack(w) },
		func() { conv.PackHalf(half); trans.PackHalf(half) },
	} {
		pack()
		s, l := result(len(small)), result(len(large))
		for part := range parts {
			conv.Run(s, large, n, down, make([]float32, conv.ScratchLen(n)), part, parts)
			trans.Run(l, small, n, up, make([]float32, trans.ScratchLen(n)), part, parts)
		}
	}
	dw := result(len(w))
	for part := range parts {
		grad.Run(dw, large, small, n, make([]float32, grad.ScratchLen()), part, parts)
	}
	rows := g.Weights() / g.C / g.window() // as a matrix [F, C*T]
	dense := result(n * rows)
	var p Packed
	p.Pack(w, g.C*g.window(), rows, 1, g.C*g.window())
	a := slices.Concat(large, w, small, w, w)
	if m := min(n, len(a)/p.K); m > 0 {
		for part := range parts {
			Gemm(dense, rows, a, p.K, m, &p, down, part, parts)
		}
	}
	soft := result(len(w))
	copy(soft, w)
	Softmax(soft, rows, len(w)/rows)
	for _, f := range []func([]float32){Exp, Erf} {
		x := result(len(small))
		copy(x, small)
		f(x)
	}
	return results
}
