package kernel

import (
	"math"
	"testing"
)

func TestDotIsAnElementOfGemm(t *testing.T) {
	for _, k := range []int{1, 2, 15, Block - 1, Block, Block + 1, 3*Block + 7} {
		a, b := make([]float32, k), make([]float32, k)
		for i := range a {
			a[i], b[i] = float32(math.Sin(float64(i))), float32(math.Cos(float64(3*i)))
		}
		var p Packed
		p.Pack(b, k, 1, 1, k)
		var want [1]float32
		Gemm(want[:], 1, a, k, 1, &p, nil, 0, 1)
		if got := Dot(a, b); math.Float32bits(got) != math.Float32bits(want[0]) {
			t.Errorf("Dot of %d = %v, want %v as Gemm has it", k, got, want[0])
		}
	}
}
