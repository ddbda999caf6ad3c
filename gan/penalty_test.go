package gan

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// The discriminator's loss and gradients equal PyTorch's, without a penalty and
// with each, there by double backward.
func TestPenaltyEqualsPyTorch(t *testing.T) {
	for _, name := range []string{"penalty-mlp", "penalty-dcgan", "penalty-dcgan-head", "penalty-resnet"} {
		c := golden.Load(t, name)
		arch := strings.Split(name, "-")[1]
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		points, _ := c.Tensor("points")
		r1, r2, gp, ar1, ar2 := c.Float("r1"), c.Float("r2"), c.Float("gp"), c.Float("ar1"), c.Float("ar2")
		for _, k := range []struct {
			kind string
			set  func(c *Config)
		}{
			{"plain", func(*Config) {}},
			{"r1", func(c *Config) { c.R1 = r1 }},
			{"r2", func(c *Config) { c.R2 = r2 }},
			{"both", func(c *Config) { c.R1, c.R2 = r1, r2 }},
			{"gp", func(c *Config) { c.GP = gp }},
			{"gp", func(c *Config) { c.DRAGAN = gp }}, // at the same points
			{"ar1", func(c *Config) { c.AR1, c.ARSigma = ar1, 1 }},
			{"ar2", func(c *Config) { c.AR2, c.ARSigma = ar2, 1 }},
			{"ar", func(c *Config) { c.AR1, c.AR2, c.ARSigma = ar1, ar2, 1 }},
		} {
			kind, cfg := k.kind, small(arch)
			if arch == "resnet" && kind != "both" && kind != "gp" {
				continue
			}
			cfg.Width, cfg.Batch = c.Int("width"), c.Int("batch")
			k.set(&cfg)
			if arch == "dcgan" {
				cfg.NormD = NoNorm
			}
			if strings.HasSuffix(name, "-head") {
				cfg.HeadD = c.Int("head")
			}
			tr := begun(t, cfg, &fixed{Shape{1, 28, 28}, real})
			loadGolden(t, c, "d", tr.dis)
			copy(tr.d.images, real)
			copy(tr.d.images[len(real):], fake)
			copy(tr.d.images[2*len(real):], append(points[:len(real):len(real)], real...))
			checkLearning(t, c, tr, kind)
		}
	}
}

// checkLearning holds the loss and the gradients of the images at hand
// against a golden's.
func checkLearning(t *testing.T, c *golden.Case, tr *Trainer, kind string) {
	t.Helper()
	if tr.d.penalty != nil {
		if err := tr.d.penalty.aim(); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(tr.d.learn); err != nil {
		t.Fatal(err)
	}
	checkGradients(t, c, tr, kind)
}

// checkGradients is checkLearning of what the discriminator's graph holds.
func checkGradients(t *testing.T, c *golden.Case, tr *Trainer, kind string) {
	t.Helper()
	c.Check(t, kind+".loss_d", []float32{scalar(tr.d.loss)}, 1e-6)
	for i, name := range named("d", tr.dis) {
		g, err := tr.d.params[i].Grad()
		if err != nil {
			t.Fatal(err)
		}
		c.Check(t, kind+"."+name+".grad", op.Floats(g), 2e-5)
	}
}

// A training with penalties goes on exactly from a checkpoint, whatever the
// number of threads, on images in colour; and its steps allocate little.
func TestTrainingWithPenalty(t *testing.T) {
	for arch, most := range map[string]float64{"mlp": 1000, "dcgan": 1000, "resnet": 2500} {
		for _, set := range []func(c *Config){
			func(c *Config) { c.Loss, c.R1, c.R2 = Relativistic, 3, 1 },
			func(c *Config) { c.Loss, c.GP = Wasserstein, 10 },
			func(c *Config) { c.DRAGAN = 10 },
			func(c *Config) { c.AR1, c.AR2, c.ARSigma = 100, 50, 0.1 },
		} {
			c := small(arch)
			set(&c)
			if arch == "dcgan" {
				c.NormD = NoNorm
			}
			resumesExactly(t, c, random(Shape{3, 28, 28}, 20))
			tr := begun(t, c, random(Shape{3, 28, 28}, 20))
			if n := testing.AllocsPerRun(3, func() { steps(t, tr, 1) }); n >= most {
				t.Errorf("%s with loss %s: a step makes %v allocations, want fewer than %v", arch, c.Loss, n, most)
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
		mix(x, a, b, size, &kernel.Stream{Seed: 7, Index: uint64(step)})
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

// DRAGAN's points are the step's real images, each value raised by a draw from 0
// to half the deviation of them all; other steps have other draws.
func TestScatteredPoints(t *testing.T) {
	c := small("mlp")
	c.DRAGAN = 1
	const size = 500
	all := c.Batch * size
	images := make([]float32, c.judged()*size)
	kernel.Latents(images, 3, 0, size, false)
	for i := range all {
		images[i] = 2*images[i] - 1 // uniform in [-3, 1), whose deviation is 4/sqrt(12)
	}
	most := 2 / math.Sqrt(12)
	noise := func(step int) []float64 {
		c.points(images, size, step)
		d := make([]float64, all)
		for i := range d {
			d[i] = float64(images[2*all+i]) - float64(images[i])
		}
		return d
	}
	first, second := noise(0), noise(1)
	mean, same := 0.0, 0
	for i, d := range first {
		mean += d / float64(all)
		if d < -1e-6 || d > 1.02*most {
			t.Fatalf("value %d has noise of %v, want 0 to %v", i, d, most)
		}
		if d == second[i] {
			same++
		}
	}
	if math.Abs(mean-most/2) > 0.03*most {
		t.Errorf("the mean of the noise is %v, want %v", mean, most/2)
	}
	if same > all/100 {
		t.Errorf("%d of %d values have the same noise in two steps", same, all)
	}
}

// Approximate penalties compare an image with itself and normal noise: real
// images, generated ones, or both.
func TestNoisyCopies(t *testing.T) {
	for _, set := range []func(c *Config){
		func(c *Config) { c.AR1, c.ARSigma = 1, 0.1 },
		func(c *Config) { c.AR2, c.ARSigma = 1, 0.1 },
		func(c *Config) { c.AR1, c.AR2, c.ARSigma = 1, 1, 0.1 },
	} {
		c := small("mlp")
		set(&c)
		const size = 500
		all := c.Batch * size
		images := make([]float32, c.judged()*size)
		kernel.Latents(images, 3, 0, size, false)
		c.points(images, size, 0)
		from, n := 0, all
		if c.AR1 == 0 {
			from = all
		}
		if c.AR1 > 0 && c.AR2 > 0 {
			n *= 2
		}
		if len(images) != 2*all+n {
			t.Fatalf("the batch has %d values, want %d", len(images), 2*all+n)
		}
		noise := make([]float32, n)
		mean := 0.0
		for i := range noise {
			noise[i] = images[2*all+i] - images[from+i]
			mean += float64(noise[i]) / float64(n)
		}
		if d := deviation(noise); math.Abs(mean) > 0.01 || math.Abs(d-0.1) > 0.01 {
			t.Errorf("ar1 %v, ar2 %v: noise of mean %v and deviation %v, want 0 and 0.1", c.AR1, c.AR2, mean, d)
		}
	}
}
