package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is what the discriminator sees of images, real and generated, in
// both players' steps: augmented, with noise, in packs. The generator learns
// through all of it.

// maxPack is the most images of a pack.
const maxPack = 8

// packs is how many samples of a batch the discriminator judges.
func (c Config) packs() int { return c.Batch / max(c.Pack, 1) }

// packed is the shape of such a sample.
func (c Config) packed(s Shape) Shape { return Shape{C: s.C * max(c.Pack, 1), H: s.H, W: s.W} }

// validateView reports the first setting of the view that cannot work.
func (c Config) validateView() error {
	switch {
	case c.Pack < 0 || c.Pack > maxPack:
		return fmt.Errorf("gan: pack is %d, want 2 to %d images, or 0 for none", c.Pack, maxPack)
	case c.Batch%max(c.Pack, 1) != 0 || c.packs() < 2:
		return fmt.Errorf("gan: batch is %d, want a multiple of the pack of %d, at least twice", c.Batch, c.Pack)
	case !(c.InstanceNoise >= 0 && c.InstanceNoise <= 10): // NaN is neither
		return fmt.Errorf("gan: instance-noise is %v, want a deviation of 0 to 10", c.InstanceNoise)
	}
	return c.validateAugmenters()
}

// validateViewOf reports settings that images of a shape cannot have.
func (c Config) validateViewOf(s Shape) error {
	if err := c.packed(s).validate(); err != nil {
		return fmt.Errorf("%w: lower the pack of %d images of %v", err, c.Pack, s)
	}
	return c.validateAugmentersOf(s)
}

// view is what the discriminator sees of some images of a step.
type view struct {
	cfg  Config
	form op.Images

	showing   uint64  // every batch that is shown has a number of its own
	deviation float32 // of the noise
}

func newView(c Config, s Shape, images int, dis []Layer) *view {
	return &view{cfg: c, form: op.Images{N: images, C: s.C, H: s.H, W: s.W, Last: channelsLast(dis)}}
}

// stream is of image i's draws.
func (v *view) stream(domain uint32, i int) kernel.Stream {
	return kernel.Stream{Seed: v.cfg.Seed, Domain: domain, Index: v.showing*uint64(2*v.cfg.Batch) + uint64(i)}
}

// of adds to the graph what is seen of images x: x itself, if they are seen as
// they are.
func (v *view) of(g *graph, x *G.Node) (*G.Node, error) {
	x, err := v.augment(g, x)
	if err == nil && v.cfg.InstanceNoise > 0 {
		x, err = op.Noise(&g.env, x, v.form, v.noise, &v.deviation)
	}
	if err == nil && v.cfg.Pack > 1 {
		x, err = op.Pack(&g.env, x, v.form.N, v.cfg.Pack)
	}
	return x, err
}

func (v *view) noise(i int, dst []float32) {
	s := v.stream(domainNoise, i)
	s.Normals(dst)
}

// stage shows the discriminator the images of its own step.
type stage struct {
	view
	images []float32 // [2B, ...], as they are
	seen   *G.Node
	run    G.VM
}

// newStage is nil where images are seen as they are.
func newStage(c Config, s Shape, dis []Layer) (*stage, error) {
	if c.Pack <= 1 && c.InstanceNoise == 0 && c.DiffAugment == "" {
		return nil, nil
	}
	n := 2 * c.Batch
	p := &stage{view: *newView(c, s, n, dis), images: make([]float32, n*s.Len())}
	g := newGraph(n, c.Threads, nil)
	var err error
	if p.seen, err = p.of(g, g.input("images", p.images, n, s.Len())); err != nil {
		return nil, err
	}
	p.run, err = g.program(p.seen)
	return p, err
}

// look makes the draws of both players, the discriminator after so many steps of
// its own, and shows it its images.
func (t *Trainer) look(steps int) error {
	deviation := float32(t.cfg.InstanceNoise * (1 - t.progress()))
	t.g.view.showing, t.g.view.deviation = 2*uint64(t.steps)+1, deviation
	s := t.d.stage
	if s == nil {
		return nil
	}
	s.showing, s.deviation = 2*uint64(steps), deviation
	if err := run(s.run); err != nil {
		return fmt.Errorf("gan: step %d: view: %w", t.steps+1, err)
	}
	copy(t.d.images, op.Floats(s.seen.Value()))
	return nil
}
