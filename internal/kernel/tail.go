package kernel

import "math"

// This file is what follows a layer's sum: bias, normalisation, activation.

// Tail is what follows a layer's sum, in this order: bias is added; then
// y = fma(y, scale, shift); then the activation. Slices have one value for
// each output channel; nil leaves that part out. Scale and Shift go together.
type Tail struct {
	Bias         []float32
	Scale, Shift []float32
	Act          Act
	Alpha        float32 // LeakyReLU's slope
}

// apply finishes channels j0 to j0+width of rows rows, one every stride.
func (t *Tail) apply(y []float32, j0, width, rows, stride int) {
	if width == stride && width%panelWidth != 0 && width <= wideLen/2 && rows*width >= wideLen && (t.Bias != nil || t.Scale != nil) {
		t.applyWide(y[:rows*width], width)
		return
	}
	if t.Bias != nil {
		bias := t.Bias[j0:][:width]
		if done := vectorRows(addElement, nil, width, rows, stride, y, bias); done < width {
			for r := range rows {
				row := y[r*stride:][:width]
				for j := done; j < width; j++ {
					row[j] += bias[j]
				}
			}
		}
	}
	if t.Scale != nil {
		scale, shift := t.Scale[j0:][:width], t.Shift[j0:][:width]
		if done := vectorRows(scaleShiftElement, nil, width, rows, stride, y, scale, shift); done < width {
			for r := range rows {
				row := y[r*stride:][:width]
				for j := done; j < width; j++ {
					row[j] = fma(row[j], scale[j], shift[j])
				}
			}
		}
	}
	if width == stride {
		Activate(y[:rows*stride], t.Act, t.Alpha)
		return
	}
	done := 0
	switch t.Act {
	case Identity:
		return
	case ReLU:
		done = vectorRows(reluElement, nil, width, rows, stride, y)
	case LeakyReLU:
		done = vectorRows(leakyElement, []float32{t.Alpha}, width, rows, stride, y)
	}
	if done < width {
		for r := range rows {
			Activate(y[r*stride+done:][:width-done], t.Act, t.Alpha)
		}
	}
}

// Apply finishes whole rows of c channels. A nil tail leaves them.
func (t *Tail) Apply(y []float32, c int) {
	if t != nil {
		t.apply(y, 0, c, len(y)/c, c)
	}
}

// wideLen is how many channels applyWide makes of several rows' at most.
const wideLen = 480

// applyWide is apply to whole rows whose channels are no whole number of vectors,
// which it takes for fewer rows of more: the tail's slices repeated.
func (t *Tail) applyWide(y []float32, c int) {
	var bias, scale, shift [wideLen]float32
	n := wideColumns(c)
	wide := Tail{
		Bias: repeated(bias[:n], t.Bias), Scale: repeated(scale[:n], t.Scale), Shift: repeated(shift[:n], t.Shift),
		Act: t.Act, Alpha: t.Alpha,
	}
	whole := len(y) / n * n
	wide.apply(y[:whole], 0, n, whole/n, n)
	if rest := y[whole:]; len(rest) > 0 {
		wide.apply(rest, 0, len(rest), 1, len(rest))
	}
}

// wideColumns is a multiple of c channels of at most wideLen, in whole vectors if
// there is such.
func wideColumns(c int) int {
	n := c
	for n%panelWidth != 0 && n <= wideLen/2 {
		n *= 2
	}
	return wideLen / n * n
}

// repeated fills room with v over and over; nil stays nil.
func repeated(room, v []float32) []float32 {
	if v == nil {
		return nil
	}
	for n := copy(room, v); n < len(room); {
		n += copy(room[n:], room[:n])
	}
	return room
}

// AddTo adds x to y, element by element.
func AddTo(y, x []float32) {
	x = x[:len(y)]
	for i := vector(addElement, nil, y, x); i < len(y); i++ {
		y[i] += x[i]
	}
}

// NormScaleShift turns batch norm at sampling time into one multiply-add per
// element: scale = gamma/sqrt(variance+eps), shift = fma(-mean, scale, beta).
func NormScaleShift(scale, shift, gamma, beta, mean, variance []float32, eps float32) {
	for i := range scale {
		s := float32(math.Sqrt(float64(variance[i] + eps)))
		scale[i] = gamma[i] / s
		shift[i] = fma(-mean[i], scale[i], beta[i])
	}
}
