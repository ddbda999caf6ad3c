package kernel

// This file is the geometry that a convolution and its adjoint share.

// Geometry joins a large image [H, W, C] and a small one [OH, OW, F] by a
// KH x KW window: the window of small pixel (oy, ox) has its first corner at
// large pixel (oy*StrideH-PadTop, ox*StrideW-PadLeft). Conv goes from large to
// small, ConvTranspose from small to large. A dense layer has all sizes 1 and
// C inputs, F outputs.
type Geometry struct {
	H, W, C              int
	OH, OW, F            int
	KH, KW               int
	StrideH, StrideW     int
	PadTop, PadLeft      int
	DilationH, DilationW int // 0 means 1
}

// window is the number of window positions.
func (g *Geometry) window() int { return g.KH * g.KW }

// Large and Small are the lengths of the two images in floats.
func (g *Geometry) Large() int { return g.H * g.W * g.C }

// Small is the length of a small image in floats.
func (g *Geometry) Small() int { return g.OH * g.OW * g.F }

// Weights is the number of weights.
func (g *Geometry) Weights() int { return g.F * g.C * g.KH * g.KW }

// whole says that the one window is the whole large image, so that an image
// is its own im2col row.
func (g *Geometry) whole() bool {
	return g.OH == 1 && g.OW == 1 && g.KH == g.H && g.KW == g.W && g.PadTop == 0 && g.PadLeft == 0 && g.dh() == 1 && g.dw() == 1
}

// Upright is g with one line of pixels for a column. The images, and the weights, are
// the same in memory.
func (g Geometry) Upright() Geometry {
	if g.H > 1 || g.OH > 1 || g.KH > 1 || g.PadTop > 0 {
		return g
	}
	g.H, g.OH, g.KH, g.StrideH, g.PadTop, g.DilationH = g.W, g.OW, g.KW, g.StrideW, g.PadLeft, g.DilationW
	g.W, g.OW, g.KW, g.StrideW, g.PadLeft, g.DilationW = 1, 1, 1, 1, 0, 0
	return g
}

func (g *Geometry) dh() int { return max(g.DilationH, 1) }
func (g *Geometry) dw() int { return max(g.DilationW, 1) }

// row writes the im2col row of small pixel (oy, ox), [KH, KW, C], and zeros
// where the window leaves the image.
func (g *Geometry) row(dst, large []float32, oy, ox int) {
	g.windowRows(dst, large, oy*g.StrideH-g.PadTop, ox)
}

// windowRows fills dst with rows of windows of column ox of small pixels, from
// row y of the large image on.
func (g *Geometry) windowRows(dst, large []float32, y, ox int) {
	n := g.KW * g.C
	x := ox*g.StrideW - g.PadLeft
	from, to := max(-x, 0), min(g.KW, g.W-x)
	for ; len(dst) > 0; dst, y = dst[n:], y+g.dh() {
		d := dst[:n]
		if y < 0 || y >= g.H {
			clear(d)
			continue
		}
		line := large[y*g.W*g.C:][:g.W*g.C]
		switch {
		case g.DilationW > 1:
			g.dilatedLine(d, line, x)
		case from == 0 && to == g.KW:
			copy(d, line[x*g.C:])
		case from >= to:
			clear(d)
		default:
			clear(d[:from*g.C])
			copy(d[from*g.C:to*g.C], line[(x+from)*g.C:])
			clear(d[to*g.C:])
		}
	}
}

// dilatedLine writes one window row whose columns stand apart.
func (g *Geometry) dilatedLine(dst, line []float32, x int) {
	for kx := range g.KW {
		d := dst[kx*g.C:][:g.C]
		if at := x + kx*g.dw(); at >= 0 && at < g.W {
			copy(d, line[at*g.C:])
		} else {
			clear(d)
		}
	}
}

// reach returns the small positions from..to whose window position k falls
// inside a large side of n pixels.
func reach(k, n, small, stride, pad, dilation int) (from, to int) {
	first := k*dilation - pad // large position of small position 0
	from = 0
	if first < 0 {
		from = (-first + stride - 1) / stride
	}
	if first >= n {
		return 0, 0
	}
	to = min(small, (n-1-first)/stride+1)
	return from, max(to, from)
}
