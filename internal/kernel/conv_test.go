package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The numeric contract of the package, word for word, one output at a time.

// blocks sums a(k)*b(k) in blocks, the first stored, the others added.
func blocks(n int, a, b func(k int) float32) (sum float32) {
	for k0 := 0; k0 < n; k0 += Block {
		acc := float32(0)
		for k := k0; k < min(n, k0+Block); k++ {
			acc = fma(a(k), b(k), acc)
		}
		if k0 == 0 {
			sum = acc
		} else {
			sum += acc
		}
	}
	return sum
}

// at returns the value of channel c under window position k of small pixel s.
func (g *Geometry) at(large []float32, img, s, k, c int) float32 {
	y := s/g.OW*g.StrideH - g.PadTop + k/g.KW*g.dh()
	x := s%g.OW*g.StrideW - g.PadLeft + k%g.KW*g.dw()
	if y < 0 || y >= g.H || x < 0 || x >= g.W {
		return 0
	}
	return large[((img*g.H+y)*g.W+x)*g.C+c]
}

func naiveConv(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	t := g.window()
	for i := range n * g.OH * g.OW {
		for f := range g.F {
			dst[i*g.F+f] = blocks(t*g.C,
				func(k int) float32 { return g.at(src, i/(g.OH*g.OW), i%(g.OH*g.OW), k/g.C, k%g.C) },
				func(k int) float32 { return w[(f*g.C+k%g.C)*t+k/g.C] })
		}
		tail.Apply(dst[i*g.F:][:g.F], g.F)
	}
}

func naiveTranspose(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	t := g.window()
	clear(dst)
	for img := range n {
		for k := range t {
			for s := range g.OH * g.OW {
				y := s/g.OW*g.StrideH - g.PadTop + k/g.KW*g.dh()
				x := s%g.OW*g.StrideW - g.PadLeft + k%g.KW*g.dw()
				if y < 0 || y >= g.H || x < 0 || x >= g.W {
					continue
				}
				for c := range g.C {
					pixel := src[(img*g.OH*g.OW+s)*g.F:]
					sum := float32(0)
					aside := (&ConvTranspose{Geometry: g}).aside()
					if g.C < panelWidth || aside {
						sum = blocks(g.F, func(f int) float32 { return pixel[f] }, func(f int) float32 { return w[(f*g.C+c)*t+k] })
					} else {
						for f := range g.F {
							sum = fma(pixel[f], w[(f*g.C+c)*t+k], sum)
						}
					}
					to := &dst[((img*g.H+y)*g.W+x)*g.C+c]
					if aside {
						*to = sum
					} else {
						*to += sum
					}
				}
			}
		}
	}
	tail.Apply(dst, g.C)
}

// naiveWinograd is the contract of winograd.go.
func naiveWinograd(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	at := func(img, y, x, f int) float32 {
		if y < 0 || y >= g.OH || x < 0 || x >= g.OW {
			return 0
		}
		return src[((img*g.OH+y)*g.OW+x)*g.F+f]
	}
	data := func(d [3]float32) [3]float32 { return [3]float32{d[0] - d[1], d[1], d[2] - d[1]} }
	weights := func(a [2]float32) [3]float32 { return [3]float32{a[0], a[0] + a[1], a[1]} }
	for u := range n * 4 * g.OH / 2 * g.OW / 2 {
		img, phase, ty, tx := u/(g.OH*g.OW), u/(g.OH/2*g.OW/2)%4, u/(g.OW/2)%(g.OH/2), u%(g.OW/2)
		py, px := phase/2, phase%2
		for c := range g.C {
			var m [3][3]float32
			for f := range g.F {
				var d, k [3][3]float32 // rows transformed, by column
				for x := range 3 {
					y0 := 2*ty + py - 1
					x0 := 2*tx + px - 1 + x
					d[x] = data([3]float32{at(img, y0, x0, f), at(img, y0+1, x0, f), at(img, y0+2, x0, f)})
				}
				for x := range 2 {
					v := w[(f*g.C+c)*16+winogradTaps[px][x]:]
					k[x] = weights([2]float32{v[4*winogradTaps[py][0]], v[4*winogradTaps[py][1]]})
				}
				for y := range 3 {
					dr, kr := data([3]float32{d[0][y], d[1][y], d[2][y]}), weights([2]float32{k[0][y], k[1][y]})
					for x := range 3 {
						m[y][x] = fma(dr[x], kr[x], m[y][x])
					}
				}
			}
			var t [2][3]float32
			for x := range 3 {
				t[0][x], t[1][x] = m[0][x]+m[1][x], m[2][x]+m[1][x]
			}
			for r := range 2 {
				to := dst[((img*g.H+4*ty+2*r+py)*g.W+4*tx+px)*g.C+c:]
				to[0], to[2*g.C] = t[r][0]+t[r][1], t[r][1]+t[r][2]
			}
		}
	}
	tail.Apply(dst, g.C)
}

