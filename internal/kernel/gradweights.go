package kernel

// This file is the gradient of a convolution's weights, for training only.

// GradWeights computes the gradient of the weights that join large and small
// images, whichever way the layer goes: dw[f, c, ky, kx] = sum over images and
// small pixels of small[pixel, f] * large[the pixel (ky, kx) of its window, c].
type GradWeights struct {
	Geometry
}

// ScratchLen is the length of the scratch that one Run needs.
func (g *GradWeights) ScratchLen() int {
	if g.winograd() != nil {
		p := g.planWinograd()
		return p.cut(nil)
	}
	k := g.window() * g.C
	return Block*g.F + // a block of small, transposed
		Block*k + // its im2col rows
		(Block+g.F)*((k+panelWidth-1)/panelWidth*panelWidth) // the same packed; the result
}

// Run writes dw, [F, C, KH, KW], from n images large [n, H, W, C] and small
// [n, OH, OW, F]. It does its part-th of parts shares; no two parts write the
// same weight.
func (g *GradWeights) Run(dw, large, small []float32, n int, scratch []float32, part, parts int) {
	if g.winograd() != nil {
		g.winogradRun(dw, large, small, n, scratch, part, parts)
		return
	}
	k := g.window() * g.C
	panels, columns := (k+panelWidth-1)/panelWidth, (g.F+together-1)/together
	// A share is of whichever there are more of: each of these is turned or packed
	// once, each of the others by all parts.
	p0, p1, c0, c1 := 0, panels, 0, columns
	byPanels := k >= g.F
	if byPanels {
		p0, p1 = Share(panels, part, parts)
	} else {
		c0, c1 = Share(columns, part, parts)
	}
	if p0 >= p1 || c0 >= c1 {
		return
	}
	j0, j1 := p0*panelWidth, min(p1*panelWidth, k)
	f0, f1 := c0*together, min(c1*together, g.F)
	cut := func(n int) []float32 {
		s := scratch[:n]
		scratch = scratch[n:]
		return s
	}
	at, rows := cut(Block*g.F), cut(Block*k)
	packed := Packed{data: cut(Block * panels * panelWidth)}
	sum, ld := scratch, (p1-p0)*panelWidth
	pixels := n * g.OH * g.OW
	for i := 0; i < pixels; i += Block {
		m := min(Block, pixels-i)
		if byPanels {
			Transpose(at, small[i*g.F:], 1, m, g.F, 0, 1)
		} else {
			Transpose(at, small[i*g.F:], 1, m, g.F, part, parts)
		}
		src := rows
		if g.whole() || g.pointwise() {
			src = large[i*k:]
		} else {
			g.rows(rows, large, i, m)
		}
		packed.Pack(src[j0:], m, j1-j0, k, 1)
		g.block(sum, ld, at, m, &packed, f0, f1, i > 0)
	}
	for f := f0; f < f1; f++ {
		g.put(dw[f*k:][:k], sum[f*ld:][:j1-j0], j0)
	}
}

// put writes columns of a filter's sums, from the j-th on, in the order of weights.
func (g *GradWeights) put(dw, sum []float32, j int) {
	t := g.window()
	if t == 1 {
		copy(dw[j:], sum)
		return
	}
	ch, at := j%g.C, j/g.C
	for _, v := range sum {
		dw[ch*t+at] = v
		if ch++; ch == g.C {
			ch = 0
			at++
		}
	}
}

// block adds one block of pixels to the sums of filters f0 to f1.
func (g *GradWeights) block(sum []float32, ld int, at []float32, m int, b *Packed, f0, f1 int, add bool) {
	var aoff, coff offsets
	for p := 0; p < b.panels(); {
		n := b.span(f1-f0, p, b.panels())
		s := b.slab(p, n)
		for f := f0; f < f1; f += runRows {
			rows := min(runRows, f1-f)
			for t := range rows {
				aoff[t] = (f + t) * m
				coff[t] = (f+t)*ld + p*panelWidth
			}
			s.run(rows, 0, m, at, &aoff, sum, &coff, add)
		}
		p += n
	}
}
