package kernel

import (
	"math"
	"testing"
)

// Arrays of any length have the bits of the functions of one element.
func TestWhollyAtEveryLength(t *testing.T) {
	for _, c := range []struct {
		name string
		all  func([]float32)
		one  func(float32) float32
	}{
		{"Tanh", func(x []float32) { Activate(x, Tanh, 0) }, tanh},
		{"Sigmoid", func(x []float32) { Activate(x, Sigmoid, 0) }, sigmoid},
		{"Exp", Exp, exp},
		{"Erf", Erf, erf},
	} {
		for n := range 70 {
			x := make([]float32, n+2)
			for i := range x {
				x[i] = float32(math.Sin(float64(3*i+n))) * 4
			}
			want := append([]float32(nil), x...)
			for i := range n {
				want[i+1] = c.one(x[i+1])
			}
			c.all(x[1 : n+1])
			for i := range x { // the first and the last are guards
				if math.Float32bits(x[i]) != math.Float32bits(want[i]) {
					t.Fatalf("%s of %d: [%d] = %v, want %v", c.name, n, i-1, x[i], want[i])
				}
			}
		}
	}
}
