package plan

import "github.com/ganlet/ganlet/internal/kernel"

// This file is the steps: what is left of the operators when a model runs.
// Everything in a step is fixed.

// link is where a step reads and writes.
type link struct{ src, dst int }

func (l *link) reads() []int  { return []int{l.src} }
func (l *link) writes() []int { return []int{l.dst} }
func (l *link) scratch() int  { return 0 }

// of returns the memory behind the link.
func (l *link) of(r *Run) (dst, src []float32) { return r.floats[l.dst], r.floats[l.src] }

// volume multiplies without running over on 32-bit devices.
func volume(factors ...int) int64 {
	v := int64(1)
	for _, f := range factors {
		v *= int64(f)
	}
	return v
}

// copyStep copies a buffer of float32.
type copyStep struct {
	link
	len int
}

func (s *copyStep) work() int64 { return int64(s.len) }

func (s *copyStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.len, part, parts)
	copy(dst[from:to], src[from:to])
}

// image is rows of images: so many, their channels, their pixels.
type image struct{ rows, channels, area int }

func (i image) len() int { return i.rows * i.channels * i.area }

// turnStep goes from rows of planes, [rows, channels, area], to channels innermost,
// [rows, area, channels], or back.
type turnStep struct {
	link
	image
	back bool
}

func (s *turnStep) work() int64 { return int64(s.len()) }

func (s *turnStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	from, to := s.channels, s.area
	if s.back {
		from, to = to, from
	}
	kernel.Transpose(dst, src, s.rows, from, to, part, parts)
}

// activationStep is an activation on its own: y = act(x), in any order.
type activationStep struct {
	link
	len   int
	act   kernel.Act
	alpha float32
}

func (s *activationStep) work() int64 { return 8 * int64(s.len) }

func (s *activationStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.len, part, parts)
	s.activate(dst[from:to], src[from:to])
}

func (s *activationStep) activate(dst, src []float32) {
	copy(dst, src)
	kernel.Activate(dst, s.act, s.alpha)
}
