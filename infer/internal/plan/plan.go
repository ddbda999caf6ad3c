package plan

import (
	"context"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is plans and runs: what a graph has become. Steps read and write numbered
// buffers; a Run says where those lie.

// Plan is steps in the order in which they run. It does not change, and any
// number of runs may share it.
type Plan struct {
	Outputs []Value // of the graph; of a plan with a cut, only those known before
	MulAdds int64   // multiply-adds of one run
	Work    int64   // about how many operations one run takes
	Values  int64   // bytes of all values of a run, as if none shared memory

	Draws map[uint64]int // for each stream of random numbers, the first dimension of what is drawn

	steps   []step
	buffers []buffer
	inputs  []int // the buffers of the inputs and outputs
	outputs []int
	general int  // how many general steps there are
	packing int  // and how many that pack weights
	scratch int  // floats that one worker needs
	block   int  // bytes of the block
	cut     rest // nil: there is none
}

// Value is the type and shape of an output.
type Value struct {
	Elem  tensor.Type
	Shape []int
}

// Cut reports whether the plan ends before its outputs: the rest is planned when
// a run knows more. Runs of such a plan make their outputs themselves.
func (p *Plan) Cut() bool { return p.cut != nil }

// Steps is the number of steps.
func (p *Plan) Steps() int { return len(p.steps) }

// Memory is what a run of the plan takes with one worker, in bytes, without the
// caller's inputs and outputs.
func (p *Plan) Memory() int64 { return int64(p.block) + 4*int64(p.scratch) }

// none stands for a buffer that does not exist.
const none = -1

// buffer is a stretch of memory that steps write and read.
type buffer struct {
	elem        tensor.Type
	len         int
	kind        bufferKind
	data        any // of a constant, as tensor.Tensor has it
	first, last int // the steps that first write and last read it
	offset      int // in the block, in bytes
	over        int // one more than the number of the buffer whose place it takes, or 0
}

// bufferKind says where a buffer lies.
type bufferKind uint8

const (
	blockBuffer    bufferKind = iota // in the run's block
	ownBuffer                        // in memory of the run's, because of its type
	callersBuffer                    // in an argument: inputs and outputs
	constantBuffer                   // in the model
)

// used reports whether a step writes or reads the buffer.
func (b *buffer) used() bool { return b.first <= b.last }

// bytes is the buffer's size in memory.
func (b *buffer) bytes() int { return b.len * max(b.elem.Size(), 1) }

// buffer adds a buffer and returns its number.
func (p *Plan) buffer(elem tensor.Type, shape []int) int {
	kind := blockBuffer
	if elem == onnx.Bool {
		kind = ownBuffer
	}
	p.buffers = append(p.buffers, buffer{elem: elem, len: tensor.Product(shape), kind: kind})
	return len(p.buffers) - 1
}

// add appends a step.
func (p *Plan) add(s step) { p.steps = append(p.steps, s) }

// step is one stage of a plan. Its run does its part-th of parts shares; no two
// shares write the same output, and how many there are changes no bit.
type step interface {
	run(r *Run, part, parts int)
	reads() []int  // buffers
	writes() []int // likewise
	scratch() int  // floats that one share needs for itself
	work() int64   // about how many operations can be shared; 0: none
}

// Run is a plan in memory. It serves one goroutine at a time.
type Run struct {
	plan    *Plan
	floats  [][]float32           // where each buffer of float32 lies
	data    []any                 // pointers to where each buffer lies, of any type
	scratch [][]float32           // for each worker
	general []arguments           // of the general steps
	kernels [][]op.ComputedKernel // of the steps that pack weights
	pad     *op.Scratchpad
	draws   Draws

	rest    *Run // of the plan after the cut
	depth   int  // how many cuts are before it
	results []tensor.Tensor
}

// arguments is the tensors of one general step in a run.
type arguments struct {
	out, in []tensor.Tensor
	memory  op.Memory
}

// Draws says which random numbers a run draws.
type Draws struct {
	Seed  uint64
	First uint64 // the number of the first sample
	Whole bool   // the model has no batch: all is one sample
}

// rest is what follows a cut. It plans and runs it, when a run has come to it.
type rest interface {
	resume(ctx context.Context, r *Run, pool *Pool, workers int) error
}
