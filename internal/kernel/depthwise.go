package kernel

// This file is convolution of each channel on its own.

// Depthwise is a Conv whose output channels each see one channel of the large
// image: F is C, and the weights are [C, 1, KH, KW]. After Pack it is read-only.
type Depthwise struct {
	Geometry
	w     []float32 // a row of width values for each window position
	width int
}

// Pack replaces the weights, [C, 1, KH, KW].
func (d *Depthwise) Pack(w []float32) {
	d.width = d.wide()
	d.w = make([]float32, d.window()*d.width)
	for i := range d.w {
		d.w[i] = w[i%d.width%d.C*d.window()+i/d.width]
	}
}

// wide is for how many values the weights of a window position are repeated: of a
// few pixels, which fill whole vectors, or of a line, if channels are few.
func (d *Depthwise) wide() int {
	if d.C < panelWidth && d.StrideW == 1 {
		return d.C * d.OW
	}
	width := d.C
	for width%panelWidth != 0 {
		width *= 2
	}
	return width
}

// PackHalf is Pack for weights of float16 bits.
func (d *Depthwise) PackHalf(w []uint16) {
	wide := make([]float32, len(w))
	for i, h := range w {
		wide[i] = Float16(h)
	}
	d.Pack(wide)
}

// ScratchLen is the length of the scratch that one Run needs.
func (d *Depthwise) ScratchLen(int) int {
	if d.StrideW == 1 || d.width == d.C {
		return 0
	}
	return d.OW * d.C
}

// Run computes n small images dst [n, OH, OW, C] from n large ones src
// [n, H, W, C] and applies tail (which may be nil): an output is a chain over
// the window's rows, then columns, that are in the image. It does its part-th of
// parts shares; no two parts write the same output.
func (d *Depthwise) Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	from, to := Share(n*d.OH, part, parts)
	for from < to {
		i, y0 := from/d.OH, from%d.OH
		y1 := min(d.OH, y0+to-from)
		image := dst[i*d.Small():][:d.Small()]
		for y := y0; y < y1; { // a few lines at a time, which stay in the cache
			end := min(y1, y+max(1, linesLen/(d.OW*d.C)))
			d.lines(image, src[i*d.Large():][:d.Large()], y, end, scratch)
			tail.Apply(image[y*d.OW*d.C:end*d.OW*d.C], d.C)
			y = end
		}
		from += y1 - y0
	}
}

// linesLen is how many outputs are computed at a time, unless a line has more.
const linesLen = 1 << 13

// lines computes lines y0 to y1 of an image, one window position after the other.
func (d *Depthwise) lines(dst, src []float32, y0, y1 int, scratch []float32) {
	to, from := d.OW*d.C, d.StrideH*d.W*d.C // from line to line
	clear(dst[y0*to : y1*to])
	for k := range d.window() {
		ky, kx := k/d.KW, k%d.KW
		s0, s1 := reach(ky, d.H, d.OH, d.StrideH, d.PadTop, d.dh())
		x0, x1 := reach(kx, d.W, d.OW, d.StrideW, d.PadLeft, d.dw())
		s0, s1 = max(s0, y0), min(s1, y1)
		if s0 >= s1 || x0 >= x1 {
			continue
		}
		y := dst[s0*to+x0*d.C:]
		x := src[(s0*d.StrideH-d.PadTop+ky*d.dh())*d.W*d.C+(x0*d.StrideW-d.PadLeft+kx*d.dw())*d.C:]
		w := d.w[k*d.width:][:d.width]
		if d.width == to && d.StrideW == 1 {
			addScaled(y, x, w, (x1-x0)*d.C, s1-s0, to, from)
			continue
		}
		for i := range s1 - s0 {
			d.line(y[i*to:], x[i*from:], w, x1-x0, scratch)
		}
	}
}

// line adds one window position to n pixels of a line. Those of a stride are put
// together first where single ones would not fill whole vectors.
func (d *Depthwise) line(y, x, w []float32, n int, scratch []float32) {
	step := d.StrideW * d.C
	if d.width == d.C {
		addScaled(y, x, w, d.C, n, d.C, step)
		return
	}
	if step > d.C {
		for i := range n {
			copy(scratch[i*d.C:][:d.C], x[i*step:])
		}
		x = scratch
	}
	whole := n * d.C / d.width
	addScaled(y, x, w, d.width, whole, d.width, d.width)
	if at := whole * d.width; at < n*d.C {
		addScaled(y[at:], x[at:], w, n*d.C-at, 1, 0, 0)
	}
}

// addScaled is y = fma(x, w, y) for rows rows of n values, one every to of y and
// every from of x, and the same w.
func addScaled(y, x, w []float32, n, rows, to, from int) {
	done := vectorMatrix(affineElement, n, rows, [6]int{to, from, 0, to}, y, x, w, y)
	if done == n {
		return
	}
	for r := range rows {
		y, x := y[r*to:][:n], x[r*from:][:n]
		for j := done; j < n; j++ {
			y[j] = fma(x[j], w[j], y[j])
		}
	}
}