// square applies a transform to rows, then to columns.
func square(f transform, in []float32, from, to int) []float32 {
	rows, out := make([]float32, to*from), make([]float32, to*to)
	transformGo(f, from, 1, rows, from, 0, in, from, 0)
	transformGo(f, 1, to, out, 1, to, rows, 1, from)
	return out
}

// tile is the values of tile (y, x), in small pixels, of a phase of a channel.
func (s *scheme) tile(g Geometry, large []float32, y, x, phase, c int) []float32 {
	tile := make([]float32, s.points*s.points)
	for k := range tile {
		y, x := (y+k/s.points)*s.stride+phase/s.stride-g.PadTop, (x+k%s.points)*s.stride+phase%s.stride-g.PadLeft
		if y >= 0 && y < g.H && x >= 0 && x < g.W {
			tile[k] = large[(y*g.W+x)*g.C+c]
		}
	}
	return square(s.tilesIn, tile, s.points, s.points)
}

// naiveConvWinograd is the contract of convwinograd.go.
func naiveConvWinograd(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	naiveScheme(g.winograd(), g, dst, src, w, n, tail)
}

// naivePhases is the contract of phases.go.
func naivePhases(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	for i, conv := range (&ConvTranspose{Geometry: g}).split() {
		p := conv.Geometry
		window, out := make([]float32, p.Weights()), make([]float32, n*p.Small())
		for j := range window {
			f, c, k := j/4%g.F, j/4/g.F, j%4
			window[j] = w[(f*g.C+c)*16+4*winogradTaps[i/2][k/2]+winogradTaps[i%2][k%2]]
		}
		naiveScheme(&scheme2, p, out, src, window, n, &Tail{})
		for j, v := range out {
			pixel, c := j/g.C, j%g.C
			img, y, x := pixel/(g.OH*g.OW), pixel/g.OW%g.OH, pixel%g.OW
			dst[((img*g.H+2*y+i/2)*g.W+2*x+i%2)*g.C+c] = v
		}
	}
	tail.Apply(dst, g.C)
}

func naiveScheme(p *scheme, g Geometry, dst, src, w []float32, n int, tail *Tail) {
	phases := p.stride * p.stride
	weights := make([][]float32, g.F*g.C*phases)
	for i := range weights {
		phase, c, f := i%phases, i/phases%g.C, i/phases/g.C
		window := make([]float32, p.taps*p.taps)
		for k := range window {
			ky, kx := k/p.taps*p.stride+phase/p.stride, k%p.taps*p.stride+phase%p.stride
			window[k] = w[((f*g.C+c)*g.KH+ky)*g.KW+kx]
		}
		weights[i] = square(p.weightsIn, window, p.taps, p.points)
	}
	ny, nx := ceilDiv(g.OH, 4), ceilDiv(g.OW, 4)
	for u := range n * ny * nx {
		img, y, x := u/(ny*nx), u/nx%ny*4, u%nx*4
		tiles := make([][]float32, phases*g.C) // phase by phase
		for i := range tiles {
			tiles[i] = p.tile(g, src[img*g.Large():], y, x, i/g.C, i%g.C)
		}
		for f := range g.F {
			sums := make([]float32, p.points*p.points)
			for j := range sums {
				sums[j] = blocks(len(tiles),
					func(i int) float32 { return tiles[i][j] },
					func(i int) float32 { return weights[(f*g.C+i%g.C)*phases+i/g.C][j] })
			}
			for i, v := range square(p.tilesOut, sums, p.points, 4) {
				if y, x := y+i/4, x+i%4; y < g.OH && x < g.OW {
					dst[((img*g.OH+y)*g.OW+x)*g.F+f] = v
				}
			}
		}
	}
	tail.Apply(dst, g.F)
}

