package kernel

// This file is convolution, from the large image to the small one.

// Conv is a convolution with its weights packed. After Pack it is read-only
// and may be used by several goroutines, each with its own scratch.
type Conv struct {
	Geometry
	w Packed // [KH*KW*C, F]
}

// NewConv packs w, [F, C, KH, KW].
func NewConv(g Geometry, w []float32) *Conv {
	c := &Conv{Geometry: g}
	c.Pack(w)
	return c
}

// Pack replaces the weights, [F, C, KH, KW], without allocating again.
func (c *Conv) Pack(w []float32) {
	c.Reserve()
	c.PackPart(w, 0, 1)
}

// Reserve makes room for weights.
func (c *Conv) Reserve() { c.ReserveIn(Make) }

// ReserveIn is Reserve in memory that alloc returns.
func (c *Conv) ReserveIn(alloc func(n int) []float32) {
	c.w.data, c.w.half = roomIn(alloc, &c.w, c.w.data, c.window()*c.C, c.F), nil
}

// PackPart does the part-th of parts shares of Pack, after Reserve.
func (c *Conv) PackPart(w []float32, part, parts int) {
	packWindows(&c.w, c.w.data, w, c.C, c.window(), part, parts)
}

// PackHalf is Pack for weights of float16 bits, which stay so in memory.
func (c *Conv) PackHalf(w []uint16) {
	c.w.data, c.w.half = nil, room(&c.w, c.w.half, c.window()*c.C, c.F)
	packWindows(&c.w, c.w.half, w, c.C, c.window(), 0, 1)
}

// ScratchLen is the length of the scratch that one Run of n images needs.
func (c *Conv) ScratchLen(n int) int {
	switch {
	case c.direct():
		return 0
	case c.winogradLine():
		p := c.planLine()
		return p.cutLine(nil)
	case c.winograd() != nil:
		p := c.planWinograd()
		return p.cut(nil)
	}
	return min(runRows, n*c.OH*c.OW) * c.window() * c.C
}

// direct says that im2col rows stand in the image as they are.
func (c *Conv) direct() bool { return c.whole() || c.pointwise() }

func (g *Geometry) pointwise() bool {
	return g.KH == 1 && g.KW == 1 && g.StrideH == 1 && g.StrideW == 1 && g.PadTop == 0 && g.PadLeft == 0 && g.H == g.OH && g.W == g.OW
}

// Run computes n small images dst [n, OH, OW, F] from n large ones src
// [n, H, W, C] and applies tail (which may be nil). It does its part-th of parts
// shares; no two parts write the same output.
func (c *Conv) Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	rows, k := n*c.OH*c.OW, c.w.K
	if c.direct() {
		Gemm(dst, c.F, src, k, rows, &c.w, tail, part, parts)
		return
	}
	if c.winogradLine() {
		c.lineRun(dst, src, n, tail, scratch, part, parts)
		return
	}
	if c.winograd() != nil {
		p := c.planWinograd()
		p.run(dst, src, n, tail, scratch, part, parts)
		return
	}
	i0, i1 := 0, rows
	p0, p1 := 0, c.w.panels()
	if c.overlaps() {
		r0, r1 := 0, n*c.OH
		if rows >= maxRows*parts && r1 >= parts {
			r0, r1 = Share(r1, part, parts)
		} else {
			p0, p1 = Share(p1, part, parts)
		}
		c.tall(dst, src, tail, scratch, r0, r1, p0, p1)
		return
	}
	if rows >= maxRows*parts {
		i0, i1 = Share(rows, part, parts)
	} else {
		p0, p1 = Share(p1, part, parts)
	}
	for i := i0; i < i1; i += runRows {
		m := min(runRows, i1-i)
		c.rows(scratch, src, i, m)
		gemm(dst[i*c.F:], c.F, scratch, k, m, &c.w, tail, p0, p1)
	}
}

// rows writes m im2col rows from row i, rows counted over images, then y, x.
func (g *Geometry) rows(dst, large []float32, i, m int) {
	k := g.window() * g.C
	ox, oy, img := i%g.OW, i/g.OW%g.OH, i/(g.OW*g.OH)
	for r := range m {
		g.row(dst[r*k:][:k], large[img*g.Large():], oy, ox)
		if ox++; ox == g.OW {
			ox = 0
			if oy++; oy == g.OH {
				oy = 0
				img++
			}
		}
	}
}
