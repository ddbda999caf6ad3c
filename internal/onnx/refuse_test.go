package onnx

import (
	"errors"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file tests what Unmarshal does not accept.

// fails asserts that data is refused with an error of type E that says what.
func fails[E error](t *testing.T, data []byte, what string) {
	t.Helper()
	_, err := Unmarshal(data)
	var want E
	if !errors.As(err, &want) || !strings.Contains(err.Error(), what) {
		t.Errorf("Unmarshal: %v (%T), want a %T that says %q", err, err, want, what)
	}
}

// No prefix of a model is a model, except those that end between fields after
// the last one that counts.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"generator.onnx", "parts.onnx", "fields.onnx"} {
		data := readFile(t, name)
		for n := range data {
			_, err := Unmarshal(data[:n:n])
			var format *FormatError
			if errors.As(err, &format) {
				if format.Offset < 0 || format.Offset > n {
					t.Errorf("%s cut to %d bytes: offset %d lies outside", name, n, format.Offset)
				}
			} else if err != nil || n < len(data)-90 { // the metadata, or a second opset and a function
				t.Errorf("%s cut to %d bytes: %v, want a *FormatError", name, n, err)
			}
		}
	}
}

func TestNotAModel(t *testing.T) {
	fails[*FormatError](t, nil, "there is no graph")
	fails[*FormatError](t, []byte("# README\n\nThis is no model.\n"), "byte 0")
	fails[*FormatError](t, []byte("\x89PNG\r\n\x1a\n"), "not a valid ONNX model")
}

// Each case breaks one rule of a valid model.
func TestFormatErrors(t *testing.T) {
	cases := []struct {
		want  string
		spoil func(*Model)
	}{
		{"opset_import does not say", func(m *Model) { m.Opsets = nil }},
		{`initializer "w"`, func(m *Model) { m.Graph.Initializers = append(m.Graph.Initializers, m.Graph.Initializers[0]) }},
		{`initializer "w"`, func(m *Model) { m.Graph.Sparse = []SparseTensor{identity("w")} }},
		{`initializer ""`, func(m *Model) { m.Graph.Initializers[0].Name = "" }},
		{`makes "z4", which exists`, func(m *Model) { m.Graph.Nodes[6].Outputs[0] = "z4" }},
		{`initializer "w": the name is empty or taken`, func(m *Model) { m.Graph.Nodes[6].Outputs[0] = "w" }},
		{`input "z": the name is taken`, func(m *Model) { m.Graph.Nodes[6].Outputs[0] = "z" }},
		{`input "z"`, func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Inputs[0]) }},
		{`output "image"`, func(m *Model) { m.Graph.Nodes = m.Graph.Nodes[:6] }},
		{`output "image" is listed twice`, func(m *Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Outputs[0]) }},
		{`no output`, func(m *Model) { m.Graph.Outputs = nil }},
		{`has no operator`, func(m *Model) { m.Graph.Nodes[0].Op = "" }},
		{`"up" has attribute "group" twice`, func(m *Model) { n := &m.Graph.Nodes[1]; n.Attrs = append(n.Attrs, n.Attrs[1]) }},
		{`without a name`, func(m *Model) { m.Graph.Nodes[1].Attrs[1].Name = "" }},
		{`no valid type`, func(m *Model) { m.Graph.Nodes[1].Attrs[1].Type = 0 }},
		{`has no name`, func(m *Model) { m.Graph.Inputs[0].Name = "" }},
		{`element type 99`, func(m *Model) { m.Graph.Inputs[0].Type = 99 }},
		{`has type 99`, func(m *Model) { m.Graph.Initializers[0].Type = 99 }},
		{`28 bytes of data, want 32`, func(m *Model) { w := &m.Graph.Initializers[0]; w.Raw = w.Raw[:28] }},
		{`dimension of size -1`, func(m *Model) { m.Graph.Initializers[0].Dims[0] = -1 }},
		{`larger than a model`, func(m *Model) { m.Graph.Initializers[0].Dims = []int64{1 << 29} }},
		{`0 elements, want 2147483`, func(m *Model) { m.Graph.Initializers[0] = Tensor{Name: "w", Type: Uint8, Dims: []int64{2147483}} }},
		{`not UTF-8`, func(m *Model) { m.Graph.Name = "\xff" }},
		{`not UTF-8`, func(m *Model) { m.Graph.Nodes[1].Outputs[0] = "\xff" }},
		{`refers to "slope", but stands in no function`, func(m *Model) { m.Graph.Nodes[3].Attrs[0].Ref = "slope" }},
		{`a function has no name`, func(m *Model) { m.Functions = []Function{{}} }},
		{`has input "x" twice`, func(m *Model) { m.Functions = []Function{{Name: "f", Inputs: []string{"x", "x"}}} }},
		{`output "y": nothing makes it`, func(m *Model) { m.Functions = []Function{{Name: "f", Outputs: []string{"y"}}} }},
		{`"f" has attribute "a" twice`, func(m *Model) {
			m.Functions = []Function{{Name: "f", Params: []string{"a"}, Defaults: []Attr{IntAttr("a", 1)}}}
		}},
	}
	for _, c := range cases {
		m := generator()
		c.spoil(m)
		fails[*FormatError](t, Marshal(m), c.want)
	}
}

// wire puts a field in front of a message's own.
func wire(num protowire.Number, body string) []byte {
	return append(protowire.AppendTag(nil, num, protowire.BytesType), protowire.AppendBytes(nil, []byte(body))...)
}

