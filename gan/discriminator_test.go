package gan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// A dcgan's discriminator may have a dense layer before its last, beginning like
// the others, and goes on exactly from a checkpoint; in colour, the layer takes
// what the convolutions make.
func TestDiscriminatorWithHead(t *testing.T) {
	c := small("dcgan")
	c.HeadD = 64
	_, dis, err := c.Layers(Shape{3, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	head, last := dis[len(dis)-2], dis[len(dis)-1]
	if head.In != 8*7*7 || head.Out != 64 || head.Act != LeakyReLU || last.In != 64 || last.Out != 1 || last.Act != Identity {
		t.Errorf("the last layers are %v and %v, want 392 to 64 to 1", head, last)
	}
	square := 0.0
	for _, w := range head.Weight {
		square += float64(w) * float64(w)
	}
	if got := math.Sqrt(square / float64(len(head.Weight))); math.Abs(got-0.02) > 0.0005 {
		t.Errorf("the first weights deviate by %v, want 0.02", got)
	}
	resumesExactly(t, c, random(Shape{3, 28, 28}, 20))
}

// A step with several of the discriminator is that many steps in which the
// generator stands still, in every bit: its weights, images, latents and places
// between images; and resumes exactly, on data of fewer batches than that.
func TestStepsOfTheDiscriminator(t *testing.T) {
	for _, set := range []func(c *Config){
		func(c *Config) { c.Loss, c.LRDecay, c.Steps = Relativistic, 0.5, 6 },
		func(c *Config) { c.Loss, c.GP, c.NormD = Wasserstein, 10, NoNorm },
	} {
		c := small("dcgan")
		set(&c)
		data := random(Shape{1, 28, 28}, 20)
		several := c
		several.StepsD = 4
		resumesExactly(t, several, data)

		c.LRDecay, c.Steps = 0, 0
		several.LRDecay, several.Steps = 0, 0
		one, err := New(c, data)
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		four, err := New(several, data)
		if err != nil {
			t.Fatal(err)
		}
		defer four.Close()
		one.adamG.lr, four.adamG.lr = 0, 0
		want, got := steps(t, one, 8)[7], steps(t, four, 2)[1]
		if got.Step = 8; got != want {
			t.Errorf("loss %s: 2 steps of 4 are %+v, want %+v", c.Loss, got, want)
		}
		if !equal(params(four.dis), params(one.dis)) {
			t.Errorf("loss %s: 2 steps of 4 leave another discriminator than 8 of one", c.Loss)
		}
	}
}

// An image that cannot be read harms nothing, whichever of the step's batches it
// is in.
func TestDataErrorsWithStepsOfTheDiscriminator(t *testing.T) {
	for seed := range uint64(5) { // of image 3 first in each of three batches
		c := small("mlp")
		c.StepsD, c.Seed = 3, seed
		data := &broken{fixed: random(Shape{1, 28, 28}, 18)}
		whole := begun(t, c, data)
		want := steps(t, whole, 3)
		whole.Close()
		tr := begun(t, c, data)
		steps(t, tr, 1)
		tr.stopFeed() // what it has read ahead
		data.bad = true
		var de *DataError
		if _, err := tr.Step(); !errors.As(err, &de) || de.Step != 2 || de.Image != 3 {
			t.Errorf("seed %d: error %v, want one of step 2 and image 3", seed, err)
		}
		data.bad = false
		if got := steps(t, tr, 2); got[0] != want[1] || got[1] != want[2] {
			t.Errorf("seed %d: after an error, the steps are %+v, want %+v", seed, got, want[1:])
		}
	}
}

// The loss and the gradients of a discriminator with minibatch standard deviation
// equal PyTorch's.
func TestMinibatchStddevEqualsPyTorch(t *testing.T) {
	for _, c := range golden.LoadAll(t, "stddev-") {
		cfg := small(strings.Split(c.Name, "-")[1])
		cfg.Width, cfg.Batch, cfg.HeadD, cfg.MinibatchStddev = c.Int("width"), c.Int("batch"), c.Int("head"), c.Int("group")
		if cfg.Arch == "dcgan" {
			cfg.NormD = NoNorm
		}
		checkDiscriminator(t, c, cfg, "plain")
	}
}

// checkDiscriminator compares the loss and the gradients of a discriminator of cfg
// with those of a golden, of a kind.
func checkDiscriminator(t *testing.T, c *golden.Case, cfg Config, kind string) {
	t.Helper()
	real, _ := c.Tensor("real")
	fake, _ := c.Tensor("fake")
	tr := begun(t, cfg, &fixed{Shape{1, 28, 28}, real})
	loadGolden(t, c, "d", tr.dis)
	points, _ := c.Tensor("points")
	copy(tr.d.images, slices.Concat(real, fake, points))
	for i := range labelsOf(tr.dis) {
		labelsOf(tr.dis)[i] = i % 3
	}
	for i, mask := range tr.d.masks {
		size := len(mask) * len(real) / len(tr.d.images) // of a part
		for at, part := range []string{"real", "fake", "points"} {
			if m, s := c.Tensor(fmt.Sprintf("%s.%d.mask", part, i)); at*size < len(mask) {
				kernel.Transpose(mask[at*size:][:size], m, s[0], s[1], len(m)/s[0]/s[1], 0, 1)
			}
		}
	}
	checkLearning(t, c, tr, kind)
}

// With minibatch standard deviation, an image counts in the logits of its own
// group and in no other; the gradient is that of finite differences, through
// whatever layer takes the channel; and training resumes exactly.
func TestMinibatchStddev(t *testing.T) {
	for _, set := range []func(c *Config){
		func(c *Config) { c.Arch = "mlp" },
		func(c *Config) { c.NormD = NoNorm },
		func(c *Config) { c.NormD, c.AR1, c.ARSigma = NoNorm, 1, 0.1 },
	} {
		c := small("dcgan")
		c.MinibatchStddev, c.Loss = 3, Relativistic
		set(&c)
		data := random(Shape{3, 28, 28}, 20)
		resumesExactly(t, c, data)
		tr := begun(t, c, data)
		steps(t, tr, 1)
		logits := func() []float32 {
			if err := run(tr.d.learn); err != nil {
				t.Fatal(err)
			}
			return slices.Clone(op.Floats(tr.d.logits.Value()))
		}
		before := logits()
		const changed = 7
		tr.d.images[changed*tr.shape.Len()] += 1
		for i, x := range logits() {
			if (x != before[i]) != (i/3 == changed/3) {
				t.Errorf("%s: image %d changed the logit of image %d from %v to %v", c.Arch, changed, i, before[i], x)
			}
		}
	}
}
