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
// Windows that lie side by side: one product for each of their rows.
type ConvTranspose struct {
	Geometry
	w        Packed   // few channels: [F, KH*KW*C]
	rows     []Packed // side by side: for each row of the window, [F, KW*C]
	turned   *turned  // with a 3x3 window and stride 1
	taps     []*tap   // many: the window positions in the order of their use
	phases   [][]*tap // those of each phase, ascending
	convs    *[4]Conv // by phases
	products []Packed // by Winograd from float32: for each phase, the 9 products' weights
}

// A tap is one window position: its weights, [F, C], and the small pixels
// [y0, y1) x [x0, x1) that reach the large image from it.
type tap struct {
	Packed
	index          int // row*KW + column
	y0, y1, x0, x1 int
}

// NewConvTranspose packs w, [F, C, KH, KW].
func NewConvTranspose(g Geometry, w []float32) *ConvTranspose {
	c := &ConvTranspose{Geometry: g}
	c.Pack(w)
	return c
}

// few says that a pixel's channels don't fill a panel.
func (c *ConvTranspose) few() bool { return c.C < panelWidth }

// aside says that windows lie side by side, make the whole image, and have rows of
// half a panel or more.
func (c *ConvTranspose) aside() bool {
	return c.KH == c.StrideH && c.KW == c.StrideW && c.PadTop == 0 && c.PadLeft == 0 && c.dh() == 1 && c.dw() == 1 &&
		c.H == c.OH*c.KH && c.W == c.OW*c.KW && c.OH*c.OW > 1 && 2*c.KW*c.C >= panelWidth
}

// turned is the convolution from the small image to the large one that is a
// transposed one, with its window turned by half a circle.
type turned struct {
	Conv
	w []float32 // [C, F, KH, KW], from which it is packed
}

// asConv returns that convolution, nil if it is not computed by Winograd's scheme.
func (c *ConvTranspose) asConv() *turned {
	if c.turned == nil && c.KH == 3 && c.KW == 3 && c.StrideH == 1 && c.StrideW == 1 {
		g := Geometry{
			H: c.OH, W: c.OW, C: c.F, OH: c.H, OW: c.W, F: c.C, KH: 3, KW: 3, StrideH: 1, StrideW: 1,
			PadTop: 2 - c.PadTop, PadLeft: 2 - c.PadLeft, DilationH: c.DilationH, DilationW: c.DilationW,
		}
		if g.winograd() != nil {
			c.turned = &turned{Conv: Conv{Geometry: g}}
		}
	}
	return c.turned
}

// turn writes the weights of filters from to to, [C, F, 9], of [F, C, 9].
func turn[T element16or32](dst, w []T, f, c, from, to int) {
	for i := from; i < to; i++ {
		for j := range f {
			x, y := w[(j*c+i)*9:][:9], dst[(i*f+j)*9:][:9]
			for k, v := range x {
				y[8-k] = v
			}
		}
	}
}

// Pack replaces the weights, [F, C, KH, KW], without allocating again.
func (c *ConvTranspose) Pack(w []float32) {
	c.Reserve()
	c.PackPart(w, 0, 1)
	if t := c.turned; t != nil {
		t.w = nil
	}
}

// Reserve makes room for weights.
func (c *ConvTranspose) Reserve() { c.ReserveIn(Make) }

// ReserveIn is Reserve in memory that alloc returns.
func (c *ConvTranspose) ReserveIn(alloc func(n int) []float32) {
	t := c.asConv()
	switch {
	case t != nil:
		t.ReserveIn(alloc)
		if t.w == nil {
			t.w = alloc(c.Weights())
		}
	case c.split() != nil:
		for i := range c.convs {
			c.convs[i].ReserveIn(alloc)
		}
	case c.aside():
		c.rows = reserveRows(alloc, c, func(p *Packed) *[]float32 { p.half = nil; return &p.data })
	case c.few():
		c.w.data, c.w.half = roomIn(alloc, &c.w, c.w.data, c.F, c.window()*c.C), nil
	case c.winograd():
		c.reserveWinograd(alloc)
	default:
		if each := c.plan(); each > 0 && c.taps[0].data == nil {
			all := alloc(each * len(c.taps)) // in one stretch, to be fetched ahead
			for i, p := range c.taps {
				p.data, p.half = all[i*each:][:each], nil
			}
		}
	}
}

