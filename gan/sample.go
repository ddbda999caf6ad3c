package gan

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is sampling, computed by Gorgonia.

// sampleBatch is how many images one run of the sampling graph makes.
const sampleBatch = 64

// Sample computes the images of latents z, [n, LatentDim], with batch norm's
// running statistics, in Gorgonia. It returns [n, C, H, W], the caller's to keep.
// An image depends on its own latent only. A conditional generator wants
// [Generator.SampleLabels].
func (g *Generator) Sample(z []float32) ([]float32, error) { return g.SampleLabels(z, nil) }

// SampleLabels is Sample of a conditional generator, for labels, [n], from 0 to
// below the number of Classes; of another one, for nil.
func (g *Generator) SampleLabels(z []float32, labels []int) ([]float32, error) {
	return g.SampleStyled(z, labels, Styling{})
}

// SampleStyled is SampleLabels of a generator of styles, which are used as s says;
// of another one, for the zero Styling.
func (g *Generator) SampleStyled(z []float32, labels []int, s Styling) ([]float32, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if len(z)%g.LatentDim != 0 {
		return nil, fmt.Errorf("gan: z has %d values, want a multiple of %d", len(z), g.LatentDim)
	}
	n := len(z) / g.LatentDim
	if err := g.validateLabels(labels, n); err != nil {
		return nil, err
	}
	if err := g.validateStyling(s, n); err != nil {
		return nil, err
	}
	s.Noise = slices.Clone(s.Noise) // its slices get shorter
	out := make([]float32, 0, n*g.Shape.Len())
	if n == 0 {
		return out, nil
	}
	batch := min(n, sampleBatch)
	b := newGraph(batch, 1, nil)
	in, labelsIn := make([]float32, batch*g.LatentDim), make([]int, batch)
	y, second, err := b.styling(g, s, labelsIn)
	if err != nil {
		return nil, err
	}
	x, err := b.sampled(g, b.input("z", in, batch, g.LatentDim), labelsIn, y)
	if err != nil {
		return nil, err
	}
	vm, err := b.program(x)
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	for ; len(z) > 0; z = z[min(len(in), len(z)):] {
		clear(in[copy(in, z):])
		labels = labels[copy(labelsIn, labels):]
		s.Second = s.Second[copy(second, s.Second):]
		for i := range s.Noise {
			s.Noise[i] = s.Noise[i][copy(y.noise[i], s.Noise[i]):]
		}
		if err := run(vm); err != nil {
			return nil, fmt.Errorf("gan: sample: %w", err)
		}
		images := op.Floats(x.Value())
		out = append(out, images[:min(len(images), cap(out)-len(out))]...)
	}
	return out, nil
}

// sampled adds the images of latents z, [n, C, H, W] in the order of their values.
// Of labels, a conditional generator reads those at hand.
func (b *graph) sampled(g *Generator, z *G.Node, labels []int, y *styling) (*G.Node, error) {
	x, _, err := b.network("generator", z, g.Layers, mode{sampling: true, frozen: true, labels: labels, styling: y})
	if err != nil {
		return nil, err
	}
	if last := &g.Layers[len(g.Layers)-1]; last.Op != Dense && g.Shape.C > 1 {
		return op.ChannelsFirst(&b.env, x, b.n, g.Shape.C, g.Shape.H, g.Shape.W)
	}
	return x, nil
}
