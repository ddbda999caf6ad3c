package infer

import (
	"fmt"
	"strconv"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the latents that a model expects.

// Metadata that a ganlet file has about its latents.
const (
	latentDistribution = "ganlet.latent.distribution" // normal or uniform
	latentDim          = "ganlet.latent.dim"
)

// Latent is a stream of latents: sample i of a seed is the same on every device,
// whatever was drawn before.
type Latent struct {
	Seed    uint64
	Dim     int  // how many numbers a latent has
	Uniform bool // each uniform in [-1, 1); otherwise standard normal

	// Truncation shortens each latent to this part of its length, 0 to 1, so
	// that it lies nearer to the mean latent, 0, and images vary less; 0: none.
	// It is the psi of StyleGAN (Karras et al. 2019, appendix B), of z; not
	// BigGAN's truncation (Brock et al. 2019), which draws large numbers anew.
	Truncation float32
}

// Latent returns the stream of a seed for this model. Its length is that of the
// model's first input; its distribution is what the file says, or else normal.
func (m *Model) Latent(seed uint64) (Latent, error) {
	if len(m.inputs) == 0 {
		return Latent{}, fmt.Errorf("infer: the model has no input")
	}
	in := &m.inputs[0]
	if len(in.Shape) == 0 || in.open(1) {
		return Latent{}, fmt.Errorf("infer: input %q has shape %v, want a batch of latents whose length is known", in.Name, in.Shape)
	}
	l := Latent{Seed: seed, Dim: tensor.Product(in.Shape[1:])}
	if len(in.Shape) == 1 && in.Shape[0] > 0 {
		l.Dim = in.Shape[0] // one latent, without a batch
	}
	if dim, ok := m.metadata[latentDim]; ok && dim != strconv.Itoa(l.Dim) {
		return Latent{}, fmt.Errorf("infer: metadata %s is %q, but input %q has %d numbers a sample", latentDim, dim, m.inputs[0].Name, l.Dim)
	}
	switch d := m.metadata[latentDistribution]; d {
	case "", "normal":
	case "uniform":
		l.Uniform = true
	default:
		return Latent{}, fmt.Errorf("infer: metadata %s is %q, want \"normal\" or \"uniform\"", latentDistribution, d)
	}
	return l, nil
}

// Fill writes samples first, first+1, ... of the stream to z, as many as fit:
// z is [n, Dim].
func (l Latent) Fill(z []float32, first uint64) {
	kernel.Latents(z, l.Seed, first, l.Dim, !l.Uniform)
	if l.Truncation == 0 || l.Dim < 1 {
		return
	}
	for i := range len(z) / l.Dim * l.Dim {
		z[i] *= l.Truncation
	}
}
