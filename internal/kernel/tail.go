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

// apply finishes channels j0 to j0+len(y) of one row.
func (t *Tail) apply(y []float32, j0 int) {
	if t.Bias != nil {
		AddTo(y, t.Bias[j0:j0+len(y)])
	}
	if t.Scale != nil {
		scaleShift(y, t.Scale[j0:j0+len(y)], t.Shift[j0:j0+len(y)])
	}
	Activate(y, t.Act, t.Alpha)
}

// Apply finishes whole rows of c channels. A nil tail leaves them.
func (t *Tail) Apply(y []float32, c int) {
	if t == nil {
		return
	}
	if t.Bias == nil && t.Scale == nil {
		Activate(y, t.Act, t.Alpha)
		return
	}
	for ; len(y) > 0; y = y[c:] {
		t.apply(y[:c], 0)
	}
}

// AddTo adds x to y, element by element.
func AddTo(y, x []float32) {
	x = x[:len(y)]
	for i := vector(addElement, nil, y, x); i < len(y); i++ {
		y[i] += x[i]
	}
}

// scaleShift is y = fma(y, scale, shift), element by element.
func scaleShift(y, scale, shift []float32) {
	scale, shift = scale[:len(y)], shift[:len(y)]
	for i := vector(scaleShiftElement, nil, y, scale, shift); i < len(y); i++ {
		y[i] = fma(y[i], scale[i], shift[i])
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
