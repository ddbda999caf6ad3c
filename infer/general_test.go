package infer

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests the general path with an open batch: what exporters write
// around N, and that samples do not see each other.

// generalSketches are models over the general path, with input z [N, 12].
var generalSketches = map[string]func(s *sketch) []string{
	"elementwise": func(s *sketch) []string {
		x := s.node("Mul", []string{"z", s.weight(1, 12)})
		y := s.node("Add", []string{x, "z"})
		y = s.node("Where", []string{s.node("Greater", []string{y, x}), y, s.act("Exp", x)})
		return []string{s.node("Max", []string{y, "z", s.weight(1, 1, 12)}), s.node("Clip", []string{y, "", s.weight(1)})}
	},
	"reshape around the batch": func(s *sketch) []string {
		n := s.node("Gather", []string{s.act("Shape", "z"), s.scalar(0)}, onnx.IntAttr("axis", 0))
		n = s.node("Unsqueeze", []string{n, s.ints(0)})
		to := s.node("Concat", []string{n, s.ints(3, 2, 2)}, onnx.IntAttr("axis", 0))
		return []string{s.node("Reshape", []string{"z", to})}
	},
	"expand around the batch": func(s *sketch) []string {
		n := s.node("Slice", []string{s.act("Shape", "z"), s.ints(0), s.ints(1)})
		to := s.node("Concat", []string{n, s.ints(-1, 3)}, onnx.IntAttr("axis", 0))
		ones := s.node("ConstantOfShape", []string{s.act("Shape", to)}, onnx.TensorAttr("value", onnx.NewInt64("", []int64{1}, 1)))
		minus := s.node("Mul", []string{ones, s.ints(-1)})
		to = s.node("Where", []string{s.node("Equal", []string{to, minus}), ones, to})
		return []string{
			s.node("Expand", []string{s.weight(1, 1, 2, 3), to}),
			s.node("ConstantOfShape", []string{to}),
			s.node("Tile", []string{s.weight(1, 1, 2, 3), s.node("Concat", []string{n, s.ints(1, 1)}, onnx.IntAttr("axis", 0))}),
			s.node("Expand", []string{s.reshape("z", 0, 12, 1), s.node("Concat", []string{n, s.ints(12, 2)}, onnx.IntAttr("axis", 0))}),
		}
	},
	"moves": func(s *sketch) []string {
		x := s.node("Transpose", []string{s.reshape("z", 0, 4, 3)}, onnx.IntsAttr("perm", 0, 2, 1))
		y := s.node("Slice", []string{x, s.ints(-1, 3), s.ints(-9, 0), s.ints(1, 2), s.ints(-1, -2)})
		y = s.node("Concat", []string{y, x}, onnx.IntAttr("axis", 2))
		y = s.node("Pad", []string{y, s.ints(0, 1, 2, 0, 0, 1)}, onnx.StringAttr("mode", "reflect"))
		return []string{y, s.node("Tile", []string{x, s.ints(1, 2, 2)}), s.node("Gather", []string{x, s.ints(1, -1)}, onnx.IntAttr("axis", 1))}
	},
	"images": func(s *sketch) []string {
		x := s.reshape("z", 0, 4, 3, 1)
		y := s.node("Conv", []string{x, s.weight(4, 4, 2, 3, 1), s.weight(1, 4)}, onnx.IntAttr("group", 2), onnx.StringAttr("auto_pad", "SAME_UPPER"))
		y = s.node("InstanceNormalization", []string{y, s.weight(1, 4), s.weight(1, 4)})
		y = s.node("ConvTranspose", []string{y, s.weight(4, 4, 1, 2, 2)}, onnx.IntAttr("group", 4), onnx.IntsAttr("strides", 2, 2))
		up := s.node("Resize", []string{y, "", s.weight32(1, 1, 2, 2)}, onnx.StringAttr("mode", "linear"))
		return []string{
			up, s.node("DepthToSpace", []string{y}, onnx.IntAttr("blocksize", 2)),
			s.node("AveragePool", []string{up}, onnx.IntsAttr("kernel_shape", 2, 3), onnx.IntsAttr("strides", 2, 1)),
			s.act("GlobalMaxPool", up),
		}
	},
	"short lines": func(s *sketch) []string {
		return []string{s.node("Mul", []string{s.weight(1, 1, 8, 12, 3), s.reshape("z", 0, 1, 12, 1)})}
	},
	"turned product":        turnedProduct(2, 20, 9, false),
	"images in both orders": func(s *sketch) []string { return bothOrders(s, false) },
	"attention": func(s *sketch) []string {
		x := s.reshape("z", 0, 4, 3)
		t := s.node("Transpose", []string{x}, onnx.IntsAttr("perm", 0, 2, 1))
		a := s.node("Softmax", []string{s.node("MatMul", []string{x, t})})
		y := s.node("MatMul", []string{a, s.node("MatMul", []string{x, s.weight(3, 3, 5)})})
		return []string{s.node("LayerNormalization", []string{y, s.weight(1, 5)}), s.node("ReduceMean", []string{y}, onnx.IntsAttr("axes", -1, 1))}
	},
	"attention, sequences first": func(s *sketch) []string {
		x := s.node("Transpose", []string{s.reshape("z", 0, 4, 3)}, onnx.IntsAttr("perm", 1, 0, 2))
		x = s.node("MatMul", []string{x, s.weight(3, 3, 6)})
		heads := s.node("Transpose", []string{s.reshape(x, 4, -1, 3)}, onnx.IntsAttr("perm", 1, 0, 2))
		t := s.node("Transpose", []string{heads}, onnx.IntsAttr("perm", 0, 2, 1))
		a := s.node("Softmax", []string{s.node("MatMul", []string{heads, t})})
		y := s.node("Transpose", []string{s.node("MatMul", []string{a, heads})}, onnx.IntsAttr("perm", 1, 0, 2))
		y = s.act("Erf", s.reshape(y, -1, 6)) // [4*N, 6]
		y = s.node("Add", []string{s.reshape(y, 4, -1, 6), x})
		return []string{s.node("Transpose", []string{y}, onnx.IntsAttr("perm", 1, 2, 0))}
	},
	"channels taken for samples": func(s *sketch) []string {
		x := s.node("Pad", []string{s.reshape("z", -1, 2, 3, 1), s.ints(0, 1, 0, 0, 0, 1, 0, 0)})
		x = s.reshape(s.node("Transpose", []string{x}, onnx.IntsAttr("perm", 0, 3, 1, 2)), -1, 4, 3)
		x = s.node("Conv", []string{x, s.weight(8, 4, 4, 3)})
		return []string{s.reshape(x, -1, 2, 4), s.node("ReduceMean", []string{s.reshape(x, -1, 8)}, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 0))}
	},
	"pixel norm": func(s *sketch) []string {
		m := s.node("ReduceMean", []string{s.node("Pow", []string{"z", s.weight32(2)})}, onnx.IntsAttr("axes", 1))
		return []string{s.node("Div", []string{"z", s.act("Sqrt", s.node("Add", []string{m, s.weight32(1e-8)}))})}
	},
	"int8 weights": func(s *sketch) []string {
		s.Graph.Initializers = append(s.Graph.Initializers, onnx.Tensor{Name: "q", Type: onnx.Int8, Dims: []int64{12, 2}, Raw: []byte("abcdefghijklmnopqrstuvwx")})
		w := s.node("DequantizeLinear", []string{"q", s.weight32(0.5, 0.25)}, onnx.IntAttr("axis", 1))
		return []string{s.node("Gemm", []string{"z", w})}
	},
}

