package gan

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/internal/kernel"
)

// The loss and the gradients of a discriminator with dropout equal PyTorch's, by
// the same masks: also where a penalty's slopes pass them.
func TestDropoutEqualsPyTorch(t *testing.T) {
	for _, c := range golden.LoadAll(t, "dropout-") {
		for kind, weights := range map[string][2]float64{"plain": {}, "r1": {c.Float("r1")}, "gp": {0, c.Float("gp")}} {
			cfg := small(strings.Split(c.Name, "-")[1])
			cfg.Width, cfg.Batch, cfg.HeadD, cfg.Dropout = c.Int("width"), c.Int("batch"), c.Int("head"), c.Float("dropout")
			cfg.R1, cfg.GP = weights[0], weights[1]
			if cfg.Arch == "dcgan" {
				cfg.NormD = NoNorm
			}
			checkDiscriminator(t, c, cfg, kind)
		}
	}
}

// As many values are dropped as asked for, and the mean of the factors is 1.
func TestMasks(t *testing.T) {
	for _, p := range []float64{0.1, 0.5, 0.9} {
		m := masks{make([]float32, 30000), make([]float32, 10000)}
		m.draw(p, &kernel.Stream{Seed: 3, Domain: domainDropout})
		for i, layer := range m {
			dropped, sum := 0.0, 0.0
			for _, v := range layer {
				if v == 0 {
					dropped++
				}
				sum += float64(v)
			}
			n := float64(len(layer))
			if sigma := math.Sqrt(p * (1 - p) / n); math.Abs(dropped/n-p) > 4*sigma || math.Abs(sum/n-1) > 4*sigma/(1-p) {
				t.Errorf("dropout %v, layer %d: %v are dropped and the mean is %v, want %v and 1", p, i, dropped/n, sum/n, p)
			}
		}
		if slices.Equal(m[0][:10000], m[1]) {
			t.Errorf("dropout %v: two layers have the same mask", p)
		}
	}
}

// Every step of either player has masks of its own, those of the relativistic
// rivals included, and training resumes exactly.
func TestTrainingWithDropout(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := small(arch)
		c.Dropout, c.Loss, c.R1, c.R2, c.StepsD = 0.3, Relativistic, 1, 1, 2
		if arch == "dcgan" {
			c.NormD, c.HeadD = NoNorm, 9
		}
		data := random(Shape{3, 28, 28}, 20)
		resumesExactly(t, c, data)
		tr := begun(t, c, data)
		seen := map[string][]float32{}
		check := func(name string, mask []float32) {
			for other, m := range seen {
				if slices.Equal(mask, m) {
					t.Errorf("%s: the masks of %s are those of %s", arch, name, other)
				}
			}
			seen[name] = slices.Clone(mask)
		}
		for _, when := range []string{", step 1", ", step 2"} {
			steps(t, tr, 1)
			check("the generator"+when, tr.g.masks[0])
			check("the rivals"+when, tr.d.judge.masks[0])
			all := tr.d.masks[0]
			check("real images"+when, all[:len(all)/2])
			check("generated images"+when, all[len(all)/2:])
		}
		for i, which := range []string{"first", "second"} {
			if err := tr.discriminate(4 + i); err != nil {
				t.Fatal(err)
			}
			check(which+" of step 3", tr.d.masks[0])
		}
	}
}
