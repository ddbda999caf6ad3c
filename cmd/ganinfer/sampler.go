package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is drawing samples, batch by batch.

const (
	maxBatch   = 1 << 16
	autoBatch  = 64
	autoValues = 1 << 20 // of the outputs of a batch
)

// sampler draws the samples of a seed, batch by batch.
type sampler struct {
	ctx     context.Context
	model   *infer.Model
	session *infer.Session
	latent  infer.Latent
	feeds   []feed
	simple  bool   // one input, one output, for Generate
	asked   any    // for, as a JSON object of one member or more
	n       int    // samples to draw
	cols    int    // of a contact sheet of them; 0: near-square
	class   int    // of all samples; -1: all classes in turn
	classes int    // of the model, if it says so
	every   int    // samples of a class before the next one's turn
	rows    int    // samples that the inputs have room for; -1: any number; 0: they have no batch
	batch   int    // samples at a time
	open    bool   // there may be any number of them
	whole   bool   // a batch is computed whole, even where fewer samples are wanted
	each    []int  // shape of a sample
	size    int    // values of a sample
	bytes   bool   // the model makes uint8
	failed  error  // the model's own error, not one of writing
	way     int    // samples on one way between latents; 0: there are no ways
	start   uint64 // number of the sample whose random numbers the model draws on the first way
}

func newSampler(ctx context.Context, m *infer.Model, o *sampling) (*sampler, error) {
	r, err := rolesOf(m, o)
	if err != nil {
		return nil, err
	}
	s := &sampler{ctx: ctx, model: m, n: o.n}
	if err := s.draws(r, o); err != nil {
		return nil, err
	}
	out, err := s.output(r, o)
	if err != nil {
		return nil, err
	}
	if err := s.layout(r, out); err != nil {
		return nil, err
	}
	if err := s.choose(r, o); err != nil {
		return nil, err
	}
	inputs, outputs := m.Inputs(), m.Outputs()
	s.simple = len(inputs) == 1 && len(outputs) == 1 && r.latent == 0 && s.batches(out) &&
		inputs[0].Type == "float32" && outputs[0].Type == "float32" && slices.Equal(outputs[0].Shape, out)
	if err := s.prepare(r, o); err != nil {
		return nil, err
	}
	s.asked = struct {
		Seed uint64 `json:"seed"`
		asked
	}{o.seed, o.asked()}
	return s, nil
}

// draws finds the latent's stream, and how many samples the inputs have room for.
func (s *sampler) draws(r roles, o *sampling) (err error) {
	inputs, of := s.model.Inputs(), r.latent
	if of < 0 { // any other input that has a batch
		of = slices.IndexFunc(inputs, func(v infer.Value) bool { return len(v.Shape) > 0 && v.Shape[0] < 0 })
	}
	if of < 0 {
		of = r.label
	}
	if of < 0 || len(inputs[of].Shape) == 0 {
		return nil
	}
	v := inputs[of]
	if slices.Contains(v.Shape, 0) {
		return cli.Hintf(fmt.Errorf("input %v holds no numbers, so there is nothing to draw from", value(v)), "ganinfer run takes any model")
	}
	s.rows = v.Shape[0]
	out := s.model.Outputs()[0].Shape
	if len(v.Shape) == 1 && s.rows > 1 && (len(out) < 2 || out[0] != s.rows) && of == r.latent {
		s.rows = 0 // one latent
	}
	if r.latent < 0 {
		return nil
	}
	if s.latent, err = latentOf(s.model, r.latent, s.rows, o.seed); err != nil {
		return err
	}
	if s.latent.Truncation = o.truncation; o.styled {
		s.latent.Truncation = 1
	}
	return nil
}

// output is the shape of the first output, its first size -1 if that is the
// number of samples. What the model does not say, a first run does.
func (s *sampler) output(r roles, o *sampling) ([]int, error) {
	v := s.model.Outputs()[0]
	noSample := cli.Hintf(fmt.Errorf("output %v is not of floating point or uint8, which samples are", value(v)), "ganinfer run takes any model")
	if v.Type != "" && !isFloat(v.Type) && v.Type != "uint8" {
		return nil, noSample
	}
	s.bytes = v.Type == "uint8"
	if v.Type != "" && known(v, 1) && (s.rows < 0 || known(v, 0)) {
		return v.Shape, nil
	}
	s.batch = max(s.rows, 1)
	if err := s.prepare(r, o); err != nil {
		return nil, err
	}
	s.fill(0, s.batch)
	results, err := s.session.Run(s.ctx, s.tensors(s.batch)...)
	if err != nil {
		return nil, s.tooLarge(err)
	}
	out, n := results[0].Shape, 1
	for _, d := range out {
		n *= d
	}
	if !floats(make([]float32, n), results[0].Data, v.Type) {
		return nil, noSample
	}
	_, s.bytes = results[0].Data.([]uint8)
	if s.rows < 0 && len(out) > 0 && out[0] == 1 {
		out[0] = -1
	}
	return out, nil
}

