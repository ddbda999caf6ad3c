package kernel

// This file is convolution with windows that overlap down the image. The window
// rows of a column of pixels are written once, one below the other: there every
// window lies in one piece, as in im2col, but they share what they have in common.
// With a dilation, pixels that far apart make a column.

// tallest is the most pixels of one column that are computed together.
const tallest = 32

// overlaps says that windows below each other have rows in common.
func (g *Geometry) overlaps() bool {
	return g.StrideH < g.KH && g.OH > 1 && (g.dh() == 1 || g.StrideH == 1 && g.F >= panelWidth)
}

// lineAt returns the line of an image that is computed as the i-th, and how many
// from it on, a dilation apart, follow each other.
func (g *Geometry) lineAt(i int) (y, n int) {
	for first := 0; ; first++ {
		if n = g.lineLen(first); i < n {
			return first + i*g.dh(), n - i
		}
		i -= n
	}
}

// lineLen is how many small pixels, a dilation apart, the line from one on has.
func (g *Geometry) lineLen(first int) int { return ceilDiv(g.OH-first, g.dh()) }

// block is the places of at most runRows rows of a product.
type block struct {
	rows int
	a, c offsets
	end  int // of what is written of a
}

// tall is Run on lines r0 to r1 of pixels, counted over images, and panels p0 to
// p1.
func (c *Conv) tall(dst, src []float32, tail *Tail, scratch []float32, r0, r1, p0, p1 int) {
	if p0 == p1 {
		return
	}
	inside, each := tail, c.KW*c.C
	if c.F < panelWidth { // whole lines are better than a pixel's few channels
		inside = nil
	}
	var b block
	for r, h := r0, 0; r < r1; r += h {
		y0, left := c.lineAt(r % c.OH)
		h = balanced(min(left, r1-r), tallest)
		image, line := src[r/c.OH*c.Large():], r/c.OH*c.OH+y0
		for x := range c.OW {
			if b.rows+h > runRows {
				c.w.block(dst, scratch, &b, inside, p0, p1)
				b.rows, b.end = 0, 0
			}
			for i := range h {
				b.a[b.rows+i], b.c[b.rows+i] = b.end+i*c.StrideH*each, ((line+i*c.dh())*c.OW+x)*c.F
			}
			lines := (h-1)*c.StrideH + c.KH
			c.windowRows(scratch[b.end:][:lines*each], image, y0*c.StrideH-c.PadTop, x)
			b.rows, b.end = b.rows+h, b.end+lines*each
		}
	}
	c.w.block(dst, scratch, &b, inside, p0, p1)
	if inside != tail {
		tail.Apply(dst[r0*c.OW*c.F:r1*c.OW*c.F], c.F)
	}
}

// block computes panels p0 to p1 of the rows of a product.
func (p *Packed) block(dst, a []float32, b *block, tail *Tail, p0, p1 int) {
	var aoff, coff offsets
	for q := p0; q < p1; {
		n := p.span(b.rows, q, p1)
		s, j := p.slab(q, n), q*panelWidth
		for k0 := 0; k0 < p.K; k0 += Block {
			for i := range b.rows {
				aoff[i], coff[i] = b.a[i]+k0, b.c[i]+j
			}
			s.run(b.rows, k0, min(Block, p.K-k0), a, &aoff, dst, &coff, k0 > 0)
		}
		for i := 0; tail != nil && i < b.rows; {
			rows, step := b.even(i)
			tail.apply(dst[b.c[i]+j:], j, min(n*panelWidth, p.N-j), rows, step)
			i += rows
		}
		q += n
	}
}

// even returns how many rows from i on are equal steps apart, and the step.
func (b *block) even(i int) (rows, step int) {
	if i+1 < b.rows {
		step = b.c[i+1] - b.c[i]
	}
	for rows = 1; step > 0 && i+rows < b.rows && b.c[i+rows]-b.c[i+rows-1] == step; rows++ {
	}
	return rows, step
}
