package plan

import (
	"context"
	"slices"
	"sync"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is plans that end before a value they must know, and what follows
// them.

// cut is where a plan ends.
type cut struct {
	builder *builder // as it was
	env     map[int]*value
	todo    []item
	want    *value
	cross   []*value // what the rest reads of the plan, in the order of its outputs

	mu   sync.Mutex
	next map[string]*Plan // by the elements of the value that was wanted
}

// maxNext bounds the plans that a cut keeps, maxKept the cuts in a row that keep
// any, and maxKey the bytes of a value by which plans are told apart.
const (
	maxNext = 8
	maxKept = 16
	maxKey  = 1 << 12
)

// end ends the plan before what must know a value.
func (b *builder) end(want *value) error {
	if b.options.Shapes {
		b.plan.cut = new(cut)
		return nil
	}
	b.options.Weights.varies()
	c := &cut{builder: b, env: b.snapshot(), todo: slices.Clone(b.todo), want: want}
	b.plan.cut = c
	seen := make(map[*value]bool)
	var kept []int
	var add func(v *value) error
	add = func(v *value) error {
		if seen[v] {
			return nil
		}
		seen[v] = true
		for _, e := range v.list {
			if err := add(e); err != nil {
				return err
			}
		}
		if v.isList || v.absent || v.Const != nil {
			return nil
		}
		at, err := b.rowsOf(v)
		if err != nil {
			return err
		}
		kept = append(kept, at)
		c.cross = append(c.cross, v)
		return nil
	}
	numbers := make([]int, 0, len(c.env))
	for number := range c.env {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	for _, number := range numbers {
		if err := add(c.env[number]); err != nil {
			return err
		}
	}
	if err := add(want); err != nil {
		return err
	}
	b.plan.outputs = kept
	return b.placed(kept)
}

// resume plans the rest, with the wanted value as this run has it, and runs it.
func (c *cut) resume(ctx context.Context, r *Run, pool *Pool, workers int) error {
	at := slices.Index(c.cross, c.want)
	want := tensor.Tensor{Elem: c.want.Elem, Shape: c.want.Shape, Data: r.data[r.plan.outputs[at]]}
	p, err := c.planned(want, r.depth)
	if err != nil {
		return err
	}
	rest := r.rest
	if rest == nil || rest.plan != p {
		rest = p.Bind(new(Block))
		rest.depth = r.depth + 1
	}
	if r.depth < maxKept {
		r.rest = rest
	}
	for i := range c.cross {
		rest.Input(i, r.data[r.plan.outputs[i]], 0)
	}
	if !p.Cut() {
		rest.results = nil
		for i, v := range p.Outputs {
			t := tensor.New(v.Elem, v.Shape...)
			rest.results = append(rest.results, t)
			rest.Output(i, t.Data, 0)
		}
	}
	err = rest.Do(ctx, r.draws, pool, workers)
	r.results = rest.results
	rest.Release()
	return err
}

// planned is the plan of what follows the cut, for what the wanted value is.
func (c *cut) planned(want tensor.Tensor, depth int) (*Plan, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, ok := keyOf(want)
	ok = ok && depth < maxKept
	if p := c.next[key]; ok && p != nil {
		return p, nil
	}
	b := c.continued(want)
	p, err := b.build()
	if err != nil {
		return nil, err
	}
	if ok {
		if c.next == nil || len(c.next) >= maxNext {
			c.next = make(map[string]*Plan)
		}
		c.next[key] = p
	}
	return p, nil
}

// keyOf is the elements of a value as a string, if they are few.
func keyOf(t tensor.Tensor) (key string, ok bool) {
	if t.Len()*max(t.Elem.Size(), 1) > maxKey {
		return "", false
	}
	return string(tensor.Encode(t.Data)), true
}

// continued is a builder at the cut, for which a value is known.
func (c *cut) continued(want tensor.Tensor) *builder {
	b := newBuilder(c.builder.graph, c.builder.options, c.builder.visit)
	b.next, b.todo = c.builder.next, slices.Clone(c.todo)
	b.options.Work -= c.builder.plan.Work
	for stream, times := range c.builder.drawn {
		b.drawn[stream] = times
	}
	moved := make(map[*value]*value)
	for _, v := range c.cross {
		at := b.plan.buffer(v.Elem, v.Shape)
		b.plan.buffers[at].kind = callersBuffer
		b.plan.inputs = append(b.plan.inputs, at)
		to := &value{Value: op.Value{Elem: v.Elem, Shape: v.Shape}, plain: none, pixels: none}
		to.setPlain(at)
		if v == c.want {
			own := tensor.New(want.Elem, want.Shape...)
			tensor.Convert(own, want)
			to = known(tensor.Known("", own))
		}
		moved[v] = to
	}
	for number, v := range c.env {
		b.env[number] = c.move(v, moved)
		b.env[number].uses = max(v.uses, 2)
	}
	return b
}

// move is a value of before the cut after it.
func (c *cut) move(v *value, moved map[*value]*value) *value {
	if to := moved[v]; to != nil {
		return to
	}
	to := *v
	to.plain, to.pixels, to.layer, to.turned, to.late = none, none, nil, nil, nil
	to.list = nil
	for _, e := range v.list {
		to.list = append(to.list, c.move(e, moved))
	}
	moved[v] = &to
	return &to
}

// snapshot copies what of env some items and the outputs need.
func (b *builder) snapshot() map[int]*value {
	needed := make(map[int]*value)
	add := func(number int) {
		if v := b.env[number]; v != nil {
			needed[number] = v
		}
	}
	for _, i := range b.todo {
		i.reads(add)
	}
	for _, out := range b.graph.Outputs {
		add(out.Value)
	}
	return needed
}
