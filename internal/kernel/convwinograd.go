package kernel

// This file is convolution with a 3x3 window and stride 1, the layer of most
// generators that have no transposed ones, with fewer multiplications: Winograd's
// F(4x4, 3x3) makes 16 pixels with 36 products in place of 144 (Lavin and Gray,
// "Fast Algorithms for Convolutional Neural Networks", 2015).
//
// The image is cut into tiles of 4x4 small pixels, from the first on; one sees 6x6
// large ones, those outside being zeros. Pixels and weights go through tilesIn and
// weightsIn, rows first, then columns; each of the 36 products is a chain over the
// channels; and these go through tilesOut, rows first.
//
// Weights stay as direct convolution has them and are transformed in each run, in
// the time of four tiles: transformed ones would take four times the memory.

const (
	tileSide   = 4                       // small pixels of a tile's side
	windowSide = 6                       // large pixels that it sees
	products   = windowSide * windowSide // of a tile

	// Fewer channels are not worth the transform of their pixels, nor fewer pixels
	// that of the weights; nor are many weights, if there are more of a window
	// position than this many a pixel.
	winogradChannels = 8
	winogradPixels   = 64
	weightsPerPixel  = 1 << 10
	// transformedWeights and transformedTiles are about how many floats are held at
	// once: the former fill a part of the last cache, the latter of a core's own.
	transformedWeights = 1 << 21
	transformedTiles   = 1 << 18
	// leastTiles is how many tiles are multiplied at once if there are so many:
	// enough that the weights are not what a product waits for.
	leastTiles = 24
)

// winograd reports whether the layer is computed so. It depends on the geometry
// alone, as the bits depend on it.
func (c *Conv) winograd() bool {
	return c.KH == 3 && c.KW == 3 && c.StrideH == 1 && c.StrideW == 1 && c.dh() == 1 && c.dw() == 1 &&
		c.C >= winogradChannels && c.OH*c.OW >= winogradPixels && c.C*c.F <= weightsPerPixel*c.OH*c.OW
}

// A winogradPlan is how a layer's work is cut, and where its values lie.
type winogradPlan struct {
	*Conv
	ny, nx     int // tiles of an image
	rows, cols int // most tiles that are multiplied at once
	panels     int // most panels of weights at once
	channels   int // from pixel to pixel: whole vectors

	scratch                        []float32
	frame, lines, in, weights, out []float32
}

// planWinograd cuts the work, without scratch.
func (c *Conv) planWinograd() winogradPlan {
	p := winogradPlan{Conv: c, ny: ceilDiv(c.OH, tileSide), nx: ceilDiv(c.OW, tileSide), channels: (c.C + panelWidth - 1) &^ (panelWidth - 1)}
	p.panels = min(c.w.panels(), max(group, transformedWeights/(products*panelWidth*c.C)))
	most := min(max(transformedTiles/(products*(p.channels+p.panels*panelWidth)), leastTiles), runRows)
	p.cols = balanced(p.nx, most)
	p.rows = balanced(p.ny, max(1, most/p.cols))
	return p
}

// plane is how far apart the values of two products of so many tiles stand: not a
// power of two, which caches like least.
func plane(tiles, width int) int { return tiles*width + panelWidth }

// line is the floats of the large pixels that a row of tiles sees.
func (p *winogradPlan) line(cols int) int {
	return (cols*tileSide + windowSide - tileSide) * p.channels
}

// cut takes the parts of scratch; of none, it returns how long it is to be.
func (p *winogradPlan) cut(scratch []float32) int {
	tiles, width, at := p.rows*p.cols, p.panels*panelWidth, 0
	take := func(to *[]float32, n int) {
		if scratch != nil {
			*to = scratch[at:][:n]
		}
		at += n
	}
	take(&p.frame, max(windowSide*p.line(p.cols), p.cols*tileSide*width, transformedAtOnce*(9+18)))
	take(&p.lines, windowSide*p.line(p.cols))
	take(&p.in, products*plane(tiles, p.channels))
	take(&p.out, products*plane(tiles, width))
	take(&p.weights, products*p.C*width)
	return at
}

// winogradRun is Run.
func (c *Conv) winogradRun(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	p := c.planWinograd()
	p.cut(scratch)
	r0, r1 := 0, n*p.ny
	q0, q1 := 0, c.w.panels()
	if r1*p.nx >= 2*leastTiles*parts && r1 >= parts || q1 < parts {
		r0, r1 = Share(r1, part, parts)
	} else {
		q0, q1 = Share(q1, part, parts)
	}
	for q0 < q1 && r0 < r1 {
		to := q0 + balanced(q1-q0, p.panels)
		p.transformWeights(q0, to)
		for r := r0; r < r1; {
			y := r % p.ny
			rows := balanced(min(p.ny-y, r1-r), p.rows)
			image := r / p.ny
			for x := 0; x < p.nx; {
				cols := balanced(p.nx-x, p.cols)
				p.transformTiles(src[image*c.Large():][:c.Large()], y, x, rows, cols)
				p.multiply(rows*cols, q0, to)
				p.pixels(dst[image*c.Small():][:c.Small()], tail, y, x, rows, cols, q0, to)
				x += cols
			}
			r += rows
		}
		q0 = to
	}
}

// transformedAtOnce is how many weights of each window position are transformed
// together.
const transformedAtOnce = 512

