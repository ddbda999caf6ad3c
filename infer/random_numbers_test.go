package infer

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests models that draw random numbers themselves.

// drawRandom adds noise to z, of each sample and of all, and drops some of it.
func drawRandom(batch int64) []byte {
	s := newSketch(batch, 4)
	x := s.node("Add", []string{"z", s.act("RandomNormalLike", "z")})
	x = s.node("Add", []string{x, s.node("RandomUniform", nil, onnx.IntsAttr("shape", 1, 4))})
	yes := s.name("yes")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.Tensor{Name: yes, Type: onnx.Bool, Raw: []byte{1}})
	return onnx.Marshal(s.outputs(s.node("Dropout", []string{x, s.number(0.25), yes}), s.act("Bernoulli", s.act("Sigmoid", "z"))))
}

// Sample i of a seed is the same in every batch, and differs from other samples
// and other seeds.
func TestRandomNumbers(t *testing.T) {
	const n = 7
	z := make([]float32, 4*n)
	draw := func(seed uint64, batch, workers int) []float32 {
		m, err := Options{Seed: seed}.Parse(drawRandom(-1))
		if err != nil {
			t.Fatal(err)
		}
		s := mustSession(t, m, batch)
		s.Workers, s.eager = workers, true
		out := mustRun(t, s, Tensor{Name: "z", Shape: []int{n, 4}, Data: z})
		return slices.Concat(out[0].Data.([]float32), out[1].Data.([]float32))
	}
	want := draw(1, n, 1)
	for _, batch := range []int{1, 2, 3, n} {
		sameBits(t, fmt.Sprintf("batch %d", batch), draw(1, batch, batch), want)
	}
	if slices.Equal(draw(2, n, 1), want) {
		t.Error("two seeds give the same")
	}
	if slices.Equal(want[:4], want[4:8]) {
		t.Error("two samples are the same")
	}
	m, err := Options{Seed: 1}.Parse(drawRandom(-1))
	if err != nil {
		t.Fatal(err)
	}
	s := mustSession(t, m, 1)
	s.Sample = 5
	out := mustRun(t, s, Tensor{Name: "z", Shape: []int{1, 4}, Data: z[:4]})
	sameBits(t, "sample 5 alone", out[0].Data.([]float32), want[5*4:][:4])
}

// A model without a batch draws sample Session.Sample.
func TestRandomNumbersOfOne(t *testing.T) {
	m, err := Parse(drawRandom(1))
	if err != nil {
		t.Fatal(err)
	}
	s := mustSession(t, m, 1)
	var all [][]float32
	for _, sample := range []uint64{0, 1, 0} {
		s.Sample = sample
		all = append(all, mustRun(t, s, Tensor{Name: "z", Shape: []int{1, 4}, Data: make([]float32, 4)})[0].Data.([]float32))
	}
	sameBits(t, "sample 0 again", all[2], all[0])
	if slices.Equal(all[0], all[1]) {
		t.Error("samples 0 and 1 are the same")
	}
}
