package gan

import "fmt"

// This file is what a generator has for styles, as plain data: a Synthesis makes
// an image of a style, by convolutions that the style modulates.

// Style is what a convolution in a Synthesis has for styles: a dense layer that
// makes a factor for each channel of its input (Karras et al., "Analyzing and
// Improving the Image Quality of StyleGAN", 2020, section 2.2).
type Style struct {
	Dim          int       // numbers of a style
	Weight, Bias []float32 // [In, Dim], [In]

	// Image says that the convolution, of 1x1, makes an image, which is added to what
	// those before have made; the next layer takes what it took. Others are
	// demodulated: for each sample and channel of theirs, their weights times the
	// style have length 1. Then so much of Noise, [1], as the sample has at each
	// pixel, the same for all channels, and the bias are added.
	Image bool
	Noise []float32 // nil with Image
}

func (l *Layer) styleWeights() int64 {
	if l.Style == nil {
		return 0
	}
	return volume(l.In, l.Style.Dim, 1)
}

// isFlat says that the layer takes features.
func (l *Layer) isFlat() bool { return l.Op == Dense || l.Op == Synthesis }

// Styles is how many layers of a generator take a style; 0 of one without.
func (g *Generator) Styles() (n int) {
	for _, l := range Each(g.Layers) {
		if l.Style != nil {
			n++
		}
	}
	return n
}

// validateStyles reports the first layer that has a style, or makes images of one,
// where none can be.
func (g *Generator) validateStyles() error {
	for i := range g.Layers {
		l := &g.Layers[i]
		for place, b := range Each(g.Layers[i : i+1]) {
			if (b.Op == Constant || b.Style != nil) && l.Op != Synthesis {
				return fmt.Errorf("gan: layer %d: %s, or a style, at %s, want it in a %s", i, Constant, place, Synthesis)
			}
		}
		switch last := len(g.Layers) - 1; {
		case l.Op == Synthesis && (i == 0 || i < last):
			return fmt.Errorf("gan: layer %d is a %s, want it last, after %s", i, l.Op, Dense)
		case l.Op == Synthesis && g.Shape.Vector():
			return fmt.Errorf("gan: layer %d is a %s, want images larger than %v", i, l.Op, g.Shape)
		case i < last && g.Layers[last].Op == Synthesis && (l.Op != Dense || l.Norm != nil):
			return fmt.Errorf("gan: layer %d is %s before a %s, want %s without norm", i, l.Op, Synthesis, Dense)
		case l.Normalize && g.Layers[last].Op != Synthesis:
			return fmt.Errorf("gan: layer %d normalises, want that before a %s alone", i, Synthesis)
		}
	}
	return nil
}

// validateStyle reports what the layer has for styles and cannot have.
func (l *Layer) validateStyle() error {
	y := l.Style
	switch {
	case l.Normalize && l.Op != Dense:
		return fmt.Errorf("%s of normalised values, want %s", l.Op, Dense)
	case l.Op == Synthesis && len(l.Mean) != l.In, l.Op != Synthesis && l.Mean != nil:
		return fmt.Errorf("%s with a mean style of %d numbers", l.Op, len(l.Mean))
	case y == nil:
		return nil
	case l.Op != Conv || l.Groups != 0 || l.Stride != 1 || l.Norm != nil || len(l.Bias) != l.Out:
		return fmt.Errorf("%s with a style, want %s of stride 1 with a bias, in one group, without norm", l.Op, Conv)
	case y.Dim < 1 || y.Dim > maxSide || int64(len(y.Weight)) != l.styleWeights() || len(y.Bias) != l.In:
		return fmt.Errorf("a style of %d numbers, %d weights and %d biases for %d channels", y.Dim, len(y.Weight), len(y.Bias), l.In)
	case y.Image && (y.Noise != nil || l.Kernel != 1 || l.Act != Identity):
		return fmt.Errorf("an image of a window of %d, %s and noise %v, want 1, %s and none", l.Kernel, l.Act, y.Noise, Identity)
	case !y.Image && len(y.Noise) != 1:
		return fmt.Errorf("%d strengths of noise, want one", len(y.Noise))
	}
	return nil
}

// validateSynthesis reports the first layer of a Synthesis's body that does not fit.
func (l *Layer) validateSynthesis(depth int) error {
	switch {
	case l.Kernel != 0 || l.Stride != 0 || l.Pad != 0 || l.Bias != nil || l.Norm != nil:
		return fmt.Errorf("%s with a window, bias or norm, want none", l.Op)
	case len(l.Body) < 2 || l.Body[0].Op != Constant:
		return fmt.Errorf("%s that does not begin with a %s", l.Op, Constant)
	}
	first := &l.Body[0]
	channels, h, w := first.In, first.H, first.W
	for i := range l.Body {
		b := &l.Body[i]
		err := b.validate(depth + 1)
		outH, outW := b.OutSize()
		switch {
		case err != nil:
		case (b.Op == Constant) != (i == 0) || b.Op == Conv && b.Style == nil || !b.Op.grows() && b.Op != Conv && b.Op != Constant:
			err = fmt.Errorf("%s, want one %s and then %s with styles, %s or %s", b.Op, Constant, Conv, Nearest, Bilinear)
		case b.In != channels || b.H != h || b.W != w:
			err = fmt.Errorf("it takes %dx%dx%d, want the %dx%dx%d it is given", b.In, b.H, b.W, channels, h, w)
		case b.Style == nil:
		case b.Style.Dim != l.In || outH != h || outW != w:
			err = fmt.Errorf("it makes %dx%d of a style of %d numbers, want %dx%d and %d", outH, outW, b.Style.Dim, h, w, l.In)
		case b.Style.Image && b.Out != l.Out:
			err = fmt.Errorf("an image of %d channels, want %d", b.Out, l.Out)
		}
		if err != nil {
			return fmt.Errorf("layer %d of its body: %w", i, err)
		}
		if h, w = outH, outW; b.Style == nil || !b.Style.Image {
			channels = b.Out
		}
	}
	if last := &l.Body[len(l.Body)-1]; last.Style == nil || !last.Style.Image || h != l.H || w != l.W {
		return fmt.Errorf("its body ends with %s of %dx%d, want an image of %dx%d", last.Op, h, w, l.H, l.W)
	}
	return nil
}
