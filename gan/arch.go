package gan

import (
	"fmt"
	"math"
	"strings"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is from a configuration and an image shape to layers, by way of an
// architecture. Each of those is a file of its own, arch_*.go, and a name here.

// An architecture is a kind of networks.
type architecture struct {
	name  string
	width int // that it is known by
	// build makes the layers of both networks, without weights but with biases and
	// norms, for a valid configuration and shape.
	build func(c Config, s Shape) (generator, discriminator []Layer, err error)
	// draw gives a layer of a network its first weights; they are zeros before.
	draw func(l *Layer, network []Layer, s *kernel.Stream)
}

var architectures = []architecture{mlp, mlpTanh, dcgan, resize, resnet, style}

// Architectures are the names that [Config].Arch can have.
func Architectures() (names []string) {
	for _, a := range architectures {
		names = append(names, a.name)
	}
	return names
}

// architecture is the one that the configuration asks for; that of an unknown
// name has no width.
func (c Config) architecture() (found architecture) {
	for _, a := range architectures {
		if a.name == c.Arch {
			found = a
		}
	}
	return found
}

// DefaultWidth is the width that an architecture is known by; 0 when there is
// no such architecture.
func DefaultWidth(arch string) int { return Config{Arch: arch}.architecture().width }

// validateArch reports an architecture that is none.
func (c Config) validateArch() error {
	if c.architecture().width == 0 {
		return fmt.Errorf("gan: arch is %q, want one of %s", c.Arch, strings.Join(Architectures(), ", "))
	}
	return nil
}

// Layers are the layers of both networks with their first weights, drawn from
// the configuration's seed.
func (c Config) Layers(s Shape) (generator, discriminator []Layer, err error) {
	if generator, discriminator, err = c.shapes(s); err != nil {
		return nil, nil, err
	}
	for i := range discriminator {
		if s := discriminator[i].spectral; s != nil {
			s.draw(c.Seed, i)
		}
	}
	c.makeTables(generator, discriminator)
	drawEmbedding(generator[0].Embed, c.Seed)
	for first, layers := range [][]Layer{generator, discriminator} {
		for _, l := range Each(layers) {
			l.allocate()
		}
		for i := range layers {
			c.architecture().draw(&layers[i], layers, &kernel.Stream{Seed: c.Seed, Domain: domainWeights, Index: uint64(first)<<32 + uint64(i)})
		}
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
	if err := c.validateViewOf(s); err != nil {
		return nil, nil, err
	}
	if generator, discriminator, err = c.architecture().build(c, s); err != nil {
		return nil, nil, err
	}
	if err := c.validateNorm(s, discriminator); err != nil {
		return nil, nil, err
	}
	if err := c.validateUp(generator); err != nil {
		return nil, nil, err
	}
	discriminator[0].In *= max(c.Pack, 1)
	c.joinDeviation(discriminator)
	if c.Classes > 0 {
		generator[0].In += embedSize
	}
	embed, projection := c.tableLens(discriminator)
	if n := weights(generator) + weights(discriminator) + embed + projection; n > maxWeights {
		return nil, nil, fmt.Errorf("gan: networks of %d weights, want at most %d: lower the width", n, maxWeights)
	}
	if c.NormD == SpectralNorm {
		withSpectral(discriminator)
	}
	return generator, discriminator, nil
}

// maxWeights bounds both networks together: 1 GiB of float32.
const maxWeights = 1 << 28

// weights is the number of weights that layers will have.
func weights(layers []Layer) (n int64) {
	for _, l := range Each(layers) {
		n += l.weights() + l.styleWeights()
	}
	return n
}

// allocate gives the layer weights of zero, if it has any.
func (l *Layer) allocate() {
	if n := l.weights(); n > 0 {
		l.Weight = make([]float32, n)
	}
	if l.Style != nil {
		l.Style.Weight = make([]float32, l.styleWeights())
	}
	if l.Op == Synthesis {
		l.Mean = make([]float32, l.In)
	}
}

// The streams of a run's seed. (Stream domain 'z' is for sampling.)
const (
	domainWeights  = 'w'
	domainTraining = 't' // latents of training steps
	domainShuffle  = 's' // order of images
	domainAugment  = 'a' // their augmentation
	domainDropout  = 'd' // masks of the discriminator's values
	domainMix      = 'm' // points between or near real and generated images
	domainSpectral = 'u' // singular vectors of the first weights
	domainNorm     = 'n' // latents that statistics are estimated on
	domainProject  = 'p' // latents that a projection begins from
	domainNoise    = 'i' // instance noise
	domainColour   = 'c' // differentiable augmentation's colours
	domainMove     = 'v' // its translation and cutout
	domainEmbed    = 'e' // first embedding of labels
	domainLabel    = 'l' // labels that statistics are estimated on
	domainPixels   = 'y' // noise of the generator's layers
)

// normEps is batch norm's epsilon, as everybody's.
const normEps = 1e-5

func newNorm(c int) *Norm {
	n := &Norm{Gamma: make([]float32, c), Beta: make([]float32, c), Mean: make([]float32, c), Var: make([]float32, c), Eps: normEps}
	for i := range c {
		n.Gamma[i], n.Var[i] = 1, 1
	}
	return n
}

// drawUniform draws weights and bias uniform within 1/sqrt(inputs).
func drawUniform(l *Layer, _ []Layer, s *kernel.Stream) {
	bound := float32(1 / math.Sqrt(float64(l.In*l.window())))
	for _, p := range [][]float32{l.Weight, l.Bias} {
		for i := range p {
			p[i] = s.Uniform() * bound
		}
	}
}

// drawNormal draws weights of deviation 0.02 (Radford et al. 2015).
func drawNormal(l *Layer, _ []Layer, s *kernel.Stream) {
	s.Normals(l.Weight)
	for i := range l.Weight {
		l.Weight[i] *= 0.02
	}
}
