package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what operators meant before opset 7, as far as they differ.

// unchanged are the operators that have been the same since opset 1.
var unchanged = []string{"GlobalAveragePool", "GlobalMaxPool", "Identity", "Not", "Softplus", "Softsign", "Transpose"}

// old turns a node of an old opset into what it would be since opset 7.
func (n *node) old() error {
	switch {
	case n.opset >= 7 || slices.Contains(unchanged, n.Op):
		return nil
	case slices.ContainsFunc(n.in, (*value).apart):
		return n.refuse("opset %d, and the batch is not the first dimension of its inputs", n.opset)
	case n.opset < 6:
		return n.refuse("opset %d had another form of this operator", n.opset)
	}
	switch n.Op {
	case "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Less", "Greater":
		n.oldBroadcast()
	case "PRelu":
		if slope := n.in[1].shape; len(slope) == 1 && slope[0] != 1 && len(n.in[0].shape) > 2 {
			n.align(1)
		}
	case "BatchNormalization", "Dropout":
		if n.intAttr("is_test", 0) == 0 {
			n.fail("is_test is not set")
		}
	case "Upsample":
		n.fail("opset %d had another form of this operator", n.opset)
	}
	n.Node = n.withoutAttrs("broadcast", "is_test")
	return n.err
}

// oldBroadcast is the broadcasting of opset 6: only where an attribute says so,
// and only of the second input, from an axis of the first on.
func (n *node) oldBroadcast() {
	a, b := n.in[0].shape, n.in[1].shape
	if n.intAttr("broadcast", 0) == 0 {
		if !slices.Equal(a, b) {
			n.fail("shapes %v and %v differ", a, b)
		}
		return
	}
	if n.has("axis") {
		n.align(n.axis(n.intAttr("axis", 0), len(a)))
	}
	n.Node = n.withoutAttrs("axis")
}

// align puts the second input's first dimension under an axis of the first's.
func (n *node) align(axis int) {
	rest := len(n.in[0].shape) - axis - len(n.in[1].shape)
	if rest < 0 {
		n.fail("shapes %v and %v do not go together from axis %d on", n.in[0].shape, n.in[1].shape, axis)
		return
	}
	v, err := n.view(n.in[1], append(slices.Clone(n.in[1].shape), slices.Repeat([]int{1}, rest)...))
	if err != nil {
		n.fail("%v", err)
		return
	}
	n.in[1] = v
}

// withoutAttrs returns the node without some of its attributes.
func (n *node) withoutAttrs(names ...string) *onnx.Node {
	file := *n.Node
	file.Attrs = slices.DeleteFunc(slices.Clone(file.Attrs), func(a onnx.Attr) bool { return slices.Contains(names, a.Name) })
	return &file
}
