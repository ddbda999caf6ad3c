package infer

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests which weights are kept: a model that owns its file's bytes gives
// them back as it packs weights, but for what a later plan needs.

// owner loads a model as Open does.
func owner(t testing.TB, m *onnx.Model) *Model {
	t.Helper()
	model, err := Load(bytes.NewReader(onnx.Marshal(m)))
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// sameRuns runs a model that owns its bytes on some inputs, one after the other, and
// compares with one that was just loaded from bytes of the caller's.
func sameRuns(t *testing.T, draw func() *onnx.Model, runs ...[]Tensor) {
	t.Helper()
	m := owner(t, draw())
	for i, in := range runs {
		got, want := mustRun(t, mustSession(t, m, 1), in...), mustRun(t, mustSession(t, load(t, draw()), 1), in...)
		sameBits(t, fmt.Sprintf("run %d", i), got[0].Data.([]float32), want[0].Data.([]float32))
	}
}

// Layers after a cut are planned again for each size that a run finds.
func TestWeightsAfterCut(t *testing.T) {
	for name, layer := range map[string]func(s *sketch, x string) string{
		"Conv":          func(s *sketch, x string) string { return s.conv(x, 16, 32, 3, 3) },
		"ConvTranspose": func(s *sketch, x string) string { return s.up(x, 16, 32, 4, 2, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			draw := func() *onnx.Model {
				s := newSketch(1, 16, 8, 8)
				s.Opsets[0].Version = 17
				s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "size", Type: onnx.Int64, Shape: onnx.Shape(4)})
				return s.outputs(layer(s, s.node("Resize", []string{"z", "", "", "size"}, onnx.StringAttr("mode", "nearest"))))
			}
			var runs [][]Tensor
			for _, n := range []int64{4, 20, 8, 40, 3} {
				runs = append(runs, []Tensor{latents(load(t, draw()), 1), {Name: "size", Shape: []int{4}, Data: []int64{1, 16, n, n}}})
			}
			sameRuns(t, draw, runs...)
		})
	}
	for _, columns := range []int64{1, 20} {
		draw := func() *onnx.Model { // the product's first matrix has two dimensions or three
			s := newSketch(2, 4096)
			s.Opsets[0].Version = 17
			for name, n := range map[string]int64{"shape": 3, "rank": 1} {
				s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: name, Type: onnx.Int64, Shape: onnx.Shape(n)})
			}
			x := s.node("Reshape", []string{"z", s.node("Slice", []string{"shape", s.ints(0), "rank"})})
			return s.outputs(s.node("MatMul", []string{x, s.weight(4096, 4096, columns)}))
		}
		z := latents(load(t, draw()), 1)
		flat := []Tensor{z, {Name: "shape", Shape: []int{3}, Data: []int64{2, 4096, 0}}, {Name: "rank", Shape: []int{1}, Data: []int64{2}}}
		deep := []Tensor{z, {Name: "shape", Shape: []int{3}, Data: []int64{1, 2, 4096}}, {Name: "rank", Shape: []int{1}, Data: []int64{3}}}
		sameRuns(t, draw, deep, flat, deep)
		sameRuns(t, draw, flat, deep, flat)
	}
}

// A window of one line serves images of one line and of several.
func TestWeightsOfLines(t *testing.T) {
	draw := func() *onnx.Model {
		s := newSketch(-1, 16, -1, -1)
		return s.outputs(s.conv("z", 16, 32, 1, 3))
	}
	var runs [][]Tensor
	for _, size := range [][2]int{{1, 70}, {5, 70}, {1, 200}, {70, 3}} {
		v := make([]float32, 16*size[0]*size[1])
		for i := range v {
			v[i] = float32(i%17) / 17
		}
		runs = append(runs, []Tensor{{Name: "z", Shape: []int{1, 16, size[0], size[1]}, Data: v}})
	}
	sameRuns(t, draw, runs...)
}

// Sessions plan at the same time what sees one constant in another shape.
func TestWeightsSeenTogether(t *testing.T) {
	s := newSketch(-1, -1)
	s.Opsets[0].Version = 17
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "n", Type: onnx.Int64, Shape: onnx.Shape(2)})
	m := owner(t, s.outputs(s.node("Add", []string{"z", s.node("Reshape", []string{s.weight(10, 4096), "n"})})))
	var wg sync.WaitGroup
	for n := 1; n <= 4; n++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			session, err := m.NewSession(n)
			if err != nil {
				t.Error(err)
				return
			}
			z := Tensor{Name: "z", Shape: []int{n, 4096}, Data: make([]float32, n*4096)}
			if _, err := session.Run(context.Background(), z, Tensor{Name: "n", Shape: []int{2}, Data: []int64{1, 4096}}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
}
