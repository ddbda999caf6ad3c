package infer

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests corners that random models found.

// corners are models that are refused, or that fail where a run finds out, and
// what the error says.
var corners = map[string]struct {
	want string
	draw func() *onnx.Model
}{
	"entries of an empty axis": {"index 1 is out of range for 0 entries", func() *onnx.Model {
		s := newSketch(0, 5)
		s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "i", Type: onnx.Int64, Shape: onnx.Shape(2)})
		return s.outputs(s.node("Gather", []string{"z", "i"}))
	}},
	"a scan of nothing": {"input 0 is left out", func() *onnx.Model {
		s := newSketch(3)
		body := s.graph([]string{"x"}, func(g *sketch) []string { return []string{g.act("Abs", "x")} })
		return s.outputs(s.node("Scan", []string{""}, onnx.IntAttr("num_scan_inputs", 1), onnx.GraphAttr("body", body)))
	}},
	"a sequence of what is left out": {"input 1 is left out", func() *onnx.Model {
		s := newSketch(3)
		return s.outputs(s.node("SequenceLength", []string{s.node("SequenceConstruct", []string{"z", ""})}))
	}},
	"a function that returns what it is not given": {"nothing makes this output", func() *onnx.Model {
		s := newSketch(3)
		s.Opsets = append(s.Opsets, onnx.Opset{Domain: "d", Version: 1})
		s.Functions = []onnx.Function{{Name: "F", Domain: "d", Inputs: []string{"a"}, Outputs: []string{"a"}, Opsets: s.Opsets[:1]}}
		s.Graph.Nodes = append(s.Graph.Nodes, onnx.Node{Op: "F", Domain: "d", Outputs: []string{"y"}})
		return s.outputs("y")
	}},
	"no slope": {"it has 1 inputs", func() *onnx.Model {
		s := newSketch(3)
		s.Opsets[0].Version = 6
		return s.outputs(s.node("PRelu", []string{"z"}))
	}},
	"many copies of a long list": {"takes more than", func() *onnx.Model {
		s := newSketch(20000)
		list := s.node("SplitToSequence", []string{"z", s.ints(slices.Repeat([]int64{10}, 2000)...)})
		sum := s.scalar(0)
		for range 5000 {
			sum = s.node("Add", []string{sum, s.node("SequenceLength", []string{s.node("SequenceErase", []string{list})})})
		}
		return s.outputs(sum)
	}},
	"many parts of a long side": {"20000 parts of a side of 500000", func() *onnx.Model {
		s := newSketch(500000)
		size := onnx.NewInt64("size", []int64{25})
		size.Dims = []int64{}
		s.Graph.Initializers = append(s.Graph.Initializers, size)
		return s.outputs(s.node("SequenceLength", []string{s.node("SplitToSequence", []string{"z", "size"})}))
	}},
}

func TestCorners(t *testing.T) {
	for name, c := range corners {
		t.Run(name, func(t *testing.T) {
			m := c.draw()
			m.Graph.Outputs[0].Type = 0
			model, err := Parse(onnx.Marshal(m))
			if err == nil {
				_, err = mustSession(t, model, 1).Run(context.Background(), feed(model, nil, 1)...)
			}
			wantError(t, err, c.want)
		})
	}
}

// A larger batch may want weights in another order than the one that the first
// plan packed them in.
func TestWeightsInTwoOrders(t *testing.T) {
	for name, between := range map[string]func(s *sketch, x string) string{
		"reshaped":   func(s *sketch, x string) string { return s.reshape(x, 1, -1, 1) },
		"unsqueezed": func(s *sketch, x string) string { return s.node("Unsqueeze", []string{x, s.ints(0)}) },
	} {
		s := newSketch(-1, 5)
		x := s.reshape(between(s, s.gemm("z", 5, 48)), -1, 8, 3, 2)
		m := load(t, s.outputs(s.up(s.act("Relu", s.norm(x, 8)), 8, 2, 3, 2, 1)))
		z := latents(m, 3)
		alone := mustRun(t, mustSession(t, m, 1), z)[0].Data.([]float32)
		sameBits(t, name, mustRun(t, mustSession(t, m, 3), z)[0].Data.([]float32), alone)
	}
	s := newSketch(-1, 5)
	m := load(t, s.outputs(s.node("Gemm", []string{"z", s.weight(5, 5, 4)}, onnx.FloatAttr("alpha", float32(math.NaN())))))
	mustRun(t, mustSession(t, m, 3), latents(m, 3))
}

// The statistics of rows without elements are zeros, not what was in memory.
func TestStatisticsOfNothing(t *testing.T) {
	s := newSketch(-1, 0)
	s.Opsets[0].Version = 17
	s.Graph.Nodes = append(s.Graph.Nodes, onnx.Node{Op: "LayerNormalization", Inputs: []string{"z", s.weight(1, 0)}, Outputs: []string{"y", "mean", "inverse"}})
	m := load(t, s.outputs(s.act("Cos", "mean"), "y"))
	session := mustSession(t, m, 3)
	got := mustRun(t, session, Tensor{Name: "z", Shape: []int{3, 0}, Data: []float32{}})[0].Data.([]float32)
	sameBits(t, "Cos(mean)", got, []float32{1, 1, 1})
}

// A scalar cast to the type of an image lies in no order of images.
func TestCastLikeImage(t *testing.T) {
	s := newSketch(1, 2, 3, 3)
	s.Opsets[0].Version = 15
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "b", Type: onnx.Bool, Shape: []onnx.Dim{}})
	m := load(t, s.outputs(s.node("CastLike", []string{"b", s.conv("z", 2, 3, 1, 1)})))
	out := mustRun(t, mustSession(t, m, 1), latents(m, 1), Tensor{Name: "b", Shape: []int{}, Data: []bool{true}})
	sameBits(t, "true", out[0].Data.([]float32), []float32{1})
}

// A loop without an end is refused before its lists take much memory.
func TestLongLists(t *testing.T) {
	s := newSketch(-1, 4)
	body := s.graph([]string{"k", "go on", "x"}, func(g *sketch) []string {
		return []string{g.act("Identity", "go on"), g.act("Identity", "x"), g.act("Abs", "x"), "k"}
	})
	data := onnx.Marshal(s.outputs(s.node("Loop", []string{s.ints(1 << 62), "", "z"}, onnx.GraphAttr("body", body))))
	took := allocated(func() {
		_, err := Parse(data)
		wantError(t, err, "planning takes more than")
	})
	if took > 128<<20 {
		t.Errorf("it took %d MB in turns, want at most 128", took>>20)
	}
}
