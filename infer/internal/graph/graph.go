// Package graph makes the graph of a file simple: data of other files joined,
// functions inlined, nodes sorted and those that nothing needs left out, old
// versions of operators raised to the newest, constants computed. After it there
// is one kind of node, one version of each operator, and no names, only values
// by number. Sizes may still be open; package plan works at given ones.
//
// Values of 16-bit floating point are float32 from here on: those types are
// left at inputs and outputs alone, and a Cast to one of them rounds.
package graph

import (
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// Graph is a model made simple. It does not change.
type Graph struct {
	Inputs  []Input  // what a run must be given
	Outputs []Output // what it computes
	Values  []Value  // by number
	Nodes   []Node   // in an order in which they can be computed

	External int64 // bytes that were read from other files
}

// None is the number of a value that is left out.
const None = -1

// Input is an input of the model.
type Input struct {
	Name  string
	Elem  tensor.Type
	Shape []onnx.Dim // nil: even the rank is open
	Value int
}

// Output is an output of the model.
type Output struct {
	Name  string
	Elem  tensor.Type // as the file declares it; 0: it does not
	Shape []onnx.Dim  // likewise
	Value int
}

// Value is the result of a node, an input or a constant.
type Value struct {
	Name  string // for people
	Const *tensor.Const
}

// Node is an operator applied to values.
type Node struct {
	Op     string // with its domain, if that is not ONNX's own
	Label  string // for people
	Row    *op.Op // nil for what package plan decides (If, sequences), and for what nobody knows
	Attrs  []onnx.Attr
	In     []int  // values; None: left out
	Out    []int  // likewise
	Stream uint64 // of a node that draws random numbers: which of them it is
	Bodies []Body // the subgraphs of If (then, else), Loop and Scan
}

// Body is a subgraph. It may read values from around it.
type Body struct {
	In    []int // its own inputs
	Nodes []Node
	Out   []int
}
