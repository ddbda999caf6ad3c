package gan

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the architectures: configuration and image shape to layers.

// normEps is batch norm's epsilon, as everybody's.
const normEps = 1e-5

// Layers are the layers of both networks with their first weights, drawn from
// the configuration's seed.
func (c Config) Layers(s Shape) (generator, discriminator []Layer, err error) {
	if generator, discriminator, err = c.shapes(s); err != nil {
		return nil, nil, err
	}
	for i := range generator {
		generator[i].initialise(c, kernel.Stream{Seed: c.Seed, Domain: domainWeights, Index: uint64(i)})
	}
	for i := range discriminator {
		discriminator[i].initialise(c, kernel.Stream{Seed: c.Seed, Domain: domainWeights, Index: 1<<32 + uint64(i)})
	}
	return generator, discriminator, nil
}

// shapes are the layers of both networks without weights.
func (c Config) shapes(s Shape) (generator, discriminator []Layer, err error) {
	if err := c.Validate(); err != nil {
		return nil, nil, err
	}
	if err := s.validate(); err != nil {
		return nil, nil, err
	}
	if err := c.validateAugmentation(s); err != nil {
		return nil, nil, err
	}
	switch c.Arch {
	case "mlp":
		generator, discriminator = mlp(c, s)
	case "dcgan":
		generator, discriminator, err = dcgan(c, s)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := c.validateNorm(s, discriminator); err != nil {
		return nil, nil, err
	}
	if n := weights(generator) + weights(discriminator); n > maxWeights {
		return nil, nil, fmt.Errorf("gan: networks of %d weights, want at most %d: lower the width", n, maxWeights)
	}
	return generator, discriminator, nil
}

// maxWeights bounds both networks together: 1 GiB of float32.
const maxWeights = 1 << 28

// weights is the number of weights that layers will have.
func weights(layers []Layer) (n int64) {
	for i := range layers {
		l := &layers[i]
		n += int64(l.In) * int64(l.Out) * int64(l.window())
	}
	return n
}

// The streams of a run's seed. (Stream domain 'z' is for sampling.)
const (
	domainWeights  = 'w'
	domainTraining = 't' // latents of training steps
	domainShuffle  = 's' // order of images
	domainAugment  = 'a' // their augmentation
	domainMix      = 'm' // points between real and generated images
	domainNorm     = 'n' // latents that statistics are estimated on
)

// mlp is the generator z-w-2w-4w-image and the discriminator image-2w-w-1, with
// LeakyReLU between and tanh at the end (after Goodfellow et al. 2014).
func mlp(c Config, s Shape) (g, d []Layer) {
	chain := func(last Act, sizes ...int) (layers []Layer) {
		for i := range len(sizes) - 1 {
			layers = append(layers, Layer{Op: Dense, In: sizes[i], Out: sizes[i+1], Bias: make([]float32, sizes[i+1]), Act: LeakyReLU, Alpha: 0.2})
		}
		end := &layers[len(layers)-1]
		end.Act, end.Alpha = last, 0
		return layers
	}
	g = chain(Tanh, c.LatentDim, c.Width, 2*c.Width, 4*c.Width, s.Len())
	d = chain(Identity, s.Len(), 2*c.Width, c.Width, 1)
	return g, d
}

// dcganBase returns the sides of a DCGAN's images, from the first layer's to
// the whole image: each twice the one before.
func dcganBase(s Shape) ([]int, error) {
	sides := []int{s.H}
	for n := s.H; n > 7 && n%2 == 0; {
		n /= 2
		sides = append([]int{n}, sides...)
	}
	if s.H != s.W || sides[0] < 3 || sides[0] > 7 || len(sides) < 2 {
		return nil, fmt.Errorf("gan: dcgan makes no images of %dx%d, want a square side of 3 to 7 times 2, 4, 8 ... (28, 32, 64, 128)", s.H, s.W)
	}
	return sides, nil
}

// dcgan is Radford, Metz and Chintala, "Unsupervised Representation Learning
// with Deep Convolutional Generative Adversarial Networks", 2015: transposed
// convolutions with batch norm and ReLU, k4 s2 p1 after the first; the
// discriminator is its mirror with LeakyReLU, and batch norm but for its ends,
// unless the configuration wants none.
func dcgan(c Config, s Shape) (g, d []Layer, err error) {
	sides, err := dcganBase(s)
	if err != nil {
		return nil, nil, err
	}
	last := len(sides) - 1
	channels := func(i int) int { // of the image with sides[i]
		if i == last {
			return s.C
		}
		return c.Width << (last - 1 - i)
	}
	if n := channels(0); n > maxSide {
		return nil, nil, fmt.Errorf("gan: a dcgan of width %d has layers of %d channels for images of %v, want at most %d: lower the width", c.Width, n, s, maxSide)
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
		if i == last-1 || c.NormD == NoNorm {
			down.Bias = make([]float32, down.Out)
		} else {
			down.Norm = newNorm(down.Out)
		}
		g = append(g, up)
		d = append([]Layer{down}, d...)
	}
	d = append(d, Layer{Op: Conv, In: channels(0), Out: 1, H: sides[0], W: sides[0], Kernel: sides[0], Stride: 1, Bias: make([]float32, 1), Act: Identity})
	return g, d, nil
}

func newNorm(c int) *Norm {
	n := &Norm{Gamma: make([]float32, c), Beta: make([]float32, c), Mean: make([]float32, c), Var: make([]float32, c), Eps: normEps}
	for i := range c {
		n.Gamma[i], n.Var[i] = 1, 1
	}
	return n
}

// initialise draws a layer's first weights: normal with deviation 0.02 in a
// DCGAN (Radford et al. 2015), uniform within 1/sqrt(inputs) elsewhere.
func (l *Layer) initialise(c Config, s kernel.Stream) {
	l.Weight = make([]float32, l.In*l.Out*l.window())
	if c.Arch == "dcgan" {
		s.Normals(l.Weight)
		for i := range l.Weight {
			l.Weight[i] *= 0.02
		}
		return
	}
	bound := float32(1 / math.Sqrt(float64(l.In*l.window())))
	for _, p := range [][]float32{l.Weight, l.Bias} {
		for i := range p {
			p[i] = s.Uniform() * bound
		}
	}
}
