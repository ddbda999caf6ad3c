package op

import (
	"math/rand/v2"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// The gradients of all that a generator of styles is made of are those of finite
// differences.
func TestStyleDifferences(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	values := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rnd.NormFloat64())
		}
		return v
	}
	t.Run("modulate", func(t *testing.T) {
		r := newRig(t)
		x, s := r.input("x", values(3*2*4*5), 3, 2, 4, 5), r.input("s", values(3*5), 3, 5)
		out, err := Modulate(&r.env, x, s)
		r.finish(out, err, values(3*2*4*5), x, s)
		r.differences("images", x, 2e-3)
		r.differences("factors", s, 2e-3)
	})
	t.Run("demodulation", func(t *testing.T) {
		r := newRig(t)
		s, w := r.input("s", values(3*5), 3, 5), r.input("w", values(7*5*3*3), 7, 5, 3, 3)
		out, err := Demodulation(&r.env, s, w, false)
		r.finish(out, err, values(3*7), s, w)
		r.differences("styles", s, 2e-3)
		r.differences("weights", w, 2e-3)
	})
	t.Run("normalize", func(t *testing.T) {
		r := newRig(t)
		x := r.input("x", values(4*6), 4, 6)
		out, err := Normalize(&r.env, x)
		r.finish(out, err, values(4*6), x)
		r.differences("rows", x, 2e-3)
	})
	t.Run("everywhere", func(t *testing.T) {
		r := newRig(t)
		w := r.input("w", values(5*2*3), 5, 2, 3)
		out, err := Everywhere(&r.env, w, 4, false)
		r.finish(out, err, values(4*5*2*3), w)
		r.differences("image", w, 2e-3)
	})
	t.Run("noisy", func(t *testing.T) {
		r := newRig(t)
		x, noise := r.input("x", values(2*3*4*5), 2, 3, 4, 5), r.input("noise", values(2*3*4), 2, 3, 4)
		strength, bias := r.input("strength", values(1), 1), r.input("bias", values(5), 5)
		out, err := Noisy(&r.env, x, noise, strength, bias, kernel.LeakyReLU, .2, false)
		r.finish(out, err, values(2*3*4*5), x, strength, bias)
		r.differences("images", x, 2e-3)
		r.differences("strength", strength, 2e-3)
		r.differences("bias", bias, 2e-3)
	})
	t.Run("truncate", func(t *testing.T) {
		r := newRig(t)
		w, part := r.input("w", values(3*4), 3, 4), float32(.7)
		out, err := Truncate(&r.env, w, values(4), &part)
		r.finish(out, err, values(3*4), w)
		r.differences("styles", w, 2e-3)
	})
}

// Truncation to the whole keeps every bit, to nothing leaves the mean.
func TestTruncateEnds(t *testing.T) {
	for _, part := range []float32{0, 1} {
		r := newRig(t)
		w, mean := []float32{.1, -2.3, 3e-20, 7}, []float32{1.1, .3}
		out, err := Truncate(&r.env, r.input("w", w, 2, 2), mean, &part)
		r.finish(out, err, make([]float32, 4), r.in[0])
		r.run()
		for i, v := range Floats(r.out.Value()) {
			if want := []float32{mean[i%2], w[i]}[int(part)]; v != want {
				t.Errorf("part %v: value %d = %v, want %v", part, i, v, want)
			}
		}
	}
}
