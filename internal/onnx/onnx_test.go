package onnx

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"testing"
)

// This file tests both directions together: against bytes of the reference
// implementation, and against each other.

// generator is the model of testdata/generator.onnx, made by testdata/make.py.
func generator() *Model {
	ramp := func(n int, plus float32) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i)/8 + plus
		}
		return v
	}
	return &Model{
		IRVersion:    7,
		ProducerName: "onnx",
		Opsets:       []Opset{{"", 13}},
		Graph: Graph{
			Name: "generator",
			Nodes: []Node{
				{Name: "project", Op: "Reshape", Inputs: []string{"z", "shape"}, Outputs: []string{"z4"}},
				{Name: "up", Op: "ConvTranspose", Inputs: []string{"z4", "w"}, Outputs: []string{"y"}, Attrs: []Attr{
					IntsAttr("dilations", 1, 1), IntAttr("group", 1), IntsAttr("kernel_shape", 2, 2), IntsAttr("pads", 0, 0, 0, 0), IntsAttr("strides", 2, 2)}},
				{Op: "BatchNormalization", Inputs: []string{"y", "gamma", "beta", "mean", "var"}, Outputs: []string{"n"}, Attrs: []Attr{FloatAttr("epsilon", 0)}},
				{Op: "LeakyRelu", Inputs: []string{"n"}, Outputs: []string{"l"}, Attrs: []Attr{FloatAttr("alpha", 0.25)}},
				{Op: "Constant", Outputs: []string{"c"}, Attrs: []Attr{TensorAttr("value", NewFloat32("", []float32{3}))}},
				{Op: "Add", Inputs: []string{"l", "c"}, Outputs: []string{"a"}},
				{Op: "Tanh", Inputs: []string{"a"}, Outputs: []string{"image"}},
			},
			Initializers: []Tensor{
				NewFloat32("w", ramp(8, 0), 2, 1, 2, 2),
				NewFloat32("gamma", ramp(1, 1), 1), NewFloat32("beta", ramp(1, 0), 1), NewFloat32("mean", ramp(1, 0), 1), NewFloat32("var", ramp(1, 2), 1),
				NewInt64("shape", []int64{0, 2, 1, 1}, 4),
			},
			Inputs:  []ValueInfo{{Name: "z", Type: Float, Shape: Shape(-1, 2)}},
			Outputs: []ValueInfo{{Name: "image", Type: Float, Shape: Shape(-1, 1, 2, 2)}},
		},
		Metadata: []Property{{"Image.NominalPixelRange", "Normalized_1_1"}, {"ganlet.version", "1"}},
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Marshal writes the bytes that the reference implementation writes.
func TestMarshalGolden(t *testing.T) {
	for file, m := range map[string]*Model{"generator.onnx": generator(), "parts.onnx": parts()} {
		got, want := Marshal(m), readFile(t, file)
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("%s: Marshal: byte %d is %#x, want %#x", file, i, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%s: Marshal wrote %d bytes, want %d", file, len(got), len(want))
		}
		if !bytes.Equal(got, Marshal(m)) {
			t.Errorf("%s: Marshal wrote other bytes the second time", file)
		}
	}
}

// A model that uses every field of the structs survives the round trip.
func TestRoundTrip(t *testing.T) {
	m := generator()
	m.ProducerVersion, m.Domain, m.ModelVersion, m.Doc = "1.2", "org.example", 3, "Ziffern größer als null"
	m.Opsets = append(m.Opsets, Opset{"com.example", 2})
	m.Graph.Nodes = append(m.Graph.Nodes, Node{Name: "odd", Op: "Odd", Domain: "ai.onnx", Inputs: []string{"image", "", "z"}, Outputs: []string{"odd", "", "even"},
		Attrs: []Attr{StringAttr("s", "\xff\x00"), FloatsAttr("fs", 1, -2), {Name: "ss", Type: AttrStrings, Strings: []string{"a", ""}}, IntAttr("negative", -1), IntsAttr("none")}})
	m.Graph.Initializers = append(m.Graph.Initializers, NewFloat16("half", []float32{1, 2}, 2), Tensor{Name: "empty", Type: Int64, Dims: []int64{0, 3}})
	m.Graph.Values = []ValueInfo{{Name: "odd", Type: Int64}, {Name: "even", Type: Bool, Shape: []Dim{}}, {Name: "l", Type: Float, Shape: []Dim{{-1, "batch"}, {-1, ""}, {0, ""}}}}
	got, err := Unmarshal(Marshal(m))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("round trip: got\n%+v, want\n%+v", got, m)
	}
}

// The elements of a tensor need no copy: Raw lies in the input.
func TestNoCopy(t *testing.T) {
	data := Marshal(generator())
	m, err := Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	raw := m.Graph.Initializers[0].Raw
	at := bytes.Index(data, raw)
	raw[0] ^= 0xff
	if at < 0 || data[at] != raw[0] {
		t.Error("Raw is a copy of the input, want a part of it")
	}
}

// Every element type is read from the field that typed data stand in.
func TestTypedFields(t *testing.T) {
	m, err := Unmarshal(readFile(t, "fields.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Graph.Initializers) != 13 {
		t.Fatalf("%d initializers, want 13", len(m.Graph.Initializers))
	}
	for _, v := range m.Graph.Initializers {
		want := []int64{0, 1, 2}
		if v.Type == Bool {
			want = []int64{0, 1, 1}
		}
		var got []int64
		switch v.Type {
		case Float, Float16, BFloat16, Double:
			floats, err := v.Float64s()
			if err != nil {
				t.Error(err)
			}
			for _, f := range floats {
				got = append(got, int64(f))
			}
		default:
			if got, err = v.Int64s(); err != nil {
				t.Error(err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("tensor %q of type %v = %v, want %v", v.Name, v.Type, got, want)
		}
	}
}

// A view has the elements of a copy, wherever they stand in the file.
func TestFloat32View(t *testing.T) {
	for shift := range 4 {
		file := append(make([]byte, shift), NewFloat32("x", []float32{1, -2.5, 3e-40}, 3).Raw...)
		x := Tensor{Name: "x", Type: Float, Dims: []int64{3}, Raw: file[shift:]}
		got, err := x.Float32View()
		if err != nil || !slices.Equal(got, []float32{1, -2.5, 3e-40}) {
			t.Errorf("at address +%d: %v, %v", shift, got, err)
		}
	}
	half := NewFloat16("h", []float32{0.5}, 1)
	if got, err := half.Float32View(); err != nil || !slices.Equal(got, []float32{0.5}) {
		t.Errorf("float16: %v, %v", got, err)
	}
}
