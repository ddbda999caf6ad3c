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
	for _, loss := range []string{LeastSquares, Hinge, Wasserstein, Relativistic} {
		c := golden.Load(t, "objective-"+loss)
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		n := len(real)
		cfg := Config{Batch: n, Loss: loss}
		play := func(name string, logits []float32, loss func(g *graph, x *G.Node) (*G.Node, error)) []float32 {
			value, dx := slopes(t, logits, loss)
			c.Check(t, name, []float32{value}, 1e-6)
			return dx
		}
		d := play("loss_d", append(append([]float32(nil), real...), fake...), func(g *graph, x *G.Node) (*G.Node, error) {
			return discriminatorLoss(cfg, &g.env, x)
		})
		c.Check(t, "d_dreal", d[:n], 1e-6)
		c.Check(t, "d_dfake", d[n:], 1e-6)
		c.Check(t, "g_dfake", play("loss_g", fake, func(g *graph, x *G.Node) (*G.Node, error) {
			return generatorLoss(cfg, &g.env, x, g.input("rivals", real, n))
		}), 1e-6)
	}
}

// With a smooth label, the discriminator's loss and slopes equal PyTorch's; the
// generator's do not change.
func TestSmoothingEqualsPyTorch(t *testing.T) {
	c := golden.Load(t, "smoothing")
	real, _ := c.Tensor("real")
	fake, _ := c.Tensor("fake")
	n := len(real)
	for _, loss := range []string{NonSaturating, Minimax, LeastSquares} {
		cfg := Config{Batch: n, Loss: loss, Smooth: 1 - c.Float("label")}
		kind := loss
		if loss == Minimax {
			kind = NonSaturating // the discriminator's is the same
		}
		value, d := slopes(t, append(append([]float32(nil), real...), fake...), func(g *graph, x *G.Node) (*G.Node, error) {
			return discriminatorLoss(cfg, &g.env, x)
		})
		c.Check(t, kind+".loss_d", []float32{value}, 1e-6)
		c.Check(t, kind+".d_dreal", d[:n], 1e-6)
		c.Check(t, kind+".d_dfake", d[n:], 1e-6)

		smooth, _ := slopes(t, fake, func(g *graph, x *G.Node) (*G.Node, error) { return generatorLoss(cfg, &g.env, x, nil) })
		cfg.Smooth = 0
		plain, _ := slopes(t, fake, func(g *graph, x *G.Node) (*G.Node, error) { return generatorLoss(cfg, &g.env, x, nil) })
		if smooth != plain {
			t.Errorf("%s: the generator's loss is %v with a smooth label, %v without", loss, smooth, plain)
		}
	}
}

// slopes is a loss of logits and its gradient.
func slopes(t *testing.T, logits []float32, loss func(g *graph, x *G.Node) (*G.Node, error)) (float32, []float32) {
	t.Helper()
	g := newGraph(len(logits), 1, nil)
	x := g.input("logits", logits, len(logits), 1)
	out, err := loss(g, x)
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
	dx, err := x.Grad()
	if err != nil {
		t.Fatal(err)
	}
	return scalar(out), op.Floats(dx)
}

// The weights of a clipped discriminator are within the bound after each step,
// some at it; the generator's are not touched.
func TestClip(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := small(arch)
		c.Loss, c.Clip = Wasserstein, 0.005
		tr := begun(t, c, random(Shape{1, 28, 28}, 12))
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

// A relativistic generator's rivals are the real images of the step, judged by
// the discriminator as its own step left it.
func TestRivals(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := small(arch)
		c.Loss, c.LR = Relativistic, 0.01
		resumesExactly(t, c, random(Shape{3, 28, 28}, 20))
		tr := begun(t, c, random(Shape{3, 28, 28}, 12))
		got := steps(t, tr, 2)[1]
		after, err := newDiscriminatorGraph(c, tr.shape, tr.dis)
		if err != nil {
			t.Fatal(err)
		}
		copy(after.images, tr.d.images)
		if err := run(after.learn); err != nil {
			t.Fatal(err)
		}
		logits := op.Floats(after.logits.Value())
		if !equal([][]float32{tr.g.rivals}, [][]float32{logits[:c.Batch]}) {
			t.Errorf("%s: the rivals are %v, want %v", arch, tr.g.rivals, logits[:c.Batch])
		}
		want := 0.0
		for i := range c.Batch {
			want += math.Log1p(math.Exp(float64(logits[i]-logits[c.Batch+i]))) / float64(c.Batch)
		}
		if math.Abs(got.LossG-want) > 1e-5*want {
			t.Errorf("%s: the generator's loss is %v, want %v", arch, got.LossG, want)
		}
	}
}