// PackPart does the part-th of parts shares of Pack, after Reserve.
func (c *ConvTranspose) PackPart(w []float32, part, parts int) {
	t := c.asConv()
	switch {
	case t != nil:
		from, to := Share(t.Conv.w.panels(), part, parts)
		turn(t.w, w, c.F, c.C, min(from*panelWidth, c.C), min(to*panelWidth, c.C))
		t.PackPart(t.w, part, parts)
	case c.split() != nil:
		packPhases(c.convs, func(p *Packed) []float32 { return p.data }, w, c.F, c.C, part, parts)
	case c.aside():
		packRows(c.rows, func(p *Packed) []float32 { return p.data }, w, c.C, c.KW, part, parts)
	case c.few():
		packOverlap(&c.w, c.w.data, w, c.C, c.window(), part, parts)
	case c.winograd():
		c.packWinograd(w, part, parts)
	default:
		packTaps(c.taps, func(p *tap) []float32 { return p.data }, w, c.C, c.window(), part, parts)
	}
}

// PackHalf is Pack for weights of float16 bits, which they stay in memory.
func (c *ConvTranspose) PackHalf(w []uint16) {
	if t := c.asConv(); t != nil {
		half := make([]uint16, len(w))
		turn(half, w, c.F, c.C, 0, c.C)
		t.PackHalf(half)
		return
	}
	if convs := c.split(); convs != nil {
		for i := range convs {
			p := &convs[i].w
			p.data, p.half = nil, room(p, p.half, 4*c.F, c.C)
		}
		packPhases(convs, func(p *Packed) []uint16 { return p.half }, w, c.F, c.C, 0, 1)
		return
	}
	t := c.window()
	if c.aside() {
		c.rows = reserveRows(Make, c, func(p *Packed) *[]uint16 { p.data = nil; return &p.half })
		packRows(c.rows, func(p *Packed) []uint16 { return p.half }, w, c.C, c.KW, 0, 1)
		return
	}
	if c.few() {
		c.w.data, c.w.half = nil, room(&c.w, c.w.half, c.F, t*c.C)
		packOverlap(&c.w, c.w.half, w, c.C, t, 0, 1)
		return
	}
	c.products = nil
	if each := c.plan(); each > 0 && c.taps[0].half == nil {
		all := Make[uint16](each * len(c.taps))
		for i, p := range c.taps {
			p.data, p.half = nil, all[i*each:][:each]
		}
	}
	packTaps(c.taps, func(p *tap) []uint16 { return p.half }, w, c.C, t, 0, 1)
}

// plan sorts the window positions into phases, once. It returns the length of
// the packed weights of one; 0 if none reaches the image.
func (c *ConvTranspose) plan() int {
	if c.phases == nil {
		c.phases = make([][]*tap, min(c.StrideH, c.H)*c.phaseLine())
		for k := range c.window() {
			p := &tap{Packed: Packed{K: c.F, N: c.C}, index: k}
			p.y0, p.y1 = reach(k/c.KW, c.H, c.OH, c.StrideH, c.PadTop, c.dh())
			p.x0, p.x1 = reach(k%c.KW, c.W, c.OW, c.StrideW, c.PadLeft, c.dw())
			if c.OH*c.OW == 1 {
				p.Group = WideGroup
			}
			if p.y0 < p.y1 && p.x0 < p.x1 {
				phase := c.phaseOf(k)
				c.phases[phase] = append(c.phases[phase], p)
			}
		}
		for _, phase := range c.phases {
			c.taps = append(c.taps, phase...)
		}
	}
	if len(c.taps) == 0 {
		return 0
	}
	return c.panels() * panelWidth * c.F
}

