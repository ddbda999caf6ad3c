package infer

import "github.com/ganlet/ganlet/internal/onnx"

// This file is the plan: what a model has become. Steps read and write numbered
// buffers; a session says where those lie.

// plan is steps in the order in which they run.
type plan struct {
	steps   []step
	buffers []buffer
	inputs  []int // the buffers of the model's inputs and outputs
	outputs []int
	general int // how many steps of the general path there are
}

// size is a length in floats that may grow with the batch.
type size struct{ perSample, fixed int }

// of returns the length for n samples.
func (s size) of(n int) int { return s.perSample*n + s.fixed }

// rows is a number of samples: those of the batch, or a fixed number.
type rows int

// of returns the number for a batch of n.
func (r rows) of(n int) int {
	if r == open {
		return n
	}
	return int(r)
}

// buffer is a stretch of floats that steps write and read.
type buffer struct {
	size
	kind        bufferKind
	elem        onnx.DataType
	data        []float32 // of a constant
	other       any       // of a constant of another type: *[]int64, ...
	first, last int       // the steps that first write and last read it
}

// floats says that the buffer holds float32.
func (b *buffer) floats() bool { return b.elem == onnx.Float }

// bufferKind says where a buffer lies.
type bufferKind uint8

const (
	arenaBuffer    bufferKind = iota // in the session's memory
	callersBuffer                    // in an argument: inputs and outputs
	constantBuffer                   // in the model
)

// buffer adds a buffer and returns its number.
func (p *plan) buffer(b buffer) int {
	p.buffers = append(p.buffers, b)
	return len(p.buffers) - 1
}

// add appends a step.
func (p *plan) add(s step) { p.steps = append(p.steps, s) }

// finish packs weights and notes when buffers are in use.
func (p *plan) finish() {
	for i := range p.buffers {
		p.buffers[i].first = len(p.steps)
	}
	for i, s := range p.steps {
		if f, ok := s.(interface{ pack() }); ok {
			f.pack()
		}
		for _, b := range s.uses() {
			buf := &p.buffers[b]
			buf.first, buf.last = min(buf.first, i), max(buf.last, i)
		}
	}
}
