package infer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/ganlet/ganlet/infer/internal/plan"
	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is sessions: the memory a model runs in.

// Session runs a model. It owns the memory that takes, and serves one goroutine
// at a time; several sessions of one model run side by side.
type Session struct {
	// Workers is how many goroutines share the work of each step; 0 and 1 mean
	// the caller's alone. It may change between calls, and changes no bit of a
	// result. Idle workers wait without using the CPU, and end with the session.
	Workers int

	// Sample is the number of the next call's first sample, for models that draw
	// random numbers themselves: sample i of a seed is the same in any batch. A
	// call does not change it.
	Sample uint64

	model *Model
	batch int
	block plan.Block
	runs  []*planned // the latest first
	pool  *plan.Pool
	busy  atomic.Bool
	eager bool // workers share steps of any size, for tests
}

// planned is a plan in the session's memory.
type planned struct {
	shapes [][]int
	batch  int
	plan   *plan.Plan
	run    *plan.Run
}

// maxRuns bounds the plans that a session keeps in memory.
const maxRuns = 4

// NewSession prepares to run the model on at most batch samples at a time. More
// samples than that are computed one batch after the other; a larger batch
// takes more memory, and less time for each sample. A model whose file fixes
// its batch has it already: then batch only has to be positive. If other sizes
// of the inputs are open, the first run of each size prepares for it.
func (m *Model) NewSession(batch int) (s *Session, err error) {
	defer guard(&err)
	if batch < 1 {
		return nil, fmt.Errorf("infer: batch is %d, want at least 1", batch)
	}
	if !m.batched || m.single {
		batch = 1
	}
	s = &Session{model: m, batch: batch}
	if !m.free {
		if _, err := s.at(batch); err != nil {
			return nil, fmt.Errorf("infer: a batch of %d: %w", batch, public(err))
		}
	}
	return s, nil
}

// at returns the plan for a batch, in memory.
func (s *Session) at(batch int) (*planned, error) {
	for i, p := range s.runs {
		if p.batch == batch {
			s.runs[0], s.runs[i] = s.runs[i], s.runs[0]
			return p, nil
		}
	}
	return s.bind(s.model.shapes(batch), batch)
}

// of returns the plan for inputs of some shapes, in memory.
func (s *Session) of(shapes [][]int) (*planned, error) {
	for i, p := range s.runs {
		if slices.EqualFunc(p.shapes, shapes, slices.Equal) {
			s.runs[0], s.runs[i] = s.runs[i], s.runs[0]
			return p, nil
		}
	}
	return s.bind(shapes, 0)
}

func (s *Session) bind(shapes [][]int, batch int) (*planned, error) {
	p, err := s.model.plan(shapes)
	if err != nil {
		return nil, err
	}
	b := &planned{shapes: shapes, batch: batch, plan: p, run: p.Bind(&s.block)}
	if len(s.runs) == maxRuns {
		s.runs = s.runs[:maxRuns-1]
	}
	s.runs = append([]*planned{b}, s.runs...)
	return b, nil
}

// do runs a plan whose inputs and outputs are bound, first samples after the
// call's first.
func (s *Session) do(ctx context.Context, p *planned, first int) error {
	workers := min(max(s.Workers, 1), plan.MaxShares, max(runtime.GOMAXPROCS(0), 1))
	if workers > 1 {
		if s.pool == nil {
			s.pool = plan.NewPool()
			if s.eager {
				s.pool.Eager()
			}
			runtime.AddCleanup(s, (*plan.Pool).Stop, s.pool)
		}
		s.pool.Grow(workers)
		s.pool.Begin(workers)
		defer s.pool.End()
	}
	draws := plan.Draws{Seed: s.model.seed, First: s.Sample + uint64(first), Whole: !s.model.batched}
	return p.run.Do(ctx, draws, s.pool, workers)
}

// enter takes the session for a call; leave ends it, frees what is the caller's,
// and makes errors the package's.
func (s *Session) enter() error {
	if !s.busy.CompareAndSwap(false, true) {
		return errors.New("infer: the session is in use by another goroutine: each takes its own")
	}
	return nil
}

