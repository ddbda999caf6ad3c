package onnx

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file tests that memory and time stay within a small multiple of the input.

// repeat is n fields of which each says body.
func repeat(n int, num protowire.Number, body string) []byte {
	return []byte(strings.Repeat(string(wire(num, body)), n))
}

// manyNames is a message in fields of one number, each with a name of its own.
func manyNames(n, num int, body func(w *writer, name string)) []byte {
	var all writer
	for i := range n {
		all.message(num, func(w *writer) { body(w, fmt.Sprintf("%05x", i)) })
	}
	return all
}

// Memory stays within a small multiple of the input, whatever it claims.
func TestMemory(t *testing.T) {
	const n = 1 << 18
	tensor := func(typ DataType, size int64, data []byte) []byte {
		var w writer
		w.int(tensorDims, size)
		w.int(tensorType, int64(typ))
		return graphOf(wire(graphInitializer, string(append(w, data...))))
	}
	attrs := manyNames(n/4, nodeAttr, func(w *writer, name string) { w.text(attrName, name); w.int(attrType, 1) })
	inputs := map[string][]byte{
		"nodes":        graphOf(repeat(n, graphNode, string(wire(nodeOp, "X")))),
		"no nodes":     graphOf(repeat(n/4, graphNode, "")),
		"inputs":       graphOf(wire(graphNode, string(wire(nodeOp, "X"))+string(repeat(n, nodeInput, "")))),
		"names":        graphOf(wire(graphNode, string(wire(nodeOp, "X"))+string(repeat(n/4, nodeInput, "x")))),
		"values":       graphOf(repeat(n, graphInput, string(wire(valueName, "x")))),
		"hints":        graphOf(repeat(n/4, graphValueInfo, string(wire(valueName, "x")))),
		"dims":         tensor(Uint8, 1, wire(tensorDims, strings.Repeat("\x01", n))),
		"int64s":       tensor(Int64, n, wire(int64Data, strings.Repeat("\x01", n))),
		"strings":      tensor(String, n, repeat(n, stringData, "")),
		"entries":      repeat(n, modelMetadata, ""),
		"attributes":   graphOf(wire(graphNode, string(wire(nodeOp, "X"))+string(attrs))),
		"functions":    repeat(n, modelFunctions, string(wire(functionName, "f"))),
		"initializers": graphOf(manyNames(n/4, graphInitializer, func(w *writer, name string) { w.text(tensorName, name); w.int(tensorType, 2); w.int(tensorDims, 0) })),
		"external": graphOf(manyNames(n/4, graphInitializer, func(w *writer, name string) {
			w.tensor(&Tensor{Name: name, Type: Float, External: &External{"x", 0, -1}})
		})),
		"outputs": graphOf(manyNames(n/4, graphOutput, func(w *writer, name string) { w.text(valueName, name) })),
		"sparse": graphOf(manyNames(n/8, graphSparse, func(w *writer, name string) {
			w.sparse(&SparseTensor{Values: Tensor{Name: name, Type: Uint8, Dims: []int64{0}}, Dims: []int64{1 << 30}})
		})),
		"subgraphs": graphOf(manyNames(n/8, graphNode, func(w *writer, name string) {
			w.node(&Node{Op: "If", Outputs: []string{name}, Attrs: []Attr{GraphAttr("g", nested(0, name))}})
		})),
	}
	for name, data := range inputs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Unmarshal(data)
		runtime.ReadMemStats(&after)
		got, most := after.TotalAlloc-before.TotalAlloc, uint64(40*len(data)+1<<20)
		t.Logf("%-12s %9d bytes: %5.1f times, %v", name, len(data), float64(got)/float64(len(data)), err)
		if got > most {
			t.Errorf("%s: Unmarshal of %d bytes allocated %d, want at most %d", name, len(data), got, most)
		}
	}
}

// More entries than a model has are refused before there is memory for them.
func TestTooMany(t *testing.T) {
	fails[*UnsupportedError](t, repeat(maxItems+1, modelMetadata, ""), "more than 1048576 nodes")
	fails[*UnsupportedError](t, graphOf(repeat(1<<17, graphSparse, "")), "more than 32 times the bytes of the file")
	fails[*UnsupportedError](t, graphOf(wire(graphNode, string(wire(nodeOp, "X"))+string(wire(nodeAttr, string(repeat(maxItems+1, attrStrings, "")))))), "more than 1048576 nodes")
}

// Large models load fast, and so do names that pass many subgraphs.
func TestTime(t *testing.T) {
	chain := &Model{Opsets: []Opset{{"", 13}}}
	for i := range 100_000 {
		chain.Graph.Nodes = append(chain.Graph.Nodes, node("Neg", []string{fmt.Sprint("v", i)}, []string{fmt.Sprint("v", i+1)}))
	}
	chain.Graph.Inputs, chain.Graph.Outputs = []ValueInfo{{Name: "v0"}}, []ValueInfo{{Name: "v100000"}}

	deep := &Model{Opsets: []Opset{{"", 13}}, Graph: *nested(maxDepth, "v0")}
	inner := &deep.Graph
	for range maxDepth {
		inner = inner.Nodes[0].Attrs[0].Graph
	}
	for i := range 100_000 {
		name := fmt.Sprint("v", i)
		deep.Graph.Inputs = append(deep.Graph.Inputs, ValueInfo{Name: name})
		inner.Nodes[0].Inputs = append(inner.Nodes[0].Inputs, name)
	}
	for name, m := range map[string]*Model{"a chain": chain, "a deep subgraph": deep} {
		data := Marshal(m)
		start := time.Now()
		accepts(t, name, data)
		took := time.Since(start)
		t.Logf("%s: %d bytes in %v", name, len(data), took)
		if took > 5*time.Second { // 0.1 s on an idle machine
			t.Errorf("%s: %d bytes took %v, want well under a second", name, len(data), took)
		}
	}
}
