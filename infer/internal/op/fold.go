package op

import (
	"github.com/ganlet/ganlet/infer/internal/budget"
	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is nodes whose inputs are all known: they are computed at once.

// AllKnown reports whether all is known of the inputs that the node reads.
func (n *Node) AllKnown(row *Op) bool {
	for i, v := range n.In {
		if v != nil && v.Const == nil && row.ShapeOf>>i&1 == 0 {
			return false
		}
	}
	return !row.Random
}

// Cost is about how many operations the node takes.
func (n *Node) Cost() int64 {
	cost := n.MulAdds
	for _, w := range []int64{n.Work, n.touched()} {
		if cost += w; cost < 0 {
			return 1<<63 - 1
		}
	}
	return cost
}

// touched is the number of elements that the node reads and writes.
func (n *Node) touched() (elements int64) {
	for _, v := range n.In {
		if v != nil {
			elements += int64(v.Len())
		}
	}
	for i := range n.Results {
		elements += int64(n.Results[i].Len())
	}
	return elements
}

// Fold computes a node that was prepared and whose inputs are all known. Memory
// and work are taken from b first.
func (n *Node) Fold(eval Eval, layer Layer, b *budget.Budget) ([]*tensor.Const, error) {
	if _, ok := layer.(View); ok && n.In[0].Const != nil && n.In[0].Const.Elem == n.Results[0].Elem {
		return []*tensor.Const{n.In[0].Const.View(n.Results[0].Shape)}, nil
	}
	room := 8 * n.touched() // what the function may need for itself
	need := room
	for i := range n.Results {
		bytes, _ := tensor.Bytes(n.Results[i].Elem, n.Results[i].Shape, n.Elements)
		need += bytes
	}
	for _, v := range n.In {
		if v != nil && v.Const != nil {
			need += v.Const.Copied()
		}
	}
	if err := b.Bytes(need); err != nil {
		return nil, n.Refuse("computing it while loading: %v", err)
	}
	if err := b.Work64(n.Cost()); err != nil {
		return nil, n.Refuse("computing it while loading: %v", err)
	}
	defer b.Free(room)
	in := make([]tensor.Tensor, len(n.In))
	for i, v := range n.In {
		if v == nil {
			continue
		}
		if v.Const == nil { // only its shape is read
			in[i] = tensor.Tensor{Elem: v.Elem, Shape: v.Shape}
			continue
		}
		var err error
		if in[i], err = v.Const.Value(); err != nil {
			return nil, n.Refuse("input %d: %v", i, err)
		}
	}
	var out []tensor.Tensor
	some := false
	for _, v := range n.Results {
		out = append(out, tensor.New(v.Elem, v.Shape...))
		some = some || v.Len() > 0
	}
	m := NewMemory(new(Scratchpad))
	if some {
		m.Begin()
		eval(m, out, in)
	}
	if m.pad.Err != nil {
		return nil, n.Refuse("%v", m.pad.Err)
	}
	consts := make([]*tensor.Const, len(out))
	for i, t := range out {
		consts[i] = tensor.Known(n.Label, t)
	}
	return consts, nil
}