func (s *Session) leave(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("infer: the model asks for what should have been refused before: %v", v)
		s.runs = nil
	}
	for _, p := range s.runs {
		p.run.Release()
	}
	s.busy.Store(false)
}

// Generate computes an output for each latent in z, one after the other, and
// writes them to dst in the same order: for a generator of images, dst is
// [n, C, H, W], z is [n, latent]. It is for models with one input and one
// output of float32; [Session.GenerateLabels] is for conditional generators,
// [Session.Run] for all.
//
// The number of latents is len(z) divided by the length of one, and not bound
// to the session's batch; dst must have exactly room for their outputs, and not
// overlap z. Generate allocates nothing but for the first batch of a size and
// for more workers than before, and keeps neither slice. Errors about the
// arguments are an [*InputError].
func (s *Session) Generate(dst, z []float32) (err error) {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave(&err)
	m := s.model
	if err := m.generates(1); err != nil {
		return err
	}
	in, out := m.inputs[0].Len(), m.outputs[0].Len()
	if in == 0 || len(z)%in != 0 {
		return badInput(m.inputs[0].Name, "z has %d values, want a multiple of %d", len(z), in)
	}
	n := len(z) / in
	if len(dst) != n*out {
		return badInput("", "dst has room for %d values, want %d for %d latents", len(dst), n*out, n)
	}
	for first := 0; first < n; first += s.batch {
		c := min(n-first, s.batch)
		if err := s.generate(dst[first*out:][:c*out], z[first*in:][:c*in], nil, first, c); err != nil {
			return err
		}
	}
	return nil
}

// generate computes one batch of c samples, or one run of a fixed batch.
func (s *Session) generate(dst, z []float32, labels []int64, first, c int) error {
	batch := c
	if !s.model.batched {
		batch = 1
	}
	p, err := s.at(batch)
	if err != nil {
		return fmt.Errorf("infer: a batch of %d: %w", c, public(err))
	}
	p.run.FloatInput(0, z)
	if labels != nil {
		p.run.IntInput(1, labels)
	}
	cut := p.plan.Cut()
	if !cut {
		if out := p.plan.Outputs[0]; tensor.Product(out.Shape) != len(dst) {
			return s.model.uneven(out.Shape, len(dst), c)
		}
		p.run.FloatOutput(0, dst)
	}
	if err := s.do(context.Background(), p, first); err != nil {
		return fmt.Errorf("infer: %w", public(err))
	}
	if !cut {
		return nil
	}
	images, ok := p.run.Results()[0].Data.(*[]float32)
	if !ok || len(*images) != len(dst) {
		return s.model.uneven(p.run.Results()[0].Shape, len(dst), c)
	}
	copy(dst, *images)
	return nil
}

// uneven is the error of an output that has no equal part for each sample.
func (m *Model) uneven(shape []int, want, samples int) error {
	return fmt.Errorf("infer: output %q has shape %v, want %d values of float32 for %d samples: use Run", m.outputs[0].Name, shape, want, samples)
}

// generates checks that the model goes from so many inputs, latents first, to one
// output of float32 for each sample.
func (m *Model) generates(inputs int) error {
	name := "Generate"
	if inputs == 2 {
		name = "GenerateLabels"
	}
	if len(m.inputs) != inputs || len(m.outputs) != 1 {
		hint := ""
		if m.Conditional() && inputs == 1 {
			hint = "; the second input is a label: use GenerateLabels"
		}
		return fmt.Errorf("infer: the model has %d inputs and %d outputs, %s wants %d and 1%s", len(m.inputs), len(m.outputs), name, inputs, hint)
	}
	if m.free || m.outputs[0].open(1) {
		return errFree
	}
	if m.inputs[0].Type != "float32" || m.outputs[0].Type != "float32" {
		return fmt.Errorf("infer: the model goes from %s to %s, %s wants float32", m.inputs[0].Type, m.outputs[0].Type, name)
	}
	if m.batched && !m.outputs[0].batched() {
		return fmt.Errorf("infer: output %q is the same for every latent, %s wants one of each: use Run", m.outputs[0].Name, name)
	}
	return nil
}