func (s *sketch) scalar(v int64) string {
	name := s.name("scalar")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewInt64(name, []int64{v}))
	return name
}

// weight32 adds a list of numbers.
func (s *sketch) weight32(v ...float32) string {
	name := s.name("list")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32(name, v, int64(len(v))))
	return name
}

func drawGeneral(batch int64, draw func(*sketch) []string) *onnx.Model {
	s := newSketch(batch, 12)
	s.Opsets[0].Version = 17
	return s.outputs(draw(s)...)
}

// A sample is the same in every batch, and, where the batch is fixed and another
// way may be open, close to that.
func TestGeneralBatch(t *testing.T) {
	for name, draw := range generalSketches {
		t.Run(name, func(t *testing.T) {
			m := load(t, drawGeneral(-1, draw))
			z := latents(m, 5)
			want := mustRun(t, mustSession(t, m, 5), z)
			for i, fixed := range mustRun(t, mustSession(t, load(t, drawGeneral(5, draw)), 1), z) {
				if !slices.Equal(fixed.Shape, want[i].Shape) {
					t.Fatalf("output %d has shape %v, want %v as of a fixed batch", i, want[i].Shape, fixed.Shape)
				}
				for j, v := range fixed.Data.([]float32) {
					if got := want[i].Data.([]float32)[j]; math.Abs(float64(got-v)) > 1e-6*(1+math.Abs(float64(v))) {
						t.Fatalf("%s[%d] = %v, want %v as of a fixed batch", fixed.Name, j, got, v)
					}
				}
			}
			for _, batch := range []int{1, 2, 5, 8} {
				s := mustSession(t, m, batch)
				s.Workers, s.eager = batch%3, true
				for i, got := range mustRun(t, s, z) {
					if !slices.Equal(got.Shape, want[i].Shape) {
						t.Fatalf("batch %d: output %d has shape %v, want %v", batch, i, got.Shape, want[i].Shape)
					}
					sameBits(t, got.Name, got.Data.([]float32), want[i].Data.([]float32))
				}
			}
		})
	}
}

