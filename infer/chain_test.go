package infer

import (
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests chains of operators on each element.

// drawChain is a convolution and operators on each element after it, with rows of
// planes or, after a convolution, channels innermost; two of the values between
// are outputs.
func drawChain(conv bool) *onnx.Model {
	s := newSketch(-1, 24, 40, 33)
	x := "z"
	if conv {
		x = s.conv("z", 24, 24, 1, 1)
	}
	scaled := s.node("Mul", []string{s.weight32(0.7), x})
	clipped := s.node("Clip", []string{s.node("Add", []string{scaled, s.weight32(3)}), s.weight32(0), s.weight32(6)})
	swish := s.node("Div", []string{s.node("Mul", []string{scaled, clipped}), s.weight32(6)})
	y := s.node("Add", []string{s.act("Tanh", swish), s.weight(1, 24, 1, 1)})
	y = s.act("Relu", s.node("Sub", []string{y, s.node("Pow", []string{clipped, s.weight32(1.5)})}))
	y = s.node("Max", []string{y, x, swish})
	y = s.node("Cast", []string{s.node("Cast", []string{y}, onnx.IntAttr("to", int64(onnx.Float16)))}, onnx.IntAttr("to", int64(onnx.Float)))
	return s.outputs(s.act("Sqrt", s.act("Abs", y)), clipped, swish)
}

// Long chains of operators on each element run a block at a time, to the same
// bits as short ones, which run one after the other.
func TestChains(t *testing.T) {
	for _, conv := range []bool{false, true} {
		m := load(t, drawChain(conv))
		const n = 3
		z := latents(m, n)
		s := mustSession(t, m, n)
		want := mustRun(t, s, z)
		for range 2 {
			for i, got := range mustRun(t, s, z) {
				sameBits(t, "once more", got.Data.([]float32), want[i].Data.([]float32))
			}
		}
		// pixel by pixel, the same model is of short lines
		small := drawChain(conv)
		small.Graph.Inputs[0].Shape = onnx.Shape(-1, 24, 1, 33)
		one := load(t, small)
		if a, b := steps(t, one), steps(t, m); a <= b {
			t.Errorf("conv %v: %d steps of few elements, want more than %d", conv, a, b)
		}
		for y := range 40 {
			line := func(v []float32) (out []float32) {
				for i := range n * 24 {
					out = append(out, v[(i*40+y)*33:][:33]...)
				}
				return out
			}
			in := Tensor{Name: "z", Shape: []int{n, 24, 1, 33}, Data: line(z.Data.([]float32))}
			for i, got := range mustRun(t, mustSession(t, one, n), in) {
				if !slices.Equal(got.Shape, []int{n, 24, 1, 33}) {
					t.Fatalf("shape %v", got.Shape)
				}
				sameBits(t, "line by line", got.Data.([]float32), line(want[i].Data.([]float32)))
			}
		}
	}
}

// HardSwish as exporters write it is one step, with the bits of its four nodes, at
// any size and in both orders of images.
func TestHardGate(t *testing.T) {
	for _, side := range []int64{3, 40} {
		for _, conv := range []bool{false, true} {
			s := newSketch(-1, 24, side, side)
			x := "z"
			if conv {
				x = s.conv("z", 24, 24, 1, 1)
			}
			gate := s.node("Clip", []string{s.node("Add", []string{s.weight32(3), x}), s.weight32(0), s.weight32(6)})
			swish := s.node("Div", []string{s.node("Mul", []string{gate, x}), s.weight32(6)})
			m := load(t, s.outputs(swish, x))
			if n := steps(t, m); conv && n > 5 || !conv && n > 2 {
				t.Errorf("conv %v: %d steps", conv, n)
			}
			out := mustRun(t, mustSession(t, m, 2), latents(m, 2))
			var want []float32
			for _, v := range out[1].Data.([]float32) {
				want = append(want, float32(v*min(max(v+3, 0), 6))/6)
			}
			sameBits(t, "HardSwish", out[0].Data.([]float32), want)
		}
	}
}
