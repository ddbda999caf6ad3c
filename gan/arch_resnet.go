package gan

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

var resnet = architecture{name: "resnet", width: 32, build: buildResNet, draw: drawResNet}

// resnetGroup is how many channels a group has, or a few more.
const resnetGroup = kernel.GroupWidth

// buildResNet is R3GAN (Huang et al., "The GAN is dead; long live the GAN! A
// Modern Baseline GAN", 2024), scaled to a CPU: no normalisation; both networks
// are residuals on sides that double, or are halved, between them. The paper's
// order in a residual and its first weights, by which every residual starts as
// the identity, are kept. But there is one for each side where the paper has two,
// none for whole images, which one convolution makes and one reads, and a tanh.
func buildResNet(c Config, s Shape) (g, d []Layer, err error) {
	if err := validateResNet(c); err != nil {
		return nil, nil, err
	}
	sides := dcganBase(s)
	if sides == nil {
		return nil, nil, noSides(c, s)
	}
	sides = sides[:len(sides)-1]
	last := len(sides) - 1
	channels := func(i int) int { return c.Width << (last - i) } // of the image with sides[i]
	if n := 2 * channels(0); n > maxSide {
		return nil, nil, tooWide(c, s, n)
	}
	g = append(g, Layer{Op: ConvTranspose, In: c.LatentDim, Out: channels(0), H: 1, W: 1, Kernel: sides[0], Stride: 1, Act: Identity})
	d = append(d, dcganHead(c.HeadD, channels(0), sides[0])...)
	for i, side := range sides {
		if i > 0 {
			small := sides[i-1]
			g = append(g, pointwise(channels(i-1), channels(i), small), c.grow(channels(i), small, small))
			half := Layer{Op: Halve, In: channels(i), Out: channels(i), H: side, W: side, Act: Identity}
			d = append([]Layer{half, pointwise(channels(i), channels(i-1), small)}, d...)
		}
		g = append(g, residual(channels(i), side))
		d = append([]Layer{residual(channels(i), side)}, d...)
	}
	end := Layer{Op: Conv, In: c.Width, Out: s.C, H: s.H, W: s.W, Kernel: 3, Stride: 1, Pad: 1, Bias: make([]float32, s.C), Act: Tanh}
	start := Layer{Op: Conv, In: s.C, Out: c.Width, H: s.H, W: s.W, Kernel: 4, Stride: 2, Pad: 1, Act: Identity}
	return append(g, c.grow(c.Width, sides[last], sides[last]), end), append([]Layer{start}, d...), nil
}

// validateResNet reports what is for discriminators whose layers follow each other.
func validateResNet(c Config) error {
	bad := func(name string, found any, want string) error {
		return fmt.Errorf("gan: %s is %v with arch %q, want %s", name, found, c.Arch, want)
	}
	switch {
	case c.NormD == SpectralNorm:
		return bad("norm-d", c.NormD, "none: its residuals begin with weights of zero, which no singular value divides")
	case c.Dropout > 0:
		return bad("dropout", c.Dropout, "0: its activations are in residuals")
	case c.MinibatchStddev > 0 && c.HeadD == 0:
		return bad("minibatch-stddev", c.MinibatchStddev, "0, or head-d: its last layer but one is a residual")
	}
	return nil
}

// pointwise is a convolution of 1x1.
func pointwise(in, out, side int) Layer {
	return Layer{Op: Conv, In: in, Out: out, H: side, W: side, Kernel: 1, Stride: 1, Act: Identity}
}

// residual is a block: to twice the channels, 3x3 in groups, and back.
func residual(channels, side int) Layer {
	wide := 2 * channels
	groups := max(wide/resnetGroup, 1)
	for wide%groups != 0 {
		groups--
	}
	if groups == 1 {
		groups = 0
	}
	first, second, third := pointwise(channels, wide, side), pointwise(wide, wide, side), pointwise(wide, channels, side)
	second.Kernel, second.Pad, second.Groups = 3, 1, groups
	for _, l := range []*Layer{&first, &second} {
		l.Bias, l.Act, l.Alpha = make([]float32, wide), LeakyReLU, 0.2
	}
	return Layer{Op: Residual, In: channels, Out: channels, H: side, W: side, Act: Identity, Body: []Layer{first, second, third}}
}

// drawResNet draws weights of deviation gain/sqrt(inputs). In a residual the gain
// is that of LeakyReLU, lessened by the number n of residuals to n^(-1/4), and
// of the last layer 0 (Zhang, Dauphin and Ma, "Fixup Initialization", 2019, for
// residuals of three layers).
func drawResNet(l *Layer, network []Layer, s *kernel.Stream) {
	if l.Op != Residual {
		drawScaled(l, 1, s)
		return
	}
	n := 0.0
	for i := range network {
		if network[i].Op == Residual {
			n++
		}
	}
	gain := math.Sqrt(2/(1+0.2*0.2)) * kernel.Pow64(n, -0.25)
	for i := range l.Body[:len(l.Body)-1] {
		drawScaled(&l.Body[i], gain, s)
	}
}

func drawScaled(l *Layer, gain float64, s *kernel.Stream) {
	s.Normals(l.Weight)
	inputs := l.In / l.groups() * l.window()
	if l.Op == ConvTranspose { // of one pixel
		inputs = l.In
	}
	scale := float32(gain / math.Sqrt(float64(inputs)))
	for i := range l.Weight {
		l.Weight[i] *= scale
	}
}
