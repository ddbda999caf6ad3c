package plan

import (
	"fmt"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is general steps: operators that one plain Go function computes.

// operand is an input or output of a general step.
type operand struct {
	buffer int // none: left out
	elem   tensor.Type
	shape  []int
}

// generalStep is an operator of the general path.
type generalStep struct {
	eval     op.Eval
	in, out  []operand
	id       int // where a run keeps its tensors
	some     op.Lanes
	each     int // elements, if some computes them; else 0
	product  *op.Product
	softmax  int // the length of the rows that it is the softmax of, or 0
	node, op string
}

func (s *generalStep) scratch() int  { return 0 }
func (s *generalStep) work() int64   { return 0 }
func (s *generalStep) reads() []int  { return buffers(s.in) }
func (s *generalStep) writes() []int { return buffers(s.out) }

func buffers(list []operand) (numbers []int) {
	for _, o := range list {
		if o.buffer != none {
			numbers = append(numbers, o.buffer)
		}
	}
	return numbers
}

func (s *generalStep) run(r *Run, part, _ int) {
	if part != 0 {
		return
	}
	args := &r.general[s.id]
	args.memory.Seed, args.memory.First, args.memory.Whole = r.draws.Seed, r.draws.First, r.draws.Whole
	args.memory.Begin()
	failed := r.pad.Err
	s.eval(&args.memory, args.out, args.in)
	if r.pad.Err != failed {
		r.pad.Err = fmt.Errorf("node %q (%s): %w", s.node, s.op, r.pad.Err)
	}
}

// nothing is an op.Eval of results without elements.
func nothing(*op.Memory, []tensor.Tensor, []tensor.Tensor) {}
