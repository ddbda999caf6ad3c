package kernel

// This file is transposed convolution, from the small image to the large one:
// the adjoint of Conv, and never a product with an inserted zero.

// ConvTranspose is a transposed convolution with its weights packed. After
// Pack it is read-only and may be used by several goroutines, each with its
// own scratch.
//
// Many output channels: for each window position, one product of the small
// pixels that reach the image, written where they land. Few (under 16): one
// product for all window positions, then the sum of what overlaps (col2im).
type ConvTranspose struct {
	Geometry
	w    Packed   // few channels: [F, KH*KW*C]
	taps []Packed // many: for each window position, [F, C]
}

// NewConvTranspose packs w, [F, C, KH, KW].
func NewConvTranspose(g Geometry, w []float32) *ConvTranspose {
	c := &ConvTranspose{Geometry: g}
	c.Pack(w)
	return c
}

// few says that a pixel's channels don't fill a panel.
func (c *ConvTranspose) few() bool { return c.C < panelWidth }

// Pack replaces the weights, [F, C, KH, KW], without allocating again.
func (c *ConvTranspose) Pack(w []float32) {
	t := c.window()
	if c.few() {
		c.w.data, c.w.half = room(&c.w, c.w.data, c.F, t*c.C), nil
		packOverlap(&c.w, c.w.data, w, c.C, t)
		return
	}
	for k := range c.eachTap() {
		c.taps[k].Pack(w[k:], c.F, c.C, c.C*t, t)
	}
}

// PackHalf is Pack for weights of float16 bits, which stay so in memory.
func (c *ConvTranspose) PackHalf(w []uint16) {
	t := c.window()
	if c.few() {
		c.w.data, c.w.half = nil, room(&c.w, c.w.half, c.F, t*c.C)
		packOverlap(&c.w, c.w.half, w, c.C, t)
		return
	}
	for k := range c.eachTap() {
		c.taps[k].PackHalf(w[k:], c.F, c.C, c.C*t, t)
	}
}

func (c *ConvTranspose) eachTap() []Packed {
	if c.taps == nil {
		c.taps = make([]Packed, c.window())
		for k := range c.taps {
			if c.OH*c.OW == 1 {
				c.taps[k].Group = WideGroup
			}
		}
	}
	return c.taps
}

// ScratchLen is the length of the scratch that one Run needs.
func (c *ConvTranspose) ScratchLen(int) int {
	if !c.few() {
		return 0
	}
	return c.OH * c.OW * c.w.N
}

// Run computes n large images dst [n, H, W, C] from n small ones src
// [n, OH, OW, F] and applies tail (which may be nil). It does its part-th of
// parts shares; no two parts write the same output.
func (c *ConvTranspose) Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	i0, i1 := 0, n
	if n >= parts {
		i0, i1 = share(n, part, parts)
		part, parts = 0, 1
	}
	if c.few() {
		y0, y1 := share(c.H, part, parts)
		for i := i0; i < i1; i++ {
			c.overlap(dst[i*c.Large():][:c.Large()], src[i*c.Small():], tail, scratch, y0, y1)
		}
		return
	}
	p0, p1 := share(c.taps[0].panels(), part, parts)
	chunk := max(1, 2*rowBlock/(c.OH*c.OW))
	for i := i0; i < i1; i += chunk {
		m := min(chunk, i1-i)
		c.scatter(dst[i*c.Large():][:m*c.Large()], src[i*c.Small():], m, tail, p0, p1)
	}
}

// scatter computes panels p0 to p1 of the channels of n images.
func (c *ConvTranspose) scatter(dst, src []float32, n int, tail *Tail, p0, p1 int) {
	if p0 >= p1 {
		return
	}
	j0, j1 := p0*panelWidth, min(p1*panelWidth, c.C)
	for at := 0; at < len(dst); at += c.C {
		clear(dst[at+j0 : at+j1])
	}
	for k := range c.taps {
		y0, y1 := reach(k/c.KW, c.H, c.OH, c.StrideH, c.PadTop, c.dh())
		x0, x1 := reach(k%c.KW, c.W, c.OW, c.StrideW, c.PadLeft, c.dw())
		if y0 < y1 && x0 < x1 {
			c.tap(dst, src, n, k, y0, y1, x0, x1, p0, p1)
		}
	}
	if tail != nil {
		for at := 0; at < len(dst); at += c.C {
			tail.apply(dst[at+j0:at+j1], j0)
		}
	}
}

// tap adds window position k of small pixels [y0, y1) x [x0, x1) of n images.
func (c *ConvTranspose) tap(dst, src []float32, n, k, y0, y1, x0, x1, p0, p1 int) {
	w := &c.taps[k]
	rows := n * (y1 - y0) * (x1 - x0)
	corner := (k/c.KW*c.dh()-c.PadTop)*c.W + k%c.KW*c.dw() - c.PadLeft // of small pixel (0, 0)
	var aoff, coff offsets
	for p := p0; p < p1; {
		g := w.span(rows, p, p1)
		most := rowsFor(g)
		img, y, x := 0, y0, x0
		for i := 0; i < rows; {
			r := balanced(rows-i, most)
			for t := range r {
				aoff[t] = img*c.Small() + (y*c.OW+x)*c.F
				coff[t] = img*c.Large() + (corner+y*c.StrideH*c.W+x*c.StrideW)*c.C + p*panelWidth
				if x++; x == x1 {
					x = x0
					if y++; y == y1 {
						y = y0
						img++
					}
				}
			}
			w.tile(r, g, p, 0, w.K, src, &aoff, dst, &coff, true)
			i += r
		}
		p += g
	}
}

// overlap computes rows y0 to y1 of one image with few channels.
func (c *ConvTranspose) overlap(dst, src []float32, tail *Tail, cols []float32, y0, y1 int) {
	if y0 >= y1 {
		return
	}
	dst = dst[:y1*c.W*c.C]
	clear(dst[y0*c.W*c.C:])
	// The small rows whose windows touch [y0, y1).
	s0 := max(0, ceilDiv(y0+c.PadTop-(c.KH-1)*c.dh(), c.StrideH))
	s1 := min(c.OH, floorDiv(y1-1+c.PadTop, c.StrideH)+1)
	if s0 < s1 {
		Gemm(cols, c.w.N, src[s0*c.OW*c.F:], c.F, (s1-s0)*c.OW, &c.w, nil, 0, 1)
	}
	for k := range c.window() {
		dy, dx := k/c.KW*c.dh()-c.PadTop, k%c.KW*c.dw()-c.PadLeft
		x0, x1 := reach(k%c.KW, c.W, c.OW, c.StrideW, c.PadLeft, c.dw())
		for s := s0; s < s1; s++ {
			y := s*c.StrideH + dy
			if y < y0 || y >= y1 {
				continue
			}
			c.addLine(dst[y*c.W*c.C:], cols[(s-s0)*c.OW*c.w.N+k*c.C:], x0, x1, dx)
		}
	}
	tail.Apply(dst[y0*c.W*c.C:], c.C)
}

// addLine adds one window position of small pixels x0 to x1 to a line.
func (c *ConvTranspose) addLine(line, cols []float32, x0, x1, dx int) {
	if c.C == 1 {
		for x := x0; x < x1; x++ {
			line[x*c.StrideW+dx] += cols[x*c.w.N]
		}
		return
	}
	for x := x0; x < x1; x++ {
		AddTo(line[(x*c.StrideW+dx)*c.C:][:c.C], cols[x*c.w.N:])
	}
}

// floorDiv and ceilDiv divide by a positive b, rounding down and up.
func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

func ceilDiv(a, b int) int { return -floorDiv(-a, b) }
