package onnx

import (
	"reflect"
	"slices"
	"testing"
)

// This file tests what Unmarshal accepts though few files have it.

// accepts asserts that data is read, and returns the model.
func accepts(t *testing.T, name string, data []byte) *Model {
	t.Helper()
	m, err := Unmarshal(data)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return new(Model)
	}
	return m
}

// Each case is an odd file, and what is read in its place if that differs.
func TestTolerance(t *testing.T) {
	cases := []struct {
		name       string
		file, read func(*Model)
	}{
		{"opset of the default domain twice", func(m *Model) { m.Opsets = []Opset{{"ai.onnx", 11}, {"x", 1}, {"", 13}} }, func(m *Model) { m.Opsets = []Opset{{"ai.onnx", 13}, {"x", 1}} }},
		{"opset of a domain twice", func(m *Model) { m.Opsets = []Opset{{"", 13}, {"x", 2}, {"x", 1}} }, func(m *Model) { m.Opsets = []Opset{{"", 13}, {"x", 2}} }},
		{"no opset of the default domain", func(m *Model) { m.Opsets = []Opset{{"x", 1}} }, nil},
		{"metadata key twice", func(m *Model) { m.Metadata = []Property{{"a", "1"}, {"b", "2"}, {"a", "3"}} }, func(m *Model) { m.Metadata = []Property{{"a", "3"}, {"b", "2"}} }},
		{"words that are not UTF-8",
			func(m *Model) { m.Doc, m.ProducerName, m.Metadata = "\xff\xfeg", "\xe9", []Property{{"\xff", "\xff"}} },
			func(m *Model) {
				m.Doc, m.ProducerName, m.Metadata = "\ufffdg", "\ufffd", []Property{{"\ufffd", "\ufffd"}}
			}},
		{"function twice",
			func(m *Model) { m.Functions = []Function{{Name: "f"}, {Name: "g"}, {Name: "f", Params: []string{"a"}}} },
			func(m *Model) { m.Functions = []Function{{Name: "f", Params: []string{"a"}}, {Name: "g"}} }},
		{"nodes in reverse", func(m *Model) { slices.Reverse(m.Graph.Nodes) }, nil},
		{"nodes in a cycle", func(m *Model) { m.Graph.Nodes[0].Inputs[0] = "image" }, nil},
		{"initializer of an input", func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, ValueInfo{Name: "w"}) }, nil},
		{"ends without types", func(m *Model) { m.Graph.Inputs[0], m.Graph.Outputs[0] = ValueInfo{Name: "z"}, ValueInfo{Name: "image"} }, nil},
		{"unknown operators", func(m *Model) { n := &m.Graph.Nodes[6]; n.Domain, n.Overload = "com.example", "x" }, nil},
		{"hints that say nothing", func(m *Model) {
			m.Graph.Values = []ValueInfo{{}, {Name: "a", Type: 99}, {Name: "b", Shape: make([]Dim, 33)}, {Name: "c", Shape: Shape(1 << 40)}, {Name: "d", Type: Float}}
		}, func(m *Model) { m.Graph.Values = []ValueInfo{{Name: "d", Type: Float}} }},
		{"a subgraph that hides an outer value", func(m *Model) {
			m.Graph.Nodes[6].Attrs = []Attr{GraphAttr("g", &Graph{Nodes: []Node{node("Neg", []string{"z"}, []string{"image"})}, Outputs: []ValueInfo{{Name: "image"}}})}
		}, nil},
	}
	for _, c := range cases {
		m, want := generator(), generator()
		c.file(m)
		if c.read == nil {
			c.read = c.file
		}
		c.read(want)
		if got := accepts(t, c.name, Marshal(m)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v, want\n%+v", c.name, got, want)
		}
	}
}

