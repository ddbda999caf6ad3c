package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is dropout in the discriminator (Srivastava, Hinton, Krizhevsky,
// Sutskever and Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks
// from Overfitting", 2014): each value that a hidden layer's activation makes is
// multiplied with 0, with probability p, or else with 1/(1-p).

// masks are these factors for some samples, of every layer but the last; none
// without dropout.
type masks [][]float32 // of the form of the layer's output

func newMasks(c Config, dis []Layer, n int) masks {
	if c.Dropout == 0 {
		return nil
	}
	m := make(masks, len(dis)-1)
	for i := range m {
		m[i] = make([]float32, n*dis[i].outLen())
	}
	return m
}

// of are the masks of the samples from one to another, of n.
func (m masks) of(from, to, n int) (part masks) {
	for _, layer := range m {
		size := len(layer) / n
		part = append(part, layer[from*size:to*size])
	}
	return part
}

// draw draws the masks of a probability anew.
func (m masks) draw(p float64, s *kernel.Stream) {
	below, keep := uint32(p*(1<<32)), float32(1/(1-p))
	for _, layer := range m {
		for i := range layer {
			layer[i] = keep
			if s.Uint32() < below {
				layer[i] = 0
			}
		}
	}
}

// dropStream is what the masks of the discriminator's step after so many are
// drawn from, or those of the generator's step that comes with it.
func (c Config) dropStream(steps int, generator bool) *kernel.Stream {
	index := 2 * uint64(steps)
	if generator {
		index++
	}
	return &kernel.Stream{Seed: c.Seed, Domain: domainDropout, Index: index}
}

// validateDropout reports a dropout that cannot be.
func (c Config) validateDropout() error {
	switch {
	case !(c.Dropout >= 0 && c.Dropout <= 0.9):
		return fmt.Errorf("gan: dropout is %v, want a probability, 0 to 0.9", c.Dropout)
	case c.Dropout > 0 && c.AR1+c.AR2 > 0:
		return fmt.Errorf("gan: dropout is %v, want 0 with ar1 or ar2: it would change an image's logit as their noise does", c.Dropout)
	}
	return nil
}
