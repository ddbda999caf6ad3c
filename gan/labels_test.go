package gan

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// conditional is a small configuration for the classes of fixed.
func conditional(arch string) Config {
	c := small(arch)
	c.Classes = 3
	return c
}

// The loss and the gradients of a projection discriminator equal PyTorch's, also
// where a penalty's slopes pass the projection.
func TestProjectionEqualsPyTorch(t *testing.T) {
	for _, c := range golden.LoadAll(t, "labels-") {
		for kind, weights := range map[string][2]float64{"plain": {}, "r1": {c.Float("r1")}, "gp": {0, c.Float("gp")}} {
			cfg := conditional(strings.Split(c.Name, "-")[1])
			cfg.Width, cfg.Batch, cfg.HeadD = c.Int("width"), c.Int("batch"), c.Int("head")
			cfg.R1, cfg.GP = weights[0], weights[1]
			if cfg.Arch == "dcgan" {
				cfg.NormD = NoNorm
			}
			checkDiscriminator(t, c, cfg, kind)
		}
	}
}

// The generator's loss changes with its embedding as its gradient says, for the
// classes of the batch and no other.
func TestEmbeddingDifferences(t *testing.T) {
	for _, arch := range imageArchs {
		c := conditional(arch)
		c.NormD = map[string]string{"dcgan": NoNorm, "resize": NoNorm}[arch]
		tr := begun(t, c, random(Shape{1, 28, 28}, 12))
		steps(t, tr, 2)
		for i := range labelsOf(tr.dis) {
			labelsOf(tr.dis)[i] = i % 2 // none of the third class
		}
		loss := func() float64 {
			if err := run(tr.g.learn); err != nil {
				t.Fatal(err)
			}
			return float64(scalar(tr.g.loss))
		}
		loss()
		at := slices.Index(namedG(tr.gen), "g.0.embed")
		grad, err := tr.g.params[at].Grad()
		if err != nil {
			t.Fatal(err)
		}
		slope := slices.Clone(op.Floats(grad))
		square := 0.0
		for i, g := range slope {
			if i >= 2*embedSize && g != 0 {
				t.Errorf("%s: an embedding that no label of the batch asked for has a gradient of %v", arch, g)
			}
			square += float64(g) * float64(g)
		}
		// Along the gradient, which all values take part in.
		table, length := tr.gen[0].Embed, math.Sqrt(square)
		const h = 1.0 / 16
		move := func(by float64) {
			for i, g := range slope {
				table[i] += float32(by * float64(g) / length)
			}
		}
		move(h)
		up := loss()
		move(-2 * h)
		if got := (up - loss()) / (2 * h); !(length > 1e-5) || math.Abs(got-length) > 0.03*length {
			t.Errorf("%s: along the gradient the loss rises by %v, want its length, %v", arch, got, length)
		}
	}
}

func namedG(layers []Layer) (all []string) {
	for i := range layers {
		all = append(all, named("g", layers[i:i+1])...)
		if layers[i].Embed != nil {
			all = append(all, "g.0.embed")
		}
	}
	return all
}

// A conditional training goes on exactly from a checkpoint, whatever the number
// of threads, and its steps allocate little.
func TestTrainingWithLabels(t *testing.T) {
	for _, arch := range imageArchs {
		for _, set := range []func(c *Config){
			func(c *Config) {},
			func(c *Config) { c.Loss, c.R1, c.R2, c.StepsD, c.Average = Relativistic, 3, 1, 2, 0 },
			func(c *Config) { c.Loss, c.GP, c.DiffAugment, c.InstanceNoise = Wasserstein, 10, Translation, 0.1 },
			func(c *Config) { c.AR1, c.AR2, c.ARSigma, c.MinibatchStddev = 100, 50, 0.1, 2 },
		} {
			c := conditional(arch)
			set(&c)
			c.NormD = map[string]string{"dcgan": NoNorm, "resize": NoNorm}[arch]
			if arch != "mlp" {
				c.HeadD = 7
			}
			side := 28
			if arch == "style" {
				side = 16 // Go's own tier is slow
			}
			data := random(Shape{3, side, side}, 20)
			resumesExactly(t, c, data)
			tr := begun(t, c, data)
			most := map[string]float64{"mlp": 1000, "dcgan": 1000, "resize": 1200, "resnet": 2500, "style": 4000}[arch]
			if n := testing.AllocsPerRun(3, func() { steps(t, tr, 1) }); n >= most*float64(c.stepsD()) {
				t.Errorf("%s with loss %s: a step makes %v allocations, want fewer than %v for each of the discriminator's", arch, c.Loss, n, most)
			}
		}
	}
}

