package infer

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests what models compute: against the reference, and against
// themselves in other batches and with other workers.

// load compiles a model through its bytes.
func load(t testing.TB, m *onnx.Model) *Model {
	t.Helper()
	model, err := Parse(onnx.Marshal(m))
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// latents returns random inputs for n samples, or for a fixed batch.
func latents(m *Model, n int) Tensor {
	in := m.inputs[0]
	shape := slices.Clone(in.Shape)
	if shape[0] < 0 {
		shape[0] = n
	}
	random := rand.New(rand.NewPCG(3, 4))
	z := make([]float32, tensor.Product(shape))
	for i := range z {
		z[i] = float32(random.NormFloat64())
	}
	return Tensor{Name: in.Name, Shape: shape, Data: z}
}

// run is Session.Run that must succeed.
func mustRun(t testing.TB, s *Session, inputs ...Tensor) []Tensor {
	t.Helper()
	outputs, err := s.Run(context.Background(), inputs...)
	if err != nil {
		t.Fatal(err)
	}
	return outputs
}

func mustSession(t testing.TB, m *Model, batch int) *Session {
	t.Helper()
	s, err := m.NewSession(batch)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every sketch computes what the definitions of its operators say.
func TestReference(t *testing.T) {
	for name, draw := range sketches {
		t.Run(name, func(t *testing.T) {
			file := draw()
			m := load(t, file)
			for _, n := range []int{1, 3} {
				z := latents(m, n)
				z64 := dense64{shape: z.Shape}
				for _, v := range z.Data.([]float32) {
					z64.data = append(z64.data, float64(v))
				}
				want := reference(t, file, map[string]dense64{"z": z64})
				for i, got := range mustRun(t, mustSession(t, m, n), z) {
					if got.Name != file.Graph.Outputs[i].Name {
						t.Errorf("output %d is %q, want %q", i, got.Name, file.Graph.Outputs[i].Name)
					}
					near(t, got, want[got.Name])
				}
			}
		})
	}
}

// near compares within 1e-5 of the largest value.
func near(t *testing.T, got Tensor, want dense64) {
	t.Helper()
	data := got.Data.([]float32)
	if !slices.Equal(got.Shape, want.shape) || len(data) != len(want.data) {
		t.Errorf("%q has shape %v and %d values, want %v", got.Name, got.Shape, len(data), want.shape)
		return
	}
	scale := 1.0
	for _, v := range want.data {
		scale = max(scale, math.Abs(v))
	}
	for i, v := range want.data {
		if !(math.Abs(float64(data[i])-v) <= 1e-5*scale) {
			t.Errorf("%q[%d] = %v, want %v", got.Name, i, data[i], v)
			return
		}
	}
}

// No batch, no number of workers and no neighbour changes a bit.
func TestSameBits(t *testing.T) {
	for name, draw := range sketches {
		t.Run(name, func(t *testing.T) {
			m := load(t, draw())
			z := latents(m, 67)
			want := mustRun(t, mustSession(t, m, 1), z)
			for _, batch := range []int{1, 3, 64, 100} {
				for _, workers := range []int{1, 3} {
					s := mustSession(t, m, batch)
					s.Workers, s.eager = workers, true
					for i, got := range mustRun(t, s, z) {
						where := fmt.Sprintf("batch %d, %d workers: %q", batch, workers, got.Name)
						sameBits(t, where, got.Data.([]float32), want[i].Data.([]float32))
					}
				}
			}
		})
	}
}

func sameBits(t testing.TB, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, got[i], want[i])
		}
	}
}

// steps is the number of steps of one sample's plan.
func steps(t testing.TB, m *Model) int {
	t.Helper()
	p, err := m.plan(m.shapes(1))
	if err != nil {
		t.Fatal(err)
	}
	return p.Steps()
}

// Steps that cost nothing leave no step: a layer takes in what follows it, and
// only an order that really differs is converted.
func TestFusion(t *testing.T) {
	want := map[string]int{
		"mlp": 3, "dcgan": 4, "dcgan-gray": 2, "project, norm as pixels": 3, "project, norm as features": 3,
		"conv to dense": 5, "names only": 4, "dead nodes": 1, "tails of a layer": 5,
	}
	for name, count := range want {
		m := load(t, sketches[name]())
		if got := steps(t, m); got != count {
			t.Errorf("%s: %d steps, want %d", name, got, count)
		}
	}
}
