package kernel

import (
	"math"
	"testing"
)

// TestArithmetic compares with Go's operators, bit for bit, at every length.
func TestArithmetic(t *testing.T) {
	values := []float32{0, float32(math.Copysign(0, -1)), 1.1, -3.7e-20, 2.9e-25, 1e30, -7.3e9, float32(math.Inf(1)), 1e-45, float32(math.NaN())}
	operations := map[string]struct {
		vector func(dst, x, y []float32)
		scalar func(x, y float32) float32
	}{
		"Add": {Add, func(x, y float32) float32 { return x + y }},
		"Sub": {Sub, func(x, y float32) float32 { return x - y }},
		"Mul": {Mul, func(x, y float32) float32 { return x * y }},
		"Div": {Div, func(x, y float32) float32 { return x / y }},
		"Clip": {func(dst, x, y []float32) {
			copy(dst, x)
			Clip(dst, -2.5, 7)
		}, func(x, y float32) float32 { return min(max(x, -2.5), 7) }},
		"MulAdd": {func(dst, x, y []float32) { MulAdd(dst, x, y, x) }, func(x, y float32) float32 { return fma(x, y, x) }},
		"TimesMulAdd": {func(dst, x, y []float32) { TimesMulAdd(dst, x, 0.7, y, x) }, func(x, y float32) float32 {
			return fma(float32(x*0.7), y, x)
		}},
		"HardGate": {func(dst, x, y []float32) { HardGate{3, 0, 6, 6}.Run(dst, x) }, func(x, y float32) float32 {
			return float32(x*min(max(x+3, 0), 6)) / 6
		}},
		"DivNumber, in place": {func(dst, x, y []float32) {
			copy(dst, x)
			for i := range y {
				y[i] = 3.3
			}
			DivNumber(dst, dst, 3.3)
		}, func(x, y float32) float32 { return x / y }},
	}
	for _, tier := range eachTier(t) {
		for name, op := range operations {
			for n := range 300 {
				x, y, dst := make([]float32, n), make([]float32, n), make([]float32, n)
				for i := range n {
					x[i], y[i] = values[i%len(values)], values[(i/3+n)%len(values)]
				}
				op.vector(dst, x, y)
				for i, got := range dst {
					want := op.scalar(x[i], y[i])
					if math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
						t.Fatalf("%s: %s(%v, %v) = %v, want %v", tier, name, x[i], y[i], got, want)
					}
				}
			}
		}
	}
}
