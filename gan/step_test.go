package gan

import (
	"fmt"
	"math"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// fixed is a dataset of given images, [n, C, H, W], the i-th of class i % 3.
type fixed struct {
	shape  Shape
	images []float32
}

func (f *fixed) Name() string { return "fixed" }
func (f *fixed) Shape() Shape { return f.shape }
func (f *fixed) Len() int     { return len(f.images) / f.shape.Len() }
func (f *fixed) Image(dst []float32, i int) error {
	copy(dst, f.images[i*f.shape.Len():][:f.shape.Len()])
	return nil
}

func (f *fixed) Classes() []string { return []string{"a", "b", "c"} }
func (f *fixed) Label(i int) int   { return i % 3 }

// named are a network's trained parameters by their names in the goldens.
func named(prefix string, layers []Layer) (names []string) {
	for place, l := range Each(layers) {
		at := prefix + "." + place + "."
		if l.Weight != nil {
			names = append(names, at+"weight")
		}
		if l.Bias != nil {
			names = append(names, at+"bias")
		}
		if l.Norm != nil {
			names = append(names, at+"gamma", at+"beta")
		}
		if l.Style != nil {
			names = append(names, at+"style.weight", at+"style.bias")
			if !l.Style.Image {
				names = append(names, at+"strength")
			}
		}
		if l.projection != nil {
			names = append(names, at+"projection")
		}
	}
	return names
}

// goldenTrainer is a trainer with a golden's weights, about to take its step.
func goldenTrainer(t *testing.T, arch, loss string) (*Trainer, *golden.Case) {
	t.Helper()
	c := golden.Load(t, "step-"+arch)
	real, _ := c.Tensor("real")
	cfg := Plain(arch)
	cfg.Width, cfg.LatentDim, cfg.Batch, cfg.Loss = c.Int("width"), c.Int("latent"), c.Int("batch"), loss
	if arch == "resize" {
		cfg.Up = BilinearUp
	}
	tr := begun(t, cfg, &fixed{Shape{1, 28, 28}, real})
	loadGolden(t, c, "g", tr.gen)
	loadGolden(t, c, "d", tr.dis)
	return tr, c
}

// loadGolden gives layers the weights of a golden.
func loadGolden(t *testing.T, c *golden.Case, prefix string, layers []Layer) {
	t.Helper()
	for i, p := range params(layers) {
		w, _ := c.Tensor(named(prefix, layers)[i])
		if copy(p, w) != len(w) {
			t.Fatalf("%s has %d values, want %d", named(prefix, layers)[i], len(p), len(w))
		}
	}
}

// One step's images, logits, losses, gradients, weights and statistics equal
// PyTorch's, for every architecture and both objectives.
func TestStepEqualsPyTorch(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan", "resize", "resnet", "style"} {
		for _, loss := range []string{NonSaturating, Minimax} {
			t.Run(arch+"/"+loss, func(t *testing.T) {
				tr, c := goldenTrainer(t, arch, loss)
				defer tr.Close()
				b := tr.cfg.Batch
				real, _ := c.Tensor("real")
				z, _ := c.Tensor("z")
				copy(tr.d.images, real)
				copy(tr.g.z, z)
				for i, noise := range tr.g.styling.noise {
					given, _ := c.Tensor(fmt.Sprintf("noise.%d", i))
					copy(noise, given)
				}
				if err := run(tr.g.draw); err != nil {
					t.Fatal(err)
				}
				fake := op.Floats(tr.g.images.Value())
				c.Check(t, "fake", fake, 1e-5)
				copy(tr.d.images[len(real):], fake)
				if err := tr.play("discriminator", tr.d.learn, tr.d.loss, tr.d.params, tr.adamD); err != nil {
					t.Fatal(err)
				}
				logits := op.Floats(tr.d.logits.Value())
				c.Check(t, "logits_real", logits[:b], 1e-5)
				c.Check(t, "logits_fake", logits[b:], 1e-5)
				c.Check(t, "loss_d", []float32{scalar(tr.d.loss)}, 1e-5)
				for i, name := range named("d", tr.dis) {
					g, err := tr.d.params[i].Grad()
					if err != nil {
						t.Fatal(err)
					}
					c.Check(t, name+".grad", op.Floats(g), 1e-4)
					c.Check(t, name+".after", params(tr.dis)[i], 2e-5) // some gradients are as small as Adam's epsilon
				}
				tr.g.hold = true
				if err := tr.play("generator", tr.g.learn, tr.g.loss, tr.g.params, tr.adamG); err != nil {
					t.Fatal(err)
				}
				c.Check(t, "logits_updated", op.Floats(tr.g.logits.Value()), 1e-4)
				c.Check(t, loss+".loss_g", []float32{scalar(tr.g.loss)}, 1e-5)
				for i, name := range named("g", tr.gen) {
					g, err := tr.g.params[i].Grad()
					if err != nil {
						t.Fatal(err)
					}
					c.Check(t, loss+"."+name+".grad", op.Floats(g), 1e-4)
					c.Check(t, loss+"."+name+".after", params(tr.gen)[i], 1e-5)
				}
				for i := range tr.gen {
					if n := tr.gen[i].Norm; n != nil {
						c.Check(t, fmt.Sprintf("g.%d.mean.after", i), n.Mean, 1e-5)
						c.Check(t, fmt.Sprintf("g.%d.var.after", i), n.Var, 1e-5)
					}
				}
			})
		}
	}
}