// panels is how many panels the channels make.
func (c *ConvTranspose) panels() int { return (c.C + panelWidth - 1) / panelWidth }

// ScratchLen is the length of the scratch that one Run needs.
func (c *ConvTranspose) ScratchLen(n int) int {
	t := c.asConv()
	switch {
	case t != nil:
		return t.ScratchLen(n)
	case c.split() != nil:
		p := c.planPhase(0)
		return p.cut(nil)
	case c.aside():
		return 0
	case c.few():
		return c.OH * c.OW * c.window() * c.C
	case c.winograd():
		return c.winogradScratch()
	}
	return 0
}

// Run computes n large images dst [n, H, W, C] from n small ones src
// [n, OH, OW, F] and applies tail (which may be nil). It does its part-th of
// parts shares; no two parts write the same output.
func (c *ConvTranspose) Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	if t := c.asConv(); t != nil {
		t.Run(dst, src, n, tail, scratch, part, parts)
		return
	}
	if c.split() != nil {
		c.phasesRun(dst, src, n, tail, scratch, part, parts)
		return
	}
	if c.aside() {
		c.runRows(dst, src, n, tail, part, parts)
		return
	}
	i0, i1 := 0, n
	if n >= parts {
		i0, i1 = Share(n, part, parts)
		part, parts = 0, 1
	}
	if c.few() {
		y0, y1 := Share(c.H, part, parts)
		for i := i0; i < i1; i++ {
			c.overlap(dst[i*c.Large():][:c.Large()], src[i*c.Small():], tail, scratch, y0, y1)
		}
		return
	}
	panels, phases := c.panels(), len(c.phases)
	if c.winograd() {
		phases = 4
	}
	width := max(1, min(panels, panels*phases/parts)) // panels of one unit of work
	units := (panels + width - 1) / width
	u0, u1 := Share(phases*units, part, parts)
	if c.winograd() {
		for i := i0; i < i1; i++ {
			c.winogradRun(dst[i*c.Large():][:c.Large()], src[i*c.Small():], tail, scratch, u0, u1, units, width)
		}
		return
	}
	chunk := max(1, 2*runRows/(c.OH*c.OW))
	for i := i0; i < i1; i += chunk {
		m := min(chunk, i1-i)
		for u := u0; u < u1; u++ {
			p := u % units * width
			c.phase(dst[i*c.Large():][:m*c.Large()], src[i*c.Small():], m, tail, u/units, p, min(p+width, panels))
		}
	}
}

// runRows is Run where windows lie side by side: a line of small pixels times a row of
// the window is a line of the large image.
func (c *ConvTranspose) runRows(dst, src []float32, n int, tail *Tail, part, parts int) {
	from, to := Share(n*c.OH, part, parts)
	for y := from; y < to; y++ {
		for k := range c.rows {
			line := dst[(y*c.KH+k)*c.W*c.C:][:c.W*c.C]
			gemm(line, c.KW*c.C, src[y*c.OW*c.F:], c.F, c.OW, &c.rows[k], nil, 0, c.rows[k].panels())
			tail.Apply(line, c.C)
		}
	}
}

// reserveRows makes room for the weights of each row of the window.
func reserveRows[T element16or32](alloc func(n int) []T, c *ConvTranspose, data func(*Packed) *[]T) []Packed {
	rows := c.rows
	if rows == nil {
		rows = make([]Packed, c.KH)
	}
	for i := range rows {
		to := data(&rows[i])
		*to = roomIn(alloc, &rows[i], *to, c.F, c.KW*c.C)
	}
	return rows
}