// graphOf is a model of nothing but these bytes of a graph.
func graphOf(fields ...[]byte) []byte {
	var g []byte
	for _, f := range fields {
		g = append(g, f...)
	}
	return wire(modelGraph, string(g))
}

func TestUnsupported(t *testing.T) {
	tensor := func(fields ...[]byte) []byte {
		body := string(wire(tensorName, "w"))
		for _, f := range fields {
			body += string(f)
		}
		return graphOf(wire(graphInitializer, body))
	}
	sized := func(dims ...int64) []byte {
		m := generator()
		m.Graph.Initializers[0].Dims = dims
		return Marshal(m)
	}
	sparse := identity("s")
	sparse.Dims = []int64{math.MaxInt32, 2}
	cases := []struct {
		want string
		data []byte
	}{
		{`"w": the tensor is stored in segments`, tensor([]byte{tensorType << 3, 1}, wire(tensorSegment, ""))},
		{`"w": the tensor has more than 32 dimensions`, tensor([]byte{tensorType << 3, 1}, wire(tensorDims, strings.Repeat("\x01", 1000)))},
		{`"w": the tensor has a dimension of size 4611686018427387904, more than 2147483647`, sized(1<<62, 0)},
		{`a dimension of size 2147483648`, sized(1 << 31)},
		{`a dimension of size 9223372036854775807`, sized(0, math.MaxInt64)},
		{`has more than 2147483647 elements`, sized(1<<16, 1<<16)},
		{`has more than 2147483647 elements`, sized(math.MaxInt32, math.MaxInt32, math.MaxInt32)},
		{`"s": the tensor of [2147483647 2] has more than`, Marshal(&Model{Graph: Graph{Sparse: []SparseTensor{sparse}}})},
		{`"z": it has a dimension of size 2147483648`, Marshal(&Model{Graph: Graph{Inputs: []ValueInfo{{Name: "z", Type: Float, Shape: Shape(1 << 31)}}}})},
		{`"z": it has 33 dimensions, more than 32`, Marshal(&Model{Graph: Graph{Inputs: []ValueInfo{{Name: "z", Type: Float, Shape: make([]Dim, 33)}}}})},
		{`subgraphs are nested more than 64 deep`, Marshal(&Model{Graph: *nested(65, "z")})},
	}
	for _, c := range cases {
		fails[*UnsupportedError](t, c.data, c.want)
	}
}

func TestWireErrors(t *testing.T) {
	tensor := func(body string) []byte { return graphOf(wire(graphInitializer, body)) }
	cases := []struct {
		want string
		data []byte
	}{
		{"model: field 7 occurs twice", append(graphOf(), graphOf()...)},
		{"attribute: field 5 occurs twice", graphOf(wire(graphNode, string(wire(nodeOp, "If"))+string(wire(nodeAttr, string(wire(attrTensor, "\x10\x02\x08\x00"))+string(wire(attrTensor, ""))))))},
		{"wire type 3", []byte{0x0b}},
		{"wire type 2, want 0", wire(modelIRVersion, "x")},
		{"wire type 0, want 2", []byte{modelGraph << 3, 1}},
		{"are left", []byte{modelGraph<<3 | 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}},
		{"variable length", []byte{modelIRVersion << 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}},
		{"too large for int8", tensor("\x08\x01\x10\x03\x2a\x02\x80\x01")},
		{"too large for bool", tensor("\x08\x01\x10\x09\x2a\x01\x02")},
		{"field 7, want 5", tensor("\x08\x01\x10\x03\x3a\x01\x01")},
		{"both in field 5 and in field 9", tensor("\x08\x01\x10\x03\x2a\x01\x01\x4a\x01\x01")},
		{"field 4: unexpected EOF", tensor("\x08\x01\x10\x01\x22\x05\x00\x00\x00\x00\x00")},
		{"has 0 elements", tensor("\x08\x01\x10\x01")},
	}
	for _, c := range cases {
		fails[*FormatError](t, c.data, c.want)
	}
}

// Repeated numbers are read packed and one by one, also mixed.
func TestPackedAndNot(t *testing.T) {
	for _, body := range []string{
		"\x0a\x02\x02\x01\x10\x06\x2a\x02\x05\x07",         // dims and int32_data packed
		"\x08\x02\x08\x01\x10\x06\x28\x05\x28\x07",         // neither
		"\x0a\x01\x02\x08\x01\x10\x06\x2a\x01\x05\x28\x07", // mixed
		"\x10\x06\x28\x05\x28\x07\x08\x02\x08\x01",         // data before dims
	} {
		d := &decoder{buf: []byte(body)}
		got := d.tensor(span{tensorMessage, 0, len(body)})
		v, err := got.Int64s()
		if d.err != nil || err != nil || len(v) != 2 || v[0] != 5 || v[1] != 7 {
			t.Errorf("tensor % x = %v (%v, %v), want [5 7]", body, v, d.err, err)
		}
	}
	// The same for floats: one packed field, two, and one by one.
	one, two := "\x00\x00\x80\x3f", "\x00\x00\x00\x40"
	for _, body := range []string{"\x22\x08" + one + two, "\x22\x04" + one + "\x22\x04" + two, "\x25" + one + "\x25" + two} {
		body = "\x08\x02\x10\x01" + body
		d := &decoder{buf: []byte(body)}
		got := d.tensor(span{tensorMessage, 0, len(body)})
		v, err := got.Float32s()
		if d.err != nil || err != nil || len(v) != 2 || v[0] != 1 || v[1] != 2 {
			t.Errorf("tensor % x = %v (%v, %v), want [1 2]", body, v, d.err, err)
		}
	}
}
