package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Scan: written out, since its count is a size.

// scanNode is Scan: written out, since its count is a size.
func scanNode(b *builder, n *graph.Node, in []*value) error {
	body := &n.Bodies[0]
	s := scanOf(n)
	states := len(in) - s.inputs
	if s.inputs < 1 || states < 0 || len(body.In) != len(in) || len(body.Out) < states || len(n.Out) > len(body.Out) {
		return fail(n, "it has %d inputs, %d of them scanned, and %d outputs, its body %d and %d", len(in), s.inputs, len(n.Out), len(body.In), len(body.Out))
	}
	count := -1
	for i, v := range in[states:] {
		if v == nil {
			return fail(n, "input %d is left out", states+i)
		}
		axis := s.axis("scan_input_axes", i, len(v.Shape))
		if axis < 0 || count >= 0 && v.Shape[axis] != count {
			return fail(n, "input %d of shape %v has no axis of %d to be scanned", states+i, v.Shape, count)
		}
		count = v.Shape[axis]
	}
	outputs := len(body.Out) - states
	lists := make([]int, outputs)
	for i := range lists {
		lists[i] = b.fresh()
		b.env[lists[i]] = sequence()
	}
	state := make([]int, states)
	for i := range state {
		state[i] = b.fresh()
		b.alias(state[i], in[i])
	}
	scanned := make([]int, s.inputs)
	for i := range scanned {
		scanned[i] = b.fresh()
		b.alias(scanned[i], in[states+i])
		b.env[scanned[i]].uses += count
	}
	b.push(scanItem{s, state, scanned, lists, 0, count})
	return nil
}

// scan is what a Scan says about its axes.
type scan struct {
	node   *graph.Node
	inputs int
}

func scanOf(n *graph.Node) *scan {
	return &scan{n, int(min(max(attribute(n, "num_scan_inputs", 0), 0), int64(len(n.In)+1)))}
}

// list returns entry i of an attribute, 0 if it is not given.
func (s *scan) list(name string, i int) int64 {
	for _, a := range s.node.Attrs {
		if a.Name == name && i < len(a.Ints) {
			return a.Ints[i]
		}
	}
	return 0
}

// axis is the axis that an attribute gives, -1 if there is none.
func (s *scan) axis(name string, i, rank int) int {
	axis := s.list(name, i)
	if axis < 0 {
		axis += int64(rank)
	}
	if axis < 0 || axis >= int64(rank) {
		return -1
	}
	return int(axis)
}

// scanItem is an iteration of a Scan.
type scanItem struct {
	*scan
	state, scanned, lists []int
	k, count              int
}

func (i scanItem) reads(add func(int)) {
	nodeReads(i.node, add)
	each(add, i.state, i.scanned, i.lists)
}

func (i scanItem) do(b *builder) error {
	n, body := i.node, &i.node.Bodies[0]
	if i.k == i.count {
		return i.end(b)
	}
	for k, number := range i.state {
		b.alias(body.In[k], b.env[number])
	}
	for k, number := range i.scanned {
		v := b.env[number]
		at := int64(i.k)
		if i.list("scan_input_directions", k) != 0 {
			at = int64(i.count - 1 - i.k)
		}
		axis := i.axis("scan_input_axes", k, len(v.Shape))
		part, err := b.apply(n, "Gather", []onnx.Attr{onnx.IntAttr("axis", int64(axis))}, v, scalar(onnx.Int64, at))
		if err != nil {
			return err
		}
		b.alias(body.In[len(i.state)+k], part)
	}
	then := []item{bindItem{i.state, body.Out[:len(i.state)]}}
	for k, number := range i.lists {
		then = append(then, appendItem{n, number, body.Out[len(i.state)+k]})
	}
	next := i
	next.k++
	return b.body(n, body, append(then, next)...)
}

func (i scanItem) end(b *builder) error {
	for k, number := range i.node.Out {
		if k < len(i.state) {
			b.alias(number, b.env[i.state[k]])
			continue
		}
		if number == graph.None {
			continue
		}
		list := slices.Clone(b.env[i.lists[k-len(i.state)]].list)
		if i.list("scan_output_directions", k-len(i.state)) != 0 {
			slices.Reverse(list)
		}
		v, err := b.stacked(i.node, list, i.list("scan_output_axes", k-len(i.state)))
		if err != nil {
			return err
		}
		b.alias(number, v)
	}
	return nil
}
