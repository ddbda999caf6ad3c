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
	d.width = d.C
	if d.C < panelWidth && d.StrideW == 1 { // a line of pixels is as good as one of channels, and longer
		d.width = d.C * d.OW
	}
	d.w = make([]float32, d.window()*d.width)
	for i := range d.w {
		d.w[i] = w[i%d.width%d.C*d.window()+i/d.width]
	}
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
func (d *Depthwise) ScratchLen(int) int { return 0 }

// Run computes n small images dst [n, OH, OW, C] from n large ones src
// [n, H, W, C] and applies tail (which may be nil): an output is a chain over
// the window's rows, then columns, that are in the image. It does its part-th of
// parts shares; no two parts write the same output.
func (d *Depthwise) Run(dst, src []float32, n int, tail *Tail, _ []float32, part, parts int) {
	line := d.OW * d.C
	from, to := share(n*d.OH, part, parts)
	for i := from; i < to; i++ {
		out := dst[i*line:][:line]
		clear(out)
		for ky := range d.KH {
			if y := i%d.OH*d.StrideH - d.PadTop + ky*d.dh(); y >= 0 && y < d.H {
				d.line(out, src[(i/d.OH*d.H+y)*d.W*d.C:][:d.W*d.C], ky)
			}
		}
		tail.Apply(out, d.C)
	}
}

// line adds one window row to a line of outputs.
func (d *Depthwise) line(out, src []float32, ky int) {
	for kx := range d.KW {
		x0, x1 := reach(kx, d.W, d.OW, d.StrideW, d.PadLeft, d.dw())
		if x0 >= x1 {
			continue
		}
		y, x := out[x0*d.C:], src[(x0*d.StrideW-d.PadLeft+kx*d.dw())*d.C:]
		w := d.w[(ky*d.KW+kx)*d.width:][:d.width]
		if d.width == d.C {
			addScaled(y, x, w, d.C, x1-x0, d.C, d.StrideW*d.C)
		} else {
			addScaled(y, x, w, (x1-x0)*d.C, 1, 0, 0)
		}
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
