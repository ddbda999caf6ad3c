package kernel

// This file is the gradient of a convolution's weights by the schemes of
// convwinograd.go, the other way: the values of the large image's tiles are
// multiplied with those of the small image's gradient, which go through gradsIn;
// each product is a sum over tiles, those of a chunk in a chain, by rows, and chunk
// after chunk added; and these go through weightsOut, rows first.

// summedGrads is about how many floats of sums are held at once.
const summedGrads = 1 << 20

// gradPlan is how the work of a GradWeights is cut.
type gradPlan struct {
	winogradPlan
	filters int // most that are summed at once

	grads, turned, sums []float32
}

func (g *GradWeights) planWinograd() gradPlan {
	p := gradPlan{winogradPlan: g.planTiles(g.winograd())}
	most := max(panelWidth, summedGrads/(p.products*p.depth)&^(panelWidth-1))
	p.filters = min(wholePanels(g.F), most)
	p.chunk(2 * p.filters)
	return p
}

// cut takes the parts of scratch; of none, it returns how long it is to be.
func (p *gradPlan) cut(scratch []float32) int {
	tiles, c := p.rows*p.cols, cutter{scratch: scratch}
	wide := p.cols * tileSide * p.filters // a line of gradients
	c.take(&p.frame, max(p.points*p.line(p.cols), tileSide*wide))
	c.take(&p.lines, p.points*max(p.line(p.cols), wide))
	c.take(&p.in, p.products*plane(tiles, p.depth))
	c.take(&p.grads, p.products*plane(tiles, p.filters))
	c.take(&p.turned, tiles*p.filters)
	c.take(&p.sums, p.products*p.filters*p.depth)
	return c.at
}

// winogradRun is Run.
func (g *GradWeights) winogradRun(dw, large, small []float32, n int, scratch []float32, part, parts int) {
	p := g.planWinograd()
	p.cut(scratch)
	f0, f1 := Share((g.F+together-1)/together, part, parts)
	f0, f1 = f0*together, min(f1*together, g.F)
	for f := f0; f < f1; f += p.filters {
		filters := min(p.filters, f1-f)
		add := false
		for image := range n {
			for y := 0; y < p.ny; {
				rows := balanced(p.ny-y, p.rows)
				for x := 0; x < p.nx; {
					cols := balanced(p.nx-x, p.cols)
					p.transformTiles(large[image*g.Large():][:g.Large()], y, x, rows, cols)
					p.transformGrads(small[image*g.Small():][:g.Small()], y, x, rows, cols, f, filters)
					p.sum(rows*cols, filters, add)
					add = true
					x += cols
				}
				y += rows
			}
		}
		p.finish(dw, f, filters)
	}
}

// transformGrads makes the values of the gradient of rows x cols tiles, for some
// filters from f on.
func (p *gradPlan) transformGrads(small []float32, y, x, rows, cols, f, filters int) {
	wide := wholePanels(filters)
	tiles, line := plane(rows*cols, wide), cols*tileSide*wide
	pixels := min(cols*tileSide, p.OW-x*tileSide)
	for r := range rows {
		for k := range tileSide {
			l := p.frame[k*line:][:line]
			at := (y+r)*tileSide + k
			if at >= p.OH {
				clear(l)
				continue
			}
			src := small[(at*p.OW+x*tileSide)*p.F+f:]
			for i := range pixels {
				pixel := l[i*wide:][:wide]
				copyChannels(pixel, src[i*p.F:][:filters])
				clear(pixel[filters:])
			}
			clear(l[pixels*wide:])
		}
		p.gradsIn.apply(line, 1, p.lines, line, 0, p.frame, line, 0)
		for k := range p.points {
			p.gradsIn.apply(wide, cols, p.grads[k*p.points*tiles+r*cols*wide:], tiles, wide, p.lines[k*line:], wide, tileSide*wide)
		}
	}
}

// sum multiplies the values of tiles, and adds up.
func (p *gradPlan) sum(tiles, filters int, add bool) {
	wide := wholePanels(filters)
	in, grads := plane(tiles, p.depth), plane(tiles, wide)
	panels := p.depth / panelWidth
	var aoff, coff offsets
	for i := range p.products {
		Transpose(p.turned, p.grads[i*grads:], 1, tiles, wide, 0, 1)
		to := p.sums[i*filters*p.depth:]
		for f := 0; f < filters; f += runRows {
			rows := min(runRows, filters-f)
			for j := 0; j < panels; {
				s := slab{data: p.in[i*in+j*panelWidth:], step: p.depth, n: balanced(min(panels-j, group), panelsFor(rows))}
				s.width = s.n * panelWidth
				for t := range rows {
					aoff[t], coff[t] = (f+t)*tiles, (f+t)*p.depth+j*panelWidth
				}
				s.run(rows, 0, tiles, p.turned, &aoff, to, &coff, add)
				j += s.n
			}
		}
	}
}

// finish turns the sums of some filters from f on into weights.
func (p *gradPlan) finish(dw []float32, f, filters int) {
	each := filters * p.depth
	p.weightsOut.apply(each, p.points, p.sums, p.points*each, each, p.sums, p.points*each, each)
	p.weightsOut.apply(each, p.taps, p.sums, each, p.points*each, p.sums, each, p.points*each)
	for i := range filters {
		to := dw[(f+i)*p.C*p.window():][:p.C*p.window()]
		for k := range p.window() {
			ky, kx := k/p.KW, k%p.KW
			from := p.sums[(ky/p.stride*p.points+kx/p.stride)*each+i*p.depth+(ky%p.stride*p.stride+kx%p.stride)*p.channels:]
			for c, v := range from[:p.C] {
				to[c*p.window()+k] = v
			}
		}
	}
}