// What is known while loading is no step when the model runs.
func TestFolding(t *testing.T) {
	for name, want := range map[string]int{"reshape around the batch": 1, "expand around the batch": 4, "int8 weights": 1} {
		m := load(t, drawGeneral(-1, generalSketches[name]))
		if got := steps(t, m); got != want {
			t.Errorf("%s: %d steps, want %d", name, got, want)
		}
	}
}

// A label chooses a row of a table, and a mask comes out beside the floats.
func TestOtherTypes(t *testing.T) {
	s := newSketch(-1, 2)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "label", Type: onnx.Int64, Shape: onnx.Shape(-1)})
	table := s.weight32(1, 2, 3, 4, 5, 6)
	row := s.node("Gather", []string{s.reshape(table, 3, 2), "label"})
	m := load(t, s.outputs(s.node("Add", []string{row, "z"}), s.node("Less", []string{"label", s.scalar(1)}), "label"))
	z := Tensor{Name: "z", Shape: []int{3, 2}, Data: []float32{0, 0, 10, 10, 20, 20}}
	for _, batch := range []int{1, 2, 4} {
		out := mustRun(t, mustSession(t, m, batch), z, Tensor{Name: "label", Shape: []int{3}, Data: []int64{2, 0, -2}})
		sameBits(t, "rows", out[0].Data.([]float32), []float32{5, 6, 11, 12, 23, 24})
		if got, want := out[1].Data.([]bool), []bool{false, true, true}; !slices.Equal(got, want) {
			t.Errorf("Less = %v, want %v", got, want)
		}
		if got, want := out[2].Data.([]int64), []int64{2, 0, -2}; !slices.Equal(got, want) {
			t.Errorf("label = %v, want %v", got, want)
		}
	}
	session := mustSession(t, m, 2)
	_, err := session.Run(context.Background(), z, Tensor{Name: "label", Shape: []int{3}, Data: []int64{0, 3, 7}})
	wantError(t, err, `(Gather): index 3 is out of range for 3 entries`)
	mustRun(t, session, z, Tensor{Name: "label", Shape: []int{3}, Data: []int64{0, 1, 2}})
	_, err = session.Run(context.Background(), z, Tensor{Name: "label", Shape: []int{3}, Data: []int32{1, 2, 3}})
	wantError(t, err, `input "label" is []int32, want []int64`)
}

