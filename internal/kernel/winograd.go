package kernel

// This file is transposed convolution with a 4x4 window, stride 2 and padding 1,
// the step of every DCGAN, with fewer multiplications: each of its four phases is
// a convolution with a 2x2 window, of which Winograd's F(2x2, 2x2) (Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks", 2015) makes four
// pixels with 9 products in place of 16.
//
// In one dimension, out[0] = d0*a0 + d1*a1 and out[1] = d1*a0 + d2*a1 become
//
//	m0 = (d0-d1)*a0   m1 = d1*(a0+a1)   m2 = (d2-d1)*a1
//	out[0] = m0 + m1   out[1] = m1 + m2
//
// In two, rows come first, then columns, in each of the three transforms; a
// product is a chain over the input's channels; pixels outside are zeros. Phase
// 0 has a = (w[3], w[1]) on small rows i-1 and i, phase 1 has (w[2], w[0]) on
// rows i and i+1; columns likewise.

// winogradTaps are a0 and a1 of each phase.
var winogradTaps = [2][2]int{{3, 1}, {2, 0}}

// winograd reports whether the layer is computed so. It depends on the geometry
// alone, as the bits depend on it.
func (c *ConvTranspose) winograd() bool {
	return c.halves() && c.OH >= 8 && c.OW >= 8 && c.OH%2 == 0 && c.OW%2 == 0 && c.C*c.F <= weightsPerPixel*c.OH*c.OW && c.split() == nil
}

// reserveWinograd makes room for the weights of all phases and products.
func (c *ConvTranspose) reserveWinograd(alloc func(n int) []float32) {
	if c.products != nil {
		return
	}
	each := c.panels() * panelWidth * c.F
	all := alloc(36 * each)
	c.products = make([]Packed, 36)
	for i := range c.products {
		c.products[i] = Packed{K: c.F, N: c.C, data: all[i*each:][:each]}
	}
}

// packWinograd transforms the weights: for each phase and product, [F, C].
// Weights of float16 stay as they are, window position by window position;
// productSlab adds what a product needs.
func (c *ConvTranspose) packWinograd(w []float32, part, parts int) {
	from, to := Share(c.panels(), part, parts)
	for ch := from * panelWidth; ch < min(to*panelWidth, c.C); ch++ {
		at, step := c.products[0].column(ch)
		for f := range c.F {
			c.transform(w[(f*c.C+ch)*16:][:16], at+f*step)
		}
	}
}

// transform writes the 36 products' weights of one window to their place.
func (c *ConvTranspose) transform(v []float32, at int) {
	for py, y := range winogradTaps {
		a0, a1 := v[4*y[0]:][:4], v[4*y[1]:][:4]
		var rows [3][4]float32
		for x := range 4 {
			rows[0][x], rows[1][x], rows[2][x] = a0[x], a0[x]+a1[x], a1[x]
		}
		for px, x := range winogradTaps {
			for i := range rows {
				b0, b1 := rows[i][x[0]], rows[i][x[1]]
				p := c.products[9*(2*py+px)+3*i:][:3]
				p[0].data[at], p[1].data[at], p[2].data[at] = b0, b0+b1, b1
			}
		}
	}
}

// winogradScratch is the scratch of one winogradRun.
func (c *ConvTranspose) winogradScratch() int {
	tiles := c.band() * c.OW / 2
	n := ((c.OH+2)*(c.OW+2)+3*(c.OW+2)+9*tiles)*c.F + 9*tiles*c.panels()*panelWidth
	if c.products == nil {
		n += c.F * group * panelWidth
	}
	return n
}

// band is the most lines of tiles that are computed at once: as many as a core's own
// cache holds, but enough tiles for a product.
func (c *ConvTranspose) band() int {
	ny, nx := c.OH/2, c.OW/2
	most := max(transformed/(9*nx*(c.F+c.panels()*panelWidth)), ceilDiv(leastTiles, nx))
	return balanced(ny, most)
}