// phaseOf is the phase whose pixels a window position reaches: large pixels
// (y, x) with the same y mod StrideH and x mod StrideW are of one phase, and no
// window position reaches two.
func (c *ConvTranspose) phaseOf(tap int) int {
	mod := func(a, n int) int { return (a%n + n) % n }
	return mod(tap/c.KW*c.dh()-c.PadTop, c.StrideH)*c.phaseLine() + mod(tap%c.KW*c.dw()-c.PadLeft, c.StrideW)
}

// phaseLine is how many phases one line of pixels has: a stride beyond the image
// has no more than there are pixels.
func (c *ConvTranspose) phaseLine() int { return min(c.StrideW, c.W) }

// phase computes the pixels of one phase of n images, panels p0 to p1 of their
// channels.
func (c *ConvTranspose) phase(dst, src []float32, n int, tail *Tail, phase, p0, p1 int) {
	py, px := phase/c.phaseLine(), phase%c.phaseLine()
	j0, width := p0*panelWidth, min(p1*panelWidth, c.C)-p0*panelWidth
	stride, pixels := c.StrideW*c.C, (c.W-px+c.StrideW-1)/c.StrideW
	for img := range n {
		for y := py; y < c.H; y += c.StrideH {
			line := dst[((img*c.H+y)*c.W+px)*c.C+j0:]
			for x := range pixels {
				clear(line[x*stride:][:width])
			}
		}
	}
	for _, t := range c.phases[phase] {
		c.tap(dst, src, n, t, p0, p1)
	}
	if tail == nil {
		return
	}
	for img := range n {
		for y := py; y < c.H; y += c.StrideH {
			tail.apply(dst[((img*c.H+y)*c.W+px)*c.C+j0:], j0, width, pixels, stride)
		}
	}
}

// tap adds one window position of n images.
func (c *ConvTranspose) tap(dst, src []float32, n int, w *tap, p0, p1 int) {
	y0, y1, x0, x1 := w.y0, w.y1, w.x0, w.x1
	rows := n * (y1 - y0) * (x1 - x0)
	corner := (w.index/c.KW*c.dh()-c.PadTop)*c.W + w.index%c.KW*c.dw() - c.PadLeft // of small pixel (0, 0)
	// From pixel to pixel, and in addition from line to line and image to image.
	aStep, cStep := c.F, c.StrideW*c.C
	aLine, cLine := (c.OW-(x1-x0))*c.F, (c.StrideH*c.W-(x1-x0)*c.StrideW)*c.C
	aImage, cImage := (c.OH-(y1-y0))*c.OW*c.F, (c.H-(y1-y0)*c.StrideH)*c.W*c.C
	var aoff, coff offsets
	for p := p0; p < p1; {
		g := w.span(rows, p, p1)
		s := w.slab(p, g)
		x, y := x0, y0
		at := (y0*c.OW + x0) * c.F
		to := (corner+y0*c.StrideH*c.W+x0*c.StrideW)*c.C + p*panelWidth
		for i := 0; i < rows; {
			n := min(rows-i, runRows)
			for t := range n {
				aoff[t], coff[t] = at, to
				at += aStep
				to += cStep
				if x++; x == x1 {
					x = x0
					at += aLine
					to += cLine
					if y++; y == y1 {
						y = y0
						at += aImage
						to += cImage
					}
				}
			}
			s.run(n, 0, w.K, src, &aoff, dst, &coff, true)
			i += n
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
	step, n := c.StrideW*c.C, c.w.N
	to, at := (x0*c.StrideW+dx)*c.C, x0*n
	switch c.C {
	case 1:
		for range x1 - x0 {
			line[to] += cols[at]
			to += step
			at += n
		}
	case 3:
		for range x1 - x0 {
			d, s := line[to:to+3:to+3], cols[at:at+3:at+3]
			d[0] += s[0]
			d[1] += s[1]
			d[2] += s[2]
			to += step
			at += n
		}
	default:
		for range x1 - x0 {
			d := line[to:][:c.C]
			for i, v := range cols[at:][:len(d)] {
				d[i] += v
			}
			to += step
			at += n
		}
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