// transformWeights makes the weights of panels q0 to q1: for spans of panels of one
// group, a matrix a product.
func (p *winogradPlan) transformWeights(q0, q1 int) {
	w := &p.w
	wide, first := p.frame[:9*transformedAtOnce], p.frame[9*transformedAtOnce:]
	to := p.weights
	for q := q0; q < q1; {
		at, step, end := w.panel(q)
		end = min(end, q1)
		n := (end - q) * panelWidth
		each := max(1, transformedAtOnce/n) // channels
		for c0 := 0; c0 < p.C; c0 += each {
			rows := min(each, p.C-c0)
			src, apart, row := w.data, p.C*step, step
			from := at + c0*step
			if w.half != nil {
				for k := range 9 {
					widen(wide[k*rows*n:], n, rows, w.half[from+k*apart:], step)
				}
				src, apart, row, from = wide, rows*n, n, 0
			}
			for k := range 3 {
				weightsIn.apply(n, rows, first[k*rows*n:], 3*rows*n, n, src[from+k*apart:], 3*apart, row)
			}
			for k := range windowSide {
				weightsIn.apply(rows*n, 1, to[(k*windowSide*p.C+c0)*n:], p.C*n, 0, first[3*k*rows*n:], rows*n, 0)
			}
		}
		to = to[products*p.C*n:]
		q = end
	}
}

// transformTiles makes the values of rows x cols tiles of an image, tile (y, x)
// being the first.
func (p *winogradPlan) transformTiles(image []float32, y, x, rows, cols int) {
	tiles, line := plane(rows*cols, p.channels), p.line(cols)
	left := x*tileSide - p.PadLeft
	from := min(max(-left, 0), line/p.channels)     // the pixels of a line that are
	to := max(min(p.W-left, line/p.channels), from) // in the image
	for r := range rows {
		top := (y+r)*tileSide - p.PadTop
		if p.C == p.channels && top >= 0 && top+windowSide <= p.H {
			for k := range windowSide {
				l := p.lines[k*line:][:line]
				clear(l[:from*p.C])
				clear(l[to*p.C:])
			}
			tilesIn.apply((to-from)*p.C, 1, p.lines[from*p.C:], line, 0, image[(top*p.W+left+from)*p.C:], p.W*p.C, 0)
		} else {
			p.copyLines(image, top, left, from, to, line)
			tilesIn.apply(line, 1, p.lines, line, 0, p.frame, line, 0)
		}
		for k := range windowSide {
			tilesIn.apply(p.channels, cols, p.in[k*windowSide*tiles+r*cols*p.channels:], tiles, p.channels, p.lines[k*line:], p.channels, tileSide*p.channels)
		}
	}
}

// copyLines copies the pixels that a row of tiles sees, and zeros where there are
// none.
func (p *winogradPlan) copyLines(image []float32, top, left, from, to, line int) {
	for k := range windowSide {
		l := p.frame[k*line:][:line]
		y := top + k
		if y < 0 || y >= p.H || from == to {
			clear(l)
			continue
		}
		clear(l[:from*p.channels])
		clear(l[to*p.channels:])
		src := image[(y*p.W+left+from)*p.C:]
		if p.C == p.channels {
			copy(l[from*p.C:to*p.C], src)
			continue
		}
		for x := range to - from {
			pixel := l[(from+x)*p.channels:][:p.channels]
			copy(pixel, src[x*p.C:][:p.C])
			clear(pixel[p.C:])
		}
	}
}

// multiply makes the products of tiles with panels q0 to q1.
func (p *winogradPlan) multiply(tiles, q0, q1 int) {
	width := (q1 - q0) * panelWidth
	in, out := plane(tiles, p.channels), plane(tiles, width)
	var aoff, coff offsets
	weights := p.weights
	for q := q0; q < q1; {
		_, _, end := p.w.panel(q)
		end = min(end, q1)
		n := (end - q) * panelWidth
		for i := range products {
			w := weights[i*p.C*n:]
			for j := q; j < end; {
				s := slab{data: w[(j-q)*panelWidth:], step: n, n: balanced(end-j, panelsFor(tiles))}
				s.width = s.n * panelWidth
				for t := range tiles {
					aoff[t], coff[t] = t*p.channels, t*width+(j-q0)*panelWidth
				}
				s.run(tiles, 0, p.C, p.in[i*in:], &aoff, p.out[i*out:], &coff, false)
				j += s.n
			}
		}
		weights = weights[products*p.C*n:]
		q = end
	}
}

// pixels makes the small pixels of rows x cols tiles, panels q0 to q1.
func (p *winogradPlan) pixels(dst []float32, tail *Tail, y, x, rows, cols, q0, q1 int) {
	wide := (q1 - q0) * panelWidth
	j0, width := q0*panelWidth, min(wide, p.F-q0*panelWidth)
	tiles := plane(rows*cols, wide)
	tilesOut.apply(rows*cols*wide, windowSide, p.out, windowSide*tiles, tiles, p.out, windowSide*tiles, tiles)
	n := min(cols*tileSide, p.OW-x*tileSide) // pixels of a line
	for r := range rows {
		for k := range min(tileSide, p.OH-(y+r)*tileSide) {
			to := dst[(((y+r)*tileSide+k)*p.OW+x*tileSide)*p.F+j0:]
			src := p.out[k*windowSide*tiles+r*cols*wide:]
			if width == wide && n == cols*tileSide {
				tilesOut.apply(wide, cols, to, p.F, tileSide*p.F, src, tiles, wide)
			} else {
				tilesOut.apply(wide, cols, p.frame, wide, tileSide*wide, src, tiles, wide)
				for i := range n {
					copy(to[i*p.F:][:width], p.frame[i*wide:])
				}
			}
			if tail != nil {
				tail.apply(to, j0, width, n, p.F)
			}
		}
	}
}
