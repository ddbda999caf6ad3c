package infer

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests loading: what is refused, how it is said, and what the
// package stands on.

// The two kinds of failure can be told apart, and each says what is the matter.
func TestLoadErrors(t *testing.T) {
	data := onnx.Marshal(sketches["dcgan"]())
	var format *FormatError
	if _, err := Parse([]byte("# README\n")); !errors.As(err, &format) || !strings.HasPrefix(err.Error(), "infer: not a valid ONNX model: byte 0: ") {
		t.Errorf("Parse of a text file: %v, want a *FormatError at byte 0", err)
	}
	if _, err := Load(bytes.NewReader(data[:len(data)/2])); !errors.As(err, &format) || format.Offset == 0 {
		t.Errorf("Load of half a model: %v, want a *FormatError", err)
	}
	var unsupported *UnsupportedError
	s := newSketch(-1, 4)
	_, err := Parse(onnx.Marshal(s.outputs(s.node("TfIdfVectorizer", []string{"z"}))))
	if !errors.As(err, &unsupported) || unsupported.Node != "node-TfIdfVectorizer1" || unsupported.Op != "TfIdfVectorizer" {
		t.Errorf("Parse with an unknown operator: %v, want an *UnsupportedError with node and operator", err)
	}
	if want := `infer: node "node-TfIdfVectorizer1" (TfIdfVectorizer): this operator is not supported`; err.Error() != want {
		t.Errorf("the error says %q, want %q", err, want)
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if _, err := Open(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open of no file: %v, want os.ErrNotExist", err)
	}
	if err := os.WriteFile(path, data[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.As(err, &format) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open of a broken file: %v, want a *FormatError that names the file", err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err != nil {
		t.Error(err)
	}
}

// What we cannot compute is refused by node and operator.
func TestUnsupported(t *testing.T) {
	cases := []struct {
		want string
		draw func(s *sketch) string
	}{
		{"IR version 99", func(s *sketch) string { s.IRVersion = 99; return s.act("Relu", "z") }},
		{"opset 28", func(s *sketch) string { s.Opsets[0].Version = 28; return s.act("Relu", "z") }},
		{`"z": the input is complex64`, func(s *sketch) string { s.Graph.Inputs[0].Type = onnx.Complex64; return s.act("Relu", "z") }},
		{`(Tanh): input 0, "z", is int64`, func(s *sketch) string { s.Graph.Inputs[0].Type = onnx.Int64; return s.act("Tanh", "z") }},
		{"want at most 268435456 elements and 32 dimensions", func(s *sketch) string {
			s.Graph.Inputs[0].Shape = onnx.Shape(-1, 1<<20, 1<<20)
			return s.act("Relu", "z")
		}},
		{`(Gemm): inputs of shapes [1 4] and [5 4]`, func(s *sketch) string { return s.node("Gemm", []string{"z", s.weight(1, 5, 4)}) }},
		{`(Gemm): shapes [[1 4] [3]] do not go together`, func(s *sketch) string { return s.node("Gemm", []string{"z", s.weight(1, 4, 4), s.weight(1, 3)}) }},
		{`(Gemm): it has 1 inputs`, func(s *sketch) string { return s.node("Gemm", []string{"z"}) }},
		{`(Gemm): input 1 is left out`, func(s *sketch) string { return s.node("Gemm", []string{"z", "", s.weight(1, 3)}) }},
		{`(Gemm): attribute "gamma" is not known`, func(s *sketch) string {
			return s.node("Gemm", []string{"z", s.weight(1, 4, 4)}, onnx.FloatAttr("gamma", 1))
		}},
		{`(Gemm): attribute "alpha" is of type int, want float`, func(s *sketch) string {
			return s.node("Gemm", []string{"z", s.weight(1, 4, 4)}, onnx.IntAttr("alpha", 1))
		}},
		{`(MatMul): inputs of shapes [1 2 2] and [3 2] do not fit`, func(s *sketch) string { return s.node("MatMul", []string{s.reshape("z", 0, 2, 2), s.weight(1, 3, 2)}) }},
		{`(Conv): inputs of shapes [1 4 1 1] and [3 2 1 1] do not fit in 2 groups`, func(s *sketch) string {
			return s.node("Conv", []string{s.reshape("z", 0, 4, 1, 1), s.weight(1, 3, 2, 1, 1)}, onnx.IntAttr("group", 2))
		}},
		{`(Conv): attribute "auto_pad" is "SAME"`, func(s *sketch) string {
			return s.conv(s.reshape("z", 0, 1, 2, 2), 1, 1, 1, 1, onnx.StringAttr("auto_pad", "SAME"))
		}},
		{`(Conv): an image side comes out as 0`, func(s *sketch) string { return s.conv(s.reshape("z", 0, 1, 2, 2), 1, 1, 3, 1) }},
		{`(Conv): attribute "pads" has 2 numbers`, func(s *sketch) string {
			return s.conv(s.reshape("z", 0, 1, 2, 2), 1, 1, 1, 1, onnx.IntsAttr("pads", 1, 1))
		}},
		{`(Conv): attribute "strides" is [0 1]`, func(s *sketch) string {
			return s.conv(s.reshape("z", 0, 1, 2, 2), 1, 1, 1, 1, onnx.IntsAttr("strides", 0, 1))
		}},
		{`(Conv): inputs of shapes [1 1 2 2] and [1 2 1 1] do not fit in 1 groups`, func(s *sketch) string { return s.conv(s.reshape("z", 0, 1, 2, 2), 2, 1, 1, 1) }},
		{`(ConvTranspose): an image side comes out as 8388609`, func(s *sketch) string {
			return s.up(s.reshape("z", 0, 1, 2, 2), 1, 1, 1, 1<<23, 0)
		}},
		{`(ConvTranspose): output_shape is [2], want 2 numbers`, func(s *sketch) string {
			return s.up(s.reshape("z", 0, 1, 2, 2), 1, 1, 1, 1, 0, onnx.IntsAttr("output_shape", 2))
		}},
		{`(BatchNormalization): input 1, "w1", has shape [3], want [4]`, func(s *sketch) string {
			w := s.weight(1, 3)
			return s.node("BatchNormalization", []string{"z", w, w, w, w})
		}},
		{`(Reshape): cannot reshape [1 4] to [0 3]`, func(s *sketch) string { return s.reshape("z", 0, 3) }},
		{`(Reshape): cannot reshape [1 4] to [0 0 0]`, func(s *sketch) string { return s.reshape("z", 0, 0, 0) }},
		{`(Reshape): cannot reshape [1 4] to []`, func(s *sketch) string { return s.reshape("z") }},
		{`(Reshape): input 1, "z", has shape [1 4], want a list`, func(s *sketch) string { return s.node("Reshape", []string{"z", "z"}) }},
		{`(Flatten): axis is out of range`, func(s *sketch) string { return s.node("Flatten", []string{"z"}, onnx.IntAttr("axis", 3)) }},
		{`(Cast): to complex64 is not supported`, func(s *sketch) string { return s.node("Cast", []string{"z"}, onnx.IntAttr("to", 14)) }},
		{`"node-Constant1": it is not computed, or its elements are of a type that nothing takes`, func(s *sketch) string { return s.node("Constant", nil, onnx.StringAttr("value_int", "x")) }},
		{`(Tanh): input 0, "ints1", is int64`, func(s *sketch) string { return s.act("Tanh", s.ints(1, 2)) }},
	}
	for _, c := range cases {
		s := newSketch(-1, 4)
		_, err := Parse(onnx.Marshal(s.outputs(c.draw(s))))
		var unsupported *UnsupportedError
		if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse: %v, want an *UnsupportedError that says %q", err, c.want)
		}
	}
}

// A model describes itself, and what it hands out is the caller's to change.
func TestDescription(t *testing.T) {
	file := sketches["dcgan"]()
	file.Metadata = []onnx.Property{{Key: "key", Value: "value"}}
	m := load(t, file)
	for range 2 {
		in, out, meta, stats := m.Inputs(), m.Outputs(), m.Metadata(), m.Stats()
		if in[0].Name != "z" || in[0].Type != "float32" || in[0].Shape[0] != -1 || in[0].Shape[1] != 10 {
			t.Errorf("Inputs = %v, want z float32 [-1 10]", in)
		}
		if s := out[0].Shape; len(s) != 4 || s[0] != -1 || s[1] != 3 || s[2] != 16 || s[3] != 16 {
			t.Errorf("Outputs = %v, want [-1 3 16 16]", out)
		}
		if meta["key"] != "value" || len(meta) != 1 {
			t.Errorf("Metadata = %v, want key: value", meta)
		}
		const parameters = 10*24*16 + 24*12*16 + 12*3*16 + 4*24 + 4*12
		const work = 10*24*16 + 16*24*12*16 + 64*12*3*16
		if stats.Parameters != parameters || stats.MultiplyAdds != work || stats.Operators["ConvTranspose"] != 3 || stats.Operators["Tanh"] != 1 {
			t.Errorf("Stats = %+v, want %d parameters, %d multiply-adds", stats, parameters, work)
		}
		in[0].Shape[0], out[0].Shape[0], meta["key"], stats.Operators["Tanh"] = 5, 5, "", 5
	}
}

// infer stands on the standard library, the format and the kernels alone.
func TestImports(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("cannot run the go command")
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	allowed := map[string]bool{
		"github.com/ganlet/ganlet/infer":                 true,
		"github.com/ganlet/ganlet/internal/onnx":         true,
		"github.com/ganlet/ganlet/infer/internal/budget": true,
		"github.com/ganlet/ganlet/infer/internal/graph":  true,
		"github.com/ganlet/ganlet/infer/internal/op":     true,
		"github.com/ganlet/ganlet/infer/internal/plan":   true,
		"github.com/ganlet/ganlet/infer/internal/tensor": true,
		"github.com/ganlet/ganlet/internal/kernel":       true,
		"golang.org/x/sys/cpu":                           true,
	}
	for _, path := range strings.Fields(string(out)) {
		wire := path == "google.golang.org/protobuf/encoding/protowire" || strings.HasPrefix(path, "google.golang.org/protobuf/internal/")
		if !allowed[path] && !wire {
			t.Errorf("infer depends on %s", path)
		}
	}
}

// Files that a reviewer broke the loader with: refused, or loaded at no cost.
func TestHostileFiles(t *testing.T) {
	stride := newSketch(-1, 1, 1, 1)
	stride.outputs(stride.up("z", 1, 16, 1, 1<<24, 0))
	m, err := Parse(onnx.Marshal(&stride.Model))
	if err != nil {
		t.Fatal(err)
	}
	if err := mustSession(t, m, 1).Generate(make([]float32, 16), []float32{1}); err != nil {
		t.Error(err)
	}
	empty := newSketch(-1, 3)
	empty.Graph.Initializers = append(empty.Graph.Initializers, onnx.Tensor{Name: "c", Type: onnx.Float, Dims: []int64{0, 3}}, onnx.NewInt64("s", []int64{3}, 1))
	empty.Graph.Nodes = append(empty.Graph.Nodes,
		onnx.Node{Op: "Reshape", Inputs: []string{"c", "s"}, Outputs: []string{"r"}},
		onnx.Node{Op: "Add", Inputs: []string{"z", "r"}, Outputs: []string{"y"}})
	empty.outputs("y")
	if _, err := Parse(onnx.Marshal(&empty.Model)); err == nil {
		t.Error("a reshape of nothing to three elements was accepted")
	}
}
