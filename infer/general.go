package infer

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the general path: operators that are one plain Go function over
// tensors, which computes them when a model runs and, on constants, when it is
// loaded.

// evaluate computes an operator's outputs. Inputs left out are not given. What
// else it needs is in m.
type evaluate func(m *memory, out, in []tensor)

// result declares the next output of a node.
func (n *node) result(elem onnx.DataType, shape ...int) {
	n.results = append(n.results, &value{elem: elem, shape: slices.Clone(shape), plain: none, pixels: none})
}

// maxFolded bounds the elements of a constant that is computed at load.
const maxFolded = 1 << 24

// general compiles a node by its evaluate.
func (b *builder) general(n *node, prepare func(*node) evaluate) ([]*value, error) {
	eval := prepare(n)
	if n.err != nil {
		return nil, n.err
	}
	for i, v := range n.results {
		if err := b.check(n.Label(), v.shape); err != nil {
			return nil, n.refuse("output %d of shape %v is larger than %d elements a sample", i, v.shape, b.limits.elements)
		}
	}
	if n.err != nil {
		return nil, n.err
	}
	known, probed := true, false
	for _, v := range n.in {
		if v != nil {
			known = known && (v.constant != nil || v.probes != nil)
			probed = probed || v.probes != nil
		}
	}
	for _, v := range n.results {
		if len(v.shape) > 0 && v.shape[0] == open {
			known = false
		}
	}
	switch {
	case known && probed:
		return n.foldProbes(eval)
	case probed:
		for i, v := range n.in {
			if v != nil && v.probes != nil && !n.shapesOnly {
				return nil, n.refuse("input %d, %q, depends on the batch", i, n.Inputs[i])
			}
		}
	case known:
		out, err := n.fold(eval, 0)
		if err != nil {
			return nil, err
		}
		for i, t := range out {
			n.results[i] = constant(constantOf(t))
			n.results[i].constant.Name = n.Outputs[min(i, len(n.Outputs)-1)]
		}
		return n.results, nil
	}
	step := func() error { return n.generalStep(eval) }
	if v := n.results[0]; v.turned != nil {
		v.late = step // a product may take it as it was
		return n.results, nil
	}
	return n.results, step()
}

// fold computes the outputs from constants, and from what shapes are for the
// probe-th size of a batch.
func (n *node) fold(eval evaluate, probe int) ([]tensor, error) {
	var out []tensor
	in := make([]tensor, len(n.in))
	for i, v := range n.in {
		switch {
		case v == nil:
		case v.probes != nil:
			in[i] = v.probes[probe]
		default:
			var err error
			if in[i], err = tensorOf(v.constant, v.elem); err != nil {
				return nil, n.refuse("%v", err)
			}
		}
	}
	for _, v := range n.results {
		if b := n.builder; sizeOf(v.shape).fixed > min(maxFolded, b.limits.elements) {
			return nil, n.refuse("a constant of shape %v is larger than %d elements", v.shape, maxFolded)
		}
		out = append(out, newTensor(v.elem, v.shape...))
	}
	m := newMemory()
	if eval(m, out, in); m.pad.err != nil {
		return nil, n.refuse("%v", m.pad.err)
	}
	return out, nil
}

// operand is an input or output of a general step.
type operand struct {
	buffer int
	elem   onnx.DataType
	shape  []int // open at 0, maybe
}

// generalStep is an operator of the general path.
type generalStep struct {
	eval    evaluate
	out, in []operand
	id      int // where a session keeps its tensors

	node, op string // for errors
}

func (s *generalStep) scratch(int) int { return 0 }
func (s *generalStep) work(int) int64  { return 0 }

func (s *generalStep) uses() (all []int) {
	for _, o := range slices.Concat(s.in, s.out) {
		if o.buffer != none {
			all = append(all, o.buffer)
		}
	}
	return all
}

func (s *generalStep) run(r *run, part, _ int) {
	if part == 0 {
		args := &r.general[s.id]
		args.memory.begin()
		s.eval(&args.memory, args.out, args.in)
		if err := r.pad.err; err != nil && !r.failed {
			r.failed = true
			r.pad.err = fmt.Errorf("node %q (%s): %w", s.node, s.op, err)
		}
	}
}

// generalStep appends the step that computes the node's results.
func (n *node) generalStep(eval evaluate) error {
	s := &generalStep{eval: eval, node: n.Label(), op: n.Op}
	pixels := n.wantsPixels()
	if pixels && n.onPixels != nil {
		s.eval = n.onPixels
	}
	for i, v := range n.in {
		o := operand{buffer: none}
		switch {
		case v == nil || v.probes != nil:
		case pixels && (i == 0 || n.pointwise):
			var err error
			if o, err = n.pixelOperand(i); err != nil {
				return err
			}
		default:
			at, err := n.plain(v)
			if err != nil {
				return err
			}
			o = operand{at, v.elem, v.shape}
		}
		s.in = append(s.in, o)
	}
	for _, v := range n.results {
		at, shape := n.plan.buffer(buffer{size: sizeOf(v.shape), elem: v.elem}), v.shape
		if pixels && v.elem == onnx.Float {
			v.setPixels(at)
			shape = byPixels(shape, len(shape))
		} else {
			v.setPlain(at)
		}
		s.out = append(s.out, operand{at, v.elem, shape})
	}
	s.id = n.plan.general
	n.plan.general++
	n.plan.add(s)
	return nil
}

// arguments is the tensors of one general step in a session.
type arguments struct {
	out, in []tensor
	memory  memory
	slots   []slot // of an apartStep
}

// bind makes the tensors of all general steps. Those of the batch's size are
// noted, to be set for each run.
func (r *run) bind(p *plan) {
	r.general = make([]arguments, p.general)
	r.pad = new(scratchpad)
	make1 := func(list []operand) (tensors []tensor) {
		for _, o := range list {
			t := tensor{}
			if o.buffer != none {
				t = tensor{o.elem, slices.Clone(o.shape), r.data[o.buffer]}
				if len(t.shape) > 0 && t.shape[0] == open {
					r.open = append(r.open, &t.shape[0])
				}
			}
			tensors = append(tensors, t)
		}
		return tensors
	}
	for _, s := range p.steps {
		g, ok := s.(*generalStep)
		a, apart := s.(*apartStep)
		if apart {
			g = &a.generalStep
		}
		if ok || apart {
			r.general[g.id] = arguments{make1(g.out), make1(g.in), memory{pad: r.pad}, nil}
		}
		if apart {
			r.general[g.id].takeTurns(p, a)
		}
	}
}