// layout finds how samples lie in an output of a shape.
func (s *sampler) layout(r roles, out []int) error {
	s.each, s.batch = out, 1
	switch {
	case s.rows < 0 && s.batches(out):
		s.each, s.open = out[1:], true
	case s.batches(out):
		s.each, s.batch, s.whole = out[1:], s.rows, true
	case s.rows > 1:
		return fmt.Errorf("the model takes %d samples at a time, but its output %q has shape %v, want one sample out for each in", s.rows, s.model.Outputs()[0].Name, out)
	case len(out) > 1 && out[0] == 1:
		s.each = out[1:]
	case s.rows == 0 && r.latent < 0 && several(out) && out[0] > 0:
		s.each, s.batch, s.whole = out[1:], out[0], true
	}
	s.size = 1
	for _, side := range s.each {
		s.size *= side
	}
	return nil
}

// batches reports whether an output of a shape has a sample for each of the
// inputs.
func (s *sampler) batches(out []int) bool { return s.rows != 0 && len(out) > 0 && out[0] == s.rows }

// hasRows reports whether an input has a row for each sample.
func (s *sampler) hasRows(v infer.Value) bool { return s.batches(v.Shape) }

// several guesses whether an output, of a model that takes no samples, is several:
// a matrix of them, or images; three sizes of which one is a number of channels
// are one image.
func several(out []int) bool {
	colours := func(n int) bool { return n == 1 || n == 3 || n == 4 }
	return len(out) == 2 || len(out) == 4 || len(out) == 3 && !colours(out[0]) && !colours(out[2])
}

// choose settles how many samples are computed at a time.
func (s *sampler) choose(r roles, o *sampling) error {
	switch {
	case s.open && o.batch > 0:
		s.batch = min(o.batch, o.n)
	case s.open:
		s.batch = max(1, min(o.n, autoBatch, autoValues/max(s.size, 1)))
	case o.batch != 0 && o.batch != s.batch:
		return cli.Flagf("--batch is %d, but the model's own is fixed at %d", o.batch, s.batch)
	}
	if r.label < 0 || s.hasRows(s.model.Inputs()[r.label]) || o.labelled || o.anyLabel {
		return nil
	}
	if s.whole && s.batch > 1 {
		return cli.Flagf("--label is missing: input %v takes one for all %d samples of a batch", value(s.model.Inputs()[r.label]), s.batch)
	}
	s.batch = 1 // a label of its own for each sample
	return nil
}

// prepare makes the session and its inputs.
func (s *sampler) prepare(r roles, o *sampling) (err error) {
	if s.session, err = s.model.NewSession(s.batch); err != nil {
		return err
	}
	s.session.Workers = o.threads
	return s.newFeeds(r, o)
}

// compute makes c samples of what fill drew.
func (s *sampler) compute(dst []float32, c int) error {
	if s.simple {
		return s.session.Generate(dst, s.feeds[0].floats[:c*s.latent.Dim])
	}
	outputs, err := s.session.Run(s.ctx, s.tensors(c)...)
	if err != nil {
		return s.tooLarge(err)
	}
	if !floats(dst, outputs[0].Data, outputs[0].Type) {
		return fmt.Errorf("output %q has shape %v this time, want %d samples of %v", outputs[0].Name, outputs[0].Shape, c, s.each)
	}
	return nil
}

// draw draws all samples and hands them to use, some at a time, in order. The
// slice is used again for the next.
func (s *sampler) draw(use func(samples []float32) error) error {
	samples := make([]float32, s.batch*s.size)
	for first := 0; first < s.n; first += s.batch {
		if s.ctx.Err() != nil {
			return errors.New("stopped by a signal")
		}
		c := s.batch
		if !s.whole {
			c = min(c, s.n-first)
		}
		s.fill(first, c)
		if err := s.compute(samples[:c*s.size], c); err != nil {
			if s.ctx.Err() != nil {
				return errors.New("stopped by a signal")
			}
			s.failed = err
			return err
		}
		if err := use(samples[:min(c, s.n-first)*s.size]); err != nil {
			return err
		}
	}
	return nil
}

// shape is the shape of all samples together.
func (s *sampler) shape() []int { return append([]int{s.n}, s.each...) }
