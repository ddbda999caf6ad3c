package kernel

// This file is convolution with fewer multiplications, for the two layers of which
// most networks are made: with a 3x3 window and stride 1, Winograd's F(4x4, 3x3)
// makes 16 pixels with 36 products in place of 144 (Lavin and Gray, "Fast Algorithms
// for Convolutional Neural Networks", 2015); with a 4x4 window and stride 2, which
// is the sum of four convolutions with 2x2 windows of every other pixel of every
// other line, the phases, F(4x4, 2x2) makes them with 100 in place of 256.
//
// The image is cut into tiles of 4x4 small pixels, from the first on; one sees 6x6
// large ones, or 5x5 of each phase, those outside being zeros. Pixels and weights
// go through tilesIn and weightsIn, rows first, then columns; each of the 36 or 25
// products is a sum in blocks, as Gemm, over the phases, by rows, and their channels;
// and these go through tilesOut, rows first.
//
// Weights stay as direct convolution has them and are transformed in each run, in
// the time of four tiles: transformed ones would take four times the memory.

// tileSide is the small pixels of a tile's side.
const tileSide = 4

// A scheme is one of them.
type scheme struct {
	stride                       int // and phases of a side
	taps                         int // of a phase's window
	points                       int // large pixels of a phase that a tile sees, and products, of a side
	tilesIn, tilesOut, weightsIn transform
	gradsIn, weightsOut          transform
}

var (
	scheme3 = scheme{1, 3, 6, tilesIn, tilesOut, weightsIn, gradsIn, weightsOut}
	scheme4 = scheme{2, 2, 5, tilesIn5, tilesOut5, weightsIn5, gradsIn5, weightsOut5}
	scheme2 = scheme{1, 2, 5, tilesIn5, tilesOut5, weightsIn5, gradsIn5, weightsOut5} // a phase on its own
)

const (
	// Fewer channels are not worth the transform of their pixels, nor fewer pixels
	// that of the weights; nor are many weights, if there are more of a window
	// position than this many a small pixel.
	winogradChannels = 8
	winogradPixels   = 49
	weightsPerPixel  = 1 << 10
	// transformed is about how many floats of weights are held at once, and of tiles:
	// what a core's own cache has.
	transformed = 1 << 18
	// leastTiles is how many tiles are multiplied at once if there are so many:
	// enough that the weights are not what a product waits for.
	leastTiles = 24
)

// winograd is the scheme by which the layer is computed, nil if there is none. It
// depends on the geometry alone, as the bits depend on it.
func (c *Geometry) winograd() *scheme {
	if c.dh() != 1 || c.dw() != 1 || c.StrideH != c.StrideW || c.KH != c.KW ||
		c.C < winogradChannels || c.OH*c.OW < winogradPixels || c.C*c.F > weightsPerPixel*c.OH*c.OW {
		return nil
	}
	switch {
	case c.KH == 3 && c.StrideH == 1:
		return &scheme3
	case c.KH == 4 && c.StrideH == 2 && c.C%panelWidth == 0:
		return &scheme4
	}
	return nil
}

// A winogradPlan is how a layer's work is cut, and where its values lie.
type winogradPlan struct {
	*Geometry
	*scheme
	w          *Packed
	products   int // of a tile
	ny, nx     int // tiles of an image
	rows, cols int // most tiles that are multiplied at once
	panels     int // most panels of weights at once
	channels   int // from pixel to pixel: whole vectors
	depth      int // from tile to tile: the channels of all phases
	k          int // those that are multiplied

	origin, pitch, down int // where the small pixels lie: the first, from one to the next, from line to line
	image               int // from small image to small image

	frame, lines, in, weights, out []float32
}

// planWinograd cuts the work, without scratch.
func (c *Conv) planWinograd() winogradPlan { return c.planBy(c.winograd()) }

func (c *Conv) planBy(s *scheme) winogradPlan {
	p := c.Geometry.planTiles(s)
	p.w = &c.w
	p.panels = min(ceilDiv(c.F, panelWidth), max(group, transformed/(p.products*panelWidth*p.k)))
	p.chunk(p.panels * panelWidth)
	return p
}

