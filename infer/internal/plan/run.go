package plan

import (
	"context"

	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is running a plan.

// Input lets input i be the elements behind data from one on; nil takes them
// away again.
func (r *Run) Input(i int, data any, first int) { r.let(r.plan.inputs[i], data, first) }

// Output likewise lets output i of a plan without a cut be written to data.
func (r *Run) Output(i int, data any, first int) { r.let(r.plan.outputs[i], data, first) }

func (r *Run) let(buffer int, data any, first int) {
	n := r.plan.buffers[buffer].len
	if data == nil {
		n = 0
	}
	tensor.Cut(r.data[buffer], data, first, n)
}

// FloatInput is Input of float32, without a pointer.
func (r *Run) FloatInput(i int, v []float32) { r.floats[r.plan.inputs[i]] = v }

// FloatOutput is Output of float32.
func (r *Run) FloatOutput(i int, v []float32) { r.floats[r.plan.outputs[i]] = v }

// IntInput is Input of int64.
func (r *Run) IntInput(i int, v []int64) { *r.data[r.plan.inputs[i]].(*[]int64) = v }

// Do runs the plan, shared by workers of a pool (nil: by none). It ends early if
// the context, which may be nil, is done.
func (r *Run) Do(ctx context.Context, draws Draws, pool *Pool, workers int) error {
	r.draws, r.pad.Err = draws, nil
	if pool == nil {
		workers = 1
	}
	r.Workers(workers)
	for _, s := range r.plan.steps {
		if ctx != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if workers == 1 || s.work() < pool.small {
			s.run(r, 0, 1)
		} else {
			pool.share(s, r, workers)
		}
	}
	if r.pad.Err != nil || r.plan.cut == nil {
		return r.pad.Err
	}
	return r.plan.cut.resume(ctx, r, pool, workers)
}

// Results are the outputs of a run of a plan with a cut; nil of another. They
// last until the next run.
func (r *Run) Results() []tensor.Tensor { return r.results }

// Release forgets the caller's memory.
func (r *Run) Release() {
	for i := range r.plan.buffers {
		if r.plan.buffers[i].kind == callersBuffer {
			tensor.Cut(r.data[i], nil, 0, 0)
		}
	}
	r.results = nil
}
