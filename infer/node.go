package infer

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the table of operators, and a node as its operator sees it.

// operator says what a node may look like and how it is compiled.
type operator struct {
	layer   func(*node) (*value, error) // by a step of its own, where fits says so
	fits    func(*node) bool            // nil: always
	general func(*node) evaluate        // by one function, in all other cases
	least   int                         // inputs that must be there
	most    int                         // inputs that may be there; many: any number
	attrs   string                      // names of the attributes it knows
}

const many = 1 << 20

// node is a node being compiled. The methods that read attributes and constants
// keep the first failure in err, so that an operator reads all it needs and
// looks once.
type node struct {
	*builder
	*onnx.Node
	in  []*value // nil: left out
	err error

	results    []*value // of a general operator
	pointwise  bool     // its elements depend on no other's place
	onPixels   evaluate // what does the same to images with channels innermost
	grows      bool     // it is worth to bring its images into that order first
	shapesOnly bool     // inputs that depend on the batch were only read for their sizes
	single     bool     // inputs and results are those of a single sample
}

// node compiles one node to its outputs, and perhaps more than it names.
func (b *builder) node(file *onnx.Node) ([]*value, error) {
	n := &node{builder: b, Node: file}
	op, ok := operators[file.Op]
	if !ok {
		return nil, n.refuse("this operator is not supported")
	}
	if err := n.arity(&op); err != nil {
		return nil, err
	}
	if err := n.old(); err != nil {
		return nil, err
	}
	known := strings.Fields(op.attrs)
	for i := range n.Attrs {
		if name := n.Attrs[i].Name; !slices.Contains(known, name) {
			return nil, n.refuse("attribute %q is not known", name)
		}
	}
	values, err := n.compile(&op)
	if err != nil {
		return nil, err
	}
	for i, name := range file.Outputs {
		if i >= len(values) && name != "" {
			return nil, n.refuse("output %d, %q, is not supported", i, name)
		}
	}
	return values, nil
}

// compile chooses between the operator's ways.
func (n *node) compile(op *operator) ([]*value, error) {
	switch {
	case n.Op == "Shape":
		return shapeOf(n)
	case n.Op == "Size":
		return sizeOperator(n)
	case slices.ContainsFunc(n.in, (*value).apart):
		return n.apart(op.general)
	}
	values, err := n.usual(op)
	if err != nil && n.leaves() {
		if moved, err := n.apart(op.general); err == nil {
			return moved, nil
		}
	}
	return values, err
}

// usual compiles a node whose inputs have their batch, if any, first.
func (n *node) usual(op *operator) ([]*value, error) {
	if op.layer != nil && (op.general == nil || op.fits == nil || op.fits(n)) {
		v, err := op.layer(n)
		return []*value{v}, err
	}
	return n.builder.general(n, op.general)
}

// arity looks up the inputs, and checks that those that must be there are.
func (n *node) arity(op *operator) error {
	for _, name := range n.Inputs {
		n.in = append(n.in, n.values[name])
	}
	for len(n.in) > op.most && n.in[len(n.in)-1] == nil {
		n.in = n.in[:len(n.in)-1]
	}
	if len(n.in) < op.least || len(n.in) > op.most {
		return n.refuse("it has %d inputs, want %d to %d", len(n.in), op.least, op.most)
	}
	for i, v := range n.in {
		if v == nil && (i < op.least || op.most == many) {
			return n.refuse("input %d is left out", i)
		}
	}
	for len(n.in) < op.most && op.most != many {
		n.in = append(n.in, nil)
	}
	if len(n.Outputs) == 0 || n.Outputs[0] == "" {
		return n.refuse("it has no output")
	}
	return nil
}

// refuse makes the error that names this node.
func (n *node) refuse(format string, args ...any) error {
	return &UnsupportedError{Node: n.Label(), Op: n.Op, Reason: fmt.Sprintf(format, args...)}
}

// fail keeps the first failure.
func (n *node) fail(format string, args ...any) {
	if n.err == nil {
		n.err = n.refuse(format, args...)
	}
}

// attr returns an attribute, or nil if it is not given.
func (n *node) attr(name string, t onnx.AttrType) *onnx.Attr {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Name == name {
			if a.Type != t {
				n.fail("attribute %q is of type %v, want %v", name, a.Type, t)
				return nil
			}
			return a
		}
	}
	return nil
}

// intAttr returns an integer attribute, or def if it is not given.
func (n *node) intAttr(name string, def int64) int64 {
	if a := n.attr(name, onnx.AttrInt); a != nil {
		return a.Int
	}
	return def
}

// floatAttr returns a float attribute, or def if it is not given.
func (n *node) floatAttr(name string, def float32) float32 {
	if a := n.attr(name, onnx.AttrFloat); a != nil {
		return a.Float
	}
	return def
}

// maxAttr bounds strides, pads and their like, so that sums and products of them
// with image sides cannot run over.
const maxAttr = 1 << 24