// naiveLine is the contract of linewinograd.go.
func naiveLine(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	windows, d := ceilDiv(g.KH, 3), max(g.DilationH, 1)
	for i := range n * d {
		img, first := i/d, i%d
		for at := first; at < g.OH; at += 4 * d {
			for f := range g.F {
				var tiles, weights [6][]float32
				for k := range windows * g.C {
					var pixels [6]float32
					for j := range pixels {
						if y := at - g.PadTop + (k/g.C*3+j)*d; y >= 0 && y < g.H {
							pixels[j] = src[img*g.Large()+y*g.C+k%g.C]
						}
					}
					var window [3]float32
					for j := range window {
						if tap := k/g.C*3 + j; tap < g.KH {
							window[j] = w[(f*g.C+k%g.C)*g.KH+tap]
						}
					}
					var x, y [6]float32
					transformGo(tilesIn, 1, 1, x[:], 1, 0, pixels[:], 1, 0)
					transformGo(weightsIn, 1, 1, y[:], 1, 0, window[:], 1, 0)
					for j := range 6 {
						tiles[j], weights[j] = append(tiles[j], x[j]), append(weights[j], y[j])
					}
				}
				var sums, out [6]float32
				for j := range sums {
					sums[j] = blocks(len(tiles[j]), func(k int) float32 { return tiles[j][k] }, func(k int) float32 { return weights[j][k] })
				}
				transformGo(tilesOut, 1, 1, out[:], 1, 0, sums[:], 1, 0)
				for j, v := range out[:4] {
					if y := at + j*d; y < g.OH {
						dst[(img*g.OH+y)*g.F+f] = v
					}
				}
			}
		}
	}
	tail.Apply(dst, g.F)
}

// naiveTurned is a transposed convolution as the one with the turned window.
func naiveTurned(g Geometry, dst, src, w []float32, n int, tail *Tail) {
	turned := make([]float32, len(w))
	for i, v := range w {
		f, c, k := i/9/g.C, i/9%g.C, i%9
		turned[(c*g.F+f)*9+8-k] = v
	}
	naiveConvWinograd((&ConvTranspose{Geometry: g}).asConv().Geometry, dst, src, turned, n, tail)
}

// naiveGradWinograd is the contract of gradwinograd.go.
func naiveGradWinograd(g Geometry, dw, large, small []float32, n int) {
	plan := (&GradWeights{g}).planWinograd()
	p, phases := plan.scheme, plan.stride*plan.stride
	sums := make([][]float32, g.F*g.C*phases)
	for i := range sums {
		sums[i] = make([]float32, p.points*p.points)
	}
	for img := range n {
		for y0 := 0; y0 < plan.ny; {
			rows := balanced(plan.ny-y0, plan.rows)
			for x0 := 0; x0 < plan.nx; {
				cols := balanced(plan.nx-x0, plan.cols)
				chains := make([][]float32, len(sums))
				for i := range chains {
					chains[i] = make([]float32, p.points*p.points)
				}
				for t := range rows * cols {
					y, x := 4*(y0+t/cols), 4*(x0+t%cols)
					tiles, grads := make([][]float32, phases*g.C), make([][]float32, g.F)
					for i := range tiles {
						tiles[i] = p.tile(g, large[img*g.Large():], y, x, i%phases, i/phases)
					}
					for f := range grads {
						tile := make([]float32, 16)
						for k := range tile {
							if y, x := y+k/4, x+k%4; y < g.OH && x < g.OW {
								tile[k] = small[((img*g.OH+y)*g.OW+x)*g.F+f]
							}
						}
						grads[f] = square(p.gradsIn, tile, 4, p.points)
					}
					for i, chain := range chains {
						for j := range chain {
							chain[j] = fma(grads[i/phases/g.C][j], tiles[i%(phases*g.C)][j], chain[j])
						}
					}
				}
				for i, chain := range chains {
					if img+y0+x0 == 0 {
						copy(sums[i], chain)
					} else {
						AddTo(sums[i], chain)
					}
				}
				x0 += cols
			}
			y0 += rows
		}
	}
	for i, sum := range sums {
		phase, c, f := i%phases, i/phases%g.C, i/phases/g.C
		for k, v := range square(p.weightsOut, sum, p.points, p.taps) {
			ky, kx := k/p.taps*p.stride+phase/p.stride, k%p.taps*p.stride+phase%p.stride
			dw[((f*g.C+c)*g.KH+ky)*g.KW+kx] = v
		}
	}
}

