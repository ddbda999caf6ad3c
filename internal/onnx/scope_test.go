package onnx

import "testing"

// This file tests which values nodes and outputs may read.

func TestScopes(t *testing.T) {
	leaf := func(reads, makes string, out ...string) *Graph {
		g := &Graph{Nodes: []Node{node("Neg", []string{reads}, []string{makes})}}
		for _, name := range append(out, makes) {
			g.Outputs = append(g.Outputs, ValueInfo{Name: name})
		}
		return g
	}
	inner := func(g *Graph) func(*Model) {
		return func(m *Model) { m.Graph.Nodes[2].Attrs = []Attr{GraphAttr("body", g)} }
	}
	function := func(f Function) func(*Model) {
		return func(m *Model) { m.Functions = []Function{f} }
	}
	withInput := leaf("i", "v")
	withInput.Inputs = []ValueInfo{{Name: "i"}}
	cases := []struct {
		name string
		file func(*Model)
		want string // of the error, empty: none
	}{
		{"a subgraph reads an input", inner(leaf("z", "v")), ""},
		{"a subgraph reads an initializer", inner(leaf("w", "v")), ""},
		{"a subgraph reads what the node around it makes", inner(leaf("n", "v")), ""},
		{"a subgraph reads what a later node makes", inner(leaf("image", "v")), ""},
		{"a subgraph reads its own input", inner(withInput), ""},
		{"a subgraph has an outer value as output", inner(leaf("z", "v", "image")), ""},
		{"a subgraph hides a name twice", inner(leaf("z", "image")), ""},
		{"a subgraph reads nothing's", inner(leaf("nil", "v")), `node "v" (Neg) reads "nil", which nothing makes`},
		{"a subgraph's output is nothing's", inner(leaf("z", "v", "nil")), `output "nil": nothing makes it`},
		{"a deep subgraph reads an input", inner(nested(9, "z")), ""},
		{"a deep subgraph reads nothing's", inner(nested(9, "nil")), `node "y" (Relu) reads "nil"`},
		{"a node reads what a subgraph makes", func(m *Model) { inner(leaf("z", "v"))(m); m.Graph.Nodes[3].Inputs[0] = "v" }, `node "l" (LeakyRelu) reads "v"`},
		{"an output is made in a subgraph", func(m *Model) { inner(leaf("z", "v"))(m); m.Graph.Outputs[0].Name = "v" }, `output "v": nothing makes it`},
		{"the first of several is named", func(m *Model) { m.Graph.Nodes[3].Inputs[0], m.Graph.Nodes[2].Inputs[1] = "one", "two" }, `reads "two"`},
		{"a sparse initializer", func(m *Model) { m.Graph.Sparse, m.Graph.Nodes[3].Inputs[0] = []SparseTensor{identity("s")}, "s" }, ""},
		{"a function reads its input", function(Function{Name: "f", Inputs: []string{"a"}, Outputs: []string{"b"}, Nodes: []Node{node("Neg", []string{"a"}, []string{"b"})}}), ""},
		{"a function returns its input", function(Function{Name: "f", Inputs: []string{"a"}, Outputs: []string{"a"}}), ""},
		{"a function's subgraph reads its input", function(Function{Name: "f", Inputs: []string{"a"}, Nodes: []Node{node("If", nil, []string{"b"}, GraphAttr("g", leaf("a", "v")))}}), ""},
		{"a function reads the graph's value", function(Function{Name: "f", Nodes: []Node{node("Neg", []string{"z"}, []string{"b"})}}), `node "b" (Neg) reads "z"`},
		{"a function makes a value twice", function(Function{Name: "f", Inputs: []string{"a"}, Nodes: []Node{node("Neg", []string{"a"}, []string{"a"})}}), `makes "a", which exists`},
		{"a graph reads the function's value", func(m *Model) {
			function(Function{Name: "f", Inputs: []string{"own"}})(m)
			m.Graph.Nodes[3].Inputs[0] = "own"
		}, `reads "own"`},
	}
	for _, c := range cases {
		m := generator()
		c.file(m)
		if c.want == "" {
			accepts(t, c.name, Marshal(m))
		} else {
			fails[*FormatError](t, Marshal(m), c.want)
		}
	}
}

// The error says where the node stands that reads what nothing makes.
func TestOffset(t *testing.T) {
	m := generator()
	m.Graph.Nodes = append(m.Graph.Nodes, Node{Name: "lost", Op: "Neg", Inputs: []string{"nil"}, Outputs: []string{"v"}})
	data := Marshal(m)
	_, err := Unmarshal(data)
	format, ok := err.(*FormatError)
	if !ok {
		t.Fatalf("%v, want a *FormatError", err)
	}
	d := &decoder{buf: data}
	f, _ := d.field(span{graphMessage, format.Offset, len(data)}, format.Offset)
	body := span{nodeMessage, f.from, f.to}
	if n := d.nodeNames(body, d.tally(body)); n.Name != "lost" {
		t.Errorf("at byte %d stands node %q, want lost", format.Offset, n.Name)
	}
}
