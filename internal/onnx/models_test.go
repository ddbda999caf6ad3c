package onnx

import (
	"fmt"
	"reflect"
	"testing"
)

// This file is models for tests, with the parts of the format that a generator
// of ours has not.

// identity is the sparse tensor [[1, 0], [0, 1]].
func identity(name string) SparseTensor {
	return SparseTensor{Values: NewFloat32(name, []float32{1, 1}, 2), Indices: NewInt64("", []int64{0, 3}, 2), Dims: []int64{2, 2}}
}

// node is a node without a name.
func node(op string, in, out []string, attrs ...Attr) Node {
	return Node{Op: op, Inputs: in, Outputs: out, Attrs: attrs}
}

// nested is a graph with subgraphs in subgraphs, of which the innermost reads a
// value that none of them makes.
func nested(depth int, reads string) *Graph {
	g := &Graph{Nodes: []Node{node("Relu", []string{reads}, []string{"y"})}, Outputs: []ValueInfo{{Name: "y"}}}
	for range depth {
		g = &Graph{Nodes: []Node{node("If", nil, []string{"y"}, GraphAttr("then_branch", g))}, Outputs: []ValueInfo{{Name: "y"}}}
	}
	return g
}

// branches has an If whose branches read values around them, one of them made
// by a later node.
func branches() *Model {
	m := generator()
	branch := func(reads string) *Graph {
		return &Graph{Name: "branch", Nodes: []Node{node("Neg", []string{reads}, []string{"y2"})}, Outputs: []ValueInfo{{Name: "y2", Type: Float}}}
	}
	m.Graph.Nodes = append([]Node{node("If", []string{"c"}, []string{"chosen"}, GraphAttr("then_branch", branch("image")), GraphAttr("else_branch", branch("w")))}, m.Graph.Nodes...)
	m.Graph.Outputs = append(m.Graph.Outputs, ValueInfo{Name: "chosen"})
	return m
}

// functions calls a function that calls another.
func functions() *Model {
	m := generator()
	m.Opsets = append(m.Opsets, Opset{"local", 1})
	m.Functions = []Function{
		{Name: "Act", Domain: "local", Inputs: []string{"x"}, Outputs: []string{"y"}, Params: []string{"slope"}, Opsets: []Opset{{"", 13}},
			Nodes: []Node{node("LeakyRelu", []string{"x"}, []string{"y"}, RefAttr("alpha", AttrFloat, "slope"))}},
		{Name: "Act", Domain: "local", Overload: "half", Inputs: []string{"x", "unused"}, Outputs: []string{"y"}, Defaults: []Attr{FloatAttr("slope", 0.5)}, Opsets: []Opset{{"local", 1}},
			Nodes: []Node{{Op: "Act", Domain: "local", Inputs: []string{"x"}, Outputs: []string{"y"}, Attrs: []Attr{RefAttr("slope", 0, "slope")}}}},
	}
	m.Graph.Nodes = append(m.Graph.Nodes, Node{Op: "Act", Domain: "local", Overload: "half", Inputs: []string{"image"}, Outputs: []string{"act"}})
	return m
}

// elsewhere has constants in another file.
func elsewhere() *Model {
	m := generator()
	for i, e := range []External{{"model.data", 0, -1}, {"model.data", 4096, 16}, {"../x", 1, 0}} {
		m.Graph.Initializers = append(m.Graph.Initializers, Tensor{Name: fmt.Sprint("e", i), Type: Float, Dims: []int64{2, 2}, External: &e})
	}
	return m
}

