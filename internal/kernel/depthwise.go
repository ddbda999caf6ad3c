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

// mostTaps is the most window positions of a row that are computed together.
const mostTaps = 5

// lines computes lines y0 to y1 of an image, one row of the window after the
// other.
func (d *Depthwise) lines(dst, src []float32, y0, y1 int, scratch []float32) {
	line := d.OW * d.C
	clear(dst[y0*line : y1*line])
	for ky := range d.KH {
		s0, s1 := reach(ky, d.H, d.OH, d.StrideH, d.PadTop, d.dh())
		s0, s1 = max(s0, y0), min(s1, y1)
		if s0 >= s1 {
			continue
		}
		y, x := dst[s0*line:s1*line], src[(s0*d.StrideH-d.PadTop+ky*d.dh())*d.W*d.C:]
		for kx := 0; kx < d.KW; {
			taps := balanced(d.KW-kx, mostTaps)
			d.taps(y, x, ky*d.KW+kx, kx, taps, s1-s0, scratch)
			kx += taps
		}
	}
}

// taps adds some window positions of one row, of which the first is number k and in
// column kx, to some lines.
func (d *Depthwise) taps(y, x []float32, k, kx, taps, lines int, scratch []float32) {
	first, end := 0, d.OW // the pixels that see all of them
	reachOf := func(i int) (x0, x1 int) { return reach(kx+i, d.W, d.OW, d.StrideW, d.PadLeft, d.dw()) }
	for i := range taps {
		x0, x1 := reachOf(i)
		first, end = max(first, x0), min(end, x1)
	}
	if taps == 1 || first >= end || d.StrideW > 1 && d.width != d.C {
		first, end = d.OW, d.OW
	} else {
		d.pixels(y, x, k, kx, taps, first, end, lines, scratch)
	}
	for i := range taps {
		x0, x1 := reachOf(i)
		d.pixels(y, x, k+i, kx+i, 1, x0, min(first, x1), lines, scratch)
		d.pixels(y, x, k+i, kx+i, 1, max(end, x0), x1, lines, scratch)
	}
}

// pixels is taps for pixels x0 to x1 of each line, which see all of the positions.
func (d *Depthwise) pixels(y, x []float32, k, kx, taps, x0, x1, lines int, scratch []float32) {
	if x0 >= x1 {
		return
	}
	to, from, step := d.OW*d.C, d.StrideH*d.W*d.C, d.StrideW*d.C
	y, x = y[x0*d.C:], x[(x0*d.StrideW-d.PadLeft+kx*d.dw())*d.C:]
	add := func(y, x []float32, n, rows, to, from int) {
		addWindows(y, x, d.w[k*d.width:], taps, d.dw()*d.C, d.width, n, rows, to, from)
	}
	pixels := x1 - x0
	if d.width == to && d.StrideW == 1 {
		add(y, x, pixels*d.C, lines, to, from)
		return
	}
	for range lines {
		if d.width == d.C {
			add(y, x, d.C, pixels, d.C, step)
		} else {
			row := x
			if step > d.C { // pixels together fill whole vectors
				for i := range pixels {
					copy(scratch[i*d.C:][:d.C], x[i*step:])
				}
				row = scratch
			}
			whole := pixels * d.C / d.width
			add(y, row, d.width, whole, d.width, d.width)
			if at := whole * d.width; at < pixels*d.C {
				add(y[at:], row[at:], pixels*d.C-at, 1, 0, 0)
			}
		}
		y, x = y[min(to, len(y)):], x[min(from, len(x)):]
	}
}

// addWindows is y = fma(x, w, y) for rows rows of n values, one every yRow of y and
// every xRow of x, and the same w; and so for taps of x and w, one after the other,
// which stand xTap and wTap apart.
func addWindows(y, x, w []float32, taps, xTap, wTap, n, rows, yRow, xRow int) {
	done := 0
	if taps > 1 {
		done = windows(y, x, w, taps, xTap, wTap, n, rows, yRow, xRow)
	} else {
		done = vectorMatrix(affineElement, n, rows, [6]int{yRow, xRow, 0, yRow}, y, x, w, y)
	}
	if done == n {
		return
	}
	for r := range rows {
		y := y[r*yRow:][:n]
		for k := range taps {
			x, w := x[r*xRow+k*xTap:][:n], w[k*wTap:][:n]
			for j := done; j < n; j++ {
				y[j] = fma(x[j], w[j], y[j])
			}
		}
	}
}
