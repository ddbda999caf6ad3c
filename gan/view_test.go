package gan

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/op"
)

// views are all that a discriminator can see images through.
func views(c Config) []Config {
	pack, noise, augment, all := c, c, c, c
	pack.Pack = 3
	noise.InstanceNoise = 0.3
	augment.DiffAugment = "cutout,colour,translation"
	all.Pack, all.InstanceNoise, all.DiffAugment, all.StepsD = 2, 0.1, "colour,translation", 2
	return []Config{pack, noise, augment, all}
}

// The generator's gradient, through all that the discriminator sees its images
// through, is the slope of its loss.
func TestGradientThroughView(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		for _, c := range views(small(arch)) {
			tr := begun(t, c, random(Shape{3, 28, 28}, 12))
			for i := range tr.dis {
				for j := range tr.dis[i].Weight {
					tr.dis[i].Weight[j] *= 4 // so that images matter
				}
			}
			tr.latents(tr.g.z, 0)
			if err := tr.look(0); err != nil {
				t.Fatal(err)
			}
			loss := func() float64 {
				if err := run(tr.g.learn); err != nil {
					t.Fatal(err)
				}
				return float64(scalar(tr.g.loss))
			}
			loss()
			var grads, was [][]float32
			square := 0.0
			for i, p := range params(tr.gen) {
				g, err := tr.g.params[i].Grad()
				if err != nil {
					t.Fatal(err)
				}
				grads = append(grads, append([]float32(nil), op.Floats(g)...))
				was = append(was, append([]float32(nil), p...))
				for _, v := range grads[i] {
					square += float64(v) * float64(v)
				}
			}
			along := func(h float64) float64 {
				for i, p := range params(tr.gen) {
					for j := range p {
						p[j] = was[i][j] + float32(h*float64(grads[i][j]))
					}
				}
				return loss()
			}
			h := 2e-3 / square // for losses that differ by 4e-3
			if slope := (along(h) - along(-h)) / (2 * h); math.Abs(slope-square) > 0.01*square {
				t.Errorf("%s, pack %d, noise %v, augmented %q: the loss has a slope of %v along its gradient, want its square %v", arch, c.Pack, c.InstanceNoise, c.DiffAugment, slope, square)
			}
		}
	}
}

// To judge packs is to judge images of as many channels, penalties and pairs
// included; a pack has real images alone, or generated ones.
func TestPackIsAnImageOfMoreChannels(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		for _, set := range []func(c *Config){
			func(c *Config) { c.MinibatchStddev = 2 },
			func(c *Config) { c.Loss, c.R1, c.R2, c.NormD = Relativistic, 3, 1, NoNorm },
			func(c *Config) { c.GP, c.NormD = 10, NoNorm },
			func(c *Config) { c.AR1, c.AR2, c.ARSigma, c.NormD = 100, 50, 0.1, NoNorm },
		} {
			c := small(arch)
			set(&c)
			if arch == "mlp" {
				c.NormD = ""
			}
			c.Pack = 3
			tr := begun(t, c, random(Shape{2, 28, 28}, 12))
			steps(t, tr, 1)
			all := c.Batch * tr.shape.Len()
			if c.GP > 0 {
				checkPoints(t, tr.d.images[:all], tr.d.images[all:2*all], tr.d.images[2*all:], 2)
			}
			plain := c
			plain.Pack, plain.Batch = 0, 2
			alone, err := newDiscriminatorGraph(plain, Shape{6, 28, 28}, tr.dis)
			if err != nil {
				t.Fatal(err)
			}
			copy(alone.images, tr.d.images)
			for _, d := range []*discriminatorGraph{tr.d, alone} { // whose weights have changed since
				if d.penalty != nil {
					if err := d.penalty.aim(); err != nil {
						t.Fatal(err)
					}
				}
				if err := run(d.learn); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := scalar(tr.d.loss), scalar(alone.loss); got != want {
				t.Errorf("%s: the loss of packs is %v, want %v", arch, got, want)
			}
			for i := range tr.d.params {
				got, err := tr.d.params[i].Grad()
				if err != nil {
					t.Fatal(err)
				}
				want, err := alone.params[i].Grad()
				if err != nil {
					t.Fatal(err)
				}
				if !equal([][]float32{op.Floats(got)}, [][]float32{op.Floats(want)}) {
					t.Errorf("%s: the gradient of parameter %d differs in packs", arch, i)
				}
			}
			for i := range tr.d.raw {
				tr.d.raw[i] = float32(i / all) // 0 for real images, 1 for others
			}
			if err := tr.look(0); err != nil {
				t.Fatal(err)
			}
			for i, v := range tr.d.images[:2*all] {
				if v != float32(i/all) {
					t.Fatalf("%s: value %d of the packs is of the other half", arch, i)
				}
			}
		}
	}
}

