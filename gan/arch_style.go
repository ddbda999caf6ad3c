package gan

import (
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

var style = architecture{name: "style", width: 32, build: buildStyle, draw: drawStyle}

// mappingLayers are the dense layers from a latent to a style, of stylePart times
// the width. They learn at slowRate.
const mappingLayers, stylePart = 3, 4

// buildStyle is StyleGAN2's generator (Karras et al., "Analyzing and Improving the
// Image Quality of StyleGAN", 2020, figure 7b: skip outputs), scaled to a CPU: one
// convolution for each side and one more for whole images, a tanh at the end. The
// discriminator is a dcgan's of twice the width, without norm.
func buildStyle(c Config, s Shape) (g, d []Layer, err error) {
	judging := c
	judging.Width *= 2
	if c.NormD == "" {
		judging.NormD = NoNorm
	}
	if _, d, err = buildDCGAN(judging, s); err != nil {
		return nil, nil, err
	}
	sides := dcganBase(s)
	dim := stylePart * c.Width
	for in := c.LatentDim; len(g) < mappingLayers; in = dim {
		g = append(g, Layer{Op: Dense, In: in, Out: dim, Normalize: len(g) == 0, Bias: make([]float32, dim), Act: LeakyReLU, Alpha: 0.2})
	}
	channels := func(i int) int { // of the image with sides[i]
		return c.Width << min(len(sides)-1-i, 1)
	}
	body := []Layer{{Op: Constant, In: channels(0), Out: channels(0), H: sides[0], W: sides[0], Act: Identity}}
	in := channels(0)
	for i, side := range sides {
		if i > 0 {
			body = append(body, c.grow(in, sides[i-1], sides[i-1]))
		}
		body = append(body, styled(in, channels(i), side, dim))
		if in = channels(i); i == len(sides)-1 {
			body = append(body, styled(in, in, side, dim))
		}
		body = append(body, toImage(in, s.C, side, dim))
	}
	return append(g, Layer{Op: Synthesis, In: dim, Out: s.C, H: s.H, W: s.W, Act: Tanh, Body: body}), d, nil
}

// styled is a modulated convolution of 3x3, by styles of dim numbers.
func styled(in, out, side, dim int) Layer {
	return Layer{
		Op: Conv, In: in, Out: out, H: side, W: side, Kernel: 3, Stride: 1, Pad: 1, Bias: make([]float32, out), Act: LeakyReLU, Alpha: 0.2,
		Style: &Style{Dim: dim, Bias: make([]float32, in), Noise: make([]float32, 1)},
	}
}

// toImage is a skip output.
func toImage(in, out, side, dim int) Layer {
	l := pointwise(in, out, side)
	l.Bias = make([]float32, out)
	l.Style = &Style{Dim: dim, Bias: make([]float32, in), Image: true}
	return l
}

// drawStyle draws the generator's weights of deviation gain/sqrt(inputs), with
// LeakyReLU's gain in the mapping, and its constant of deviation 1. A style is
// about 1 at first. The discriminator's are a dcgan's.
func drawStyle(l *Layer, network []Layer, s *kernel.Stream) {
	switch {
	case network[len(network)-1].Op != Synthesis:
		drawNormal(l, network, s)
	case l.Op == Dense:
		drawScaled(l, math.Sqrt(2/(1+0.2*0.2)), s)
	default:
		for i := range l.Body {
			b := &l.Body[i]
			if b.Op == Constant {
				s.Normals(b.Weight)
			}
			if b.Style != nil {
				drawScaled(b, 1, s)
				b.Style.draw(s)
			}
		}
	}
}

func (y *Style) draw(s *kernel.Stream) {
	s.Normals(y.Weight)
	scale := float32(1 / math.Sqrt(float64(y.Dim)))
	for i := range y.Weight {
		y.Weight[i] *= scale
	}
	for i := range y.Bias {
		y.Bias[i] = 1
	}
}
