package gan

import (
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
)

// The discriminator's loss and gradients equal PyTorch's, without a penalty and
// with each, there by double backward.
func TestPenaltyEqualsPyTorch(t *testing.T) {
	for _, name := range []string{"penalty-mlp", "penalty-dcgan", "penalty-dcgan-head"} {
		c := golden.Load(t, name)
		arch := strings.Split(name, "-")[1]
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		points, _ := c.Tensor("points")
		r1, r2, gp := c.Float("r1"), c.Float("r2"), c.Float("gp")
		for kind, weights := range map[string][3]float64{"plain": {}, "r1": {r1}, "r2": {0, r2}, "both": {r1, r2}, "gp": {0, 0, gp}} {
			cfg := small(arch)
			cfg.Width, cfg.Batch, cfg.R1, cfg.R2, cfg.GP = c.Int("width"), c.Int("batch"), weights[0], weights[1], weights[2]
			if arch == "dcgan" {
				cfg.NormD = NoNorm
			}
			if strings.HasSuffix(name, "-head") {
				cfg.HeadD = c.Int("head")
			}
			tr, err := New(cfg, &fixed{Shape{1, 28, 28}, real})
			if err != nil {
				t.Fatal(err)
			}
			defer tr.Close()
			loadGolden(t, c, "d", tr.dis)
			copy(tr.d.images, real)
			copy(tr.d.images[len(real):], fake)
			copy(tr.d.images[2*len(real):], points)
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

// A training with penalties goes on exactly from a checkpoint, whatever the
// number of threads, on images in colour; and its steps allocate little.
func TestTrainingWithPenalty(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		for _, set := range []func(c *Config){
			func(c *Config) { c.Loss, c.R1, c.R2 = Relativistic, 3, 1 },
			func(c *Config) { c.Loss, c.GP = Wasserstein, 10 },
		} {
			c := small(arch)
			set(&c)
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
				t.Errorf("%s with loss %s: a step makes %v allocations, want fewer than 1000", arch, c.Loss, n)
			}
		}
	}
}

// A mixed point is at one place between its images in all its values; places
// differ by image and by step.
func TestMix(t *testing.T) {
	const images, size = 50, 3
	a, b := make([]float32, images*size), make([]float32, images*size)
	for i := range a {
		a[i], b[i] = 1, float32(2+i%size)
	}
	seen := map[float32]bool{}
	for step := range 2 {
		x := make([]float32, len(a))
		mix(x, a, b, size, 7, step)
		for i := 0; i < len(x); i += size {
			at := x[i] - 1
			if at < 0 || at >= 1 || seen[at] {
				t.Errorf("step %d: point %d is at %v, want another place in 0 to 1", step, i/size, at)
			}
			seen[at] = true
			for j := range size {
				if d := x[i+j] - (1 + at*float32(1+j)); d > 1e-6 || d < -1e-6 {
					t.Errorf("step %d: value %d of point %d is off by %v", step, j, i/size, d)
				}
			}
		}
	}
}
