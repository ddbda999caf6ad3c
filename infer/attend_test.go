package infer

import (
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests attention as exporters write it.

// drawAttention is attention of queries [heads, rows, 8] to so many keys and values:
// scaled, with a mask, and added to a curve. Apart, the scores are an output too.
func drawAttention(rows, keys int64, how string, apart bool) *onnx.Model {
	return drawGeneral(-1, func(s *sketch) []string {
		q, k, v := s.reshape(s.gemm("z", 12, 3*rows*8), 0, 3, rows, 8), s.reshape(s.gemm("z", 12, 3*keys*8), 0, 3, keys, 8), s.reshape(s.gemm("z", 12, 3*keys*5), 0, 3, keys, 5)
		perm := []int64{0, 1, 3, 2}
		scores := s.node("MatMul", []string{q, s.node("Transpose", []string{k}, onnx.IntsAttr("perm", perm...))})
		switch how {
		case "scaled":
			scores = s.node("Mul", []string{scores, s.weight32(0.3)})
		case "masked":
			mask := s.reshape(s.gemm("z", 12, 3*rows*keys), 0, 3, rows, keys)
			scores = s.node("Add", []string{mask, s.node("Div", []string{scores, s.weight32(2.5)})})
		case "curved":
			scores = s.node("Add", []string{s.node("Mul", []string{s.weight32(2), s.act("Tanh", scores)}), s.weight32(1)})
		}
		soft := s.node("Softmax", []string{scores}, onnx.IntAttr("axis", -1))
		out := []string{s.node("MatMul", []string{soft, v})}
		if how == "turned" { // as SAGAN has it: the values are 40 rows of the right
			v = s.reshape(s.gemm("z", 12, 3*keys*40), 0, 3, 40, keys)
			out = []string{s.node("MatMul", []string{v, s.node("Transpose", []string{soft}, onnx.IntsAttr("perm", perm...))})}
		}
		if apart {
			out = append(out, scores)
		}
		return out
	})
}

// Attention runs a block of rows at a time, to the bits of its nodes one after the
// other, at any number of workers.
func TestAttention(t *testing.T) {
	for _, size := range [][2]int64{{4, 4}, {31, 50}, {100, 1400}, {257, 33}} {
		for _, how := range []string{"plain", "scaled", "masked", "curved", "turned"} {
			m, other := load(t, drawAttention(size[0], size[1], how, false)), load(t, drawAttention(size[0], size[1], how, true))
			if a, b := steps(t, m), steps(t, other); a > b-2 {
				t.Errorf("%v %s: %d steps, %d one after the other", size, how, a, b)
			}
			z := latents(m, 2)
			want := mustRun(t, mustSession(t, other, 2), z)[0].Data.([]float32)
			for _, workers := range []int{1, 3} {
				s := mustSession(t, m, 2)
				s.Workers, s.eager = workers, true
				got := mustRun(t, s, z)
				sameBits(t, how, got[0].Data.([]float32), want)
			}
		}
	}
}
