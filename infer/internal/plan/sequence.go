package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is sequences and optional values: lists of tensors that exist while
// planning only. Their positions must be known.

// sequence makes a list.
func sequence(list ...*value) *value {
	for _, v := range list {
		v.uses++
	}
	return &value{list: list, isList: true, plain: none, pixels: none}
}

// want checks that a node has so many inputs, and which of them are lists.
func want(n *graph.Node, in []*value, least, most int, lists ...int) error {
	if len(in) < least || len(in) > most {
		return fail(n, "it has %d inputs, want %d to %d", len(in), least, most)
	}
	for i, v := range in {
		if v == nil {
			if i < least {
				return fail(n, "input %d is left out", i)
			}
			continue
		}
		if v.absent || v.isList != slices.Contains(lists, i) {
			return fail(n, "input %d is a tensor where a sequence is wanted, or the reverse", i)
		}
	}
	return nil
}

func sequenceEmpty(b *builder, n *graph.Node, in []*value) error {
	b.alias(n.Out[0], sequence())
	return nil
}

func sequenceConstruct(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, max(1, len(in)), len(in)); err != nil {
		return err
	}
	b.alias(n.Out[0], sequence(in...))
	return nil
}

// position returns the place in list in[0] that input i says, at most one, counted
// from the end if it is negative; def if it is left out.
func position(n *graph.Node, in []*value, i, most, def int) (int, error) {
	if i >= len(in) || in[i] == nil {
		return def, nil
	}
	length := len(in[0].list)
	at, err := wholes(n, in[i])
	if err != nil {
		return 0, err
	}
	if len(at) != 1 || at[0] < -int64(length) || at[0] > int64(most) {
		return 0, fail(n, "position %v is out of range for a sequence of %d", at, length)
	}
	if at[0] < 0 {
		at[0] += int64(length)
	}
	return int(at[0]), nil
}

// copied is a list of its own, whose memory is taken first.
func (b *builder) copied(n *graph.Node, list []*value) ([]*value, error) {
	if err := b.fold.Bytes(int64(len(list)+1) * 8); err != nil {
		return nil, fail(n, "%v", err)
	}
	return append(make([]*value, 0, len(list)+1), list...), nil
}

func sequenceInsert(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, 2, 3, 0); err != nil {
		return err
	}
	at, err := position(n, in, 2, len(in[0].list), len(in[0].list))
	if err != nil {
		return err
	}
	list, err := b.copied(n, in[0].list)
	if err != nil {
		return err
	}
	b.alias(n.Out[0], sequence(slices.Insert(list, at, in[1])...))
	return nil
}

func sequenceErase(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, 1, 2, 0); err != nil {
		return err
	}
	at, err := position(n, in, 1, len(in[0].list)-1, len(in[0].list)-1)
	if err != nil {
		return err
	}
	if at < 0 {
		return fail(n, "the sequence is empty")
	}
	list, err := b.copied(n, in[0].list)
	if err != nil {
		return err
	}
	b.alias(n.Out[0], sequence(slices.Delete(list, at, at+1)...))
	return nil
}

func sequenceAt(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, 2, 2, 0); err != nil {
		return err
	}
	at, err := position(n, in, 1, len(in[0].list)-1, 0)
	if err != nil {
		return err
	}
	b.alias(n.Out[0], in[0].list[at])
	return nil
}

func sequenceLength(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, 1, 1, 0); err != nil {
		return err
	}
	b.alias(n.Out[0], scalar(onnx.Int64, int64(len(in[0].list))))
	return nil
}

// attribute returns an integer attribute of a node, or def.
func attribute(n *graph.Node, name string, def int64) int64 {
	for _, a := range n.Attrs {
		if a.Name == name && a.Type == onnx.AttrInt {
			return a.Int
		}
	}
	return def
}

