package graph

import (
	"io/fs"
	"strconv"

	"github.com/ganlet/ganlet/infer/internal/budget"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the state of building a graph, and names on their way to numbers.

// Options says what a file may have.
type Options struct {
	FS       fs.FS                  // where data of other files lie; nil: nowhere
	Bind     map[string]onnx.Tensor // inputs that are constants
	Open     map[string]bool        // inputs that the file has a value for, and that are inputs all the same
	Elements int                    // that a value may have
	Nodes    int                    // after functions are inlined
	Budget   *budget.Budget         // of loading
}

// builder is the state of building one graph.
type builder struct {
	options   Options
	model     *onnx.Model
	graph     Graph
	files     files
	functions map[string]*onnx.Function
	streams   uint64 // nodes that draw random numbers, so far
	made      int    // nodes so far
	fresh     int    // names made up so far
	depth     int    // of functions and subgraphs
}

// scope is the names of a graph, a subgraph or a function's call.
type scope struct {
	outer  *scope // of a subgraph: that of the graph around it
	names  map[string]int
	opsets map[string]int64
	attrs  map[string]*onnx.Attr // of a function's call
}

// find returns the value of a name.
func (s *scope) find(name string) (value int, ok bool) {
	for ; s != nil; s = s.outer {
		if v, ok := s.names[name]; ok {
			return v, true
		}
	}
	return None, false
}

// versions is what a model or function imports, by domain.
func versions(opsets []onnx.Opset) map[string]int64 {
	v := make(map[string]int64)
	for _, o := range opsets {
		if onnx.IsDefault(o.Domain) {
			o.Domain = ""
		}
		v[o.Domain] = max(v[o.Domain], o.Version)
	}
	return v
}

// value makes a new value.
func (b *builder) value(name string, c *tensor.Const) int {
	b.graph.Values = append(b.graph.Values, Value{name, c})
	return len(b.graph.Values) - 1
}

// unmade is the error of a node that reads what nothing makes.
func (b *builder) unmade(n *onnx.Node, name string) error {
	return &onnx.FormatError{Reason: "node " + strconv.Quote(n.Label()) + " (" + n.Op + ") reads " + strconv.Quote(name) + ", which nothing makes"}
}
