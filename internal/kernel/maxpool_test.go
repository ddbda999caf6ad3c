package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMaxPool(t *testing.T) {
	// Two images of 2x4 pixels and 2 channels, one of them counting down.
	x := make([]float32, 2*2*4*2)
	for i := range x {
		x[i] = float32(i)
		if i%2 == 1 {
			x[i] = float32(-i)
		}
	}
	x[0] = 10 // as large as the square's last
	y, dx := make([]float32, 8), make([]float32, len(x))
	MaxPool(y, x, 2, 2, 4, 2)
	if want := []float32{10, -1, 14, -5, 26, -17, 30, -21}; !slices.Equal(y, want) {
		t.Fatalf("MaxPool = %v, want %v", y, want)
	}
	MaxPoolGrad(dx, x, y, []float32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 4, 2)
	want := make([]float32, len(x))
	for i, at := range []int{0, 1, 14, 5, 26, 17, 30, 21} {
		want[at] = float32(i + 1)
	}
	if !slices.Equal(dx, want) {
		t.Errorf("MaxPoolGrad = %v, want %v", dx, want)
	}
	x[3] = float32(math.NaN())
	if MaxPool(y, x, 2, 2, 4, 2); y[1] == y[1] || y[0] != 10 {
		t.Errorf("MaxPool of a square with a NaN = %v beside %v, want NaN beside 10", y[1], y[0])
	}
}

// Every tier keeps x unless y is larger or NaN, at every length.
func TestLarger(t *testing.T) {
	r := rand.New(rand.NewPCG(43, 44))
	nan, zero := float32(math.NaN()), float32(0)
	for n := range 70 {
		x, y := randoms(r, n+2), randoms(r, n+2)
		for i, v := range [][2]float32{{nan, 1}, {1, nan}, {zero, -zero}, {float32(math.Copysign(0, -1)), 0}} {
			if n > 8*i {
				x[8*i+1], y[8*i+1] = v[0], v[1]
			}
		}
		want := slices.Clone(x)
		for i := 1; i <= n; i++ {
			if v := y[i]; want[i] < v || v != v {
				want[i] = v
			}
		}
		for _, tier := range eachTier(t) {
			got := slices.Clone(x)
			Larger(got[1:n+1], y[1:])
			sameBits(t, fmt.Sprintf("%s Larger(%d)", tier, n), got, want)
		}
	}
}