// The labels at hand are those of the images at hand.
func TestLabelsOfTheBatch(t *testing.T) {
	data := random(Shape{1, 28, 28}, 20)
	c := conditional("mlp")
	c.StepsD = 2
	tr := begun(t, c, data)
	for range 3 {
		steps(t, tr, 1)
		now := tr.atHand()
		for i, label := range now.labels {
			if j := index(data, now.images[i*28*28:][:28*28]); j%3 != label {
				t.Errorf("step %d: image %d, of class %d, has the label %d", tr.Steps(), j, j%3, label)
			}
		}
	}
}

// index is the place of an image in a dataset.
func index(data *fixed, image []float32) int {
	for i := range data.Len() {
		if slices.Equal(data.images[i*len(image):][:len(image)], image) {
			return i
		}
	}
	return -1
}

// Labels change what a conditional generator draws, sample by sample, and are
// asked for; a resumed trainer without data hands out the same one.
func TestSampleLabels(t *testing.T) {
	data := random(Shape{1, 28, 28}, 20)
	tr := begun(t, conditional("dcgan"), data)
	steps(t, tr, 2)
	g, err := tr.Generator()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.Classes, data.Classes()) {
		t.Errorf("the generator is of classes %q, want %q", g.Classes, data.Classes())
	}
	without, err := Resume(bytes.NewReader(saved(t, tr)), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := without.Generator()
	if err != nil {
		t.Fatal(err)
	}
	if !equal(params(g.Layers), params(other.Layers)) || g.Layers[0].Norm.Mean[0] != other.Layers[0].Norm.Mean[0] {
		t.Error("without data, the trainer hands out another generator")
	}
	const n = sampleBatch + 6
	z, labels := make([]float32, n*g.LatentDim), make([]int, n)
	kernel.Latents(z[:g.LatentDim], 1, 0, g.LatentDim, true)
	for i := range labels {
		copy(z[i*g.LatentDim:], z[:g.LatentDim])
		labels[i] = i % 3
	}
	images, err := g.SampleLabels(z, labels)
	if err != nil {
		t.Fatal(err)
	}
	of := func(i int) []float32 { return images[i*28*28:][:28*28] }
	for i := range n {
		if same := slices.Equal(of(i), of(0)); same != (i%3 == 0) {
			t.Errorf("sample %d, of the same latent and label %d, equals that of label 0: %v", i, i%3, same)
		}
	}
	for _, c := range []struct {
		labels []int
		want   string
	}{
		{nil, "0 labels for 1 samples"},
		{[]int{1, 2}, "2 labels for 1 samples"},
		{[]int{3}, "label 3 of sample 0, want 0 to 2"},
		{[]int{-1}, "label -1 of sample 0"},
	} {
		if _, err := g.SampleLabels(z[:g.LatentDim], c.labels); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("labels %v: error %v, want one with %q", c.labels, err, c.want)
		}
	}
	found, err := Project(g, of(2), ProjectOptions{Steps: 2, Starts: 2, LR: 0.1, Threads: 1, Label: 2})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := g.SampleLabels(found.Z, []int{2}); err != nil || !slices.Equal(again, found.Image) {
		t.Errorf("the projection's image is not that of its latent and label (%v)", err)
	}
	if _, err := Project(g, of(2), ProjectOptions{Steps: 2, Starts: 2, LR: 0.1, Threads: 1, Label: 3}); err == nil {
		t.Error("projected to a class that there is not")
	}
}

