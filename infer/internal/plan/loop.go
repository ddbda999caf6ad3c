package plan

import (
	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Loop: written out, iteration by iteration, as far as its count and
// condition are known.

// loop is a Loop on its way.
type loop struct {
	node    *graph.Node
	count   int64 // iterations at the most; below 0: as the condition says
	cond    int   // the number of the condition's value
	state   []int // numbers of the values that go from iteration to iteration
	scanned []int // numbers of lists of what the iterations made
}

// loopItem is an iteration of a Loop.
type loopItem struct {
	*loop
	k int64
}

func (i loopItem) reads(add func(int)) {
	nodeReads(i.node, add)
	each(add, i.state, i.scanned, []int{i.cond})
}

// loopNode is Loop.
func loopNode(b *builder, n *graph.Node, in []*value) error {
	body := &n.Bodies[0]
	states := len(in) - 2
	if states < 0 || len(body.In) != len(in) || len(body.Out) < 1+states || len(n.Out) > len(body.Out)-1 {
		return fail(n, "it has %d inputs and %d outputs, its body %d and %d", len(in), len(n.Out), len(body.In), len(body.Out))
	}
	l := &loop{node: n, count: -1, cond: b.fresh()}
	if in[0] != nil {
		counts, err := wholes(n, in[0])
		if err != nil {
			return err
		}
		if len(counts) != 1 {
			return fail(n, "its count has shape %v, want one number", in[0].Shape)
		}
		l.count = max(counts[0], 0)
	}
	if in[1] != nil {
		b.alias(l.cond, in[1])
	} else {
		b.alias(l.cond, scalar(onnx.Bool, true))
	}
	for i := range states {
		l.state = append(l.state, b.fresh())
		b.alias(l.state[i], in[2+i])
	}
	for range len(body.Out) - 1 - states {
		l.scanned = append(l.scanned, b.fresh())
		b.env[b.next-1] = sequence()
	}
	b.push(loopItem{l, 0})
	return nil
}

// wholes returns a value of integers, which must be known.
func wholes(n *graph.Node, v *value) ([]int64, error) {
	if v.isList || !tensor.Integers.Has(v.Elem) {
		return nil, fail(n, "a count or position is %v, want integers", v.Elem)
	}
	if v.Const == nil {
		return nil, &needs{v}
	}
	t, err := v.Const.Value()
	if err != nil {
		return nil, fail(n, "%v", err)
	}
	wide := tensor.New(onnx.Int64, t.Shape...)
	tensor.Convert(wide, t)
	return tensor.Of[int64](wide), nil
}

func (i loopItem) do(b *builder) error {
	n, body := i.node, &i.node.Bodies[0]
	going := i.count < 0 || i.k < i.count
	if going {
		var err error
		if going, err = truth(n, b.env[i.cond]); err != nil {
			return err
		}
	}
	if !going {
		return i.end(b)
	}
	b.alias(body.In[0], scalar(onnx.Int64, i.k))
	b.alias(body.In[1], b.env[i.cond])
	for k, number := range i.state {
		b.alias(body.In[2+k], b.env[number])
	}
	states := 1 + len(i.state)
	then := []item{bindItem{append([]int{i.cond}, i.state...), body.Out[:states]}}
	for k, number := range i.scanned {
		then = append(then, appendItem{n, number, body.Out[states+k]})
	}
	return b.body(n, body, append(then, loopItem{i.loop, i.k + 1})...)
}

// end gives the loop's outputs their values.
func (i loopItem) end(b *builder) error {
	for k, number := range i.node.Out {
		if k < len(i.state) {
			b.alias(number, b.env[i.state[k]])
			continue
		}
		if number == graph.None {
			continue
		}
		v, err := b.stacked(i.node, b.env[i.scanned[k-len(i.state)]].list, 0)
		if err != nil {
			return err
		}
		b.alias(number, v)
	}
	return nil
}

// appendItem appends a value to a list.
type appendItem struct {
	node       *graph.Node
	list, from int
}

func (i appendItem) reads(add func(int)) {
	add(i.list)
	add(i.from)
}

func (i appendItem) do(b *builder) error {
	v, err := b.lookup(i.from)
	if err != nil {
		return err
	}
	if v.isList {
		return fail(i.node, "an iteration makes a sequence where a tensor is wanted")
	}
	v.uses++
	list := b.env[i.list] // nobody else has it before the last iteration; what follows a cut has a copy
	list.list = append(list.list, v)
	return nil
}
