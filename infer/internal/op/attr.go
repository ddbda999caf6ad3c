package op

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is a node's attributes.

// attr returns an attribute, or nil if it is not given.
func (n *Node) attr(name string, t onnx.AttrType) *onnx.Attr {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Name == name {
			if a.Type != t {
				n.Fail("attribute %q is of type %v, want %v", name, a.Type, t)
				return nil
			}
			return a
		}
	}
	return nil
}

// Has reports whether an attribute is given.
//
//go:noinline
func (n *Node) Has(name string) bool {
	return slices.ContainsFunc(n.Attrs, func(a onnx.Attr) bool { return a.Name == name })
}

// Int returns an integer attribute, or def if it is not given.
//
//go:noinline
func (n *Node) Int(name string, def int64) int64 {
	if a := n.attr(name, onnx.AttrInt); a != nil {
		return a.Int
	}
	return def
}

// Bool returns an integer attribute that says yes or no.
//
//go:noinline
func (n *Node) Bool(name string, def bool) bool {
	if a := n.attr(name, onnx.AttrInt); a != nil {
		return a.Int != 0
	}
	return def
}

// Size returns an integer attribute from least to maxAttr, or def.
func (n *Node) Size(name string, least int, def int64) int {
	v := n.Int(name, def)
	if v < int64(least) || v > maxAttr {
		n.Fail("attribute %q is %d, want %d to %d", name, v, least, maxAttr)
		return least
	}
	return int(v)
}

// Float returns a float attribute, or def if it is not given.
//
//go:noinline
func (n *Node) Float(name string, def float32) float32 {
	if a := n.attr(name, onnx.AttrFloat); a != nil {
		return a.Float
	}
	return def
}

// List returns an attribute of integers, nil if it is not given.
//
//go:noinline
func (n *Node) List(name string) []int64 {
	if a := n.attr(name, onnx.AttrInts); a != nil {
		return a.Ints
	}
	return nil
}

// Floats returns an attribute of floats, nil if it is not given.
//
//go:noinline
func (n *Node) Floats(name string) []float32 {
	if a := n.attr(name, onnx.AttrFloats); a != nil {
		return a.Floats
	}
	return nil
}

// Strings returns an attribute of strings, nil if it is not given.
//
//go:noinline
func (n *Node) Strings(name string) []string {
	if a := n.attr(name, onnx.AttrStrings); a != nil {
		return a.Strings
	}
	return nil
}

// String returns a string attribute, which must be one of a list; the first is
// the default.
func (n *Node) String(name string, known ...string) string {
	a := n.attr(name, onnx.AttrString)
	if a == nil {
		return known[0]
	}
	if !slices.Contains(known, a.String) {
		n.Fail("attribute %q is %q, want one of %q", name, a.String, known)
	}
	return a.String
}

// maxAttr bounds strides, pads and their like, so that sums and products of them
// with image sides cannot run over.
const maxAttr = 1 << 24

// bounded returns an attribute of len(def) integers from least to maxAttr, or
// def if it is not given.
func (n *Node) bounded(name string, least int, def ...int) []int {
	a := n.attr(name, onnx.AttrInts)
	if a == nil {
		return def
	}
	if len(a.Ints) != len(def) {
		n.Fail("attribute %q has %d numbers, want %d", name, len(a.Ints), len(def))
		return def
	}
	v := make([]int, len(def))
	for i, x := range a.Ints {
		if x < int64(least) || x > maxAttr {
			n.Fail("attribute %q is %v, want numbers from %d to %d", name, a.Ints, least, maxAttr)
			return def
		}
		v[i] = int(x)
	}
	return v
}
