package op

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is a node as its operator sees it.

// Node is one use of an operator, whose inputs have types and shapes. Its methods
// keep the first failure, so that an operator reads all it needs and looks once.
type Node struct {
	Op    string // with its domain, if that is not ONNX's own
	Label string // for people: its name or that of its first output
	Attrs []onnx.Attr
	In    []*Value           // nil: left out
	Name  func(i int) string // of input i, for people; may be nil
	Outs  []bool             // which outputs are read

	Elements int    // that a value may have at the most
	Stream   uint64 // which random numbers are the node's
	Samples  bool   // the first dimension of its results is the batch

	// What Make finds.
	Results     []Value
	Pointwise   bool     // its elements depend on no other's place
	Lanes       Lanes    // does the same to some elements of float32, or nil
	OnPixels    Eval     // does the same to images with channels innermost
	Grows       bool     // it is worth to bring its images into that order first
	Turned      bool     // the result is input 0 with its last two dimensions exchanged
	ReadsTurned bool     // input 1 as it was before its last two dimensions were exchanged
	Product     *Product // it is a product of matrices that are both computed, or nil
	Softmax     int      // it is the softmax of rows of so many float32, or 0
	MulAdds     int64    // multiply-adds
	Work        int64    // other operations, beside one for each element of inputs and results

	how uint8 // of the row
	of  func(float64) float64
	err error
}

// Lanes computes elements of a result from those at the same places of up to three
// inputs; an input of one number has it at every place, one left out is nil. Dst
// may be one of them.
type Lanes func(dst, a, b, c []float32)

// Product is stacks of M x K matrices times as many K x N ones, of float32, which lie
// column by column if Turned.
type Product struct {
	Stack, M, K, N int
	Turned         bool
}

// Value is an input or a result.
type Value struct {
	Elem  tensor.Type
	Shape []int
	Const *tensor.Const // its elements, if they are known

	// Turnable reports that it has the elements of another value whose last two
	// dimensions were exchanged, and that can be read instead.
	Turnable bool
}

// Len is the number of elements.
//
//go:noinline
func (v *Value) Len() int { return tensor.Product(v.Shape) }

// Unknown is the error of a node that cannot be made before an input is known.
type Unknown struct {
	*onnx.UnsupportedError
	Input int
}

// Unwrap returns the error for people.
func (u *Unknown) Unwrap() error { return u.UnsupportedError }

// Prepare checks inputs and attributes against the row, and makes the node. It
// sets Results, and returns what computes them.
func (n *Node) Prepare(row *Op) (Eval, error) {
	if n.err = n.arity(row); n.err != nil {
		return nil, n.err
	}
	known := strings.Fields(row.Attrs)
	for i := range n.Attrs {
		if name := n.Attrs[i].Name; !slices.Contains(known, name) && !strings.HasPrefix(name, private) {
			return nil, n.Refuse("attribute %q is not known", name)
		}
	}
	n.how, n.of = row.How, row.Of
	eval := row.Make(n)
	if n.err != nil {
		return nil, n.err
	}
	for i, want := range n.Outs {
		if i >= len(n.Results) && want {
			return nil, n.Refuse("output %d is not supported", i)
		}
	}
	return eval, nil
}

// private starts the names of attributes that only Raise sets.
const private = "_"

// arity checks the number of inputs, and fills up those left out at the end.
func (n *Node) arity(row *Op) error {
	for len(n.In) > row.Most && n.In[len(n.In)-1] == nil {
		n.In = n.In[:len(n.In)-1]
	}
	if len(n.In) < row.Least || len(n.In) > row.Most {
		return n.Refuse("it has %d inputs, want %d to %d", len(n.In), row.Least, row.Most)
	}
	for i, v := range n.In {
		if v == nil && (i < row.Least || row.Most == Many) {
			return n.Refuse("input %d is left out", i)
		}
	}
	for len(n.In) < row.Most && row.Most != Many {
		n.In = append(n.In, nil)
	}
	return nil
}

// Refuse makes the error that names this node.
//
//go:noinline
func (n *Node) Refuse(format string, args ...any) error {
	return &onnx.UnsupportedError{Node: n.Label, Op: n.Op, Reason: fmt.Sprintf(format, args...)}
}

// Fail keeps the first failure.
//
//go:noinline
func (n *Node) Fail(format string, args ...any) {
	if n.err == nil {
		n.err = n.Refuse(format, args...)
	}
}

// Failed reports whether something failed.
func (n *Node) Failed() bool { return n.err != nil }

// Input names input i for people.
func (n *Node) Input(i int) string {
	if n.Name != nil {
		return fmt.Sprintf("input %d, %q,", i, n.Name(i))
	}
	return fmt.Sprintf("input %d", i)
}

// Result declares the next output, and reports whether it may be as large as
// that. An operator that makes lists as long as its result looks first.
func (n *Node) Result(elem tensor.Type, shape ...int) bool {
	if _, ok := tensor.Bytes(elem, shape, n.Elements); !ok {
		n.Fail("output %d of shape %v has more than %d elements or %d dimensions, or a size below 0", len(n.Results), shape, n.Elements, tensor.MaxRank)
	}
	n.Results = append(n.Results, Value{Elem: elem, Shape: cloneShape(shape)})
	return n.err == nil
}

// Wants reports whether output i is read.
//
//go:noinline
func (n *Node) Wants(i int) bool { return i < len(n.Outs) && n.Outs[i] }

// CountMulAdds adds the product of factors to the node's multiply-adds.
//
//go:noinline
func (n *Node) CountMulAdds(factors ...int) { n.MulAdds = more(n.MulAdds, factors) }

// CountWork adds the product of factors to the node's other operations.
//
//go:noinline
func (n *Node) CountWork(factors ...int) { n.Work = more(n.Work, factors) }

// more is sum plus the product of factors, or the largest number.
//
//go:noinline
func more(sum int64, factors []int) int64 {
	n := int64(1)
	for _, f := range factors {
		if f <= 0 {
			return sum
		}
		if n > math.MaxInt64/int64(f) {
			return math.MaxInt64
		}
		n *= int64(f)
	}
	if sum > math.MaxInt64-n {
		return math.MaxInt64
	}
	return sum + n
}

// Type checks the type of input i and returns it; 0 if it is left out.
func (n *Node) Type(i int, want tensor.Types) tensor.Type {
	v := n.In[i]
	if v == nil {
		return 0
	}
	if !want.Has(v.Elem) {
		n.Fail("%s is %v, which it does not take", n.Input(i), v.Elem)
	}
	return v.Elem
}

// SameType checks that all inputs have one type, of some, and returns it.
func (n *Node) SameType(want tensor.Types) tensor.Type {
	first := n.Type(0, want)
	for i, v := range n.In {
		if v != nil && v.Elem != first {
			n.Fail("%s is %v, want %v", n.Input(i), v.Elem, first)
		}
	}
	return first
}

// Axis counts a negative axis from the end.
func (n *Node) Axis(axis int64, rank int) int {
	if axis < int64(-rank) || axis >= int64(rank) {
		n.Fail("axis %d is out of range for %d dimensions", axis, rank)
		return 0
	}
	if axis < 0 {
		axis += int64(rank)
	}
	return int(axis)
}

// Broadcast returns the shape that inputs of these shapes have together.
func (n *Node) Broadcast(shapes ...[]int) []int {
	out, ok := tensor.Broadcast(shapes...)
	if !ok {
		n.Fail("shapes %v do not go together", shapes)
	}
	return out
}