func naiveGrad(g Geometry, dw, large, small []float32, n int) {
	t, pix := g.window(), g.OH*g.OW
	for i := range dw {
		f, c, k := i/(g.C*t), i/t%g.C, i%t
		dw[i] = blocks(n*pix,
			func(p int) float32 { return small[p*g.F+f] },
			func(p int) float32 { return g.at(large, p/pix, p%pix, k, c) })
	}
}

// geometries are real layers and odd ones.
func geometries() []Geometry {
	sq := func(h, c, oh, f, k, s, p int) Geometry {
		return Geometry{H: h, W: h, C: c, OH: oh, OW: oh, F: f, KH: k, KW: k, StrideH: s, StrideW: s, PadTop: p, PadLeft: p}
	}
	return []Geometry{
		sq(1, 100, 1, 33, 1, 1, 0),  // dense
		sq(1, 600, 1, 5, 1, 1, 0),   // dense, more than a block
		sq(1, 9, 1, 40, 1, 1, 0),    // dense, more filters
		sq(7, 32, 1, 20, 7, 1, 0),   // the first layer of a generator, or a discriminator's last
		sq(14, 16, 7, 24, 4, 2, 1),  // stride 2
		sq(14, 1, 7, 19, 4, 2, 1),   // one channel
		sq(10, 3, 5, 17, 4, 2, 1),   // three channels
		sq(4, 3, 2, 300, 4, 2, 1),   // more than a block of channels: few,
		sq(4, 17, 2, 300, 4, 2, 1),  // many,
		sq(16, 16, 8, 300, 4, 2, 1), // by Winograd
		sq(12, 24, 6, 9, 2, 2, 0),   // side by side,
		sq(12, 3, 4, 300, 3, 3, 0),  // and few channels
		sq(2, 18, 1, 3, 2, 9, 0),    // a stride beyond the image
		sq(6, 18, 6, 16, 3, 1, 1),   // same size
		sq(8, 16, 8, 80, 3, 1, 1),   // by Winograd: the smallest, with two spans of panels
		sq(9, 8, 9, 3, 3, 1, 1),     // by Winograd: few channels
		sq(16, 80, 8, 3, 4, 2, 1),   // stride 2, by Winograd, more than a block
		sq(5, 40, 5, 7, 1, 1, 0),    // pointwise
		sq(13, 21, 4, 3, 5, 3, 1),   // stride 3, with a rest
		sq(9, 2, 3, 4, 2, 4, 0),     // pixels no window reaches
		sq(16, 18, 8, 7, 4, 2, 1),   // by Winograd
		{H: 20, W: 16, C: 33, OH: 10, OW: 8, F: 20, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},
		{H: 37, W: 3, C: 9, OH: 36, OW: 3, F: 18, KH: 4, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1}, // tall
		{H: 69, W: 2, C: 2, OH: 34, OW: 2, F: 5, KH: 3, KW: 3, StrideH: 2, StrideW: 1, PadTop: 0, PadLeft: 1},
		{H: 40, W: 32, C: 20, OH: 20, OW: 16, F: 9, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},  // by phases,
		{H: 32, W: 34, C: 16, OH: 16, OW: 17, F: 96, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1}, // of odd sides
		{H: 7, W: 13, C: 17, OH: 8, OW: 11, F: 20, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 3, PadLeft: 0},   // by Winograd, with rests
		{H: 13, W: 19, C: 16, OH: 7, OW: 8, F: 20, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 3, PadLeft: 0},   // likewise, with rests
		{H: 60, W: 1, C: 16, OH: 54, OW: 1, F: 16, KH: 7, KW: 1, StrideH: 1, StrideW: 1},                          // a line
		{H: 111, W: 1, C: 32, OH: 101, OW: 1, F: 70, KH: 11, KW: 1, StrideH: 1, StrideW: 1, PadTop: 5, DilationH: 2},
		{H: 150, W: 1, C: 112, OH: 149, OW: 1, F: 40, KH: 3, KW: 1, StrideH: 1, StrideW: 1, PadTop: 1, DilationH: 3},
		{H: 60, W: 1, C: 20, OH: 54, OW: 1, F: 17, KH: 4, KW: 1, StrideH: 1, StrideW: 1, DilationH: 2}, // directly, dilated
		{H: 5, W: 9, C: 17, OH: 3, OW: 4, F: 6, KH: 3, KW: 2, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 0},
		{H: 9, W: 8, C: 5, OH: 5, OW: 4, F: 9, KH: 3, KW: 3, StrideH: 1, StrideW: 1, DilationH: 2, DilationW: 2},
		{H: 9, W: 8, C: 20, OH: 7, OW: 6, F: 9, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1, DilationH: 2, DilationW: 2},
	}
}

