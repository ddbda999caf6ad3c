package infer

import (
	"context"
	"fmt"
	"image"
)

// This file is the simplest use, one picture from a seed, and sessions for
// servers.

// Draw returns the picture of a seed: the first sample of its latents. A
// conditional generator draws one of class label; others want label 0. It makes
// a session each time: a program that draws many keeps one, or a [Pool].
func (m *Model) Draw(seed uint64, label int) (image.Image, error) {
	latent, err := m.Latent(seed)
	if err != nil {
		return nil, err
	}
	if !m.Conditional() && label != 0 {
		return nil, badInput("", "label is %d, but the model takes no labels", label)
	}
	s, err := m.NewSession(1)
	if err != nil {
		return nil, err
	}
	z, x := make([]float32, m.inputs[0].Len()), make([]float32, m.outputs[0].Len())
	latent.Fill(z, 0)
	if m.Conditional() {
		labels := make([]int64, m.inputs[1].Len())
		for i := range labels {
			labels[i] = int64(label)
		}
		err = s.GenerateLabels(x, z, labels)
	} else {
		err = s.Generate(x, z)
	}
	if err != nil {
		return nil, err
	}
	f, err := m.frame()
	if err != nil {
		return nil, err
	}
	return m.Image(x[:min(len(x), f.channels*f.h*f.w)])
}

// Pool is sessions that goroutines take in turn, such as those of a server.
type Pool struct {
	// Batch is that of the sessions, 1 if it is 0. It is set before the first Get.
	Batch int

	// Workers is that of the sessions.
	Workers int

	model *Model
	free  chan *Session // nil: a session that is not made yet
}

// Pool returns a pool of at most n sessions, which are made when they are first
// needed. As many as there are processors is enough.
func (m *Model) Pool(n int) *Pool {
	p := &Pool{model: m, free: make(chan *Session, max(n, 1))}
	for range max(n, 1) {
		p.free <- nil
	}
	return p
}

// Get returns a session that nobody else has, waiting for one until ctx is done.
// Put gives it back.
func (p *Pool) Get(ctx context.Context) (*Session, error) {
	select {
	case s := <-p.free:
		if s != nil {
			return s, nil
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("infer: waiting for a session: %w", ctx.Err())
	}
	s, err := p.model.NewSession(max(p.Batch, 1))
	if err != nil {
		p.free <- nil
		return nil, err
	}
	s.Workers = p.Workers
	return s, nil
}

// Put gives back a session that Get returned. The caller must not use it after.
func (p *Pool) Put(s *Session) { p.free <- s }