// splitToSequence cuts a tensor along an axis: in parts of one size, of given
// sizes, or, without keepdims, into what stands at each place.
func splitToSequence(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, 1, 2); err != nil {
		return err
	}
	x, axis := in[0], attribute(n, "axis", 0)
	if axis < 0 {
		axis += int64(len(x.Shape))
	}
	if axis < 0 || axis >= int64(len(x.Shape)) {
		return fail(n, "axis %d is out of range for shape %v", axis, x.Shape)
	}
	side := int64(x.Shape[axis])
	each, sizes := int64(1), []int64(nil)
	single := attribute(n, "keepdims", 1) == 0 && (len(in) < 2 || in[1] == nil)
	if len(in) > 1 && in[1] != nil {
		given, err := wholes(n, in[1])
		if err != nil {
			return err
		}
		if sizes = given; len(in[1].Shape) == 0 {
			each, sizes = given[0], nil
		}
	}
	if sizes == nil && each > 0 {
		if err := b.fold.Bytes((side + each - 1) / each * itemBytes); err != nil {
			return fail(n, "%v", err)
		}
		for left := side; left > 0; left -= each {
			sizes = append(sizes, min(each, left))
		}
	}
	if b.plan.Work += 4 * side * int64(len(sizes)); b.plan.Work > b.options.Work { // each part is cut from all
		return fail(n, "%d parts of a side of %d take more than %d operations", len(sizes), side, b.options.Work)
	}
	var list []*value
	from := int64(0)
	for _, size := range sizes {
		if size < 0 || size > side-from {
			return fail(n, "parts of %v do not fit a side of %d", sizes, side)
		}
		part, err := b.apply(n, "Slice", nil, x, ints(from), ints(from+size), ints(axis))
		if err == nil && single {
			part, err = b.apply(n, "Squeeze", nil, part, ints(axis))
		}
		if err != nil {
			return err
		}
		list = append(list, part)
		from += size
	}
	if from != side {
		return fail(n, "parts of %v do not fill a side of %d", sizes, side)
	}
	b.alias(n.Out[0], sequence(list...))
	return nil
}

func concatFromSequence(b *builder, n *graph.Node, in []*value) error {
	if err := want(n, in, 1, 1, 0); err != nil {
		return err
	}
	list, axis := in[0].list, attribute(n, "axis", 0)
	if len(list) == 0 {
		return fail(n, "the sequence is empty")
	}
	var v *value
	var err error
	if attribute(n, "new_axis", 0) != 0 {
		v, err = b.stacked(n, list, axis)
	} else {
		v, err = b.apply(n, "Concat", []onnx.Attr{onnx.IntAttr("axis", axis)}, list...)
	}
	if err != nil {
		return err
	}
	b.alias(n.Out[0], v)
	return nil
}

// sequenceMap is SequenceMap: a subgraph for each entry of a list.
func sequenceMap(b *builder, n *graph.Node, in []*value) error {
	body := &n.Bodies[0]
	if len(in) == 0 || in[0] == nil || !in[0].isList || len(body.In) != len(in) || len(body.Out) != len(n.Out) {
		return fail(n, "it has %d inputs and %d outputs, its body %d and %d", len(in), len(n.Out), len(body.In), len(body.Out))
	}
	lists := make([]int, len(n.Out))
	for i := range lists {
		lists[i] = b.fresh()
		b.env[lists[i]] = sequence()
	}
	inputs := make([]int, len(in))
	for i, v := range in {
		inputs[i] = b.fresh()
		b.alias(inputs[i], v)
	}
	b.push(mapItem{n, inputs, lists, 0})
	return nil
}

// mapItem is an iteration of a SequenceMap.
type mapItem struct {
	node          *graph.Node
	inputs, lists []int
	k             int
}

func (i mapItem) reads(add func(int)) {
	nodeReads(i.node, add)
	each(add, i.inputs, i.lists)
}

func (i mapItem) do(b *builder) error {
	n, body := i.node, &i.node.Bodies[0]
	if i.k == len(b.env[i.inputs[0]].list) {
		for k, number := range n.Out {
			b.alias(number, b.env[i.lists[k]])
		}
		return nil
	}
	for k, number := range i.inputs {
		v := b.env[number]
		if v.isList {
			if i.k >= len(v.list) {
				return fail(n, "its sequences differ in length")
			}
			v = v.list[i.k]
		}
		b.alias(body.In[k], v)
	}
	var then []item
	for k, number := range i.lists {
		then = append(then, appendItem{n, number, body.Out[k]})
	}
	next := i
	next.k++
	return b.body(n, body, append(then, next)...)
}

// optional is Optional: its input, or a value that is absent.
func optional(b *builder, n *graph.Node, in []*value) error {
	if len(in) > 0 && in[0] != nil {
		b.alias(n.Out[0], in[0])
	} else {
		b.alias(n.Out[0], &value{absent: true, plain: none, pixels: none})
	}
	return nil
}

func optionalHasElement(b *builder, n *graph.Node, in []*value) error {
	has := len(in) > 0 && in[0] != nil && !in[0].absent
	b.alias(n.Out[0], scalar(onnx.Bool, has))
	return nil
}

func optionalGetElement(b *builder, n *graph.Node, in []*value) error {
	if len(in) != 1 || in[0] == nil || in[0].absent {
		return fail(n, "the optional value is absent")
	}
	b.alias(n.Out[0], in[0])
	return nil
}
