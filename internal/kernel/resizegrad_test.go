package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Grad is Run turned round: sum(y * Run(x)) = sum(Grad(y) * x), for any parts.
func TestResizeGradIsTheAdjoint(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	const n = 3
	for _, c := range []int{1, 3, 17} {
		for _, s := range [][4]int{{1, 1, 2, 2}, {4, 5, 8, 10}, {6, 8, 3, 4}, {5, 7, 9, 4}} {
			for _, linear := range []bool{false, true} {
				h, w, oh, ow := s[0], s[1], s[2], s[3]
				z := NewResize(h, w, c, HalfPixel(h, oh, linear), HalfPixel(w, ow, linear))
				x, dy := randoms(r, n*h*w*c), randoms(r, n*oh*ow*c)
				y, dx := make([]float32, len(dy)), randoms(r, len(x))
				z.Run(y, x, n, 0, 1)
				for part := range 2 {
					z.Grad(dx, dy, n, randoms(r, z.GradLen()), part, 2)
				}
				var forth, back, size float64
				for i := range y {
					forth += float64(y[i]) * float64(dy[i])
					size += math.Abs(float64(y[i]) * float64(dy[i]))
				}
				for i := range x {
					back += float64(x[i]) * float64(dx[i])
				}
				if math.Abs(forth-back) > 1e-6*size {
					t.Errorf("%dx%d to %dx%d of %d, linear %v: %v forth, %v back", h, w, oh, ow, c, linear, forth, back)
				}
			}
		}
	}
}

func TestHalfPixel(t *testing.T) {
	up, down := HalfPixel(2, 4, true), HalfPixel(4, 2, true)
	for i, want := range []struct {
		low, high int
		weight    float32
	}{{0, 0, .75}, {0, 1, .25}, {0, 1, .75}, {1, 1, .25}} {
		if up.Low[i] != want.low || up.High[i] != want.high || up.Weight[i] != want.weight {
			t.Errorf("output %d of 2 to 4 is %v of %d to %d, want %v", i, up.Weight[i], up.Low[i], up.High[i], want)
		}
	}
	for i := range 2 {
		if down.Low[i] != 2*i || down.High[i] != 2*i+1 || down.Weight[i] != .5 {
			t.Errorf("output %d of 4 to 2 is %v of %d to %d, want the mean of two", i, down.Weight[i], down.Low[i], down.High[i])
		}
	}
	for i, at := range HalfPixel(3, 6, false).Low {
		if at != i/2 {
			t.Errorf("nearest output %d of 3 to 6 is input %d, want %d", i, at, i/2)
		}
	}
}
