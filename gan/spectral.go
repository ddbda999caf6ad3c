package gan

import (
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is the discriminator's spectral normalisation: each layer multiplies
// by its weights divided by their largest singular value, so that it makes no
// change of what its window sees larger (Miyato et al., "Spectral Normalization
// for Generative Adversarial Networks", 2018). A convolution's weights are a matrix
// with a row for each channel that it makes.
//
// The value is found by one power iteration at the beginning of a
// discriminator's step; all graphs of the step divide by what the vectors of it
// say of the weights that they meet.

// spectral are the singular vectors of a layer's weights, nearly.
type spectral struct {
	u []float32 // [Out], in the checkpoint
	v []float32 // [In*window], of u and the weights; nil until there are some
}

// withSpectral gives all layers spectral normalisation.
func withSpectral(layers []Layer) {
	for i := range layers {
		layers[i].spectral = &spectral{u: make([]float32, layers[i].Out)}
	}
}

// draw begins with vectors u of the seed's.
func (s *spectral) draw(seed uint64, layer int) {
	r := kernel.Stream{Seed: seed, Domain: domainSpectral, Index: uint64(layer)}
	r.Normals(s.u)
}

// iterateSpectral is the power iteration of all layers that are normalised so.
func iterateSpectral(layers []Layer) {
	for i := range layers {
		if l := &layers[i]; l.spectral != nil {
			op.PowerIteration(l.spectral.u, l.spectral.v, l.Weight)
		}
	}
}

// weight adds the weights of a layer, as they are trained and as it multiplies by
// them.
func (g *graph) weight(name string, l *Layer, frozen bool) (trained, used *G.Node, err error) {
	trained = g.input(name+".weight", l.Weight, l.weightShape()...)
	s := l.spectral
	if s == nil {
		return trained, trained, nil
	}
	if s.v == nil {
		s.v = make([]float32, len(l.Weight)/l.Out)
	}
	u, v := g.input(name+".u", s.u, len(s.u)), g.input(name+".v", s.v, len(s.v))
	used, err = op.Spectral(&g.env, trained, u, v, frozen)
	return trained, used, err
}
