package gan

import (
	"fmt"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
)

// spectralNorm is a small configuration with spectral normalisation.
func spectralNorm(arch string) Config {
	c := small(arch)
	c.NormD = SpectralNorm
	return c
}

// The vectors of a spectral normalisation, the discriminator's loss and gradients,
// plain and with R1, and its verdicts after a step equal PyTorch's.
func TestSpectralEqualsPyTorch(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := golden.Load(t, "spectral-"+arch)
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		for kind, r1 := range map[string]float64{"plain": 0, "r1": c.Float("r1")} {
			cfg := spectralNorm(arch)
			cfg.Width, cfg.Batch, cfg.R1 = c.Int("width"), c.Int("batch"), r1
			tr := begun(t, cfg, &fixed{Shape{1, 28, 28}, real})
			loadGolden(t, c, "d", tr.dis)
			for i := range tr.dis {
				u, _ := c.Tensor(fmt.Sprintf("d.%d.u", i))
				copy(tr.dis[i].spectral.u, u)
			}
			copy(tr.d.images, real)
			copy(tr.d.images[len(real):], fake)
			iterateSpectral(tr.dis)
			for i := range tr.dis {
				c.Check(t, fmt.Sprintf("d.%d.u.after", i), tr.dis[i].spectral.u, 1e-6)
			}
			if r1 > 0 {
				if err := tr.d.penalty.aim(); err != nil {
					t.Fatal(err)
				}
			}
			if err := tr.play("discriminator", tr.d.learn, tr.d.loss, tr.d.params, tr.adamD); err != nil {
				t.Fatal(err)
			}
			checkGradients(t, c, tr, kind)
			if kind != "plain" {
				continue
			}
			if err := run(tr.d.learn); err != nil {
				t.Fatal(err)
			}
			c.Check(t, "logits_updated", op.Floats(tr.d.logits.Value()), 1e-5)
		}
	}
}

// The generator and a relativistic loss's rivals meet the weights that the
// discriminator's step left, divided as in its own graph.
func TestSpectralIsTheSameInAllGraphs(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := spectralNorm(arch)
		c.Loss, c.LR = Relativistic, 0.01
		tr := begun(t, c, random(Shape{1, 28, 28}, 20))
		steps(t, tr, 2)
		if err := run(tr.d.learn); err != nil {
			t.Fatal(err)
		}
		want := op.Floats(tr.d.logits.Value())
		if got := op.Floats(tr.g.logits.Value()); !equal([][]float32{got}, [][]float32{want[c.Batch:]}) {
			t.Errorf("%s: the generator met logits of %v, want %v", arch, got, want[c.Batch:])
		}
		if got := tr.g.rivals; !equal([][]float32{got}, [][]float32{want[:c.Batch]}) {
			t.Errorf("%s: the rivals are %v, want %v", arch, got, want[:c.Batch])
		}
	}
}

// A training with spectral normalisation goes on exactly from a checkpoint,
// whatever the number of threads; its steps allocate little.
func TestTrainingWithSpectral(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		for _, set := range []func(c *Config){
			func(c *Config) { c.Loss = Hinge },
			func(c *Config) { c.Loss = Wasserstein },
			func(c *Config) { c.GP = 10 },
		} {
			c := spectralNorm(arch)
			set(&c)
			resumesExactly(t, c, random(Shape{3, 28, 28}, 20))
		}
		c := spectralNorm(arch)
		tr := begun(t, c, random(Shape{3, 28, 28}, 20))
		if n := testing.AllocsPerRun(3, func() { steps(t, tr, 1) }); n >= 1000 {
			t.Errorf("%s: a step makes %v allocations, want fewer than 1000", arch, n)
		}
		if n := testing.AllocsPerRun(3, func() { iterateSpectral(tr.dis) }); n > 0 {
			t.Errorf("%s: a power iteration makes %v allocations, want none", arch, n)
		}
	}
}
