package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is chains: operators on each element, one after the other, that go
// over their images a block at a time, so that what is between them stays in the
// cache and takes no memory of its own.

const (
	blockLen = 1 << 11 // about how many elements a chain computes at a time
	leastLen = 1 << 12 // chains of fewer are not worth it
	maxLanes = 64      // steps of a chain
)

// elementwise is a step whose result has at each place what its inputs of the same
// length, and single numbers, have there.
type elementwise interface {
	step
	size() (n, channels int)  // elements, in groups that go together; 0: it is no such step
	lanes(block int) op.Lanes // computes up to block elements, from the first of a group on
	sources() []int           // the buffers of its inputs, or none
}

func (s *normStep) size() (n, channels int) { return s.rows * s.area * s.channels, s.channels }

func (s *normStep) sources() []int { return s.reads() }

// lanes takes the tail's values, of which each channel has one, as often as a block
// has pixels.
func (s *normStep) lanes(block int) op.Lanes {
	wide := func(v []float32) []float32 {
		if v != nil {
			v = slices.Repeat(v, block/len(v))
		}
		return v
	}
	bias, scale, shift := wide(s.tail.Bias), wide(s.tail.Scale), wide(s.tail.Shift)
	act, alpha := s.tail.Act, s.tail.Alpha
	return func(dst, x, _, _ []float32) {
		if s.times != nil {
			kernel.TimesMulAdd(dst, x, *s.times, scale, shift)
			kernel.Activate(dst, act, alpha)
			return
		}
		if bias != nil {
			kernel.Add(dst, x, bias)
			x = dst
		}
		if scale != nil {
			kernel.MulAdd(dst, x, scale, shift)
		}
		kernel.Activate(dst, act, alpha)
	}
}

func (s *activationStep) size() (n, channels int) { return s.len, 1 }

func (s *activationStep) sources() []int { return s.reads() }

func (s *activationStep) lanes(int) op.Lanes {
	return func(dst, x, _, _ []float32) { s.activate(dst, x) }
}

func (s *generalStep) size() (n, channels int) { return s.each, 1 }

func (s *generalStep) sources() (list []int) {
	for _, o := range s.in {
		list = append(list, o.buffer)
	}
	return list
}

func (s *generalStep) lanes(int) op.Lanes { return s.some }

// chainStep is steps that run together, a block of all of them at a time.
type chainStep struct {
	links      []chainLink
	len, block int
	singles    []single
	in, out    []int // what it reads of others, and what others read
	room       int   // for what is between the links, and for single numbers
}

// chainLink is one step of a chain.
type chainLink struct {
	lanes op.Lanes
	in    [3]place
	dst   place
}

// place is where a link reads or writes: from the block on in a buffer, or in the
// scratch.
type place struct{ buffer, at int }

var nowhere = place{none, none}

// single is a buffer of one number and where the scratch has it once an element.
type single struct{ buffer, at int }

func (s *chainStep) scratch() int  { return s.room }
func (s *chainStep) work() int64   { return int64(s.len) * int64(len(s.links)) }
func (s *chainStep) reads() []int  { return s.in }
func (s *chainStep) writes() []int { return s.out }

func (s *chainStep) run(r *Run, part, parts int) {
	scratch := r.scratch[part]
	fillSingles(s.singles, r, scratch, s.block)
	first, last := kernel.Share((s.len+s.block-1)/s.block, part, parts)
	for from := first * s.block; from < min(last*s.block, s.len); from += s.block {
		n := min(s.block, s.len-from)
		for i := range s.links {
			l := &s.links[i]
			of := func(p place) []float32 { return p.of(r, scratch, from, n) }
			l.lanes(of(l.dst), of(l.in[0]), of(l.in[1]), of(l.in[2]))
		}
	}
}

// fillSingles writes each number n times to its place in the scratch.
func fillSingles(singles []single, r *Run, scratch []float32, n int) {
	for _, one := range singles {
		room, v := scratch[one.at:][:n], r.floats[one.buffer][0]
		for i := range room {
			room[i] = v
		}
	}
}

// of returns the n elements of a block, the first of which has a number.
func (p place) of(r *Run, scratch []float32, from, n int) []float32 {
	switch {
	case p.buffer != none:
		return r.floats[p.buffer][from:][:n]
	case p.at != none:
		return scratch[p.at:][:n]
	}
	return nil
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
		list, block := p.chain(i)
		alone := len(list) < 2
		if alone && len(list) > 0 {
			_, norm := list[0].(*normStep) // whose channels a chain has as whole vectors
			alone = !norm
		}
		if alone {
			steps = append(steps, p.steps[i])
			i++
			continue
		}
		steps = append(steps, p.lay(list, block, i, last))
		i += len(list)
	}
	p.steps = steps
}

// chain returns the steps from one on that can run together: of one length, long
// enough, and of one number of channels.
func (p *Plan) chain(first int) (list []elementwise, block int) {
	length, channels := 0, 1
	for _, next := range p.steps[first:] {
		e, ok := next.(elementwise)
		if !ok || len(list) == maxLanes {
			break
		}
		n, c := e.size()
		if n < leastLen || length != 0 && n != length || c > 1 && channels > 1 && c != channels {
			break
		}
		list, length, channels = append(list, e), n, max(c, channels)
	}
	return list, max(1, blockLen/channels) * channels
}

// lay makes a step of some, of which the first has a number, and finds where the
// elements between them lie: in the scratch, unless others use them.
func (p *Plan) lay(list []elementwise, block, first int, last []int) *chainStep {
	s := &chainStep{block: block}
	s.len, _ = list[0].size()
	inner := make(map[int]int) // where the scratch has a buffer's elements
	var free []int             // places in the scratch
	for i, e := range list {
		l := chainLink{lanes: e.lanes(block), in: [3]place{nowhere, nowhere, nowhere}}
		for k, b := range e.sources() {
			if b == none {
				continue
			}
			if at, ok := inner[b]; ok {
				l.in[k] = place{none, at}
				continue
			}
			if !slices.Contains(s.out, b) && !slices.Contains(s.in, b) {
				s.in = append(s.in, b)
			}
			l.in[k] = place{b, none}
			if p.buffers[b].len == 1 && s.len > 1 {
				l.in[k] = place{none, s.single(b)}
			}
		}
		for _, b := range e.sources() { // the result may take an input's place
			if at, ok := inner[b]; ok && last[b] == first+i {
				free = append(free, at)
				delete(inner, b)
			}
		}
		b := e.writes()[0]
		if p.buffers[b].kind != blockBuffer || last[b] >= first+len(list) {
			s.out, l.dst = append(s.out, b), place{b, none}
		} else {
			if len(free) == 0 {
				free = append(free, s.more())
			}
			inner[b], free = free[len(free)-1], free[:len(free)-1]
			l.dst = place{none, inner[b]}
		}
		s.links = append(s.links, l)
	}
	return s
}

// more is room for another block.
func (s *chainStep) more() (at int) {
	at, s.room = s.room, s.room+s.block
	return at
}

// single returns where the scratch has a number once an element.
func (s *chainStep) single(buffer int) int {
	for _, one := range s.singles {
		if one.buffer == buffer {
			return one.at
		}
	}
	s.singles = append(s.singles, single{buffer, s.more()})
	return s.singles[len(s.singles)-1].at
}
