package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is sampling, computed by Gorgonia.

// sampleBatch is how many images one run of the sampling graph makes.
const sampleBatch = 64

// Sample computes the images of latents z, [n, LatentDim], with batch norm's
// running statistics, in Gorgonia. It returns [n, C, H, W], the caller's to keep.
// An image depends on its own latent only.
func (g *Generator) Sample(z []float32) ([]float32, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if len(z)%g.LatentDim != 0 {
		return nil, fmt.Errorf("gan: z has %d values, want a multiple of %d", len(z), g.LatentDim)
	}
	n := len(z) / g.LatentDim
	out := make([]float32, 0, n*g.Shape.Len())
	if n == 0 {
		return out, nil
	}
	batch := min(n, sampleBatch)
	b := newGraph(batch, 1, nil)
	in := make([]float32, batch*g.LatentDim)
	x, err := b.sampled(g, b.input("z", in, batch, g.LatentDim), true)
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
		if err := run(vm); err != nil {
			return nil, fmt.Errorf("gan: sample: %w", err)
		}
		images := op.Floats(x.Value())
		out = append(out, images[:min(len(images), cap(out)-len(out))]...)
	}
	return out, nil
}

// sampled adds the images of latents z, [n, C, H, W] in the order of their values;
// a leaf z gets no gradient.
func (b *graph) sampled(g *Generator, z *G.Node, leaf bool) (*G.Node, error) {
	x, _, err := b.network("generator", z, g.Layers, mode{sampling: true, frozen: true, leaf: leaf})
	if err != nil {
		return nil, err
	}
	if last := &g.Layers[len(g.Layers)-1]; last.Op != Dense && g.Shape.C > 1 {
		return op.ChannelsFirst(&b.env, x, b.n, g.Shape.C, g.Shape.H, g.Shape.W)
	}
	return x, nil
}