// Every tier, number of parts and batch gives the contract's bits.
func TestConvolutionsKeepTheContract(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n = 3
	for gi, g := range geometries() {
		large, small := randoms(r, n*g.Large()), randoms(r, n*g.Small())
		w := randoms(r, g.Weights())
		few, many := randoms(r, g.F), randoms(r, g.C)
		down := &Tail{Bias: few, Act: LeakyReLU, Alpha: .2}
		up := &Tail{Bias: many, Scale: many, Shift: many, Act: ReLU}
		wantSmall, wantLarge, wantGrad := make([]float32, len(small)), make([]float32, len(large)), make([]float32, len(w))
		naiveDown, naiveGrad := naiveConv, naiveGrad
		if g.winogradLine() {
			naiveDown = naiveLine
		}
		if g.winograd() != nil {
			naiveDown, naiveGrad = naiveConvWinograd, naiveGradWinograd
		}
		naiveDown(g, wantSmall, large, w, n, down)
		naive := naiveTranspose
		switch c := (&ConvTranspose{Geometry: g}); {
		case c.asConv() != nil:
			naive = naiveTurned
		case c.split() != nil:
			naive = naivePhases
		case c.winograd():
			naive = naiveWinograd
		}
		naive(g, wantLarge, small, w, n, up)
		naiveGrad(g, wantGrad, large, small, n)
		for _, tier := range eachTier(t) {
			for parts := 1; parts <= 4; parts++ {
				for batch := 1; batch <= n; batch += n - 1 {
					what := fmt.Sprintf("geometry %d %+v, %s, batch %d of %d parts: ", gi, g, tier, batch, parts)
					gotSmall, gotLarge, gotGrad := make([]float32, len(small)), make([]float32, len(large)), make([]float32, len(w))
					conv, trans, grad := NewConv(g, w), NewConvTranspose(g, w), GradWeights{g}
					for i := 0; i < n; i += batch {
						for part := range parts {
							conv.Run(gotSmall[i*g.Small():], large[i*g.Large():], batch, down, make([]float32, conv.ScratchLen(batch)), part, parts)
							trans.Run(gotLarge[i*g.Large():], small[i*g.Small():], batch, up, make([]float32, trans.ScratchLen(batch)), part, parts)
						}
					}
					for part := range parts {
						grad.Run(gotGrad, large, small, n, make([]float32, grad.ScratchLen()), part, parts)
					}
					sameBits(t, what+"Conv", gotSmall, wantSmall)
					sameBits(t, what+"ConvTranspose", gotLarge, wantLarge)
					sameBits(t, what+"GradWeights", gotGrad, wantGrad)
				}
			}
		}
	}
}