// odd has sparse constants, every element type, and values other than tensors.
func odd() *Model {
	m := generator()
	empty := SparseTensor{Values: Tensor{Name: "none", Type: Int8, Dims: []int64{0}}, Dims: []int64{3}}
	m.Graph.Sparse = []SparseTensor{identity("eye"), empty}
	eye := identity("")
	m.Graph.Nodes = append(m.Graph.Nodes, node("Constant", nil, []string{"k"}, Attr{Name: "sparse_value", Type: AttrSparse, Sparse: &eye}))
	m.Graph.Nodes = append(m.Graph.Nodes, node("Optional", nil, []string{"o"}, Attr{Name: "type", Type: AttrTypeProto}))
	m.Graph.Initializers = append(m.Graph.Initializers, Tensor{Name: "strings", Type: String, Dims: []int64{2, 2}})
	for i := range types[1:] {
		typ := DataType(i + 1)
		t := Tensor{Name: typ.String(), Type: typ, Dims: []int64{5}}
		if n, err := t.Bytes(); err == nil {
			t.Raw = make([]byte, n)
		}
		m.Graph.Initializers = append(m.Graph.Initializers, t)
	}
	m.Graph.Values = []ValueInfo{
		{Name: "s", Kind: "sequence", Type: Float, Shape: Shape(-1, 2)}, {Name: "s0", Kind: "sequence"},
		{Name: "o", Kind: "optional", Type: Int64}, {Name: "m", Kind: "map"}, {Name: "q", Kind: "opaque"},
		{Name: "k", Kind: "sparse_tensor", Type: Float, Shape: Shape(2, 2)}, {Name: "u"}, {Name: "r", Shape: Shape(2)},
	}
	return m
}

// parts is the model of testdata/parts.onnx, made by testdata/make.py.
func parts() *Model {
	branch := func(name, op string) *Graph {
		return &Graph{Name: name, Nodes: []Node{node(op, []string{"a"}, []string{name})}, Outputs: []ValueInfo{{Name: name, Type: Float, Shape: []Dim{{2, ""}, {-1, "N"}}}}}
	}
	sparse := func(name string) SparseTensor {
		return SparseTensor{Values: NewFloat32(name, []float32{1, 2}, 2), Indices: NewInt64("", []int64{0, 1, 1, 0}, 2, 2), Dims: []int64{2, 2}}
	}
	value := sparse("")
	return &Model{
		IRVersion: 8, ProducerName: "onnx", Opsets: []Opset{{"", 13}, {"local", 1}},
		Graph: Graph{
			Name: "parts",
			Nodes: []Node{
				node("If", []string{"c"}, []string{"if"}, GraphAttr("else_branch", branch("e", "Abs")), GraphAttr("then_branch", branch("t", "Neg"))),
				{Op: "Act", Domain: "local", Inputs: []string{"if"}, Outputs: []string{"y"}, Attrs: []Attr{FloatAttr("slope", 0.5)}},
				node("Constant", nil, []string{"k"}, Attr{Name: "sparse_value", Type: AttrSparse, Sparse: &value}),
				node("SequenceConstruct", []string{"b", "s"}, []string{"q"}),
			},
			Initializers: []Tensor{
				{Name: "b", Type: Float, Dims: []int64{2, 2}, External: &External{"b.bin", 4096, 16}},
				{Name: "words", Type: String, Dims: []int64{2}},
			},
			Sparse:  []SparseTensor{sparse("s")},
			Inputs:  []ValueInfo{{Name: "a", Type: Float, Shape: Shape(2, 2)}, {Name: "c", Type: Bool, Shape: []Dim{}}},
			Outputs: []ValueInfo{{Name: "y", Type: Float}, {Name: "q", Kind: "sequence", Type: Float, Shape: Shape(2, 2)}},
			Values:  []ValueInfo{{Name: "k", Type: Float, Shape: Shape(2, 2)}},
		},
		Functions: []Function{{Name: "Act", Domain: "local", Inputs: []string{"x"}, Outputs: []string{"y"}, Params: []string{"slope"}, Opsets: []Opset{{"", 13}},
			Nodes: []Node{node("LeakyRelu", []string{"x"}, []string{"y"}, RefAttr("alpha", AttrFloat, "slope"))}}},
	}
}

// What Marshal writes, Unmarshal reads.
func TestRoundTrips(t *testing.T) {
	deep := generator()
	deep.Graph.Nodes = append(deep.Graph.Nodes, node("If", nil, []string{"deep"}, GraphAttr("then_branch", nested(63, "image"))))
	for name, m := range map[string]*Model{"branches": branches(), "functions": functions(), "elsewhere": elsewhere(), "odd": odd(), "deep": deep, "parts": parts()} {
		got, err := Unmarshal(Marshal(m))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, m) {
			t.Errorf("%s: round trip: got\n%+v, want\n%+v", name, got, m)
		}
	}
}
