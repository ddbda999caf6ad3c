package plan

import (
	"errors"
	"fmt"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file walks a graph, item by item, and makes a plan of it.

// New plans a graph for inputs of these shapes, in the order of the graph's.
func New(g *graph.Graph, shapes [][]int, o Options) (*Plan, error) {
	b := newBuilder(g, o, visit)
	for i, in := range g.Inputs {
		if err := b.input(in.Value, in.Name, in.Elem, shapes[i]); err != nil {
			return nil, err
		}
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		b.push(nodeItem{&g.Nodes[i]})
	}
	return b.build()
}

// build works off all items, or up to one that must know more. It comes to an end:
// an item that adds others, such as an iteration of a Loop, takes their memory from
// a budget first (body).
func (b *builder) build() (*Plan, error) {
	for len(b.todo) > 0 {
		last := len(b.todo) - 1
		i := b.todo[last]
		b.todo = b.todo[:last]
		err := i.do(b)
		var unknown *needs
		if errors.As(err, &unknown) {
			b.push(i)
			return b.plan, b.end(unknown.value)
		}
		if err != nil {
			return nil, err
		}
		if b.plan.Work > b.options.Work {
			return nil, refuse("", "a run takes more than %d operations", b.options.Work)
		}
	}
	return b.plan, b.finish()
}

// finish ends a plan that computes the graph's outputs.
func (b *builder) finish() error {
	p := b.plan
	for _, out := range b.graph.Outputs {
		v, err := b.lookup(out.Value)
		if err != nil {
			return err
		}
		if v.isList || v.absent {
			return refuse(out.Name, "the output is no tensor")
		}
		p.Outputs = append(p.Outputs, Value{v.Elem, v.Shape})
		if b.options.Shapes {
			continue
		}
		at, err := b.output(v)
		if err != nil {
			return fmt.Errorf("output %q: %w", out.Name, err)
		}
		p.outputs = append(p.outputs, at)
	}
	if b.options.Shapes {
		return nil
	}
	return b.placed(p.outputs)
}

// output makes a value an output: row by row, in a buffer of the caller's.
func (b *builder) output(v *value) (int, error) {
	at, err := b.rowsOf(v)
	if err != nil {
		return none, err
	}
	buf := &b.plan.buffers[at]
	if buf.kind == blockBuffer || buf.kind == ownBuffer {
		buf.kind = callersBuffer
		return at, nil
	}
	// an input, a constant, or an output already
	to := b.plan.buffer(v.Elem, v.Shape)
	b.plan.buffers[to].kind = callersBuffer
	if v.Elem == onnx.Float {
		b.plan.add(&copyStep{link{at, to}, v.Len()})
	} else {
		b.plan.add(b.newGeneral("", "", copyAll, []operand{{at, v.Elem, v.Shape}}, []operand{{to, v.Elem, v.Shape}}))
	}
	return to, nil
}

// copyAll is an op.Eval that copies.
func copyAll(_ *op.Memory, out, in []tensor.Tensor) { tensor.Convert(out[0], in[0]) }

// placed finishes the plan, and refuses one that takes too much memory.
func (b *builder) placed(kept []int) error {
	if err := b.plan.finish(kept); err != nil {
		return err
	}
	need := b.plan.Memory()
	for i := range b.plan.buffers {
		if buf := &b.plan.buffers[i]; buf.kind == callersBuffer || buf.kind == ownBuffer {
			need += int64(buf.bytes())
		}
	}
	if need > b.options.Memory {
		return refuse("", "a run takes %d bytes, want at most %d", need, b.options.Memory)
	}
	return nil
}
