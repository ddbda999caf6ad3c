package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is steps on each element that one function computes together, to the
// same bits: HardSwish as exporters write it, and a product with a number before
// a scale and shift.

// gateStep is a hard gate.
type gateStep struct {
	link
	len  int
	gate kernel.HardGate
}

func (s *gateStep) work() int64             { return 8 * int64(s.len) }
func (s *gateStep) size() (n, channels int) { return s.len, 1 }
func (s *gateStep) sources() []int          { return s.reads() }
func (s *gateStep) lanes(int) op.Lanes      { return func(dst, x, _, _ []float32) { s.gate.Run(dst, x) } }
func (s *gateStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.len, part, parts)
	s.gate.Run(dst[from:to], src[from:to])
}

// fuse joins such steps. Kept are buffers that are read after the last step.
func (p *Plan) fuse(kept []int) {
	readers := make([]int, len(p.buffers))
	for _, s := range p.steps {
		for _, b := range s.reads() {
			readers[b]++
		}
	}
	for _, b := range kept {
		readers[b]++
	}
	p.attend(readers)
	steps := p.steps[:0]
	for i := 0; i < len(p.steps); {
		s, n := p.steps[i], 1
		if gate := p.gate(p.steps[i:], readers); gate != nil {
			s, n = gate, gateSteps
		} else if norm := p.timesNorm(p.steps[i:], readers); norm != nil {
			s, n = norm, 2
		}
		steps = append(steps, s)
		i += n
	}
	clear(p.steps[len(steps):])
	p.steps = steps
}

// gateSteps is how many steps make a hard gate.
const gateSteps = 4

// gate joins Add(x, a), Clip, Mul with x, and Div, where nothing else reads what is
// between them; else it returns nil.
func (p *Plan) gate(list []step, readers []int) *gateStep {
	if len(list) < gateSteps {
		return nil
	}
	s := new(gateStep)
	at, ok := p.addsNumber(list[0], s)
	if !ok || readers[at] != 1 {
		return nil
	}
	clip := general(list[1], "Clip", at)
	if clip == nil || len(clip.in) != 3 || !p.numbers(clip.in[1], &s.gate.Low) || !p.numbers(clip.in[2], &s.gate.High) || readers[clip.out[0].buffer] != 1 {
		return nil
	}
	clipped := clip.out[0].buffer
	product := general(list[2], "Mul", clipped)
	if product == nil || product.in[0].buffer != s.src && product.in[1].buffer != s.src || clipped == s.src || readers[product.out[0].buffer] != 1 {
		return nil
	}
	quotient := general(list[3], "Div", product.out[0].buffer)
	if quotient == nil || quotient.in[0].buffer != product.out[0].buffer || !p.numbers(quotient.in[1], &s.gate.By) {
		return nil
	}
	s.dst, s.len = quotient.out[0].buffer, quotient.each
	return s
}

// addsNumber reports whether a step is x plus one number, notes both, and returns the
// sum's buffer.
func (p *Plan) addsNumber(from step, s *gateStep) (sum int, ok bool) {
	switch from := from.(type) {
	case *normStep:
		t := &from.tail
		one := func(v float32) bool { return v != 1 }
		another := func(v float32) bool { return v != t.Shift[0] }
		s.src = from.src
		if t.Bias != nil || t.Scale == nil || t.Act != kernel.Identity || slices.ContainsFunc(t.Scale, one) || slices.ContainsFunc(t.Shift, another) {
			return 0, false
		}
		s.gate.Add = t.Shift[0]
		return from.dst, true
	case *generalStep:
		if from.op != "Add" || from.each == 0 {
			return 0, false
		}
		for i, x := range from.in {
			if p.numbers(from.in[1-i], &s.gate.Add) {
				s.src = x.buffer
				return from.out[0].buffer, true
			}
		}
	}
	return 0, false
}

// timesNorm joins Mul(x, number) with the norm after it, if nothing else reads the
// product; else it returns nil.
func (p *Plan) timesNorm(list []step, readers []int) *normStep {
	product, ok := list[0].(*generalStep)
	if !ok || len(list) < 2 || product.op != "Mul" || product.each == 0 || readers[product.out[0].buffer] != 1 {
		return nil
	}
	norm, ok := list[1].(*normStep)
	if !ok || norm.src != product.out[0].buffer || norm.tail.Bias != nil || norm.tail.Scale == nil {
		return nil
	}
	for i, x := range product.in {
		if times := new(float32); p.numbers(product.in[1-i], times) {
			joined := *norm
			joined.src, joined.times = x.buffer, times
			return &joined
		}
	}
	return nil
}

// general returns a step of an operator on each element that reads a buffer, or nil.
func general(s step, op string, reads int) *generalStep {
	g, ok := s.(*generalStep)
	if !ok || g.op != op || g.each == 0 || !slices.ContainsFunc(g.in, func(o operand) bool { return o.buffer == reads }) {
		return nil
	}
	return g
}

// numbers reports whether an input is one constant number of float32, and which.
func (p *Plan) numbers(o operand, to *float32) bool {
	if o.buffer == none {
		return false
	}
	b := &p.buffers[o.buffer]
	if b.kind != constantBuffer || b.elem != onnx.Float || b.len != 1 {
		return false
	}
	*to = tensor.Of[float32](tensor.Tensor{Elem: b.elem, Shape: []int{1}, Data: b.data})[0]
	return true
}