// Weights kept as float16 give the bits of the same weights widened.
func TestHalfWeightsEqualWidenedOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for gi, g := range geometries() {
		large, small := randoms(r, 2*g.Large()), randoms(r, 2*g.Small())
		half, wide := make([]uint16, g.Weights()), make([]float32, g.Weights())
		for i := range half {
			half[i] = uint16(r.Uint32()) &^ 0x4000
			wide[i] = Float16(half[i])
		}
		for _, tier := range eachTier(t) {
			what := fmt.Sprintf("geometry %d, %s: ", gi, tier)
			conv, trans := &Conv{Geometry: g}, &ConvTranspose{Geometry: g}
			do := func() (s, l []float32) {
				s, l = make([]float32, len(small)), make([]float32, len(large))
				conv.Run(s, large, 2, nil, make([]float32, conv.ScratchLen(2)), 0, 1)
				trans.Run(l, small, 2, nil, make([]float32, trans.ScratchLen(2)), 0, 1)
				return s, l
			}
			conv.PackHalf(half)
			trans.PackHalf(half)
			gotSmall, gotLarge := do()
			conv.Pack(wide)
			trans.Pack(wide)
			wantSmall, wantLarge := do()
			sameBits(t, what+"Conv", gotSmall, wantSmall)
			sameBits(t, what+"ConvTranspose", gotLarge, wantLarge)
		}
	}
}

// Winograd's way is close to the plain one.
func TestWinogradIsClose(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	g := Geometry{H: 32, W: 32, C: 16, OH: 16, OW: 16, F: 128, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1}
	small, w := randoms(r, g.Small()), randoms(r, g.Weights())
	got, want := make([]float32, g.Large()), make([]float32, g.Large())
	c := NewConvTranspose(g, w)
	c.Run(got, small, 1, nil, make([]float32, c.ScratchLen(1)), 0, 1)
	naiveTranspose(g, want, small, w, 1, &Tail{})
	isClose(t, got, want)

	g = Geometry{H: 17, W: 16, C: 16, OH: 15, OW: 16, F: 128, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 0, PadLeft: 1}
	got, want, w = make([]float32, g.Large()), make([]float32, g.Large()), w[:g.Weights()]
	c = NewConvTranspose(g, w)
	c.Run(got, small, 1, nil, make([]float32, c.ScratchLen(1)), 0, 1)
	naiveTranspose(g, want, small, w, 1, &Tail{})
	isClose(t, got, want)

	for _, g := range []Geometry{
		{H: 16, W: 16, C: 128, OH: 16, OW: 16, F: 16, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1},
		{H: 32, W: 32, C: 64, OH: 16, OW: 16, F: 16, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1},
		{H: 256, W: 1, C: 112, OH: 256, OW: 1, F: 16, KH: 11, KW: 1, StrideH: 1, StrideW: 1, PadTop: 10, DilationH: 2},
	} {
		large, w := randoms(r, g.Large()), randoms(r, g.Weights())
		got, want := make([]float32, g.Small()), make([]float32, g.Small())
		c := NewConv(g, w)
		c.Run(got, large, 1, nil, make([]float32, c.ScratchLen(1)), 0, 1)
		naiveConv(g, want, large, w, 1, &Tail{})
		isClose(t, got, want)

		grad := GradWeights{g}
		got, want = make([]float32, g.Weights()), make([]float32, g.Weights())
		grad.Run(got, large, small[:g.Small()], 1, make([]float32, grad.ScratchLen()), 0, 1)
		naiveGrad(g, want, large, small, 1)
		isClose(t, got, want)
	}
}

// isClose compares with values whose deviation is 20 to 40.
func isClose(t *testing.T, got, want []float32) {
	t.Helper()
	for i, v := range want {
		if d := math.Abs(float64(got[i] - v)); d > 3e-4 {
			t.Fatalf("[%d] = %v, want %v", i, got[i], v)
		}
	}
}