// pad copies a small image into a frame of zeros.
func (c *ConvTranspose) pad(dst, src []float32) {
	line := (c.OW + 2) * c.F
	clear(dst[:line])
	for y := range c.OH {
		d := dst[(y+1)*line:][:line]
		clear(d[:c.F])
		copy(d[c.F:], src[y*c.OW*c.F:][:c.OW*c.F])
		clear(d[line-c.F:])
	}
	clear(dst[(c.OH+1)*line:][:line])
}

// winogradRun computes some units of work, each a phase and panels of width, of
// one image.
func (c *ConvTranspose) winogradRun(dst, src []float32, tail *Tail, scratch []float32, u0, u1, units, width int) {
	frame := scratch[:(c.OH+2)*(c.OW+2)*c.F]
	c.pad(frame, src)
	for u := u0; u < u1; u++ {
		p := u % units * width
		c.winogradPhase(dst, frame, tail, scratch[len(frame):], u/units, p, min(p+width, c.panels()))
	}
}

// winogradPhase computes panels p0 to p1 of the channels of one phase of an image.
func (c *ConvTranspose) winogradPhase(dst, frame []float32, tail *Tail, scratch []float32, phase, p0, p1 int) {
	for t, band := 0, c.band(); t < c.OH/2; t += band {
		c.winogradBand(dst, frame, tail, scratch, phase, p0, p1, t, min(band, c.OH/2-t))
	}
}

// winogradBand is winogradPhase of ny lines of tiles from one on.
func (c *ConvTranspose) winogradBand(dst, frame []float32, tail *Tail, scratch []float32, phase, p0, p1, first, ny int) {
	py, px, nx := phase/2, phase%2, c.OW/2
	line, row, wide := (c.OW+2)*c.F, nx*c.F, (p1-p0)*panelWidth
	cut := func(n int) []float32 {
		s := scratch[:n]
		scratch = scratch[n:]
		return s
	}
	lines, in, out := cut(3*line), cut(9*ny*row), cut(9*ny*nx*wide)
	for t := range ny {
		d := frame[(2*(first+t)+py)*line:][:3*line]
		subtract(lines[:line], d[:line], d[line:2*line], line, 1, 0, 0)
		copy(lines[line:], d[line:2*line])
		subtract(lines[2*line:], d[2*line:], d[line:], line, 1, 0, 0)
		for y := range 3 {
			e := lines[y*line+px*c.F:]
			v := func(x int) []float32 { return in[((3*y+x)*ny+t)*row:][:row] }
			subtract(v(0), e, e[c.F:], c.F, nx, c.F, 2*c.F)
			for x := range nx {
				copy(v(1)[x*c.F:][:c.F], e[(2*x+1)*c.F:])
			}
			subtract(v(2), e[2*c.F:], e[c.F:], c.F, nx, c.F, 2*c.F)
		}
	}
	c.winogradProducts(out, in, scratch, ny*nx, phase, p0, p1)
	width := min(p1*panelWidth, c.C) - p0*panelWidth
	for t := range ny {
		m := func(y, x int) []float32 { return out[((3*y+x)*ny+t)*nx*wide:][:nx*wide] }
		for x := range 3 {
			AddTo(m(0, x), m(1, x))
			AddTo(m(2, x), m(1, x))
		}
		for r := range 2 {
			to := dst[((4*(first+t)+2*r+py)*c.W+px)*c.C+p0*panelWidth:]
			sum(to, m(2*r, 0), m(2*r, 1), width, nx, 4*c.C, wide)
			sum(to[2*c.C:], m(2*r, 1), m(2*r, 2), width, nx, 4*c.C, wide)
			if tail != nil {
				tail.apply(to, p0*panelWidth, width, c.OW, 2*c.C)
			}
		}
	}
}

