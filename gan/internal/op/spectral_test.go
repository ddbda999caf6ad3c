package op

import (
	"math"
	"math/rand/v2"
	"testing"
)

// spectralCase is a matrix with its vectors after some power iterations.
func spectralCase(rows, columns, iterations int) (w, u, v []float32) {
	rnd := rand.New(rand.NewPCG(1, 2))
	w, u, v = make([]float32, rows*columns), make([]float32, rows), make([]float32, columns)
	for _, x := range [][]float32{w, u} {
		for i := range x {
			x[i] = float32(rnd.NormFloat64())
		}
	}
	for range iterations {
		PowerIteration(u, v, w)
	}
	return w, u, v
}

func TestSpectralGradient(t *testing.T) {
	for _, size := range [][2]int{{3, 5}, {1, 9}, {4, 1}} {
		w, u, v := spectralCase(size[0], size[1], 1)
		dy := make([]float32, len(w))
		for i := range dy {
			dy[i] = float32(i%5) - 1.5
		}
		r := newRig(t)
		in := r.input("w", w, size[0], size[1])
		out, err := Spectral(&r.env, in, r.input("u", u, len(u)), r.input("v", v, len(v)), false)
		r.finish(out, err, dy, in)
		r.differences("spectral", in, 1e-3)
	}
}

// Many iterations find the largest singular value: divided by it, no vector is
// made longer, and one is not made shorter.
func TestPowerIteration(t *testing.T) {
	const rows, columns = 6, 11
	w, u, v := spectralCase(rows, columns, 200)
	r := newRig(t)
	in := r.input("w", w, rows, columns)
	out, err := Spectral(&r.env, in, r.input("u", u, rows), r.input("v", v, columns), false)
	r.finish(out, err, make([]float32, len(w)), in)
	r.run()
	normed := out.Value().Data().([]float32)
	stretch := func(x []float32) float64 {
		sum := 0.0
		for i := range rows {
			d := dot(normed[i*columns:][:columns], x)
			sum += d * d
		}
		return math.Sqrt(sum / dot(x, x))
	}
	if s := stretch(v); math.Abs(s-1) > 1e-5 {
		t.Errorf("the matrix stretches v by %v, want 1", s)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		x := make([]float32, columns)
		for i := range x {
			x[i] = float32(rnd.NormFloat64())
		}
		if s := stretch(x); s > 1+1e-5 {
			t.Errorf("the matrix stretches a vector by %v, want at most 1", s)
		}
	}
}
