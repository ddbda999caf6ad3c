package infer

import (
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// An input that decides a shape may come with the run, or be bound for good.
func TestBind(t *testing.T) {
	s := newSketch(-1, 12)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "to", Type: onnx.Int64, Shape: onnx.Shape(3)})
	data := onnx.Marshal(s.outputs(s.node("Reshape", []string{"z", "to"})))
	z := Tensor{Name: "z", Shape: []int{2, 12}, Data: make([]float32, 24)}
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	session := mustSession(t, m, 2)
	for _, to := range [][]int64{{0, 3, 4}, {2, 2, 6}, {0, 3, 4}} {
		out := mustRun(t, session, z, Tensor{Name: "to", Shape: []int{3}, Data: to})
		if got := out[0].Shape; got[1] != int(to[1]) || got[2] != int(to[2]) {
			t.Errorf("shape %v, want one as of %v", got, to)
		}
	}
	m, err = Options{Bind: []Tensor{{Name: "to", Shape: []int{3}, Data: []int64{0, 3, 4}}}}.Parse(data)
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
		`no input "y"`:   {Name: "y", Shape: []int{1}, Data: []int64{1}},
		"of shape [2],":  {Name: "to", Shape: []int{2}, Data: []int64{1, 2}},
		"to []float32,":  {Name: "to", Shape: []int{3}, Data: []float32{1, 2, 3}},
		"to 2 values":    {Name: "to", Shape: []int{3}, Data: []int64{1, 2}},
		"of shape [],":   {Name: "to", Shape: []int{}, Data: []int64{1}},
		"cannot reshape": {Name: "to", Shape: []int{3}, Data: []int64{5, 5, 5}},
	} {
		if _, err := (Options{Bind: []Tensor{bad}}).Parse(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want an error with %q", bad, err, want)
		}
	}
}

// Inputs and outputs of float16 are bits.
func TestHalfInput(t *testing.T) {
	s := newSketch(-1, 2)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "h", Type: onnx.Float16, Shape: onnx.Shape(1, 2)})
	sum := s.node("Add", []string{"z", s.node("Cast", []string{"h"}, onnx.IntAttr("to", 1))})
	s.Graph.Outputs = []onnx.ValueInfo{{Name: s.node("Cast", []string{sum}, onnx.IntAttr("to", 10)), Type: onnx.Float16}}
	data := onnx.Marshal(s.outputs(sum))
	h := Tensor{Name: "h", Shape: []int{1, 2}, Data: []uint16{0x3c00, 0xc000}}
	z := Tensor{Name: "z", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}}
	for _, o := range []Options{{}, {Bind: []Tensor{h}}} {
		m, err := o.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		given := []Tensor{z, h}
		out := mustRun(t, mustSession(t, m, 2), given[:len(m.Inputs())]...)
		if got := out[1].Data.([]float32); !slices.Equal(got, []float32{2, 0, 4, 2}) {
			t.Errorf("got %v", got)
		}
		if got := out[0].Data.([]uint16); !slices.Equal(got, []uint16{0x4000, 0, 0x4400, 0x4000}) {
			t.Errorf("got %x as float16", got)
		}
	}
}

// TestOptional: an input that the file has a value for is none of the model's,
// unless it is given, by name or bound.
func TestOptional(t *testing.T) {
	s := newSketch(-1, 2)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "by", Type: onnx.Float, Shape: onnx.Shape(-1, 2)})
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32("by", []float32{1, 2}, 1, 2))
	data := onnx.Marshal(s.outputs(s.node("Mul", []string{"z", "by"})))
	z := Tensor{Name: "z", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}}
	for _, c := range []struct {
		given  []Tensor
		inputs int
		run    []Tensor
		want   []float32
	}{
		{nil, 1, []Tensor{z}, []float32{1, 4, 3, 8}},
		{[]Tensor{{Name: "by", Shape: []int{1, 2}, Data: []float32{3, 5}}}, 1, []Tensor{z}, []float32{3, 10, 9, 20}},
		{[]Tensor{{Name: "by"}}, 2, []Tensor{z, {Name: "by", Shape: []int{2, 2}, Data: []float32{1, 0, 0, -1}}}, []float32{1, 0, 0, -4}},
	} {
		m, err := Options{Bind: c.given}.Parse(data)
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
		"of shape [1 3],": {Name: "by", Shape: []int{1, 3}, Data: make([]float32, 3)},
		"to []int64,":     {Name: "by", Shape: []int{1, 2}, Data: []int64{1, 2}},
	} {
		if _, err := (Options{Bind: []Tensor{bad}}).Parse(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want an error with %q", bad, err, want)
		}
	}
}

// TestOptionalValue: an input's value in the file has its type and shape.
func TestOptionalValue(t *testing.T) {
	for _, in := range []onnx.ValueInfo{
		{Name: "by", Type: onnx.Float, Shape: onnx.Shape(1 << 30)},
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