// checkPoints checks that each of n points is at one place between its ends.
func checkPoints(t *testing.T, real, fake, points []float32, n int) {
	t.Helper()
	size := len(points) / n
	for i := range n {
		low, high := math.Inf(1), math.Inf(-1)
		for j := i * size; j < (i+1)*size; j++ {
			if whole := real[j] - fake[j]; math.Abs(float64(whole)) > 0.1 {
				at := float64((points[j] - fake[j]) / whole)
				low, high = min(low, at), max(high, at)
			}
		}
		if !(low >= -1e-4 && high <= 1.0001 && high-low < 1e-4) {
			t.Errorf("point %d is at %v to %v between its ends, want one place in 0 to 1", i, low, high)
		}
	}
}

// A training goes on exactly from a checkpoint whatever the discriminator sees
// images through, and its steps allocate little.
func TestTrainingWithView(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		for _, c := range views(small(arch)) {
			if c.InstanceNoise > 0 {
				c.Steps = 7
			}
			data := random(Shape{3, 28, 28}, 20)
			resumesExactly(t, c, data)
			tr := begun(t, c, data)
			if n := testing.AllocsPerRun(3, func() { steps(t, tr, 1) }); n >= 1000 {
				t.Errorf("%s, pack %d, noise %v, augmented %q: a step makes %v allocations, want fewer than 1000", arch, c.Pack, c.InstanceNoise, c.DiffAugment, n)
			}
		}
	}
	points := small("mlp")
	points.Pack, points.InstanceNoise = 3, 0.1
	resumesExactly(t, points, random(Shape{2, 1, 1}, 20))
}

// Noise of a planned training falls to nothing, is of the deviation that is
// wanted, and new for every image, player and step.
func TestInstanceNoise(t *testing.T) {
	c := small("mlp")
	c.InstanceNoise, c.Steps, c.StepsD = 0.5, 4, 2
	tr := begun(t, c, random(Shape{1, 28, 28}, 12))
	seen := map[float32]bool{}
	for i := range c.Steps {
		steps(t, tr, 1)
		square := 0.0
		for j, v := range tr.d.raw {
			noise := tr.d.images[j] - v
			square += float64(noise * noise)
		}
		want := 0.5 * (1 - float64(i)/4)
		if got := math.Sqrt(square / float64(len(tr.d.raw))); math.Abs(got-want) > 0.02*want {
			t.Errorf("the noise of step %d has a deviation of %v, want %v", i+1, got, want)
		}
		var draw [1]float32
		for _, v := range []*view{&tr.d.stage.view, tr.g.view} {
			for j := range v.form.N {
				v.noise(j, draw[:])
				if seen[draw[0]] {
					t.Errorf("step %d: the noise of image %d was seen before", i+1, j)
				}
				seen[draw[0]] = true
			}
		}
	}
}

