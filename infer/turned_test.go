package infer

import (
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests short cuts of the general path against the long way.

// turnedProduct is a product with a turned matrix, which apart gives a step of
// its own.
func turnedProduct(m, n, k int64, apart bool) func(s *sketch) []string {
	return func(s *sketch) []string {
		x, y := s.reshape(s.gemm("z", 12, m*k), 0, m, k), s.reshape(s.gemm("z", 12, n*k), 0, n, k)
		turned := s.node("Transpose", []string{y}, onnx.IntsAttr("perm", 0, 2, 1))
		right := turned
		if apart {
			right = s.act("Identity", turned)
		}
		return []string{s.node("MatMul", []string{x, right})}
	}
}

// A product has the same bits whether its second matrix is turned first, as it
// is read, or not at all.
func TestTurnedProduct(t *testing.T) {
	for _, size := range [][3]int64{{2, 20, 9}, {20, 5, 9}, {3, 40, 300}, {40, 17, 300}, {1, 1, 1}} {
		var results [2]Tensor
		var count [2]int
		for i, apart := range []bool{false, true} {
			m := load(t, drawGeneral(-1, turnedProduct(size[0], size[1], size[2], apart)))
			results[i], count[i] = mustRun(t, mustSession(t, m, 2), latents(m, 3))[0], steps(t, m)
		}
		sameBits(t, results[0].Name, results[0].Data.([]float32), results[1].Data.([]float32))
		if count[0] != count[1]-1 {
			t.Errorf("%v: it takes %d steps, %d with a step that turns", size, count[0], count[1])
		}
	}
}

// A turned matrix that others read as well is turned for them.
func TestTurnedForOthers(t *testing.T) {
	m := load(t, drawGeneral(-1, func(s *sketch) []string {
		y := s.reshape("z", 0, 4, 3)
		turned := s.node("Transpose", []string{y}, onnx.IntsAttr("perm", 0, 2, 1))
		return []string{s.node("MatMul", []string{y, turned}), turned, s.reshape(turned, 0, 12), s.node("Add", []string{turned, turned})}
	}))
	z := latents(m, 1)
	got := mustRun(t, mustSession(t, m, 1), z)
	for i, v := range z.Data.([]float32) {
		at := i%3*4 + i/3
		for k, want := range []float32{v, v, v + v} {
			if got := got[k+1].Data.([]float32)[at]; got != want {
				t.Errorf("output %d: [%d] = %v, want %v", k+1, at, got, want)
			}
		}
	}
}

// A convolution of one channel has the same bits on the general path, which
// folds it here, as it has as a layer.
func TestConvolutionOfOneChannel(t *testing.T) {
	m := load(t, drawGeneral(-1, func(s *sketch) []string {
		image, weights := s.weight(1, 1, 1, 5, 18), s.weight(6, 1, 1, 3, 2)
		nothing := s.node("Mul", []string{s.reshape("z", 0, 12, 1, 1), s.weight32(0)})
		nothing = s.node("ReduceSum", []string{nothing, s.ints(1)})
		pads := onnx.IntsAttr("pads", 1, 0, 1, 1)
		return []string{
			s.node("Conv", []string{image, weights}, pads),
			s.node("Conv", []string{s.node("Add", []string{image, nothing}), weights}, pads),
		}
	}))
	got := mustRun(t, mustSession(t, m, 1), latents(m, 1))
	sameBits(t, "folded", got[0].Data.([]float32), got[1].Data.([]float32))
}
