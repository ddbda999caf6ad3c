package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is chains: operators on each element, one after the other, that go
// over their images a block at a time, so that what is between them stays in the
// cache and takes no memory of its own.

const (
	blockLen = 1 << 13 // about how many elements a chain computes at a time
	leastLen = 1 << 14 // chains of fewer are not worth it
	maxOuter = 96      // at the most, buffers that a chain reads and writes
)

// elementwise is a step whose result has at each place what its inputs of the same
// length, and single numbers, have there.
type elementwise interface {
	step
	size() (n, channels int) // elements, in groups that go together; 0: it is no such step
	some(r *Run, n int)      // computes the first n
}

func (s *normStep) size() (n, channels int) { return s.rows * s.area * s.channels, s.channels }

func (s *normStep) some(r *Run, n int) {
	dst, src := s.of(r)
	copy(dst[:n], src)
	s.tail.Apply(dst[:n], s.channels)
}

func (s *activationStep) size() (n, channels int) { return s.len, 1 }

func (s *generalStep) size() (n, channels int) { return s.each, 1 }

// flatten makes lines of images.
func (s *generalStep) flatten() {
	s.out[0].shape = []int{s.each}
	for i := range s.in {
		if s.in[i].buffer != none {
			s.in[i].shape = []int{tensor.Product(s.in[i].shape)}
		}
	}
}

func (s *generalStep) some(r *Run, n int) {
	args := &r.general[s.id]
	args.out[0].Shape[0] = n
	for i := range s.in {
		if s.in[i].buffer != none && s.in[i].shape[0] == s.each {
			args.in[i].Shape[0] = n
		}
	}
	s.run(r, 0, 1)
}

// chainStep is steps that run together, a block of all of them at a time.
type chainStep struct {
	steps      []elementwise
	len, block int
	outer      []int   // buffers of the chain's length that others use too
	inner      []local // and those that only the chain uses
	in, out    []int   // what it reads of others, and what others read
	room       int     // of the inner ones
}

// local is where a buffer lies in the scratch.
type local struct{ buffer, at int }

func (s *chainStep) scratch() int  { return s.room }
func (s *chainStep) work() int64   { return 0 }
func (s *chainStep) reads() []int  { return s.in }
func (s *chainStep) writes() []int { return s.out }

func (s *chainStep) run(r *Run, part, _ int) {
	if part != 0 {
		return
	}
	var whole [maxOuter][]float32
	for i, b := range s.outer {
		whole[i] = r.floats[b]
	}
	for from := 0; from < s.len; from += s.block {
		n := min(s.block, s.len-from)
		for i, b := range s.outer {
			r.floats[b] = whole[i][from:][:n]
		}
		for _, l := range s.inner {
			r.floats[l.buffer] = r.scratch[0][l.at:][:n]
		}
		for _, e := range s.steps {
			e.some(r, n)
		}
	}
	for i, b := range s.outer {
		r.floats[b] = whole[i]
	}
}

// join makes chains of the plan's steps. Kept are buffers that are read after
// the last step.
func (p *Plan) join(kept []int) {
	last := make([]int, len(p.buffers)) // which step reads a buffer last
	for i, s := range p.steps {
		for _, b := range s.reads() {
			last[b] = i
		}
	}
	for _, b := range kept {
		last[b] = len(p.steps)
	}
	var steps []step
	for i := 0; i < len(p.steps); {
		s := p.chain(i)
		if s == nil {
			steps = append(steps, p.steps[i])
			i++
			continue
		}
		p.lay(s, i, last)
		steps = append(steps, s)
		i += len(s.steps)
	}
	p.steps = steps
}

// chain makes a step of those from one on that can run together: two or more of
// one length, long enough, and some of them general, which a single worker runs
// anyway. It returns nil if there are no such.
func (p *Plan) chain(first int) *chainStep {
	s := new(chainStep)
	channels, buffers, general := 1, 0, false
	for _, next := range p.steps[first:] {
		e, ok := next.(elementwise)
		if !ok {
			break
		}
		n, c := e.size()
		buffers += len(e.reads()) + len(e.writes())
		if n < leastLen || s.len != 0 && n != s.len || c > 1 && channels > 1 && c != channels || buffers > maxOuter {
			break
		}
		_, ok = next.(*generalStep)
		general = general || ok
		s.steps, s.len, channels = append(s.steps, e), n, max(c, channels)
	}
	if len(s.steps) < 2 || !general {
		return nil
	}
	s.block = max(1, blockLen/channels) * channels
	return s
}

// lay finds where the buffers of a chain, whose first step has a number, lie: in
// the scratch, unless others use them.
func (p *Plan) lay(s *chainStep, first int, last []int) {
	end := first + len(s.steps)
	var free []int // places in the scratch
	for i, e := range s.steps {
		if g, ok := e.(*generalStep); ok {
			g.flatten()
		}
		for _, b := range e.writes() {
			if p.buffers[b].kind != blockBuffer || last[b] >= end {
				s.out, s.outer = append(s.out, b), append(s.outer, b)
				continue
			}
			at := s.room
			if len(free) > 0 {
				at, free = free[len(free)-1], free[:len(free)-1]
			} else {
				s.room += s.block
			}
			s.inner = append(s.inner, local{b, at})
		}
		reads := e.reads()
		for k, b := range reads {
			if slices.Contains(reads[:k], b) {
				continue
			}
			at := slices.IndexFunc(s.inner, func(l local) bool { return l.buffer == b })
			switch {
			case at >= 0 && last[b] == first+i:
				free = append(free, s.inner[at].at)
			case at < 0 && !slices.Contains(s.out, b) && !slices.Contains(s.in, b):
				if s.in = append(s.in, b); p.buffers[b].len == s.len {
					s.outer = append(s.outer, b)
				}
			}
		}
	}
}