// Translations reach an eighth of the sides both ways, and holes are half the
// sides and anywhere; colours keep to their ranges.
func TestAugmenterDraws(t *testing.T) {
	v := &view{cfg: Config{Batch: 5000}, form: op.Images{N: 10000, C: 1, H: 28, W: 9}}
	across, down, left, top := map[int]int{}, map[int]int{}, map[int]int{}, map[int]int{}
	for i := range v.form.N {
		m := v.move(i, true, true)
		across[m.By.X]++
		down[m.By.Y]++
		left[m.Hole.Min.X]++
		top[m.Hole.Min.Y]++
		if m.Hole.Dx() != 5 || m.Hole.Dy() != 14 {
			t.Fatalf("hole %d is %v, want 5x14", i, m.Hole)
		}
		if one := v.move(i, true, false); one.By != m.By || !one.Hole.Empty() {
			t.Errorf("translation %d alone is %v, want %v", i, one, m.By)
		}
		if one := v.move(i, false, true); one.Hole != m.Hole || one.By.X != 0 || one.By.Y != 0 {
			t.Errorf("cutout %d alone is %v, want %v", i, one, m.Hole)
		}
		c := v.colour(i)
		for name, at := range map[string]float64{"brightness": c.Brightness + 0.5, "saturation": c.Saturation / 2, "contrast": c.Contrast - 0.5} {
			if at < 0 || at > 1 {
				t.Errorf("%s of image %d is at %v of its range, want 0 to 1", name, i, at)
			}
		}
	}
	for name, c := range map[string]struct {
		counts   map[int]int
		from, to int
	}{"right": {across, -1, 1}, "down": {down, -4, 4}, "hole's left": {left, -2, 6}, "hole's top": {top, -7, 21}} {
		each := v.form.N / (c.to - c.from + 1)
		for at, n := range c.counts {
			if at < c.from || at > c.to || len(c.counts) != c.to-c.from+1 || n < each*2/3 || n > each*3/2 {
				t.Errorf("%s: %d came %d times, want each of %d to %d about %d times", name, at, n, c.from, c.to, each)
			}
		}
	}
}

// Settings that cannot be, or that change nothing, are refused.
func TestViewIsRefused(t *testing.T) {
	for want, change := range map[string]func(c *Config, s *Shape){
		"pack is -1":             func(c *Config, _ *Shape) { c.Pack = -1 },
		"pack is 9":              func(c *Config, _ *Shape) { c.Pack, c.Batch = 9, 18 },
		"batch is 6, want a mul": func(c *Config, _ *Shape) { c.Pack = 4 },
		"at least twice":         func(c *Config, _ *Shape) { c.Pack = 6 },
		"minibatch-stddev is 2, want a number that divides the 3 images or packs": func(c *Config, _ *Shape) { c.Pack, c.MinibatchStddev = 2, 2 },
		"lower the pack of 2":        func(c *Config, s *Shape) { c.Pack, *s = 2, Shape{1 << 13, 1 << 7, 1 << 8} },
		"instance-noise is -1":       func(c *Config, _ *Shape) { c.InstanceNoise = -1 },
		"instance-noise is NaN":      func(c *Config, _ *Shape) { c.InstanceNoise = math.NaN() },
		`diff-augment is "color"`:    func(c *Config, _ *Shape) { c.DiffAugment = "color" },
		`diff-augment is "cutout,"`:  func(c *Config, _ *Shape) { c.DiffAugment = "cutout," },
		`"cutout,cutout"`:            func(c *Config, _ *Shape) { c.DiffAugment = "cutout,cutout" },
		"points of 2x1x1":            func(c *Config, s *Shape) { c.DiffAugment, *s = "colour", Shape{2, 1, 1} },
		"nothing in images of 1x3x3": func(c *Config, s *Shape) { c.DiffAugment, *s = "translation", Shape{1, 3, 3} },
	} {
		c, s := small("mlp"), Shape{1, 28, 28}
		c.Width = 1
		change(&c, &s)
		if _, _, err := c.shapes(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
