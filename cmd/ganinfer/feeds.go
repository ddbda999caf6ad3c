package main

import (
	"slices"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is how sampling fills the inputs of a model.

// feed is an input of a model that is sampled.
type feed struct {
	value  infer.Value
	each   bool      // it has a row for each sample
	row    int       // values of a sample
	data   any       // for a batch
	floats []float32 // what the stream fills: data, if that is float32
	stream stream    // nil: there is none
	labels bool      // it is the labels of the samples
	count  bool      // it is the number of samples
}

// stream is what infer.Latent is: it writes samples first, first+1, ... to z.
type stream interface {
	Fill(z []float32, first uint64)
}

// latentOf is the stream of latents for an input, which need not be the first.
// One without a batch is a single latent.
func latentOf(m *infer.Model, input, rows int, seed uint64) (infer.Latent, error) {
	v := m.Inputs()[input]
	if input == 0 && rows != 0 {
		return m.Latent(seed)
	}
	l := infer.Latent{Seed: seed, Dim: v.Len(), Uniform: m.Metadata()["ganlet.latent.distribution"] == "uniform"}
	if rows > 0 {
		l.Dim /= rows
	}
	return l, nil
}

// noiseSeed is the seed of the k-th noise input (k = 1, 2, ...), far from seeds
// that people choose.
func noiseSeed(seed uint64, k int) uint64 { return seed + uint64(k)<<32 }

// newFeeds makes the inputs.
func (s *sampler) newFeeds(r roles, o *sampling) error {
	inputs := s.model.Inputs()
	switch {
	case o.labelled && len(r.empty) > 0 && r.label < 0:
		return cli.Flagf("--label is %d, but input %v is of no class", o.label, value(inputs[r.empty[0]]))
	case o.labelled && r.label < 0:
		return cli.Flagf("--label is %d, but the model has no input for a label", o.label)
	}
	if err := s.label(r, o); err != nil {
		return err
	}
	s.feeds = nil
	for i, v := range inputs {
		f := feed{value: v, each: s.hasRows(v), row: 1}
		n := 1
		if f.each {
			n = s.batch
		}
		for k, d := range v.Shape {
			if d >= 0 && (k > 0 || !f.each) {
				f.row *= d
			}
		}
		f.data = zeros(v.Type, n*f.row)
		switch {
		case i == r.latent:
			f.stream, f.each = &s.latent, true
		case i == r.second:
			f.stream = &infer.Latent{Seed: o.mixSeed, Dim: f.row, Uniform: s.latent.Uniform}
		case slices.Contains(r.noise, i):
			f.stream = &infer.Latent{Seed: noiseSeed(o.seed, slices.Index(r.noise, i)+1), Dim: f.row}
		case i == r.label:
			f.labels = true
		case i == r.count:
			f.count = true
		case slices.Contains(r.psi, i):
			fill(f.data, v.Type, n*f.row, float64(o.truncation))
		case slices.Contains(r.set, i):
			fill(f.data, v.Type, n*f.row, o.numbers[v.Name])
		}
		if f.stream != nil {
			f.fillWith(n)
		}
		s.feeds = append(s.feeds, f)
	}
	return nil
}

// fillWith prepares a feed for its stream, and fills it if it is one sample for
// all.
func (f *feed) fillWith(n int) {
	var same bool
	if f.floats, same = f.data.([]float32); !same {
		f.floats = make([]float32, n*f.row)
	}
	if !f.each {
		f.draw(0, 1)
		f.stream = nil
	}
}

// draw fills n rows with samples from the first on.
func (f *feed) draw(first, n int) {
	z := f.floats[:n*f.row]
	f.stream.Fill(z, uint64(first))
	if f.value.Type == "float32" {
		return
	}
	for i, v := range z {
		put(f.data, f.value.Type, i, float64(v))
	}
}

// fill draws the inputs of c samples from the first on.
func (s *sampler) fill(first, c int) {
	s.session.Sample = uint64(first)
	if s.way > 0 {
		s.session.Sample = s.start + uint64(first/s.way)
	}
	for i := range s.feeds {
		f := &s.feeds[i]
		switch {
		case f.stream != nil:
			f.draw(first, c)
		case f.labels:
			s.fillLabels(f, first)
		case f.count:
			put(f.data, f.value.Type, 0, float64(c))
		}
	}
}

// tensors are the inputs for c samples.
func (s *sampler) tensors(c int) (inputs []infer.Tensor) {
	for _, f := range s.feeds {
		t := infer.Tensor{Name: f.value.Name, Shape: slices.Clone(f.value.Shape), Data: f.data}
		if len(t.Shape) > 0 && t.Shape[0] < 0 {
			t.Shape[0] = 1
			if f.each {
				t.Shape[0] = c
				t.Data = first(f.data, c*f.row)
			}
		}
		inputs = append(inputs, t)
	}
	return inputs
}
