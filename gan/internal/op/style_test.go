package op

import (
	"math/rand/v2"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
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

// A demodulated convolution, computed with the weights of all samples, is PyTorch's
// with weights for each.
func TestModulatedEqualsPyTorch(t *testing.T) {
	c := golden.Load(t, "modulated")
	x, xs := c.Tensor("x")
	s, ss := c.Tensor("s")
	w, ws := c.Tensor("w")
	noise, _ := c.Tensor("noise")
	strength, _ := c.Tensor("strength")
	b, _ := c.Tensor("b")
	dy, ys := c.Tensor("dy")
	r := newRig(t)
	in, styles, weight := r.input("x", last(x, xs), xs[0], xs[2], xs[3], xs[1]), r.input("s", s, ss...), r.input("w", w, ws...)
	plane := r.input("noise", noise, xs[0], xs[2], xs[3])
	amount, bias := r.input("strength", strength, 1), r.input("b", b, ws[0])
	k := Linear{N: xs[0], Out: []int{ys[0], ys[2], ys[3], ys[1]}, Geometry: kernel.Geometry{
		H: xs[2], W: xs[3], C: xs[1], OH: ys[2], OW: ys[3], F: ys[1], KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 1, PadLeft: 1,
	}}
	y, err := Modulate(&r.env, in, styles)
	if err == nil {
		y, err = k.Apply(&r.env, y, weight, nil)
	}
	shorten, e := Demodulation(&r.env, styles, weight, false)
	if err == nil && e == nil {
		y, err = Modulate(&r.env, y, shorten)
	}
	if err == nil {
		y, err = Noisy(&r.env, y, plane, amount, bias, kernel.LeakyReLU, .2, false)
	}
	r.finish(y, err, last(dy, ys), in, styles, weight, amount, bias)
	r.run()
	c.Check(t, "y", first(Floats(r.out.Value()), ys), 1e-5)
	c.Check(t, "dx", first(r.grad(in), xs), 1e-4)
	c.Check(t, "ds", r.grad(styles), 1e-4)
	c.Check(t, "dw", r.grad(weight), 1e-4)
	c.Check(t, "dstrength", r.grad(amount), 1e-4)
	c.Check(t, "db", r.grad(bias), 1e-4)
}

func TestNormalizeEqualsPyTorch(t *testing.T) {
	c := golden.Load(t, "normalize")
	x, xs := c.Tensor("x")
	dy, _ := c.Tensor("dy")
	r := newRig(t)
	in := r.input("x", x, xs...)
	y, err := Normalize(&r.env, in)
	r.finish(y, err, dy, in)
	r.run()
	c.Check(t, "y", Floats(r.out.Value()), 1e-6)
	c.Check(t, "dx", r.grad(in), 1e-4)
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