// winogradProducts multiplies the transformed tiles with the transformed weights.
func (c *ConvTranspose) winogradProducts(out, in, scratch []float32, rows, phase, p0, p1 int) {
	wide := (p1 - p0) * panelWidth
	var aoff, coff offsets
	for i := range 9 {
		a, m := in[i*rows*c.F:][:rows*c.F], out[i*rows*wide:][:rows*wide]
		for p := p0; p < p1; {
			s := c.productSlab(phase, i, rows, p, p1, scratch)
			for r := 0; r < rows; r += runRows {
				k := min(runRows, rows-r)
				for j := range k {
					aoff[j], coff[j] = (r+j)*c.F, (r+j)*wide+(p-p0)*panelWidth
				}
				s.run(k, 0, c.F, a, &aoff, m, &coff, false)
			}
			p += s.n
		}
	}
}

// productSlab is the next panels, from p on, of a product's weights for tiles of
// so many rows. Of float16, they are the window position that the product takes,
// or, widened and added in scratch, those that it adds.
func (c *ConvTranspose) productSlab(phase, product, rows, p, p1 int, scratch []float32) slab {
	if c.products != nil {
		w := &c.products[9*phase+product]
		return w.slab(p, w.span(rows, p, p1))
	}
	taps := c.phases[phase] // a1*b1, a1*b0, a0*b1, a0*b0
	n := taps[0].span(rows, p, p1)
	var s slab
	var addends [4][]uint16
	sum := addends[:0]
	for k := range taps {
		row, column := k/2, k%2
		if y, x := product/3, product%3; (y == 1 || y == 2*row) && (x == 1 || x == 2*column) {
			s = taps[3-k].slab(p, n)
			sum = append(sum, s.half)
		}
	}
	if len(sum) > 1 {
		s.data, s.half = scratch[:c.F*n*panelWidth], nil
		addHalves(s.data, n*panelWidth, c.F, s.step, sum)
		s.step = n * panelWidth
	}
	return s
}

// addHalves widens and adds, to rows rows of n values in dst, those of two
// matrices of float16, one every step; of four, each of the first two is added
// to the one two places on before these sums are.
func addHalves(dst []float32, n, rows, step int, x [][]uint16) {
	f := widen2Element
	if len(x) == 4 {
		f = widen4Element
	}
	if widenMatrix(f, dst, n, rows, step, x) {
		return
	}
	for r := range rows {
		for j := range n {
			at := r*step + j
			sum := Float16(x[0][at]) + Float16(x[1][at])
			if len(x) == 4 {
				sum = (Float16(x[0][at]) + Float16(x[2][at])) + (Float16(x[1][at]) + Float16(x[3][at]))
			}
			dst[r*n+j] = sum
		}
	}
}

// widen writes to dst rows rows of n values of float16, one every step.
func widen(dst []float32, n, rows int, src []uint16, step int) {
	if widenMatrix(widenElement, dst, n, rows, step, [][]uint16{src}) {
		return
	}
	for r := range rows {
		for j := range n {
			dst[r*n+j] = Float16(src[r*step+j])
		}
	}
}

// subtract is dst = a - b for rows rows of n values, one every to of dst and
// every from of a and b.
func subtract(dst, a, b []float32, n, rows, to, from int) {
	if done := vectorMatrix(subtractElement, n, rows, [6]int{to, from, from}, dst, a, b); done < n {
		for r := range rows {
			for j := done; j < n; j++ {
				dst[r*to+j] = a[r*from+j] - b[r*from+j]
			}
		}
	}
}

// sum is subtract's a + b.
func sum(dst, a, b []float32, n, rows, to, from int) {
	if done := vectorMatrix(sumElement, n, rows, [6]int{to, from, from}, dst, a, b); done < n {
		for r := range rows {
			for j := done; j < n; j++ {
				dst[r*to+j] = a[r*from+j] + b[r*from+j]
			}
		}
	}
}
