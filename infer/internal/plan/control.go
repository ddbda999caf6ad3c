package plan

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is If, and what all operators with subgraphs share. A branch is
// taken once its condition is known, which it may be only after a cut.

// bindItem gives values further numbers.
type bindItem struct{ to, from []int }

func (i bindItem) reads(add func(int)) {
	each(add, i.from)
}

func (i bindItem) do(b *builder) error {
	values := make([]*value, len(i.from))
	for k, number := range i.from {
		var err error
		if values[k], err = b.lookup(number); err != nil {
			return err
		}
	}
	for k, v := range values {
		b.alias(i.to[k], v)
	}
	return nil
}

// alias gives a value a further number.
func (b *builder) alias(number int, v *value) {
	if number == graph.None {
		return
	}
	if v == nil {
		delete(b.env, number)
		return
	}
	if v.uses++; number < len(b.uses) {
		v.uses += b.uses[number]
	}
	b.env[number] = v
}

// fresh returns a number that no value has.
func (b *builder) fresh() int {
	b.next++
	return b.next - 1
}

// truth returns a condition, which must be known.
func truth(n *graph.Node, v *value) (bool, error) {
	if v.Elem != onnx.Bool || v.isList || v.Len() != 1 {
		return false, fail(n, "its condition is %v %v, want one bool", v.Elem, v.Shape)
	}
	if v.Const == nil {
		return false, &needs{v}
	}
	t, err := v.Const.Value()
	if err != nil {
		return false, fail(n, "its condition: %v", err)
	}
	return tensor.Of[bool](t)[0], nil
}

// fail makes the error that names a node.
func fail(n *graph.Node, format string, args ...any) error {
	return &onnx.UnsupportedError{Node: n.Label, Op: n.Op, Reason: fmt.Sprintf(format, args...)}
}

// body pushes the nodes of a subgraph, after which come items in their order. It
// charges the nodes, of which a loop makes many.
func (b *builder) body(n *graph.Node, body *graph.Body, then ...item) error {
	if err := b.fold.Bytes(int64(len(body.Nodes)+len(then)) * itemBytes); err != nil {
		return fail(n, "%v", err)
	}
	for _, i := range slices.Backward(then) {
		b.push(i)
	}
	for i := len(body.Nodes) - 1; i >= 0; i-- {
		b.push(nodeItem{&body.Nodes[i]})
	}
	return nil
}

// itemBytes is about the memory that a planned node takes.
const itemBytes = 1 << 10

// ifNode is If.
func ifNode(b *builder, n *graph.Node, in []*value) error {
	if len(in) != 1 || in[0] == nil {
		return fail(n, "it has %d inputs, want a condition", len(in))
	}
	yes, err := truth(n, in[0])
	if err != nil {
		return err
	}
	body := &n.Bodies[1]
	if yes {
		body = &n.Bodies[0]
	}
	if len(body.Out) != len(n.Out) {
		return fail(n, "its branch has %d outputs, want %d", len(body.Out), len(n.Out))
	}
	return b.body(n, body, bindItem{n.Out, body.Out})
}

// stacked joins values along a new axis, counted from the end if it is negative.
func (b *builder) stacked(n *graph.Node, list []*value, axis int64) (*value, error) {
	if len(list) == 0 {
		return nil, fail(n, "it makes a list of no tensors, whose shape nobody says")
	}
	if axis < 0 {
		axis += int64(len(list[0].Shape)) + 1
	}
	var parts []*value
	for _, v := range list {
		part, err := b.apply(n, "Unsqueeze", nil, v, ints(axis))
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return b.apply(n, "Concat", []onnx.Attr{onnx.IntAttr("axis", axis)}, parts...)
}

// apply plans an operator that stands for part of a node.
func (b *builder) apply(n *graph.Node, name string, attrs []onnx.Attr, in ...*value) (*value, error) {
	out, err := b.node(&graph.Node{Op: name, Label: n.Label, Row: op.Lookup("", name), Attrs: attrs}, in, []bool{true})
	if err != nil {
		return nil, err
	}
	out[0].uses = 2
	return out[0], nil
}

// scalar is one known number, or truth.
func scalar[T tensor.Element](elem tensor.Type, v T) *value {
	return known(tensor.Known("", tensor.From(elem, []T{v})))
}

// ints is a known list.
func ints(v ...int64) *value { return known(tensor.Known("", tensor.From(onnx.Int64, v, len(v)))) }
