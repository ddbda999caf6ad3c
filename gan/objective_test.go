package gan

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// Losses and their slopes equal PyTorch's. (Those of ns and minimax do in
// package op and in TestStepEqualsPyTorch.)
func TestObjectivesEqualPyTorch(t *testing.T) {
	for _, loss := range []string{LeastSquares, Hinge, Wasserstein} {
		c := golden.Load(t, "objective-"+loss)
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		n := len(real)
		cfg := Config{Batch: n, Loss: loss}
		play := func(name string, logits []float32, terms []op.Term) []float32 {
			g := newGraph(len(logits), 1, nil)
			x := g.input("logits", logits, len(logits), 1)
			out, err := op.Loss(&g.env, x, terms)
			if err != nil {
				t.Fatal(err)
			}
			vm, err := g.learn(out, G.Nodes{x})
			if err != nil {
				t.Fatal(err)
			}
			if err := run(vm); err != nil {
				t.Fatal(err)
			}
			c.Check(t, name, []float32{scalar(out)}, 1e-6)
			dx, err := x.Grad()
			if err != nil {
				t.Fatal(err)
			}
			return op.Floats(dx)
		}
		d := play("loss_d", append(append([]float32(nil), real...), fake...), discriminatorTerms(cfg))
		c.Check(t, "d_dreal", d[:n], 1e-6)
		c.Check(t, "d_dfake", d[n:], 1e-6)
		c.Check(t, "g_dfake", play("loss_g", fake, generatorTerms(cfg)), 1e-6)
	}
}

// The weights of a clipped discriminator are within the bound after each step,
// some at it; the generator's are not touched.
func TestClip(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := small(arch)
		c.Loss, c.Clip = Wasserstein, 0.005
		tr, err := New(c, random(Shape{1, 28, 28}, 12))
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		most := func(layers []Layer) (m float64) {
			for _, p := range params(layers) {
				for _, v := range p {
					m = max(m, math.Abs(float64(v)))
				}
			}
			return m
		}
		for range 2 {
			steps(t, tr, 1)
			if got, want := most(tr.dis), float64(float32(c.Clip)); got != want {
				t.Errorf("%s: the discriminator's largest weight is %v, want the bound %v", arch, got, want)
			}
		}
		if got := most(tr.gen); got < 2*c.Clip {
			t.Errorf("%s: the generator's largest weight is %v: it was clipped", arch, got)
		}
	}
}
