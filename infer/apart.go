package infer

import "slices"

// This file is values whose batch is not simply their first dimension: [T, N, C]
// of attention with sequences first, [N*C, H, W] of channels taken for samples.
// In memory their samples follow each other as everywhere. An operator on such
// values computes each sample on its own, as the file says it for N = 1. That is
// right where the operator keeps samples apart, which its rule (place.go) shows;
// all else is refused.

// place is where N is in a value's shape: dimension axis is before*N*after.
type place struct{ axis, before int }

// apart says that the value has a place.
func (v *value) apart() bool { return v != nil && v.place != nil }

// sizes is the value's shape for a batch of n.
func (v *value) sizes(n int) []int64 {
	list := make([]int64, len(v.shape))
	for d, size := range v.shape {
		switch {
		case size == open:
			list[d] = int64(n)
		case v.apart() && d == v.place.axis:
			list[d] = int64(n) * int64(size)
		default:
			list[d] = int64(size)
		}
	}
	return list
}

// sample is the value as an operator on single samples sees it.
func (v *value) sample() *value {
	if v == nil || v.rows() != open {
		return v
	}
	one := *v
	one.shape = slices.Clone(v.shape)
	one.shape[0], one.place = 1, &place{0, 1}
	return &one
}

// settle makes a value usual if N has come to be its first dimension.
func (v *value) settle() {
	if *v.place == (place{0, 1}) && v.shape[0] == 1 {
		v.shape[0], v.place = open, nil
	}
}

// leaves says that an operator that failed otherwise may still move the batch
// of its input to another place.
func (n *node) leaves() bool {
	moves := []string{"Flatten", "Reshape", "Transpose", "Unsqueeze"}
	return slices.Contains(moves, n.Op) && n.in[0].rows() == open && n.in[0].probes == nil
}

// apart compiles a node on values that have places.
func (n *node) apart(prepare func(*node) evaluate) ([]*value, error) {
	n.err, n.results, n.single = nil, nil, true
	whole := slices.Clone(n.in)
	for i, v := range n.in {
		n.in[i] = v.sample()
	}
	eval := prepare(n)
	for i, v := range n.in {
		if v != nil && v.probes != nil && !n.shapesOnly {
			n.fail("input %d, %q, depends on the batch", i, n.Inputs[i])
		}
		if v.apart() && slices.Contains(v.shape, 0) {
			n.fail("input %d, %q, has no elements", i, n.Inputs[i])
		}
	}
	if n.err != nil {
		return nil, n.err
	}
	at := n.placed()
	for i, v := range n.results {
		if n.check("", v.shape) != nil {
			n.fail("output %d of shape %v is larger than %d elements a sample", i, v.shape, n.limits.elements)
		}
	}
	if n.err != nil {
		return nil, n.err
	}
	return n.results, n.apartStep(eval, whole, at)
}

// apartStep appends the step that computes the node's results from inputs as
// they lie, and says where the batch is in them.
func (n *node) apartStep(eval evaluate, whole []*value, at place) error {
	s := &apartStep{generalStep{eval: eval, node: n.Label(), op: n.Op}}
	for i, v := range whole {
		o := operand{buffer: none}
		if v != nil && v.probes == nil {
			from, err := n.plain(v)
			if err != nil {
				return err
			}
			o = operand{from, v.elem, n.in[i].shape}
		}
		s.in = append(s.in, o)
	}
	for _, v := range n.results {
		to := n.plan.buffer(buffer{size: size{perSample: product(v.shape)}, elem: v.elem})
		s.out = append(s.out, operand{to, v.elem, slices.Clone(v.shape)})
		v.place = &at
		v.settle()
		v.setPlain(to)
	}
	s.id = n.plan.general
	n.plan.general++
	n.plan.add(s)
	return nil
}

// apartStep is a general step on one sample after the other.
type apartStep struct{ generalStep }

func (s *apartStep) run(r *run, part, _ int) {
	if part != 0 {
		return
	}
	args := &r.general[s.id]
	for i := range r.n {
		args.turn(i)
		s.generalStep.run(r, 0, 1)
	}
	args.release()
}

func (s *apartStep) work(int) int64 { return 0 } // there is one turn at a time

// slot is where an apartStep finds a sample: part is of whole, a buffer.
type slot struct {
	part, whole any // *[]float32, ...
	each        int // elements of a sample
}

// takeTurns makes slots of the step's tensors that have a part for each sample.
func (a *arguments) takeTurns(p *plan, s *apartStep) {
	take := func(t *tensor, from operand) {
		if from.buffer != none && p.buffers[from.buffer].perSample > 0 {
			whole := t.data
			t.data = newData(t.elem, 0)
			a.slots = append(a.slots, slot{t.data, whole, t.len()})
		}
	}
	for i, o := range s.in {
		take(&a.in[i], o)
	}
	for i, o := range s.out {
		take(&a.out[i], o)
	}
}

// turn fills the slots with a sample.
func (a *arguments) turn(sample int) {
	for _, s := range a.slots {
		cut(s.part, s.whole, sample*s.each, s.each)
	}
}

// release empties the slots: what was in them may be the caller's.
func (a *arguments) release() {
	for _, s := range a.slots {
		cut(s.part, nil, 0, 0)
	}
}