// random is a dataset of noise.
func random(s Shape, n int) *fixed {
	x := make([]float32, n*s.Len())
	kernel.Latents(x, 9, 0, s.Len(), false)
	return &fixed{s, x}
}

func small(arch string) Config {
	c := Plain(arch)
	c.Width, c.LatentDim, c.Batch, c.Threads = 4, 5, 6, 2
	return c
}

func equal(a, b [][]float32) bool {
	for i := range a {
		for j := range a[i] {
			if math.Float32bits(a[i][j]) != math.Float32bits(b[i][j]) {
				return false
			}
		}
	}
	return true
}

// A player's step changes all of its own weights and none of the other's.
func TestPlayersChangeOnlyTheirOwnWeights(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		tr := begun(t, small(arch), random(Shape{1, 28, 28}, 12))
		if _, err := tr.Step(); err != nil { // from here on, gradients are of every size
			t.Fatal(err)
		}
		players := []struct {
			name string
			play func() error
			own  []Layer
			not  []Layer
		}{
			{"discriminator", func() error { return tr.play("d", tr.d.learn, tr.d.loss, tr.d.params, tr.adamD) }, tr.dis, tr.gen},
			{"generator", func() error { return tr.play("g", tr.g.learn, tr.g.loss, tr.g.params, tr.adamG) }, tr.gen, tr.dis},
		}
		for _, p := range players {
			own, not := params(clone(p.own)), params(clone(p.not))
			if err := p.play(); err != nil {
				t.Fatal(err)
			}
			if !equal(not, params(p.not)) {
				t.Errorf("%s: a %s step changed the other player's weights", arch, p.name)
			}
			for i, now := range params(p.own) {
				if equal(own[i:i+1], [][]float32{now}) {
					t.Errorf("%s: a %s step left its parameter %d unchanged", arch, p.name, i)
				}
			}
		}
	}
}

// Real images are labelled 1 and generated ones 0 for the discriminator; the
// generator's are labelled 1 for it.
func TestLabels(t *testing.T) {
	tr := begun(t, small("mlp"), random(Shape{1, 28, 28}, 12))
	if _, err := tr.Step(); err != nil {
		t.Fatal(err)
	}
	logits := op.Floats(tr.d.logits.Value())
	want := 0.0
	for i, x := range logits {
		if i < len(logits)/2 {
			want -= math.Log(op.Sigmoid(float64(x)))
		} else {
			want -= math.Log(1 - op.Sigmoid(float64(x)))
		}
	}
	want /= float64(len(logits) / 2)
	if got := float64(scalar(tr.d.loss)); math.Abs(got-want) > 1e-5 {
		t.Errorf("discriminator's loss is %v, want %v", got, want)
	}
	want = 0
	for _, x := range op.Floats(tr.g.logits.Value()) {
		want -= math.Log(op.Sigmoid(float64(x))) / float64(tr.cfg.Batch)
	}
	if got := float64(scalar(tr.g.loss)); math.Abs(got-want) > 1e-5 {
		t.Errorf("generator's loss is %v, want %v", got, want)
	}
}
