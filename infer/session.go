package infer

import (
	"fmt"
	"math"
)

// This file is sessions: the memory in which a model runs.

// Session runs a model. It owns the memory that takes, and serves one goroutine
// at a time; several sessions of one model run side by side.
type Session struct {
	// Workers is how many goroutines share the work of each step; 0 and 1 mean
	// the caller's alone. It may change between calls, and changes no bit of a
	// result. Idle workers wait without using the CPU, and end with the session.
	Workers int

	model   *Model
	batch   int
	scratch int   // floats for each worker
	small   int64 // work that is not worth sharing
	run     *run
	pool    *pool
}

// NewSession prepares to run the model on at most batch samples at a time. More
// samples than that are computed one batch after the other; a larger batch
// takes more memory, and less time for each sample. A model whose file fixes
// its batch has it already: then batch only has to be positive.
func (m *Model) NewSession(batch int) (*Session, error) {
	if batch < 1 {
		return nil, fmt.Errorf("infer: batch is %d, want at least 1", batch)
	}
	if !m.batched() {
		batch = 1 // all sizes are fixed
	}
	most := math.Min(math.MaxInt/2, maxMemory)
	if need := m.plan.memory(batch); need > most {
		return nil, fmt.Errorf("infer: a batch of %d takes up to %.3g bytes, want at most %.3g", batch, need, most)
	}
	offsets, total := m.plan.arena(batch)
	arena := make([]float32, total)
	r := &run{buffers: make([][]float32, len(m.plan.buffers)), data: make([]any, len(m.plan.buffers))}
	for i := range m.plan.buffers {
		b := &m.plan.buffers[i]
		r.data[i] = &r.buffers[i]
		switch {
		case b.kind == arenaBuffer && b.floats():
			r.buffers[i] = arena[offsets[i]:][:b.of(batch)]
		case b.kind == constantBuffer && b.floats():
			r.buffers[i] = b.data
		case b.kind == constantBuffer:
			r.data[i] = b.other
		case b.kind == arenaBuffer:
			r.data[i] = newData(b.elem, b.of(batch))
		case !b.floats():
			r.data[i] = newData(b.elem, 0) // until a run brings the caller's
		}
	}
	r.bind(&m.plan)
	s := &Session{model: m, batch: batch, run: r, small: small}
	for _, step := range m.plan.steps {
		s.scratch = max(s.scratch, step.scratch(batch))
	}
	s.prepare(1)
	return s, nil
}

// maxMemory bounds what a session takes, 16 GiB: more is a mistake or an attack.
const maxMemory = 16 << 30

// batched says that the number of samples is open.
func (m *Model) batched() bool {
	for _, v := range m.inputs {
		if v.batched() {
			return true
		}
	}
	return false
}

// memory is an upper bound of what a session of n samples needs with one worker,
// in bytes, the caller's buffers included.
func (p *plan) memory(n int) (bytes float64) {
	for _, s := range p.steps {
		bytes = max(bytes, 4*float64(s.scratch(n)))
	}
	for i := range p.buffers {
		bytes += float64(p.buffers[i].elem.Size()) * (float64(p.buffers[i].perSample)*float64(n) + float64(p.buffers[i].fixed) + 16)
	}
	return bytes
}

// prepare makes sure that there is scratch memory, and a goroutine, for each of
// a number of workers.
func (s *Session) prepare(workers int) {
	for len(s.run.scratch) < workers {
		s.run.scratch = append(s.run.scratch, make([]float32, s.scratch))
	}
	if workers > 1 {
		if s.pool == nil {
			s.pool = newPool(s)
		}
		s.pool.grow(workers)
	}
}

// Generate computes an output for each latent in z, one after the other, and
// writes them to dst in the same order: for a generator of images, dst is
// [n, C, H, W], z is [n, latent]. It is for models with one input and one
// output of float32; [Session.GenerateLabels] is for conditional generators,
// [Session.Run] for all.
//
// The number of latents is len(z) divided by the length of one, and not bound
// to the session's batch; dst must have exactly room for their outputs, and not
// overlap z. Generate allocates nothing (with more workers than before, once),
// and keeps neither slice.
func (s *Session) Generate(dst, z []float32) error {
	m := s.model
	if len(m.inputs) != 1 || len(m.outputs) != 1 {
		return fmt.Errorf("infer: the model has %d inputs and %d outputs, Generate wants one each", len(m.inputs), len(m.outputs))
	}
	if m.inputs[0].Type != "float32" || m.outputs[0].Type != "float32" {
		return fmt.Errorf("infer: the model goes from %s to %s, Generate wants float32", m.inputs[0].Type, m.outputs[0].Type)
	}
	in, out := sizeOf(m.inputs[0].Shape).of(1), sizeOf(m.outputs[0].Shape).of(1)
	if in == 0 || len(z)%in != 0 {
		return fmt.Errorf("infer: z has %d values, want a multiple of %d", len(z), in)
	}
	if m.batched() && !m.outputs[0].batched() {
		return fmt.Errorf("infer: output %q is the same for every latent, Generate wants one of each: use Run", m.outputs[0].Name)
	}
	n := len(z) / in
	if len(dst) != n*out {
		return fmt.Errorf("infer: dst has room for %d values, want %d for %d latents", len(dst), n*out, n)
	}
	for len(z) > 0 {
		c := min(len(z)/in, s.batch)
		s.run.buffers[m.plan.inputs[0]] = z[:c*in]
		s.run.buffers[m.plan.outputs[0]] = dst[:c*out]
		s.step(c)
		z, dst = z[c*in:], dst[c*out:]
	}
	s.release()
	return s.failure()
}

// failure returns what a step found wrong with the inputs of the run: an index
// beyond a table.
func (s *Session) failure() error {
	if err := s.run.pad.err; err != nil {
		s.run.pad.err, s.run.failed = nil, false
		return fmt.Errorf("infer: %w", err)
	}
	return nil
}

// release forgets the caller's memory.
func (s *Session) release() {
	for i := range s.model.plan.buffers {
		if b := &s.model.plan.buffers[i]; b.kind == callersBuffer {
			s.run.buffers[i] = nil
			if !b.floats() {
				cut(s.run.data[i], nil, 0, 0)
			}
		}
	}
}

// small is the multiply-adds that one worker does sooner alone.
const small = 1 << 17

// step runs all steps on n samples whose inputs and outputs are bound.
func (s *Session) step(n int) {
	workers := min(max(s.Workers, 1), maxShares)
	s.prepare(workers)
	s.run.n = n
	for _, size := range s.run.open {
		*size = n
	}
	if workers > 1 {
		s.pool.begin(workers)
		defer s.pool.end()
	}
	for _, step := range s.model.plan.steps {
		if workers == 1 || step.work(n) < s.small {
			step.run(s.run, 0, 1)
		} else {
			s.pool.share(step, s.run, workers)
		}
	}
}