// What changes no result is skipped, whatever it holds.
func TestSkipped(t *testing.T) {
	var g writer
	g.message(graphNode, func(w *writer) {
		w.node(&Node{Op: "Neg", Inputs: []string{"x"}, Outputs: []string{"y"}})
		w.text(6, "\xff") // doc_string
		w.entry(9, "key", "value")
		w.text(10, "\xff") // device_configurations
	})
	g.message(graphInitializer, func(w *writer) {
		w.tensor(&Tensor{Name: "x", Type: Uint8, Dims: []int64{1}, Raw: []byte{7}})
		w.text(12, "\xff")
		w.entry(tensorExternal, "location", "not used")
		w.entry(16, "key", "value")
	})
	g.message(graphOutput, func(w *writer) {
		w.value(ValueInfo{Name: "y", Type: Uint8})
		w.text(3, "\xff")
		w.entry(4, "key", "value")
	})
	for _, num := range []int{10, 14, 16, 99} { // doc_string, quantization_annotation, metadata_props, unknown
		g.text(num, "\xff")
	}
	var w writer
	w.opsets(modelOpsetImport, []Opset{{"", 13}})
	w.bytes(modelGraph, g)
	w.message(modelFunctions, func(w *writer) {
		w.function(&Function{Name: "f"})
		for _, num := range []int{8, 12, 14} { // doc_string, value_info, metadata_props
			w.text(num, "\xff")
		}
	})
	w.text(20, "\xff") // training_info
	w.text(26, "\xff") // configuration
	want := &Model{Opsets: []Opset{{"", 13}}, Functions: []Function{{Name: "f"}}, Graph: Graph{
		Nodes:        []Node{node("Neg", []string{"x"}, []string{"y"})},
		Initializers: []Tensor{{Name: "x", Type: Uint8, Dims: []int64{1}, Raw: []byte{7}}},
		Outputs:      []ValueInfo{{Name: "y", Type: Uint8}},
	}}
	if got := accepts(t, "skipped", w); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// Of a field that is not repeated, the last occurrence counts.
func TestLastCounts(t *testing.T) {
	data := writer(Marshal(generator()))
	data.int(modelIRVersion, 9)
	data.text(modelDoc, "first")
	data.text(modelDoc, "last")
	if m := accepts(t, "model", data); m.IRVersion != 9 || m.Doc != "last" {
		t.Errorf("IR version %d, doc %q, want 9, last", m.IRVersion, m.Doc)
	}
	var raw writer
	raw.tensor(&Tensor{Name: "a", Type: Uint8, Dims: []int64{2}, Raw: []byte{1}})
	raw.text(tensorName, "b")
	raw.bytes(rawData, []byte{2, 3})
	if x, err := UnmarshalTensor(raw); err != nil || x.Name != "b" || string(x.Raw) != "\x02\x03" {
		t.Errorf("tensor %+v, %v, want b, [2 3]", x, err)
	}
}

func TestDims(t *testing.T) {
	size := func(n int64) func(*writer) { return func(w *writer) { w.int(dimSize, n) } }
	named := func(w *writer) { w.text(dimParam, "N") }
	cases := []struct {
		name  string
		parts []func(*writer)
		want  Dim
	}{
		{"nothing", nil, Dim{Size: -1}},
		{"-1", []func(*writer){size(-1)}, Dim{Size: -1}},
		{"the least", []func(*writer){size(-1 << 63)}, Dim{Size: -1}},
		{"0", []func(*writer){size(0)}, Dim{Size: 0}},
		{"a name", []func(*writer){named}, Dim{-1, "N"}},
		{"a size, then a name", []func(*writer){size(3), named}, Dim{-1, "N"}},
		{"a name, then a size", []func(*writer){named, size(3)}, Dim{Size: 3}},
	}
	for _, c := range cases {
		var w writer
		for _, part := range c.parts {
			part(&w)
		}
		d := &decoder{buf: w}
		if got := d.dim("x", span{dimMessage, 0, len(w)}); got != c.want || d.err != nil {
			t.Errorf("%s: %v, %v, want %v", c.name, got, d.err, c.want)
		}
	}
}
