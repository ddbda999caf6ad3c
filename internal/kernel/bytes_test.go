package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomBytes(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		switch r.IntN(8) {
		case 0:
			b[i] = 0xff
		case 1:
			b[i] = 0x80
		case 2:
			b[i] = 0x7f
		default:
			b[i] = uint8(r.Uint32())
		}
	}
	return b
}

// asInt is what a byte says.
func asInt(b uint8, signed bool) int32 {
	if signed {
		return int32(int8(b))
	}
	return int32(b)
}

// Tiles of every tier equal the Go twin, and write whole tiles at the most.
func TestByteTilesEqualTheirTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tier := range eachByteTier(t) {
		for _, panels := range []int{1, 2, 4} {
			if bytePanels(panels) != panels {
				continue
			}
			for _, rows := range []int{1, 2, 3, 7, 8, 9, 50, runRows} {
				for _, quadsOf := range []int{1, 2, 9, 300} {
					const segments = 3
					panelLen := segments * quadsOf * quad * panelWidth
					run := byteRun{rows: rows, panels: panels, quads: quadsOf, panelLen: panelLen, segments: []int32{5, 2 * int32(quadsOf), 0}}
					run.a = randomBytes(r, rows*3+20+quadsOf*quad*3)
					for _, b := range randomBytes(r, panels*panelLen) {
						run.b = append(run.b, int8(b))
					}
					for i := range rows {
						run.aoff[i], run.rowFirst[i] = (rows-1-i)*3, int32(r.Uint32())
					}
					for range panels * panelWidth {
						run.first = append(run.first, int32(r.Uint32()))
					}
					run.c = make([]int32, byteSumsLen+1)
					for i := range run.c {
						run.c[i] = 77
					}
					want := run
					want.c = slices.Clone(run.c)
					byteTile(&run)
					byteTileGo(&want)
					if n := rows * panels * panelWidth; !slices.Equal(run.c[:n], want.c[:n]) || run.c[byteSumsLen] != 77 {
						t.Fatalf("%s byteTile(rows %d, panels %d, quads %d) = %v, want %v", tier, rows, panels, quadsOf, run.c[:n], want.c[:n])
					}
				}
			}
		}
	}
}

// naiveBytes is a convolution of bytes by its definition.
func naiveBytes(k *ByteConv, s *ByteSums, src, w []uint8, weightsSigned bool, n int) []int32 {
	sums := make([]int32, n*k.OH*k.OW*k.F)
	for i := range sums {
		f, ox, oy, img := i%k.F, i/k.F%k.OW, i/k.F/k.OW%k.OH, i/k.F/k.OW/k.OH
		zero := int32(0)
		if len(s.WeightZeros) > 0 {
			zero = s.WeightZeros[f%len(s.WeightZeros)]
		}
		if s.Bias != nil {
			sums[i] = s.Bias[f]
		}
		for c := range k.C {
			for y := range k.KH {
				for x := range k.KW {
					iy, ix := oy*k.StrideH-k.PadTop+y*k.dh(), ox*k.StrideW-k.PadLeft+x*k.dw()
					if iy < 0 || iy >= k.H || ix < 0 || ix >= k.W {
						continue
					}
					a := asInt(src[((img*k.H+iy)*k.W+ix)*k.from()+c], s.Signed) - s.Zero
					sums[i] += a * (asInt(w[((f*k.C+c)*k.KH+y)*k.KW+x], weightsSigned) - zero)
				}
			}
		}
	}
	return sums
}

