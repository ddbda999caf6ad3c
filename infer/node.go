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
	compile func(*node) (*value, error)
	least   int    // inputs that must be there
	most    int    // inputs that may be there
	attrs   string // names of the attributes it knows
}

var operators = map[string]operator{
	"Add":                {add, 2, 2, ""},
	"BatchNormalization": {batchNorm, 5, 5, "epsilon momentum spatial training_mode"},
	"Cast":               {cast, 1, 1, "to saturate round_mode"},
	"Constant":           {constantNode, 0, 0, "value value_float value_floats value_int value_ints"},
	"Conv":               {conv, 2, 3, "auto_pad dilations group kernel_shape pads strides"},
	"ConvTranspose":      {convTranspose, 2, 3, "auto_pad dilations group kernel_shape output_padding output_shape pads strides"},
	"Flatten":            {flatten, 1, 1, "axis"},
	"Gemm":               {gemm, 2, 3, "alpha beta transA transB"},
	"Identity":           {identity, 1, 1, ""},
	"LeakyRelu":          {activation, 1, 1, "alpha"},
	"MatMul":             {matMul, 2, 2, ""},
	"Relu":               {activation, 1, 1, ""},
	"Reshape":            {reshape, 2, 2, "allowzero"},
	"Sigmoid":            {activation, 1, 1, ""},
	"Tanh":               {activation, 1, 1, ""},
}

// node is a node being compiled. The methods that read attributes and constants
// keep the first failure in err, so that an operator reads all it needs and
// looks once.
type node struct {
	*builder
	*onnx.Node
	in  []*value // nil: left out
	err error
}

// node compiles one node.
func (b *builder) node(file *onnx.Node) (*value, error) {
	n := &node{builder: b, Node: file}
	op, ok := operators[file.Op]
	if !ok {
		return nil, n.refuse("this operator is not supported")
	}
	for _, name := range file.Inputs {
		n.in = append(n.in, b.values[name])
	}
	for len(n.in) > op.most && n.in[len(n.in)-1] == nil {
		n.in = n.in[:len(n.in)-1]
	}
	if len(n.in) < op.least || len(n.in) > op.most {
		return nil, n.refuse("it has %d inputs, want %d to %d", len(n.in), op.least, op.most)
	}
	for i, v := range n.in[:op.least] {
		if v == nil {
			return nil, n.refuse("input %d is left out", i)
		}
	}
	for len(n.in) < op.most {
		n.in = append(n.in, nil)
	}
	known := strings.Fields(op.attrs)
	for i := range file.Attrs {
		if name := file.Attrs[i].Name; !slices.Contains(known, name) {
			return nil, n.refuse("attribute %q is not known", name)
		}
	}
	for i, name := range file.Outputs {
		if i > 0 && name != "" {
			return nil, n.refuse("output %d, %q, is not supported", i, name)
		}
	}
	if len(file.Outputs) == 0 || file.Outputs[0] == "" {
		return nil, n.refuse("it has no output")
	}
	return op.compile(n)
}

// refuse makes the error that names this node.
func (n *node) refuse(format string, args ...any) error {
	return &UnsupportedError{n.Label(), n.Op, fmt.Sprintf(format, args...)}
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
	switch {
	case n.err != nil:
	case v.constant == nil:
		n.fail("input %d, %q, is computed, want a constant", i, n.Inputs[i])
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
