package infer

import "github.com/ganlet/ganlet/internal/kernel"

// This file is the steps: what is left of the operators when a model runs.
// Everything in a step is fixed, except how many samples the batch has.

// step is one stage of a plan. Its run does its part-th of parts shares; no two
// shares write the same output, and how many there are changes no bit.
type step interface {
	run(r *run, part, parts int)
	uses() []int       // the buffers it reads and writes
	scratch(n int) int // floats that one share needs for itself, for n samples
	work(n int) int64  // about how many operations it takes for n samples
}

// run is what differs between runs of one plan.
type run struct {
	n       int         // samples
	buffers [][]float32 // where each buffer lies
	scratch [][]float32 // for each worker
	data    []any       // pointers to where each buffer lies, of any type
	general []arguments // of the general path's steps
	open    []*int      // sizes in those that are the batch
	pad     *scratchpad
	failed  bool // pad.err names its node
}

// link is where a step reads and writes.
type link struct{ src, dst int }

func (l link) uses() []int     { return []int{l.src, l.dst} }
func (l link) scratch(int) int { return 0 }

// of returns the memory behind the link.
func (l link) of(r *run) (dst, src []float32) { return r.buffers[l.dst], r.buffers[l.src] }

// volume multiplies without running over on 32-bit devices.
func volume(factors ...int) int64 {
	v := int64(1)
	for _, f := range factors {
		v *= int64(f)
	}
	return v
}

// copyStep copies a buffer.
type copyStep struct {
	link
	size size
}

func (s *copyStep) work(n int) int64 { return int64(s.size.of(n)) }

func (s *copyStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.size.of(r.n), part, parts)
	copy(dst[from:to], src[from:to])
}

// planesStep goes from channels innermost, [rows, area, channels], to rows of
// planes, [rows, channels, area].
type planesStep struct {
	link
	rows           rows
	channels, area int
}

func (s *planesStep) work(n int) int64 { return volume(s.rows.of(n), s.channels, s.area) }

func (s *planesStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	kernel.Transpose(dst, src, s.rows.of(r.n), s.area, s.channels, part, parts)
}

// pixelsStep is the reverse of planesStep.
type pixelsStep struct {
	link
	rows           rows
	channels, area int
}

func (s *pixelsStep) work(n int) int64 { return volume(s.rows.of(n), s.channels, s.area) }

func (s *pixelsStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	kernel.Transpose(dst, src, s.rows.of(r.n), s.channels, s.area, part, parts)
}

// together is how many neighbours in memory are gathered at once: few enough
// that what is written for each stays in the cache.
const together = 8

// transpose gathers dst from every stride-th element of src.
func transpose(dst, src []float32, stride int) {
	for i := range dst {
		dst[i] = src[i*stride]
	}
}

// activationStep is an activation on its own: y = act(x), in any order.
type activationStep struct {
	link
	size  size
	act   kernel.Act
	alpha float32
}

func (s *activationStep) work(n int) int64 { return 8 * int64(s.size.of(n)) }

func (s *activationStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.size.of(r.n), part, parts)
	copy(dst[from:to], src[from:to])
	kernel.Activate(dst[from:to], s.act, s.alpha)
}
