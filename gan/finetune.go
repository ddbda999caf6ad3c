package gan

import (
	"fmt"
	"reflect"
)

// This file is training on from a generator that exists.

// FineTune starts a training of cfg on data from a generator in place of random
// weights: one of another run, perhaps brought back by export.Read. It is
// copied. Its latents, image shape, classes and layers must be those that cfg and
// data ask for; where they are not, the error names the first layer. The
// discriminator, Adam's moments and the count of steps begin anew.
func FineTune(cfg Config, g *Generator, data Dataset) (*Trainer, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if g.Distribution != cfg.Distribution || g.LatentDim != cfg.LatentDim {
		return nil, fmt.Errorf("gan: the generator takes %d %s numbers, want %d %s ones", g.LatentDim, g.Distribution, cfg.LatentDim, cfg.Distribution)
	}
	return begin(cfg, data, g)
}

// sameForms reports the first layer that differs from the one wanted in more
// than its numbers.
func sameForms(layers, want []Layer) error {
	if len(layers) != len(want) {
		return fmt.Errorf("gan: the generator has %d layers, want %d", len(layers), len(want))
	}
	for i := range layers {
		if got, want := layers[i].form(), want[i].form(); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("gan: layer %d of the generator is %v, want %v", i, got, want)
		}
	}
	return nil
}

// form is the layer without its numbers.
func (l Layer) form() Layer {
	l.Weight = nil
	if l.Bias != nil {
		l.Bias = []float32{}
	}
	if y := l.Style; y != nil {
		l.Style = &Style{Dim: y.Dim, Image: y.Image}
	}
	l.Mean = nil
	if l.Embed != nil { // In says how long its rows are, Classes how many there are
		l.Embed = []float32{}
	}
	if l.Norm != nil {
		l.Norm = &Norm{Eps: l.Norm.Eps}
	}
	if l.Body != nil {
		l.Body = append([]Layer(nil), l.Body...)
		for i, b := range l.Body {
			l.Body[i] = b.form()
		}
	}
	return l
}

// String is the layer without its numbers, such as "ConvTranspose 64x14x14 to
// 1x28x28, window 4, bias, tanh".
func (l Layer) String() string {
	s := fmt.Sprintf("%s %d to %d", l.Op, l.In, l.Out)
	if !l.isFlat() {
		h, w := l.OutSize()
		s = fmt.Sprintf("%s %dx%dx%d to %dx%dx%d", l.Op, l.In, l.H, l.W, l.Out, h, w)
	}
	switch {
	case l.Op.resizes():
		return s
	case l.Op == Residual, l.Op == Synthesis:
		return fmt.Sprintf("%s of %v", s, l.Body)
	}
	if l.Groups > 0 {
		s += fmt.Sprintf(", %d groups", l.Groups)
	}
	if l.Kernel > 0 {
		s += fmt.Sprintf(", window %d", l.Kernel)
	}
	if l.Bias != nil {
		s += ", bias"
	}
	if l.Style != nil {
		s += fmt.Sprintf(", style of %d numbers", l.Style.Dim)
	}
	if l.Norm != nil {
		s += fmt.Sprintf(", batch norm (epsilon %g)", l.Norm.Eps)
	}
	s += ", " + string(l.Act)
	if l.Act == LeakyReLU {
		s += fmt.Sprintf(" (%g)", l.Alpha)
	}
	return s
}