// planTiles is a plan without weights.
func (c *Geometry) planTiles(s *scheme) winogradPlan {
	p := winogradPlan{Geometry: c, scheme: s, pitch: c.F, down: c.OW * c.F, image: c.Small(), ny: ceilDiv(c.OH, tileSide), nx: ceilDiv(c.OW, tileSide), channels: wholePanels(c.C)}
	phases := p.stride * p.stride
	p.products, p.depth, p.k = p.points*p.points, phases*p.channels, phases*c.C
	return p
}

// chunk chooses how many tiles, of so many values more, are multiplied at once.
func (p *winogradPlan) chunk(more int) {
	most := min(max(transformed/(p.products*(p.depth+more)), leastTiles), runRows)
	p.cols = balanced(p.nx, most)
	p.rows = balanced(p.ny, max(1, most/p.cols))
}

// plane is how far apart the values of two products of so many tiles stand: not a
// power of two, which caches like least.
func plane(tiles, width int) int { return tiles*width + panelWidth }

// line is the floats of the large pixels that a row of tiles sees.
func (p *winogradPlan) line(cols int) int {
	return p.stride * (cols*tileSide + p.points - tileSide) * p.channels
}

// wholePanels is n rounded up to whole panels.
func wholePanels(n int) int { return (n + panelWidth - 1) &^ (panelWidth - 1) }

// cutter takes scratch apart, and counts how much; of none, it only counts.
type cutter struct {
	scratch []float32
	at      int
}

func (c *cutter) take(to *[]float32, n int) {
	if c.scratch != nil {
		*to = c.scratch[c.at:][:n]
	}
	c.at += n
}

// cut takes the parts of scratch; of none, it returns how long it is to be.
func (p *winogradPlan) cut(scratch []float32) int {
	tiles, width, c := p.rows*p.cols, p.panels*panelWidth, cutter{scratch: scratch}
	c.take(&p.frame, max(p.points*p.line(p.cols), p.cols*tileSide*width, transformedAtOnce*(p.window()+p.points*p.taps)))
	c.take(&p.lines, p.points*p.line(p.cols))
	c.take(&p.in, p.products*plane(tiles, p.depth))
	c.take(&p.out, p.products*plane(tiles, width))
	c.take(&p.weights, p.products*p.k*width)
	return c.at
}

// run is Run of what is planned.
func (p *winogradPlan) run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	p.cut(scratch)
	r0, r1 := 0, n*p.ny
	q0, q1 := 0, p.w.panels()
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
				p.transformTiles(src[image*p.Large():][:p.Large()], y, x, rows, cols)
				p.multiply(rows*cols, q0, to)
				p.pixels(dst[image*p.image:][:p.image], tail, y, x, rows, cols, q0, to)
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
	w := p.w
	wide, first := p.frame[:p.window()*transformedAtOnce], p.frame[p.window()*transformedAtOnce:]
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
				for k := range p.window() {
					widen(wide[k*rows*n:], n, rows, w.half[from+k*apart:], step)
				}
				src, apart, row, from = wide, rows*n, n, 0
			}
			for phase := range p.stride * p.stride {
				corner := phase/p.stride*p.KW + phase%p.stride
				for k := range p.taps {
					p.weightsIn.apply(n, rows, first[k*rows*n:], p.taps*rows*n, n, src[from+(corner+k*p.stride)*apart:], p.stride*p.KW*apart, row)
				}
				for k := range p.points {
					p.weightsIn.apply(rows*n, 1, to[(k*p.points*p.k+phase*p.C+c0)*n:], p.k*n, 0, first[k*p.taps*rows*n:], rows*n, 0)
				}
			}
		}
		to = to[p.products*p.k*n:]
		q = end
	}
}