var byteGeometries = []Geometry{
	{H: 7, W: 9, C: 8, OH: 7, OW: 9, F: 16, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
	{H: 9, W: 11, C: 3, OH: 5, OW: 6, F: 5, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},
	{H: 9, W: 11, C: 5, OH: 9, OW: 11, F: 70, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 2, PadLeft: 2, DilationH: 2, DilationW: 2},
	{H: 2, W: 700, C: 70, OH: 2, OW: 700, F: 33, KH: 2, KW: 5, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 2},
	{H: 3, W: 3, C: 40, OH: 5, OW: 5, F: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
	{H: 130, W: 130, C: 64, OH: 43, OW: 43, F: 17, KH: 5, KW: 5, StrideH: 3, StrideW: 3, PadTop: 2, PadLeft: 2},
	MatrixProduct(5, 300, 33), MatrixProduct(3000, 50, 3), MatrixProduct(1, 1, 1),
}

// Convolutions of bytes of either kind are exact on every tier, in parts too.
func TestByteConvIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, g := range byteGeometries {
		for kind := range 8 {
			if testing.Short() && kind > 0 && g.Large() > 50000 {
				continue
			}
			k := ByteConv{Geometry: g}
			if kind > 3 {
				k.From, k.To = g.C+3, g.F+2
			}
			s := ByteSums{Signed: kind&1 != 0, Zero: int32(r.IntN(256))}
			if s.Signed {
				s.Zero -= 128
			}
			weightsSigned := kind&2 != 0
			n := 2
			src, w := randomBytes(r, n*g.H*g.W*k.from()), randomBytes(r, g.Weights())
			switch kind % 3 {
			case 1:
				s.WeightZeros = []int32{121}
			case 2:
				for range g.F {
					s.WeightZeros = append(s.WeightZeros, int32(r.IntN(128)))
					s.Bias = append(s.Bias, int32(r.Uint32()))
				}
			}
			want := naiveBytes(&k, &s, src, w, weightsSigned, n)
			for _, tier := range eachByteTier(t) {
				k.PackBytes(w, weightsSigned)
				for _, parts := range []int{1, 3} {
					s.Ints = make([]int32, n*g.OH*g.OW*k.to())
					for part := range parts {
						k.Run(&s, src, n, make([]float32, k.ScratchLen()), part, parts)
					}
					for i, v := range want {
						if got := s.Ints[i/g.F*k.to()+i%g.F]; got != v {
							t.Fatalf("%s %+v kind %d, %d parts: sum %d = %v, want %v", tier, g, kind, parts, i, got, v)
						}
					}
				}
			}
		}
	}
}

// Sums become floats and bytes as each operation on its own says.
func TestByteConvResults(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, g := range byteGeometries[:6] {
		k := ByteConv{Geometry: g}
		s := ByteSums{Zero: 7}
		src, w := randomBytes(r, g.H*g.W*k.from()), randomBytes(r, g.Weights())
		scale, bias := randoms(r, g.F), randoms(r, g.F)
		for i := range scale {
			scale[i] = scale[i]*1e-4 + 1e-4
		}
		for _, tier := range eachByteTier(t) {
			k.PackBytes(w, true)
			ints, floats, narrow := s, s, s
			ints.Ints = make([]int32, g.OH*g.OW*g.F)
			floats.Floats, floats.Scale, floats.Tail = make([]float32, len(ints.Ints)), scale, &Tail{Bias: bias, Act: ReLU}
			narrow.Bytes, narrow.Scale, narrow.Narrow = make([]uint8, len(ints.Ints)), scale, Narrow{-128, 127, -5}
			scratch := make([]float32, k.ScratchLen())
			for _, s := range []*ByteSums{&ints, &floats, &narrow} {
				k.Run(s, src, 1, scratch, 0, 1)
			}
			for i, v := range ints.Ints {
				y := float32(float32(v) * scale[i%g.F])
				b := math.RoundToEven(float64(y)) - 5
				if got, want := int8(narrow.Bytes[i]), int8(min(max(b, -128), 127)); got != want {
					t.Fatalf("%s %+v: byte %d = %v, want %v", tier, g, i, got, want)
				}
				if got, want := floats.Floats[i], max(y+bias[i%g.F], 0); got != want {
					t.Fatalf("%s %+v: float %d = %v, want %v", tier, g, i, got, want)
				}
			}
		}
	}
}

// Floats are quantised, and back, the same on every tier, at every length.
func TestQuantize(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, tier := range eachTier(t) {
		for _, to := range []Narrow{{0, 255, 0}, {0, 255, 255}, {-128, 127, -3}, {-8, 7, 2}} {
			for n := range 70 {
				x := randoms(r, n+1)[1:]
				for i := range x {
					x[i] *= 40
					if i%7 == 0 {
						x[i] = float32(math.RoundToEven(float64(x[i]))/2) * .3
					}
				}
				special := []float32{float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 3e38, -3e38, 0}
				copy(x, special[:min(n, r.IntN(7))])
				dst := make([]uint8, n+2)
				dst[0], dst[n+1] = 99, 99
				Quantize(dst[1:n+1], x, .3, to)
				for i, v := range x {
					want := to.Low
					if q := math.RoundToEven(float64(v/.3)) + float64(to.Zero); v == v {
						want = int32(min(max(q, float64(to.Low)), float64(to.High)))
					}
					if got := asInt(dst[i+1], to.Low < 0); got != want {
						t.Fatalf("%s Quantize(%v to %v) = %d, want %d", tier, v, to, got, want)
					}
				}
				back := make([]float32, n+1)
				back[n] = 5
				Dequantize(back[:n], dst[1:n+1], .3, to.Zero, to.Low < 0)
				for i := range n {
					if want := float32(asInt(dst[i+1], to.Low < 0)-to.Zero) * float32(.3); back[i] != want {
						t.Fatalf("%s Dequantize(%d from %v) = %v, want %v", tier, dst[i+1], to, back[i], want)
					}
				}
				if dst[0] != 99 || dst[n+1] != 99 || back[n] != 5 {
					t.Fatalf("%s of %d: it wrote beside", tier, n)
				}
			}
		}
	}
}

// Range is the same on every tier, and does not see NaN.
func TestRange(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, tier := range eachTier(t) {
		for _, n := range []int{0, 1, 255, 256, 257, 1000, 5000} {
			x := randoms(r, n)
			low, high := float32(0), float32(0)
			for i := range x {
				if i%50 == 3 {
					x[i] = float32(math.NaN())
				}
				if x[i] < low {
					low = x[i]
				}
				if high < x[i] {
					high = x[i]
				}
			}
			if l, h := Range(x); l != low || h != high {
				t.Fatalf("%s Range of %d = %v, %v, want %v, %v", tier, n, l, h, low, high)
			}
		}
	}
}

func BenchmarkByteConv(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, g := range []Geometry{
		{H: 512, W: 512, C: 64, OH: 512, OW: 512, F: 64, KH: 3, KW: 3},
		{H: 256, W: 256, C: 16, OH: 256, OW: 256, F: 16, KH: 3, KW: 3},
		{H: 64, W: 64, C: 512, OH: 64, OW: 64, F: 256, KH: 3, KW: 3},
		{H: 32, W: 32, C: 512, OH: 32, OW: 32, F: 512, KH: 3, KW: 3},
		{H: 512, W: 512, C: 64, OH: 512, OW: 512, F: 1, KH: 3, KW: 3},
	} {
		g.StrideH, g.StrideW, g.PadTop, g.PadLeft = 1, 1, 1, 1
		b.Run(fmt.Sprintf("%dx%d:%d-%d", g.H, g.W, g.C, g.F), func(b *testing.B) {
			k := ByteConv{Geometry: g}
			k.PackBytes(randomBytes(r, g.Weights()), false)
			src := randomBytes(r, g.Large())
			s := ByteSums{Zero: 3, WeightZeros: []int32{120}, Floats: make([]float32, g.Small()), Scale: make([]float32, g.F), Tail: &Tail{Bias: make([]float32, g.F), Act: ReLU}}
			scratch := make([]float32, k.ScratchLen())
			b.ReportAllocs()
			for b.Loop() {
				k.Run(&s, src, 1, scratch, 0, 1)
			}
			b.ReportMetric(float64(g.Weights())*float64(g.OH*g.OW)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
		})
	}
}

// DynamicConv has the bits of what it is made of, one by one.
func TestDynamicConv(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, g := range byteGeometries[:6] {
		const n = 2
		x, w := randoms(r, n*g.Large()), randomBytes(r, g.Weights())
		d := DynamicConv{ByteConv: ByteConv{Geometry: g}, Scale: randoms(r, g.F), WeightZeros: []int32{99}}
		low, high := Range(x)
		scale, zero := DynamicScale(low, high)
		q := make([]uint8, len(x))
		Quantize(q, x, scale, Narrow{0, 255, int32(zero)})
		s := ByteSums{Zero: int32(zero), WeightZeros: d.WeightZeros}
		sums := naiveBytes(&d.ByteConv, &s, q, w, false, n)
		bias := randoms(r, g.F)
		for _, tier := range eachByteTier(t) {
			d.PackBytes(w, false)
			dst := make([]float32, n*g.Small())
			for part := range 3 {
				d.Run(dst, x, n, &Tail{Bias: bias}, make([]float32, d.ScratchLen(n)), part, 3)
			}
			for i, v := range sums {
				s := float32(scale * d.Scale[i%g.F])
				if want := float32(float32(v)*s) + bias[i%g.F]; dst[i] != want {
					t.Fatalf("%s %+v [%d] = %v, want %v", tier, g, i, dst[i], want)
				}
			}
		}
	}
}

func TestDynamicScale(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		low, high, scale float32
		zero             uint8
	}{{0, 0, 1, 0}, {0, 255, 1, 0}, {-255, 0, 1, 255}, {-1, 1, 2. / 255, 127}, {0, inf, inf, 0}, {-inf, 0, inf, 0}, {-3e38, 3e38, inf, 0}} {
		if scale, zero := DynamicScale(c.low, c.high); scale != c.scale || zero != c.zero {
			t.Errorf("DynamicScale(%v, %v) = %v, %v, want %v, %v", c.low, c.high, scale, zero, c.scale, c.zero)
		}
	}
}