// Weights that are transformed in turns give the bits of the same filters alone.
func TestWinogradInTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	g := Geometry{H: 7, W: 7, C: 80, OH: 7, OW: 7, F: 96, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1}
	large, w := randoms(r, g.Large()), randoms(r, g.Weights())
	run := func(g Geometry, w []float32) []float32 {
		c, dst := NewConv(g, w), make([]float32, g.Small())
		if p := c.planWinograd(); c.winograd() == nil || p.panels >= c.w.panels() && g.F == 96 {
			t.Fatalf("%d of %d panels are transformed at once", p.panels, c.w.panels())
		}
		c.Run(dst, large, 1, nil, make([]float32, c.ScratchLen(1)), 0, 1)
		return dst
	}
	all := run(g, w)
	for f := 0; f < 96; f += 48 {
		half := g
		half.F = 48
		got := run(half, w[f*g.C*9:][:48*g.C*9])
		for i, v := range got {
			if want := all[i/48*96+f+i%48]; math.Float32bits(v) != math.Float32bits(want) {
				t.Fatalf("filter %d: %v, want %v", f+i%48, v, want)
			}
		}
	}
}

func TestGemmKeepsTheContract(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, s := range [][3]int{{1, 100, 784}, {5, 300, 17}, {100, 40, 33}, {64, 257, 1}, {13, 1, 200}} {
		m, k, n := s[0], s[1], s[2]
		a, b := randoms(r, m*(k+2)), randoms(r, k*n)
		tail := &Tail{Bias: randoms(r, n), Act: Tanh}
		want := make([]float32, m*(n+1))
		for i := range m {
			for j := range n {
				want[i*(n+1)+j] = blocks(k, func(q int) float32 { return a[i*(k+2)+q] }, func(q int) float32 { return b[j*k+q] })
			}
			tail.Apply(want[i*(n+1):][:n], n)
		}
		var p Packed
		p.Pack(b, k, n, 1, k)
		for _, tier := range eachTier(t) {
			for parts := 1; parts <= 3; parts++ {
				got := make([]float32, len(want))
				for part := range parts {
					Gemm(got, n+1, a, k+2, m, &p, tail, part, parts)
				}
				sameBits(t, fmt.Sprintf("%s Gemm(%dx%dx%d) in %d parts", tier, m, k, n, parts), got, want)
			}
		}
	}
}

func BenchmarkConv(b *testing.B) {
	g := Geometry{H: 14, W: 14, C: 64, OH: 7, OW: 7, F: 128, KH: 4, KW: 4, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1}
	const n = 64
	r := rand.New(rand.NewPCG(9, 10))
	large, small, w := randoms(r, n*g.Large()), randoms(r, n*g.Small()), randoms(r, g.Weights())
	conv, trans, grad := NewConv(g, w), NewConvTranspose(g, w), GradWeights{g}
	flops := 2 * float64(n*g.Small()*g.window()*g.C)
	for name, f := range map[string]func(){
		"forward": func() {
			conv.Run(small, large, n, nil, make([]float32, conv.ScratchLen(n)), 0, 1)
		},
		"transpose": func() { trans.Run(large, small, n, nil, nil, 0, 1) },
		"weights":   func() { grad.Run(w, large, small, n, make([]float32, grad.ScratchLen()), 0, 1) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			reportFLOPS(b, flops)
		})
	}
}

func BenchmarkGemm(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, s := range [][3]int{{1, 1024, 784}, {64, 784, 512}, {512, 512, 512}} {
		m, k, n := s[0], s[1], s[2]
		a, c := randoms(r, m*k), make([]float32, m*n)
		var p Packed
		p.Pack(randoms(r, k*n), k, n, n, 1)
		b.Run(fmt.Sprintf("%dx%dx%d", m, k, n), func(b *testing.B) {
			for b.Loop() {
				Gemm(c, n, a, k, m, &p, nil, 0, 1)
			}
			reportFLOPS(b, 2*float64(m*k*n))
		})
	}
}
