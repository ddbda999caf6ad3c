package onnx

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

// FuzzUnmarshal: no input panics; what is refused is refused with one of the
// two errors; what is accepted can be written and read again.
func FuzzUnmarshal(f *testing.F) {
	f.Add(readFile(f, "generator.onnx"))
	f.Add(readFile(f, "parts.onnx"))
	f.Add(readFile(f, "fields.onnx"))
	for _, m := range []*Model{branches(), functions(), elsewhere(), odd()} {
		f.Add(Marshal(m))
	}
	f.Add([]byte("# README\n"))
	f.Add(graphOf(wire(graphInput, string(wire(valueName, "x")))))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Unmarshal(data)
		if err != nil {
			var format *FormatError
			var unsupported *UnsupportedError
			if !errors.As(err, &format) && !errors.As(err, &unsupported) {
				t.Fatalf("Unmarshal: %T %v", err, err)
			}
			return
		}
		for _, v := range m.Graph.Initializers {
			v.Float32s()
			v.Float64s()
			v.Int64s()
		}
		for _, v := range m.Graph.Sparse {
			if n, err := v.Bytes(); err == nil && n < 1<<16 {
				v.Dense()
			}
		}
		written := Marshal(m)
		again, err := Unmarshal(written)
		if err != nil {
			t.Fatalf("Unmarshal of what Marshal wrote: %v", err)
		}
		if twice := Marshal(again); !bytes.Equal(written, twice) {
			t.Fatalf("Marshal, Unmarshal, Marshal: %x, want %x", twice, written)
		}
		if len(again.Graph.Nodes) != len(m.Graph.Nodes) || !reflect.DeepEqual(again.Graph.Outputs, m.Graph.Outputs) {
			t.Fatal("the model changed in a round trip")
		}
	})
}
