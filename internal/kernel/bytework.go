package kernel

// This file is one call of a convolution of bytes: block after block, run after
// run, from sums to results.

// byteWork is what a call works with.
type byteWork struct {
	k            *ByteConv
	s            *ByteSums
	image        byteImage
	width, lines int // of results of a block
	run          byteRun
	first        []int32   // what a column's sums start with
	floats       []float32 // sums as such
	weightZeros  []int32   // as stored, one a column, if they differ
	weightZero   int32     // of all columns, if they do not
}

// begin cuts the scratch into pieces and works out what sums start with.
func (w *byteWork) begin(k *ByteConv, s *ByteSums, scratch []float32) {
	take := func(n int) (piece []float32) {
		piece, scratch = scratch[:n:n], scratch[n:]
		return piece
	}
	w.k, w.s = k, s
	w.width, w.lines = k.blockOf()
	columns, width := k.columnsRead(w.width), k.Weights.panels()*panelWidth
	pixels := columns * k.linesRead(w.lines)
	w.image = byteImage{
		stored: bytesOf(take(pixels * quads(k.C))), sums: intsOf(take(pixels)), columns: columns, channels: k.C,
		flip: flipOf(s.Signed, signedBytes), zero: storedZero(s.Zero, s.Signed, signedBytes),
	}
	w.run.segments = intsOf(take(k.window()))
	w.run.c, w.floats = intsOf(take(byteSumsLen)), take(byteSumsLen)
	w.first = intsOf(take(width))
	w.zeros(intsOf(take(width)))
	w.image.summed = w.weightZero != 0 || w.weightZeros != nil
	w.starts()
	w.segments()
}

// zeros works out the zero points of the weights as they are stored.
func (w *byteWork) zeros(room []int32) {
	all := w.s.WeightZeros
	same := true
	for _, z := range all {
		same = same && z == all[0]
	}
	switch {
	case len(all) == 0:
		w.weightZero = storedZero(0, w.k.Weights.signed, true)
	case same:
		w.weightZero = storedZero(all[0], w.k.Weights.signed, true)
	default:
		w.weightZeros = room[:len(all)]
		for j, z := range all {
			w.weightZeros[j] = storedZero(z, w.k.Weights.signed, true)
		}
	}
}

// starts works out what the sums of a column start with: its bias, and what does
// not depend on the image.
func (w *byteWork) starts() {
	k, size := w.k, int32(w.k.window()*w.k.C)
	clear(w.first)
	for j := range k.F {
		zero := w.weightZero
		if w.weightZeros != nil {
			zero = w.weightZeros[j]
		}
		w.first[j] = w.image.zero * (size*zero - k.Weights.sums[j])
		if w.s.Bias != nil {
			w.first[j] += w.s.Bias[j]
		}
	}
}

// segments works out where the stretches of a window are.
func (w *byteWork) segments() {
	k, t, n := w.k, &w.run, 0
	t.quads, t.panelLen = quads(k.C), k.Weights.panelLen()
	taps := k.KW
	if k.dw() == 1 { // a line of the window is one stretch
		t.quads *= k.KW
		taps = 1
	}
	for y := range k.KH {
		for x := range taps {
			t.segments[n] = int32((y*k.dh()*w.image.columns + x*k.dw()) * k.pixelLen())
			n++
		}
	}
	t.segments = t.segments[:n]
}

// blocks computes a share of the blocks of n images.
func (w *byteWork) blocks(n, part, parts int) {
	k := w.k
	across, down := (k.OW+w.width-1)/w.width, (k.OH+w.lines-1)/w.lines
	from, to := Share(n*across*down, part, parts)
	for i := from; i < to; i++ {
		y, x := i/across%down*w.lines, i%across*w.width
		w.block(i/(across*down), y, x, min(w.lines, k.OH-y), min(w.width, k.OW-x))
	}
}

// block computes lines x width results of an image from pixel (y, x) on.
func (w *byteWork) block(img, y, x, lines, width int) {
	k := w.k
	w.image.fill(k, img, y*k.StrideH-k.PadTop, x*k.StrideW-k.PadLeft, k.linesRead(lines), k.columnsRead(width))
	w.run.a = w.image.stored
	row := width // results that follow each other
	if width == k.OW {
		row *= lines
	}
	for first := 0; first < lines*width; first += row {
		for i := first; i < first+row; i += runRows {
			w.run.rows = min(runRows, first+row-i)
			for r := range w.run.rows {
				at := (i+r)/width*k.StrideH*w.image.columns + (i+r)%width*k.StrideW
				w.run.aoff[r], w.run.rowFirst[r] = at*k.pixelLen(), 0
				if w.weightZero != 0 {
					w.run.rowFirst[r] = -w.weightZero * w.image.windowSum(k, at)
				}
			}
			w.columns(((img*k.OH+y+i/width)*k.OW + x + i%width) * k.to())
		}
	}
}

// columns computes all columns of a run, whose first result is at a place.
func (w *byteWork) columns(at int) {
	t, all := &w.run, w.k.Weights.panels()
	for p := 0; p < all; p += t.panels {
		t.panels = bytePanels(all - p)
		t.b, t.first = w.k.Weights.data[p*t.panelLen:], w.first[p*panelWidth:]
		byteTile(t)
		j := p * panelWidth
		width := min(t.panels*panelWidth, w.k.F-j)
		if w.weightZeros != nil {
			w.correct(j, width)
		}
		w.store(at+j, j, width)
	}
}

// correct takes off the weights' zero points where each column has its own.
func (w *byteWork) correct(j, width int) {
	t := &w.run
	for r := range t.rows {
		sum := w.image.windowSum(w.k, t.aoff[r]/w.k.pixelLen())
		c := t.c[r*t.panels*panelWidth:]
		for i, z := range w.weightZeros[j:][:width] {
			c[i] -= z * sum
		}
	}
}

// store brings the sums of width columns from j on where they belong.
func (w *byteWork) store(at, j, width int) {
	s, t, to := w.s, &w.run, w.k.to()
	step := t.panels * panelWidth
	switch {
	case s.Ints != nil:
		for r := range t.rows {
			copy(s.Ints[at+r*to:][:width], t.c[r*step:])
		}
	case s.Floats != nil:
		scaleInts(s.Floats[at:], to, t.c, step, s.Scale[j:][:width], t.rows)
		if s.Tail != nil {
			s.Tail.apply(s.Floats[at:], j, width, t.rows, to)
		}
	default:
		scaleInts(w.floats, width, t.c, step, s.Scale[j:][:width], t.rows)
		for r := range t.rows {
			Quantize(s.Bytes[at+r*to:][:width], w.floats[r*width:][:width], 1, s.Narrow)
		}
	}
}