// intsAttr returns an attribute of len(def) integers from least to maxAttr, or
// def if it is not given.
func (n *node) intsAttr(name string, least int, def ...int) []int {
	a := n.attr(name, onnx.AttrInts)
	if a == nil {
		return def
	}
	if len(a.Ints) != len(def) {
		n.fail("attribute %q has %d numbers, want %d", name, len(a.Ints), len(def))
		return def
	}
	v := make([]int, len(def))
	for i, x := range a.Ints {
		if x < int64(least) || x > maxAttr {
			n.fail("attribute %q is %v, want numbers from %d to %d", name, a.Ints, least, maxAttr)
			return def
		}
		v[i] = int(x)
	}
	return v
}

// weights returns input i, which must be a constant of float32 numbers. They may
// stand in the file: nobody changes them.
func (n *node) weights(i int) []float32 {
	v := n.in[i]
	n.needConstant(i)
	switch {
	case n.err != nil:
	case v.elem != onnx.Float:
		n.fail("input %d, %q, is %v, want float32", i, n.Inputs[i], v.elem)
	default:
		w, err := v.constant.Float32View()
		if err != nil {
			n.fail("%v", err)
		}
		return w
	}
	return nil
}

// layerWeights returns input i, a constant of floats, as the kernels keep it:
// float16 as it is stored, everything else as float32.
func (n *node) layerWeights(i int) (w []float32, half []uint16) {
	if v := n.in[i]; n.err == nil && v.constant != nil && v.elem == onnx.Float && v.constant.Type == onnx.Float16 && len(v.constant.Raw) == 2*v.constant.Len() {
		half = make([]uint16, len(v.constant.Raw)/2)
		for j := range half {
			half[j] = binary.LittleEndian.Uint16(v.constant.Raw[2*j:])
		}
		return nil, half
	}
	return n.weights(i), nil
}

// vector returns input i, which must be a constant of one float32 a channel.
func (n *node) vector(i, channels int) []float32 {
	w := n.weights(i)
	if s := n.in[i].shape; n.err == nil && (len(s) != 1 || s[0] != channels) {
		n.fail("input %d, %q, has shape %v, want [%d]", i, n.Inputs[i], s, channels)
	}
	return slices.Clone(w) // a view would keep the whole file in memory
}

// data checks that input i holds float32, and has as many dimensions as wanted
// unless rank is 0.
func (n *node) data(i, rank int) *value {
	v := n.in[i]
	if v.elem != onnx.Float {
		n.fail("input %d, %q, is %v, want float32", i, n.Inputs[i], v.elem)
	}
	if rank > 0 && len(v.shape) != rank {
		n.fail("input %d, %q, has shape %v, want %d dimensions", i, n.Inputs[i], v.shape, rank)
	}
	return v
}

// fits refuses a layer whose output would be too large or take too long. The
// product of the factors is its multiply-adds for one row.
func (n *node) fits(output []int, r rows, factors ...int) {
	if n.check("", output) != nil {
		n.fail("its output of shape %v is larger than %d elements a sample", output, n.limits.elements)
	}
	work := int64(r.of(1))
	for _, f := range factors {
		if f > 0 && work > n.limits.work/int64(f) {
			n.fail("it takes more than %d multiply-adds a sample", n.limits.work)
			return
		}
		work *= int64(f)
	}
	if n.builder.work += work; n.builder.work > n.limits.work {
		n.fail("with it, the model takes more than %d multiply-adds a sample", n.limits.work)
	}
}

// elem checks the type of input i and returns it.
func (n *node) elem(i int, want types) onnx.DataType {
	v := n.in[i]
	if v != nil && !want.has(v.elem) {
		n.fail("input %d, %q, is %v, which it does not take", i, n.Inputs[i], v.elem)
	}
	if v == nil {
		return 0
	}
	return v.elem
}

// sameElem checks that all inputs from the first on have one of the types, the
// same one, and returns it.
func (n *node) sameElem(want types) onnx.DataType {
	first := n.elem(0, want)
	for i, v := range n.in {
		if v != nil && v.elem != first {
			n.fail("input %d, %q, is %v, want %v", i, n.Inputs[i], v.elem, first)
		}
	}
	return first
}

// axis counts a negative axis from the end.
func (n *node) axis(axis int64, rank int) int {
	if axis < int64(-rank) || axis >= int64(rank) {
		n.fail("axis %d is out of range for %d dimensions", axis, rank)
		return 0
	}
	if axis < 0 {
		axis += int64(rank)
	}
	return int(axis)
}

// within checks that an operator which joins elements along an axis does not
// join samples of the batch.
func (n *node) within(shape []int, axis int) {
	if axis == 0 && len(shape) > 0 && shape[0] == open {
		n.fail("axis 0 is the batch: its samples must stay on their own")
	}
}

// stringAttr returns a string attribute, which must be one of a list; the first
// is the default.
func (n *node) stringAttr(name string, known ...string) string {
	a := n.attr(name, onnx.AttrString)
	if a == nil {
		return known[0]
	}
	if !slices.Contains(known, a.String) {
		n.fail("attribute %q is %q, want one of %q", name, a.String, known)
	}
	return a.String
}

// listAttr returns an attribute of integers, nil if it is not given.
func (n *node) listAttr(name string) []int64 {
	if a := n.attr(name, onnx.AttrInts); a != nil {
		return a.Ints
	}
	return nil
}

// has says that an attribute is given.
func (n *node) has(name string) bool {
	return slices.ContainsFunc(n.Attrs, func(a onnx.Attr) bool { return a.Name == name })
}
