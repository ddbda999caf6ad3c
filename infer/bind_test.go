package infer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// TestParseBound: the input that decides a shape becomes a constant; the latent
// stays an input.
func TestParseBound(t *testing.T) {
	s := newSketch(-1, 12)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "to", Type: onnx.Int64, Shape: onnx.Shape(3)})
	data := onnx.Marshal(s.outputs(s.node("Reshape", []string{"z", "to"})))
	_, err := Parse(data)
	var u *UnsupportedError
	if !errors.As(err, &u) || !slices.Equal(u.Inputs, []string{"to"}) {
		t.Fatalf("Parse of a model of unknown shape: error %v, want one that asks for input to", err)
	}
	z := Tensor{"z", []int{2, 12}, make([]float32, 24)}
	m, err := ParseBound(data, z, Tensor{"to", []int{3}, []int64{0, 3, 4}})
	if err != nil {
		t.Fatal(err)
	}
	if in := m.Inputs(); len(in) != 1 || in[0].Name != "z" {
		t.Errorf("inputs %v, want z alone", in)
	}
	if out := mustRun(t, mustSession(t, m, 2), z); !slices.Equal(out[0].Shape, []int{2, 3, 4}) {
		t.Errorf("shape %v, want [2 3 4]", out[0].Shape)
	}
	for want, bad := range map[string]Tensor{
		`no input "y"`:  {"y", []int{1}, []int64{1}},
		"has shape [2]": {"to", []int{2}, []int64{1, 2}},
		"is []float32":  {"to", []int{3}, []float32{1, 2, 3}},
		"has 2 values":  {"to", []int{3}, []int64{1, 2}},
		"is a scalar":   {"to", nil, []int64{1}},
		"want a const":  z, // and no "to"
	} {
		if _, err := ParseBound(data, bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want an error with %q", bad, err, want)
		}
	}
}

// TestParseBoundHalf: an input of float16 is bound.
func TestParseBoundHalf(t *testing.T) {
	s := newSketch(-1, 2)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "h", Type: onnx.Float16, Shape: onnx.Shape(1, 2)})
	data := onnx.Marshal(s.outputs(s.node("Add", []string{"z", s.node("Cast", []string{"h"}, onnx.IntAttr("to", 1))})))
	m, err := ParseBound(data, Tensor{"h", []int{1, 2}, []uint16{0x3c00, 0xc000}})
	if err != nil {
		t.Fatal(err)
	}
	out := mustRun(t, mustSession(t, m, 2), Tensor{"z", []int{2, 2}, []float32{1, 2, 3, 4}})
	if got := out[0].Data.([]float32); !slices.Equal(got, []float32{2, 0, 4, 2}) {
		t.Errorf("got %v", got)
	}
}

// TestParseBoundBatch: a bound input has the samples of one batch, which an open
// one beside it may not have.
func TestParseBoundBatch(t *testing.T) {
	s := newSketch(-1, 4)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "b", Type: onnx.Float16, Shape: onnx.Shape(-1, 4)})
	data := onnx.Marshal(s.outputs(s.node("Add", []string{"z", s.node("Cast", []string{"b"}, onnx.IntAttr("to", 1))})))
	if m, err := ParseBound(data, Tensor{"b", []int{3, 4}, make([]uint16, 12)}); err == nil {
		t.Errorf("it loads, with inputs %v", m.Inputs())
	}
}

// TestOptional: an input that the file has a value for is none of the model's,
// unless it is given, by name or bound.
func TestOptional(t *testing.T) {
	s := newSketch(-1, 2)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "by", Type: onnx.Float, Shape: onnx.Shape(-1, 2)})
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32("by", []float32{1, 2}, 1, 2))
	data := onnx.Marshal(s.outputs(s.node("Mul", []string{"z", "by"})))
	z := Tensor{"z", []int{2, 2}, []float32{1, 2, 3, 4}}
	for _, c := range []struct {
		given  []Tensor
		inputs int
		run    []Tensor
		want   []float32
	}{
		{nil, 1, []Tensor{z}, []float32{1, 4, 3, 8}},
		{[]Tensor{{"by", []int{1, 2}, []float32{3, 5}}}, 1, []Tensor{z}, []float32{3, 10, 9, 20}},
		{[]Tensor{{Name: "by"}}, 2, []Tensor{z, {"by", []int{2, 2}, []float32{1, 0, 0, -1}}}, []float32{1, 0, 0, -4}},
	} {
		m, err := ParseBound(data, c.given...)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Inputs()) != c.inputs || len(m.Optional()) != 1-min(len(c.given), 1) {
			t.Errorf("given %v: inputs %v, optional %v", c.given, m.Inputs(), m.Optional())
		}
		if got := mustRun(t, mustSession(t, m, 2), c.run...)[0].Data.([]float32); !slices.Equal(got, c.want) {
			t.Errorf("given %v: %v, want %v", c.given, got, c.want)
		}
	}
	for want, bad := range map[string]Tensor{
		"has shape [1 3]": {"by", []int{1, 3}, make([]float32, 3)},
		"is []int64":      {"by", []int{1, 2}, []int64{1, 2}},
	} {
		if _, err := ParseBound(data, bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want an error with %q", bad, err, want)
		}
	}
}

// TestOptionalValue: an input's value in the file has its type and shape.
func TestOptionalValue(t *testing.T) {
	for _, in := range []onnx.ValueInfo{
		{Name: "by", Type: onnx.Float, Shape: onnx.Shape(1 << 60)},
		{Name: "by", Type: onnx.Float, Shape: onnx.Shape(1, 2)},
		{Name: "by", Type: onnx.Bool, Shape: onnx.Shape(2)},
	} {
		s := newSketch(-1, 2)
		s.Graph.Inputs = append(s.Graph.Inputs, in)
		s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32("by", []float32{1, 2}, 2))
		_, err := Parse(onnx.Marshal(s.outputs(s.node("Mul", []string{"z", "by"}))))
		if err == nil || !strings.Contains(err.Error(), "value, float32 [2]") {
			t.Errorf("an input of %v %v: error %v, want one that says its value's", in.Type, in.Shape, err)
		}
	}
}
