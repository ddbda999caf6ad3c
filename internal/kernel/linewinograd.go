package kernel

// This file is convolution of a line of pixels, such as sound, with fewer
// multiplications: Winograd's F(4, 3) makes 4 pixels with 6 products in place of 12.
// A longer window is the sum of windows of 3, the last with zeros behind it: 4 pixels
// of a window of 7 take 18 products for 28, of one of 11 24 for 44. With a dilation,
// pixels that far apart make a line.
//
// A line's small pixels are taken by fours, the tiles, from its first on. Of each
// window of 3, the 6 large pixels that a tile sees go through tilesIn, those outside
// the image being zeros; weights through weightsIn; each of the 6 products is a sum in
// blocks, as Gemm, over the windows and their channels; and these go through tilesOut.

// winogradLine says that the layer is computed so. It depends on the geometry alone,
// as the bits depend on it.
func (c *Geometry) winogradLine() bool {
	return c.W == 1 && c.OW == 1 && c.KW == 1 && c.PadLeft == 0 && c.KH >= 3 && c.StrideH == 1 && c.C%panelWidth == 0 &&
		c.F >= panelWidth && c.OH >= winogradPixels*c.dh() && c.C*c.F <= weightsPerPixel*c.OH
}

// planLine cuts the work, without scratch.
func (c *Conv) planLine() winogradPlan {
	p := winogradPlan{Geometry: &c.Geometry, scheme: &scheme3, w: &c.w, products: scheme3.points, channels: c.C}
	p.k = ceilDiv(c.KH, p.taps) * c.C
	p.depth = p.k
	p.panels = min(ceilDiv(c.F, panelWidth), max(group, transformed/(p.products*panelWidth*p.k)))
	p.rows, p.cols = 1, min(max(transformed/(p.products*(p.depth+p.panels*panelWidth)), leastTiles), runRows)
	return p
}

// cutLine is cut.
func (p *winogradPlan) cutLine(scratch []float32) int {
	width, c := p.panels*panelWidth, cutter{scratch: scratch}
	c.take(&p.frame, max((p.cols*tileSide+p.KH+p.taps)*p.C, p.cols*tileSide*width, transformedAtOnce*p.taps))
	c.take(&p.in, p.products*plane(p.cols, p.depth))
	c.take(&p.out, p.products*plane(p.cols, width))
	c.take(&p.weights, p.products*p.k*width)
	return c.at
}

// lineRun is Run.
func (c *Conv) lineRun(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	p := c.planLine()
	p.cutLine(scratch)
	all := 0 // tiles of an image
	for first := range p.dh() {
		all += ceilDiv(p.lineLen(first), tileSide)
	}
	t0, t1 := 0, n*all
	q0, q1 := 0, c.w.panels()
	if t1 >= 2*leastTiles*parts || q1 < parts {
		t0, t1 = Share(t1, part, parts)
	} else {
		q0, q1 = Share(q1, part, parts)
	}
	for q0 < q1 && t0 < t1 {
		to := q0 + balanced(q1-q0, p.panels)
		p.transformLineWeights(q0, to)
		for t := t0; t < t1; {
			image, at, first := t/all, t%all, 0
			for at >= ceilDiv(p.lineLen(first), tileSide) {
				at -= ceilDiv(p.lineLen(first), tileSide)
				first++
			}
			tiles := balanced(min(ceilDiv(p.lineLen(first), tileSide)-at, t1-t), p.cols)
			p.transformLine(src[image*c.Large():][:c.Large()], first, at, tiles)
			p.multiply(tiles, q0, to)
			p.linePixels(dst[image*c.Small():][:c.Small()], tail, first, at, tiles, q0, to)
			t += tiles
		}
		q0 = to
	}
}

// transformLineWeights is transformWeights.
func (p *winogradPlan) transformLineWeights(q0, q1 int) {
	to := p.weights
	for q := q0; q < q1; {
		at, step, end := p.w.panel(q)
		end = min(end, q1)
		n := (end - q) * panelWidth
		each := max(1, transformedAtOnce/n) // channels
		for tap := 0; tap < p.KH; tap += p.taps {
			for c0 := 0; c0 < p.C; c0 += each {
				rows := min(each, p.C-c0)
				apart, row, from := p.C*step, step, at+(tap*p.C+c0)*step
				src := p.w.data
				if whole := tap+p.taps <= p.KH; src == nil || !whole {
					for k := range p.taps {
						wide := p.frame[k*rows*n:][:rows*n]
						switch {
						case tap+k >= p.KH:
							clear(wide)
						case src == nil:
							widen(wide, n, rows, p.w.half[from+k*apart:], row)
						default:
							for i := range rows {
								copy(wide[i*n:][:n], src[from+k*apart+i*row:])
							}
						}
					}
					src, apart, row, from = p.frame, rows*n, n, 0
				}
				p.weightsIn.apply(n, rows, to[(tap/p.taps*p.C+c0)*n:], p.k*n, n, src[from:], apart, row)
			}
		}
		to = to[p.products*p.k*n:]
		q = end
	}
}

// transformLine makes the values of tiles of a line, which begins at small pixel
// first, from the at-th tile on.
func (p *winogradPlan) transformLine(image []float32, first, at, tiles int) {
	d, plane := p.dh(), plane(tiles, p.depth)
	top := first - p.PadTop + at*tileSide*d // the first pixel that is seen
	seen := tiles*tileSide + p.k/p.C*p.taps - 1
	src, step := image, d*p.C
	if top >= 0 && top+(seen-1)*d < p.H {
		src = src[top*p.C:]
	} else {
		for i := range seen {
			pixel := p.frame[i*p.C:][:p.C]
			if y := top + i*d; y >= 0 && y < p.H {
				copy(pixel, image[y*p.C:])
			} else {
				clear(pixel)
			}
		}
		src, step = p.frame, p.C
	}
	for k := 0; k < p.k/p.C; k++ {
		p.tilesIn.apply(p.C, tiles, p.in[k*p.C:], plane, p.depth, src[k*p.taps*step:], step, tileSide*step)
	}
}

// linePixels makes the small pixels of tiles, panels q0 to q1.
func (p *winogradPlan) linePixels(dst []float32, tail *Tail, first, at, tiles, q0, q1 int) {
	wide, d := (q1-q0)*panelWidth, p.dh()
	j0, width := q0*panelWidth, min(wide, p.F-q0*panelWidth)
	plane, step := plane(tiles, wide), d*p.F
	n := min(tiles*tileSide, p.lineLen(first)-at*tileSide)
	to := dst[(first+at*tileSide*d)*p.F+j0:]
	if width == wide && n == tiles*tileSide {
		p.tilesOut.apply(wide, tiles, to, step, tileSide*step, p.out, plane, wide)
	} else {
		p.tilesOut.apply(wide, tiles, p.frame, wide, tileSide*wide, p.out, plane, wide)
		for i := range n {
			copy(to[i*step:][:width], p.frame[i*wide:])
		}
	}
	if tail != nil {
		tail.apply(to, j0, width, n, step)
	}
}
