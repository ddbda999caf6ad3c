package gan

import (
	"errors"
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is the way back from an image to a latent.

// ProjectOptions say how a latent is searched for.
type ProjectOptions struct {
	Steps   int     // of Adam, 1 to 1e6; over the last half its step size falls to zero
	Starts  int     // latents that the search begins from, side by side, 1 to 4096
	LR      float64 // Adam's first step size, above 0, up to 10
	Seed    uint64  // of the starts
	Label   int     // of the image, for a conditional generator
	Threads int     // goroutines that a kernel is split over; they change no bit
}

// DefaultProject finds a latent in seconds for the generators of Default.
func DefaultProject() ProjectOptions {
	return ProjectOptions{Steps: 500, Starts: 8, LR: 0.1, Seed: 1, Threads: Default(Shape{}).Threads}
}

// A Projection is the best latent that a search came by.
type Projection struct {
	Z        []float32 // [LatentDim]
	Image    []float32 // or vector that the generator makes of it, [C, H, W]; to the bit what Sample returns
	Distance float64   // mean squared difference between the image's values and those wanted
}

// Project searches for the latent whose image is nearest to the one given,
// [C, H, W] of the generator's shape, by the mean squared difference of their
// values: gradient descent by Adam on the latent, through Gorgonia, from several
// random ones (Creswell and Bharath, "Inverting the Generator of a Generative
// Adversarial Network", 2016; theirs is cross entropy). Uniform latents stay in
// [-1, 1]; normal ones may become of any length. It is a local search: what it
// finds need not be the nearest there is.
func Project(g *Generator, image []float32, o ProjectOptions) (*Projection, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if (len(g.Classes) > 0 || o.Label != 0) && (o.Label < 0 || o.Label >= len(g.Classes)) {
		return nil, fmt.Errorf("gan: label %d to project to, want one of the generator's %d classes", o.Label, len(g.Classes))
	}
	if len(image) != g.Shape.Len() {
		return nil, fmt.Errorf("gan: an image of %d values to project, want %d for %v", len(image), g.Shape.Len(), g.Shape)
	}
	for i, v := range image {
		if v-v != 0 {
			return nil, fmt.Errorf("gan: value %d of the image to project is %v", i, v)
		}
	}
	s, err := newSearch(g, image, o)
	if err != nil {
		return nil, err
	}
	defer s.vm.Close()
	for i := range o.Steps {
		s.adam.factor = min(1, 2*(1-float64(i)/float64(o.Steps)))
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	if err := s.look(); err != nil { // where the last step led
		return nil, err
	}
	if s.best == nil {
		return nil, errors.New("gan: no latent has an image at a finite distance")
	}
	return s.best, nil
}

// Validate reports the first field that cannot work.
func (o ProjectOptions) Validate() error {
	switch {
	case o.Steps < 1 || o.Steps > 1e6:
		return fmt.Errorf("gan: steps is %d, want 1 to 1e6", o.Steps)
	case o.Starts < 1 || o.Starts > 4096:
		return fmt.Errorf("gan: starts is %d, want 1 to 4096", o.Starts)
	case !(o.LR >= math.SmallestNonzeroFloat32 && o.LR <= 10):
		return fmt.Errorf("gan: lr is %v, want a step size above 0, up to 10", o.LR)
	case o.Threads < 1 || o.Threads > maxThreads:
		return fmt.Errorf("gan: threads is %d, want 1 to %d", o.Threads, maxThreads)
	}
	return nil
}

// search is a projection under way.
type search struct {
	generator *Generator
	z         []float32 // [Starts, LatentDim]
	distances []float64 // [Starts], of z's images
	latents   *G.Node
	images    *G.Node
	vm        G.VM // z to images, distances and the gradient by z
	adam      *adam
	best      *Projection // nil: none yet
}

func newSearch(g *Generator, image []float32, o ProjectOptions) (s *search, err error) {
	s = &search{generator: g, z: make([]float32, o.Starts*g.LatentDim), distances: make([]float64, o.Starts)}
	for i := range o.Starts {
		start := kernel.Stream{Seed: o.Seed, Domain: domainProject, Index: uint64(i)}
		drawLatents(s.z[i*g.LatentDim:][:g.LatentDim], &start, g.Distribution)
	}
	b := newGraph(o.Starts, o.Threads, nil)
	s.latents = b.input("z", s.z, o.Starts, g.LatentDim)
	if s.images, err = b.sampled(g, s.latents, []int{o.Label}, nil); err != nil {
		return nil, err
	}
	loss, err := op.Distances(&b.env, s.images, image, s.distances)
	if err != nil {
		return nil, err
	}
	s.adam = newAdam(Config{Beta1: 0.9, Beta2: 0.999}, o.LR, [][]float32{s.z})
	s.vm, err = b.learn(loss, G.Nodes{s.latents})
	return s, err
}

// look computes the images of z and keeps the best.
func (s *search) look() error {
	if err := run(s.vm); err != nil {
		return fmt.Errorf("gan: project: %w", err)
	}
	dim, size := s.generator.LatentDim, s.generator.Shape.Len()
	for i, d := range s.distances {
		if d < math.Inf(1) && (s.best == nil || d < s.best.Distance) { // false for NaN
			s.best = &Projection{
				Z:        append([]float32(nil), s.z[i*dim:][:dim]...),
				Image:    append([]float32(nil), op.Floats(s.images.Value())[i*size:][:size]...),
				Distance: d,
			}
		}
	}
	return nil
}

// step looks at z and moves it down the gradient.
func (s *search) step() error {
	if err := s.look(); err != nil {
		return err
	}
	if err := s.adam.Step(G.NodesToValueGrads(G.Nodes{s.latents})); err != nil {
		return err
	}
	if s.generator.Distribution == Uniform {
		clip([][]float32{s.z}, 1)
	}
	return nil
}