// Labels that a batch norm's statistics are estimated on are as frequent as the
// data's.
func TestDrawLabels(t *testing.T) {
	tr := &Trainer{cfg: conditional("mlp"), images: 10, classes: []Class{{"a", 2}, {"b", 0}, {"c", 8}}}
	labels, seen := make([]int, 5000), make([]int, 3)
	tr.drawLabels(labels, 0)
	for _, l := range labels {
		seen[l]++
	}
	if seen[1] != 0 || math.Abs(float64(seen[0])-1000) > 120 {
		t.Errorf("labels are drawn %v times, want about 1000, 0 and 4000", seen)
	}
}

// renamed is a dataset with labels of its own.
type renamed struct {
	*fixed
	names []string
	label func(i int) int
}

func (r renamed) Classes() []string { return r.names }
func (r renamed) Label(i int) int   { return r.label(i) }

// What cannot be trained with labels is refused.
func TestLabelsAreRefused(t *testing.T) {
	data := random(Shape{1, 28, 28}, 20)
	own := data.Label
	for _, c := range []struct {
		set  func(c *Config)
		data Dataset
		want string
	}{
		{func(c *Config) { c.Classes = 1 }, data, "classes is 1, want 2 to 1000"},
		{func(c *Config) { c.Classes = 1001 }, data, "classes is 1001"},
		{func(c *Config) { c.Classes = 4 }, data, `"fixed" has labels of 3 classes, want 4`},
		{func(c *Config) { c.Pack = 2 }, data, "pack is 2, want 0 with labels"},
		{func(c *Config) { c.NormD = SpectralNorm }, data, `norm-d is "spectral"`},
		{func(c *Config) {}, struct{ Dataset }{data}, "has labels of 0 classes, want 3"},
		{func(c *Config) {}, renamed{data, []string{"a", "b", "a"}, own}, `class 2 is called "a"`},
		{func(c *Config) {}, renamed{data, []string{"a", "", "c"}, own}, `class 1 is called ""`},
		{func(c *Config) {}, renamed{data, data.Classes(), func(i int) int { return i - 1 }}, "image 0 of \"fixed\": has the label -1, want 0 to 2"},
	} {
		cfg := conditional("mlp")
		c.set(&cfg)
		if _, err := New(cfg, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	tr := begun(t, conditional("mlp"), data)
	g, err := tr.Generator()
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []renamed{
		{data, []string{"a", "b", "d"}, own},
		{data, data.Classes(), func(i int) int { return (i + 1) % 3 }},
	} {
		if _, err := Resume(bytes.NewReader(saved(t, tr)), other, 1); err == nil {
			t.Errorf("resumed on labels of %v, the first %d", other.names, other.label(0))
		}
		_, err := FineTune(conditional("mlp"), g, other)
		if fits := slices.Equal(other.names, g.Classes); (err == nil) != fits {
			t.Errorf("FineTune on classes %q: error %v", other.names, err)
		}
	}
	for name, change := range map[string]func(g *Generator){
		"no classes":      func(g *Generator) { g.Classes = nil },
		"other classes":   func(g *Generator) { g.Classes = []string{"a", "b"} },
		"no embedding":    func(g *Generator) { g.Layers[0].Embed = nil },
		"another layer":   func(g *Generator) { g.Layers[1].Embed = g.Layers[0].Embed },
		"a long name":     func(g *Generator) { g.Classes = []string{"a", "b", strings.Repeat("c", maxClassNames)} },
		"names not UTF-8": func(g *Generator) { g.Classes = []string{"a", "b", "\xff"} },
	} {
		broken := *g
		broken.Layers = clone(g.Layers)
		change(&broken)
		if err := broken.Validate(); err == nil {
			t.Errorf("%s: the generator is valid", name)
		}
	}
	if err := g.Validate(); err != nil {
		t.Error(fmt.Errorf("the generator itself: %w", err))
	}
}