// Generate allocates nothing on the general path either, once its memory is
// there.
func TestGeneralAllocates(t *testing.T) {
	for name, draw := range generalSketches {
		for k := range draw(newSketch(-1, 12)) {
			s := newSketch(-1, 12)
			s.Opsets[0].Version = 17
			m := load(t, s.outputs(draw(s)[k]))
			session := mustSession(t, m, 2)
			z := latents(m, 3).Data.([]float32)
			dst := make([]float32, 3*m.outputs[0].Len())
			allocs := 1.0
			for try := 0; try < 3 && allocs != 0; try++ { // the runtime's own allocations count too
				allocs = testing.AllocsPerRun(5, func() {
					if err := session.Generate(dst, z); err != nil {
						t.Fatal(err)
					}
				})
			}
			if allocs != 0 {
				t.Errorf("%s: Generate of output %d allocates %v times, want 0", name, k, allocs)
			}
		}
	}
}

// bothOrders is images between two convolutions; plain brings them into ONNX's
// order first, by a shape that joins channels and lines.
func bothOrders(s *sketch, plain bool) []string {
	order := func(x string) string {
		if plain {
			return s.reshape(s.reshape(x, 0, 8, 2), 0, 4, 2, 2)
		}
		return x
	}
	x := s.reshape("z", 0, 3, 2, 2)
	y := order(s.conv(x, 3, 4, 1, 1))
	w := order(s.conv(s.act("Tanh", x), 3, 4, 1, 1))
	style := s.reshape(s.gemm("z", 12, 4), 0, 4, 1, 1)
	sum := s.node("Add", []string{s.node("Mul", []string{y, style}), w})
	sum = s.node("PRelu", []string{sum, s.weight(1, 4, 1, 1)})
	mask := s.reshape("z", 0, 3, 2, 2)
	sum = s.node("Mul", []string{sum, s.node("ReduceMean", []string{mask}, onnx.IntsAttr("axes", 1))})
	up := s.node("Resize", []string{sum, "", s.weight32(1, 1, 2, 3)}, onnx.StringAttr("mode", "nearest"))
	smooth := s.node("Resize", []string{sum, "", s.weight32(1, 1, 2, 3)}, onnx.StringAttr("mode", "cubic"))
	low, high := s.name("low"), s.name("high")
	s.Graph.Nodes = append(s.Graph.Nodes, onnx.Node{Op: "Split", Inputs: []string{up, s.ints(1, 3)}, Outputs: []string{low, high}, Attrs: []onnx.Attr{onnx.IntAttr("axis", 1)}})
	up = s.node("Concat", []string{high, low}, onnx.IntAttr("axis", 1))
	padded := s.node("Pad", []string{s.node("Sub", []string{up, smooth}), s.ints(0, 0, 1, 2, 0, 0, 2, 1)}, onnx.StringAttr("mode", "reflect"))
	return []string{s.conv(padded, 4, 2, 3, 3), padded, s.node("Clip", []string{s.node("Add", []string{padded, s.weight32(1)}), "", s.weight(1)}), s.act("Exp", sum)}
}

// The order in memory in which images are computed changes no bit.
func TestBothOrders(t *testing.T) {
	var outputs [2][]Tensor
	var count [2]int
	for i, plain := range []bool{false, true} {
		m := load(t, drawGeneral(-1, func(s *sketch) []string { return bothOrders(s, plain) }))
		outputs[i], count[i] = mustRun(t, mustSession(t, m, 2), latents(m, 3)), steps(t, m)
	}
	for k, want := range outputs[1] {
		sameBits(t, want.Name, outputs[0][k].Data.([]float32), want.Data.([]float32))
	}
	if count[0] == count[1] {
		t.Errorf("both orders take %d steps: one of them was not tried", count[0])
	}
}