// transformTiles makes the values of rows x cols tiles of an image, tile (y, x)
// being the first.
func (p *winogradPlan) transformTiles(image []float32, y, x, rows, cols int) {
	tiles, line := plane(rows*cols, p.depth), p.line(cols)
	left := x*tileSide*p.stride - p.PadLeft
	from := min(max(-left, 0), line/p.channels)     // the pixels of a line that are
	to := max(min(p.W-left, line/p.channels), from) // in the image
	for r := range rows {
		for phase := range p.stride {
			top := (y+r)*tileSide*p.stride - p.PadTop + phase
			if p.C == p.channels && top >= 0 && top+(p.points-1)*p.stride < p.H && from < to {
				for k := range p.points {
					l := p.lines[k*line:][:line]
					clear(l[:from*p.C])
					clear(l[to*p.C:])
				}
				p.tilesIn.apply((to-from)*p.C, 1, p.lines[from*p.C:], line, 0, image[(top*p.W+left+from)*p.C:], p.stride*p.W*p.C, 0)
			} else {
				p.copyLines(image, top, left, from, to, line)
				p.tilesIn.apply(line, 1, p.lines, line, 0, p.frame, line, 0)
			}
			for k := range p.points {
				for column := range p.stride {
					at := k*p.points*tiles + r*cols*p.depth + (phase*p.stride+column)*p.channels
					p.tilesIn.apply(p.channels, cols, p.in[at:], tiles, p.depth, p.lines[k*line+column*p.channels:], p.stride*p.channels, p.stride*tileSide*p.channels)
				}
			}
		}
	}
}

// copyLines copies the pixels that a row of tiles sees of a phase's lines, and zeros
// where there are none.
func (p *winogradPlan) copyLines(image []float32, top, left, from, to, line int) {
	for k := range p.points {
		l := p.frame[k*line:][:line]
		y := top + k*p.stride
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
	in, out := plane(tiles, p.depth), plane(tiles, width)
	var aoff, coff offsets
	weights := p.weights
	for q := q0; q < q1; {
		_, _, end := p.w.panel(q)
		end = min(end, q1)
		n := (end - q) * panelWidth
		for i := range p.products {
			w := weights[i*p.k*n:]
			for j := q; j < end; {
				s := slab{data: w[(j-q)*panelWidth:], step: n, n: balanced(end-j, panelsFor(tiles))}
				s.width = s.n * panelWidth
				for k0 := 0; k0 < p.k; k0 += Block {
					for t := range tiles {
						aoff[t], coff[t] = t*p.depth+k0, t*width+(j-q0)*panelWidth
					}
					s.run(tiles, k0, min(Block, p.k-k0), p.in[i*in:], &aoff, p.out[i*out:], &coff, k0 > 0)
				}
				j += s.n
			}
		}
		weights = weights[p.products*p.k*n:]
		q = end
	}
}

// pixels makes the small pixels of rows x cols tiles, panels q0 to q1.
func (p *winogradPlan) pixels(dst []float32, tail *Tail, y, x, rows, cols, q0, q1 int) {
	wide := (q1 - q0) * panelWidth
	j0, width := q0*panelWidth, min(wide, p.F-q0*panelWidth)
	tiles := plane(rows*cols, wide)
	p.tilesOut.apply(rows*cols*wide, p.points, p.out, p.points*tiles, tiles, p.out, p.points*tiles, tiles)
	n := min(cols*tileSide, p.OW-x*tileSide) // pixels of a line
	for r := range rows {
		for k := range min(tileSide, p.OH-(y+r)*tileSide) {
			to := dst[p.origin+((y+r)*tileSide+k)*p.down+x*tileSide*p.pitch+j0:]
			src := p.out[k*p.points*tiles+r*cols*wide:]
			if width == wide && n == cols*tileSide {
				p.tilesOut.apply(wide, cols, to, p.pitch, tileSide*p.pitch, src, tiles, wide)
			} else {
				p.tilesOut.apply(wide, cols, p.frame, wide, tileSide*wide, src, tiles, wide)
				for i := range n {
					copy(to[i*p.pitch:][:width], p.frame[i*wide:])
				}
			}
			if tail != nil {
				tail.apply(to, j0, width, n, p.pitch)
			}
		}
	}
}
