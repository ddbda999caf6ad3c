package onnx

import (
	"errors"
	"math"
	"runtime"
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
	for _, name := range []string{"generator.onnx", "fields.onnx"} {
		data := readFile(t, name)
		for n := range data {
			_, err := Unmarshal(data[:n:n])
			var format *FormatError
			if errors.As(err, &format) {
				if format.Offset < 0 || format.Offset > n {
					t.Errorf("%s cut to %d bytes: offset %d lies outside", name, n, format.Offset)
				}
			} else if err != nil || n < len(data)-70 { // the metadata take 70 bytes
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
		{`opset_import names domain "ai.onnx" twice`, func(m *Model) { m.Opsets = append(m.Opsets, Opset{"ai.onnx", 13}) }},
		{`key "ganlet.version" twice`, func(m *Model) { m.Metadata = append(m.Metadata, m.Metadata[1]) }},
		{`initializer "w"`, func(m *Model) { m.Graph.Initializers = append(m.Graph.Initializers, m.Graph.Initializers[0]) }},
		{`initializer ""`, func(m *Model) { m.Graph.Initializers[0].Name = "" }},
		{`reads "y", which nothing`, func(m *Model) { m.Graph.Nodes[1], m.Graph.Nodes[2] = m.Graph.Nodes[2], m.Graph.Nodes[1] }},
		{`makes "z4", which exists`, func(m *Model) { m.Graph.Nodes[6].Outputs[0] = "z4" }},
		{`input "z"`, func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Inputs[0]) }},
		{`output "image"`, func(m *Model) { m.Graph.Nodes = m.Graph.Nodes[:6] }},
		{`no output`, func(m *Model) { m.Graph.Outputs = nil }},
		{`has no operator`, func(m *Model) { m.Graph.Nodes[0].Op = "" }},
		{`attribute "group" twice`, func(m *Model) { n := &m.Graph.Nodes[1]; n.Attrs = append(n.Attrs, n.Attrs[1]) }},
		{`without a name`, func(m *Model) { m.Graph.Nodes[1].Attrs[1].Name = "" }},
		{`no valid type`, func(m *Model) { m.Graph.Nodes[1].Attrs[1].Type = 0 }},
		{`has no name`, func(m *Model) { m.Graph.Inputs[0].Name = "" }},
		{`element type 99`, func(m *Model) { m.Graph.Inputs[0].Type = 99 }},
		{`has type 99`, func(m *Model) { m.Graph.Initializers[0].Type = 99 }},
		{`28 bytes of data, want 32`, func(m *Model) { w := &m.Graph.Initializers[0]; w.Raw = w.Raw[:28] }},
		{`dimension of size -1`, func(m *Model) { m.Graph.Initializers[0].Dims[0] = -1 }},
		{`larger than a model`, func(m *Model) { m.Graph.Initializers[0].Dims = []int64{1 << 32, 1 << 32} }},
		{`larger than a model`, func(m *Model) { m.Graph.Initializers[0].Dims = []int64{math.MaxInt64} }},
		{`0 elements, want 2147483`, func(m *Model) { m.Graph.Initializers[0] = Tensor{"w", Uint8, []int64{2147483}, nil} }},
		{`not UTF-8`, func(m *Model) { m.Graph.Name = "\xff" }},
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
	attr := func(fields ...[]byte) []byte {
		body := string(wire(attrName, "body"))
		for _, f := range fields {
			body += string(f)
		}
		return graphOf(wire(graphNode, string(wire(nodeOp, "Loop"))+string(wire(nodeName, "loop"))+string(wire(nodeAttr, body))))
	}
	tensor := func(fields ...[]byte) []byte {
		body := string(wire(tensorName, "w"))
		for _, f := range fields {
			body += string(f)
		}
		return graphOf(wire(graphInitializer, body))
	}
	typ := func(n byte) []byte { return []byte{attrType<<3&0x7f | 0x80, attrType >> 4, n} }
	cases := []struct {
		want string
		data []byte
	}{
		{"training_info", append(Marshal(generator()), wire(modelTraining, "")...)},
		{"functions", append(Marshal(generator()), wire(modelFunctions, "")...)},
		{"sparse initializers", graphOf(wire(graphSparse, ""))},
		{`node "loop" (Loop): attribute "body" is of type graph`, attr(wire(6, "anything"), typ(5))},
		{`is of type graphs`, attr(wire(11, ""), typ(10))},
		{`is of type sparse_tensor`, attr(typ(11))},
		{`is of type type_proto`, attr(typ(13))},
		{`refers to a function's`, attr(wire(attrRef, "alpha"))},
		{`foreign domain "com.example"`, graphOf(wire(graphNode, string(wire(nodeOp, "X"))+string(wire(nodeDomain, "com.example"))))},
		{`"w": the tensor's data lies in another file`, tensor(wire(tensorExternal, ""))},
		{`another file`, tensor([]byte{tensorLocation << 3, 1})},
		{`segments`, tensor(wire(tensorSegment, ""))},
		{`elements are of type string`, tensor([]byte{tensorType << 3, 8})},
		{`elements are of type int4`, tensor([]byte{tensorType << 3, 22})},
		{`dimensions`, tensor(wire(tensorDims, strings.Repeat("\x01", 1000)))},
		{`it is a sequence`, graphOf(wire(graphInput, string(wire(valueName, "x"))+string(wire(valueType, string(wire(4, ""))))))},
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
		{"field 7 occurs twice", append(graphOf(), graphOf()...)},
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

// Memory stays within a small multiple of the input, whatever it claims.
func TestMemory(t *testing.T) {
	many := func(num protowire.Number, body string) []byte {
		return []byte(strings.Repeat(string(wire(num, body)), 1<<20))
	}
	inputs := map[string][]byte{
		"nodes":   graphOf(many(graphNode, string(wire(nodeOp, "X")))),
		"inputs":  graphOf(wire(graphNode, string(many(nodeInput, "")))),
		"values":  graphOf(many(graphInput, string(wire(valueName, "x")))),
		"dims":    graphOf(wire(graphInitializer, string(wire(tensorDims, strings.Repeat("\x01", 1<<22))))),
		"int64s":  graphOf(wire(graphInitializer, "\x08\x80\x80\x80\x02\x10\x07"+string(wire(int64Data, strings.Repeat("\x01", 1<<22))))),
		"entries": many(modelMetadata, ""),
	}
	for name, data := range inputs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Unmarshal(data)
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(40*len(data)+1<<20); got > most {
			t.Errorf("%s: Unmarshal of %d bytes allocated %d, want at most %d", name, len(data), got, most)
		}
	}
}
