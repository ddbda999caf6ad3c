package gan

import "fmt"

var dcgan = architecture{name: "dcgan", width: 64, build: buildDCGAN, draw: drawNormal}

// dcganBase returns the sides of a DCGAN's images, from the first layer's to
// the whole image: each twice the one before. It is nil where there are none.
func dcganBase(s Shape) []int {
	sides := []int{s.H}
	for n := s.H; n > 7 && n%2 == 0; {
		n /= 2
		sides = append([]int{n}, sides...)
	}
	if s.H != s.W || sides[0] < 3 || sides[0] > 7 || len(sides) < 2 {
		return nil
	}
	return sides
}

// buildDCGAN is Radford, Metz and Chintala, "Unsupervised Representation Learning
// with Deep Convolutional Generative Adversarial Networks", 2015: transposed
// convolutions with batch norm and ReLU, k4 s2 p1 after the first; the
// discriminator is its mirror with LeakyReLU, and batch norm but for its ends,
// unless the configuration wants none or another.
func buildDCGAN(c Config, s Shape) (g, d []Layer, err error) {
	sides := dcganBase(s)
	if sides == nil {
		return nil, nil, noSides(c, s)
	}
	last := len(sides) - 1
	channels := func(i int) int { // of the image with sides[i]
		if i == last {
			return s.C
		}
		return c.Width << (last - 1 - i)
	}
	if n := channels(0); n > maxSide {
		return nil, nil, tooWide(c, s, n)
	}
	g = append(g, Layer{Op: ConvTranspose, In: c.LatentDim, Out: channels(0), H: 1, W: 1, Kernel: sides[0], Stride: 1, Norm: newNorm(channels(0)), Act: ReLU})
	for i := range last {
		up := Layer{Op: ConvTranspose, In: channels(i), Out: channels(i + 1), H: sides[i], W: sides[i], Kernel: 4, Stride: 2, Pad: 1, Act: ReLU}
		down := Layer{Op: Conv, In: channels(i + 1), Out: channels(i), H: sides[i+1], W: sides[i+1], Kernel: 4, Stride: 2, Pad: 1, Act: LeakyReLU, Alpha: 0.2}
		if i == last-1 {
			up.Act = Tanh
		} else {
			up.Norm = newNorm(up.Out)
		}
		if i == last-1 || c.NormD != "" {
			down.Bias = make([]float32, down.Out)
		} else {
			down.Norm = newNorm(down.Out)
		}
		g = append(g, up)
		d = append([]Layer{down}, d...)
	}
	return g, append(d, dcganHead(c.HeadD, channels(0), sides[0])...), nil
}

// noSides is why there are no networks for images of a shape.
func noSides(c Config, s Shape) error {
	return fmt.Errorf("gan: %s makes no images of %dx%d, want a square side of 3 to 7 times 2, 4, 8 ... (28, 32, 64, 128)", c.Arch, s.H, s.W)
}

func tooWide(c Config, s Shape, n int) error {
	return fmt.Errorf("gan: a %s of width %d has layers of %d channels for images of %v, want at most %d: lower the width", c.Arch, c.Width, n, s, maxSide)
}
