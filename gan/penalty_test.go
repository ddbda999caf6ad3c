package gan

import (
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
)

// The discriminator's loss and gradients equal PyTorch's, without a penalty and
// with each, there by double backward.
func TestPenaltyEqualsPyTorch(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := golden.Load(t, "penalty-"+arch)
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		r1, r2 := c.Float("r1"), c.Float("r2")
		for kind, gammas := range map[string][2]float64{"plain": {}, "r1": {r1, 0}, "r2": {0, r2}, "both": {r1, r2}} {
			cfg := small(arch)
			cfg.Width, cfg.Batch, cfg.R1, cfg.R2 = c.Int("width"), c.Int("batch"), gammas[0], gammas[1]
			if arch == "dcgan" {
				cfg.NormD = NoNorm
			}
			tr, err := New(cfg, &fixed{Shape{1, 28, 28}, real})
			if err != nil {
				t.Fatal(err)
			}
			defer tr.Close()
			loadGolden(t, c, "d", tr.dis)
			copy(tr.d.images, real)
			copy(tr.d.images[len(real):], fake)
			if cfg.penalised() {
				if err := tr.d.penalty.aim(); err != nil {
					t.Fatal(err)
				}
			}
			if err := run(tr.d.learn); err != nil {
				t.Fatal(err)
			}
			c.Check(t, kind+".loss_d", []float32{scalar(tr.d.loss)}, 1e-6)
			for i, name := range named("d", tr.dis) {
				g, err := tr.d.params[i].Grad()
				if err != nil {
					t.Fatal(err)
				}
				c.Check(t, kind+"."+name+".grad", op.Floats(g), 1e-5)
			}
		}
	}
}

// A training with R1 and R2 goes on exactly from a checkpoint, whatever the number of
// threads, on images in colour; and its steps allocate as little as others.
func TestTrainingWithPenalty(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := small(arch)
		c.R1, c.R2 = 3, 1
		if arch == "dcgan" {
			c.NormD = NoNorm
		}
		resumesExactly(t, c, random(Shape{3, 28, 28}, 20))
		tr, err := New(c, random(Shape{3, 28, 28}, 20))
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		if n := testing.AllocsPerRun(3, func() { steps(t, tr, 1) }); n >= 1000 {
			t.Errorf("%s: a step makes %v allocations, want fewer than 1000", arch, n)
		} else {
			t.Logf("%s: %v allocations a step", arch, n)
		}
	}
}
