package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is what the inputs of a generator are for, and how sampling fills
// them: the latent, a label, noise.

// roles are indices of a model's inputs.
type roles struct {
	latent int
	label  int // -1: there is none
	second int // latent, likewise
	noise  []int
}

// says that the name of an input has one of the words.
func says(v infer.Value, words ...string) bool {
	name := strings.ToLower(v.Name)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// hasRows says that v has as many rows as the latent: one for each sample.
func hasRows(v, latent infer.Value) bool {
	return len(v.Shape) > 0 && v.Shape[0] == latent.Shape[0]
}

// rolesOf finds the latent, by its name or else the first of float32; the
// label, int64 or int32 [N] or one-hot float32 [N, K]; and noise, float32 that
// is called so. It guesses no further. A second latent is one where styles are mixed.
func rolesOf(m *infer.Model, mixed bool) (roles, error) {
	inputs, r := m.Inputs(), roles{latent: -1, label: -1, second: -1}
	isLatent := func(v infer.Value) bool { return v.Name == "z" || says(v, "latent") }
	for i, v := range inputs {
		if v.Type != "float32" || len(v.Shape) == 0 || len(inputs) > 1 && says(v, "label", "class", "cond", "onehot", "one_hot") {
			continue
		}
		if r.latent < 0 || isLatent(v) && !isLatent(inputs[r.latent]) {
			r.latent = i
		}
	}
	if r.latent < 0 {
		return r, cli.Hintf(errors.New("the model has no float32 input for a latent"), "ganinfer run takes any model")
	}
	for i, v := range inputs {
		each := hasRows(v, inputs[r.latent])
		label := each && (v.Type == "int64" || v.Type == "int32") && (len(v.Shape) == 1 || len(v.Shape) == 2 && v.Shape[1] == 1) ||
			each && v.Type == "float32" && len(v.Shape) == 2 && !says(v, "noise")
		switch {
		case i == r.latent:
		case mixed && v.Name == secondInput:
			r.second = i
		case label && r.label < 0:
			r.label = i
		case !label && v.Type == "float32" && says(v, "noise"):
			r.noise = append(r.noise, i)
		default:
			return r, cli.Hintf(fmt.Errorf("input %v is no latent, label or noise that sampling could fill", value(v)), "ganinfer run takes any model")
		}
	}
	return r, nil
}

// latentOf is the stream of latents for an input, which need not be the first.
func latentOf(m *infer.Model, input int, seed uint64) (infer.Latent, error) {
	if input == 0 {
		return m.Latent(seed)
	}
	l := infer.Latent{Seed: seed, Dim: 1, Uniform: m.Metadata()["ganlet.latent.distribution"] == "uniform"}
	for _, d := range m.Inputs()[input].Shape[1:] {
		l.Dim *= d
	}
	return l, nil
}

// noiseSeed is the seed of the k-th noise input (k = 1, 2, ...), far from seeds
// that people choose.
func noiseSeed(seed uint64, k int) uint64 { return seed + uint64(k)<<32 }

// feed is an input of a model that is sampled.
type feed struct {
	value  infer.Value
	each   bool   // it has a row for each sample
	row    int    // values of a sample
	data   any    // for a batch
	stream stream // that fills it; nil: it is filled, or the labels
	labels bool   // it is the labels of the samples
}

// stream is what infer.Latent is: it writes samples first, first+1, ... to z.
type stream interface {
	Fill(z []float32, first uint64)
}

// newFeeds makes the inputs.
func (s *sampler) newFeeds(r roles, o *sampling) error {
	inputs := s.model.Inputs()
	if o.labelled && r.label < 0 {
		return cli.Flagf("--label is %d, but the model has no input for a label", o.label)
	}
	if err := s.label(r, o); err != nil {
		return err
	}
	for i, v := range inputs {
		f := feed{value: v, each: hasRows(v, inputs[r.latent]), row: 1}
		n := s.batch
		for k, d := range v.Shape {
			if k > 0 || !f.each {
				f.row *= d
			}
		}
		if !f.each {
			n = 1
		}
		switch {
		case i == r.latent:
			f.stream, f.data = &s.latent, make([]float32, n*f.row)
		case i == r.second:
			f.stream, f.data = &infer.Latent{Seed: o.mixSeed, Dim: f.row, Uniform: s.latent.Uniform}, make([]float32, n*f.row)
		case i != r.label:
			f.stream, f.data = &infer.Latent{Seed: noiseSeed(o.seed, slices.Index(r.noise, i)+1), Dim: f.row}, make([]float32, n*f.row)
			if !f.each { // one sample for all
				f.stream.Fill(f.data.([]float32), 0)
				f.stream = nil
			}
		case v.Type == "int64":
			f.labels, f.data = true, make([]int64, n)
		case v.Type == "int32":
			f.labels, f.data = true, make([]int32, n)
		default:
			f.labels, f.data = true, make([]float32, n*f.row)
		}
		s.feeds = append(s.feeds, f)
	}
	return nil
}

// fill draws the inputs of c samples from the first on.
func (s *sampler) fill(first, c int) {
	for _, f := range s.feeds {
		if f.stream != nil {
			f.stream.Fill(f.data.([]float32)[:c*f.row], uint64(first))
		}
		if f.labels {
			s.fillLabels(f.data, first, f.row)
		}
	}
}

// compute makes c samples of what fill drew.
func (s *sampler) compute(dst []float32, c int) error {
	if s.simple {
		return s.session.Generate(dst, s.feeds[0].data.([]float32)[:c*s.latent.Dim])
	}
	var inputs []infer.Tensor
	for _, f := range s.feeds {
		t := infer.Tensor{Name: f.value.Name, Shape: slices.Clone(f.value.Shape), Data: f.data}
		if f.each {
			t.Shape[0] = c
			switch all := f.data.(type) {
			case []float32:
				t.Data = all[:c*(len(all)/s.batch)]
			case []int64:
				t.Data = all[:c]
			case []int32:
				t.Data = all[:c]
			}
		}
		inputs = append(inputs, t)
	}
	outputs, err := s.session.Run(inputs...)
	if err != nil {
		return err
	}
	copy(dst, outputs[0].Data.([]float32))
	return nil
}
