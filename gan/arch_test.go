package gan

import (
	"fmt"
	"strings"
	"testing"
)

// imageArchs are the architectures that make images.
var imageArchs = []string{"mlp", "dcgan", "resize", "resnet", "style"}

func TestUpIsRefusedWhereNothingGrows(t *testing.T) {
	for _, arch := range []string{"mlp", "dcgan"} {
		c := small(arch)
		c.Up = BilinearUp
		if _, _, err := c.Layers(Shape{1, 28, 28}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf(`up "bilinear" changes nothing: the generator of arch %q`, arch)) {
			t.Errorf("%s: error %v, want a refusal", arch, err)
		}
	}
}

func TestResidualsAndGroupsAreValidated(t *testing.T) {
	conv := func(in, out, groups int) Layer {
		l := Layer{Op: Conv, In: in, Out: out, H: 2, W: 2, Kernel: 1, Stride: 1, Groups: groups, Act: Identity}
		l.allocate()
		return l
	}
	deep := conv(32, 32, 0)
	for range maxDepth + 1 {
		deep = Layer{Op: Residual, In: 32, Out: 32, H: 2, W: 2, Act: Identity, Body: []Layer{deep}}
	}
	for want, body := range map[string][]Layer{
		"":                              {conv(32, 48, 0), conv(48, 32, 2)},
		"Residual without a body":       nil,
		"its body makes 48x2x2":         {conv(32, 48, 0)},
		"layer 1 of its body: it takes": {conv(32, 48, 0), conv(32, 32, 0)},
		"Dense in a residual":           {{Op: Dense, In: 128, Out: 128, Weight: make([]float32, 128*128), Act: Identity}},
		"32 channels to 32 in 4 groups": {conv(32, 32, 4)},
		"Conv of 1 groups":              {conv(32, 32, 1)},
		"residuals in each other":       {deep},
	} {
		g := &Generator{Distribution: Normal, LatentDim: 32 * 4, Shape: Shape{32, 2, 2}, Layers: []Layer{
			{Op: Dense, In: 128, Out: 128, Weight: make([]float32, 128*128), Act: Identity},
			{Op: Residual, In: 32, Out: 32, H: 2, W: 2, Act: Identity, Body: body},
		}}
		if err := g.Validate(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestResNetRefusesWhatItCannot(t *testing.T) {
	for want, set := range map[string]func(c *Config){
		`norm-d is spectral with arch "resnet"`:    func(c *Config) { c.NormD = SpectralNorm },
		`dropout is 0.5 with arch "resnet"`:        func(c *Config) { c.Dropout = 0.5 },
		`minibatch-stddev is 2 with arch "resnet"`: func(c *Config) { c.MinibatchStddev = 2 },
		"": func(c *Config) { c.MinibatchStddev, c.HeadD, c.Pack = 3, 5, 2 },
	} {
		c := small("resnet")
		set(&c)
		_, err := New(c, random(Shape{1, 12, 12}, 12))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// The first weights of a residual make it the identity.
func TestResNetStartsAsIdentity(t *testing.T) {
	c := small("resnet")
	gen, dis, err := c.Layers(Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, l := range Each(append(gen, dis...)) {
		if l.Op != Residual {
			continue
		}
		found++
		last := len(l.Body) - 1
		for i, b := range l.Body {
			zeros := 0
			for _, w := range b.Weight {
				if w == 0 {
					zeros++
				}
			}
			if want := len(b.Weight); i == last && zeros < want || i < last && zeros > 0 {
				t.Errorf("layer %d of a residual has %d weights of 0 of %d", i, zeros, want)
			}
		}
	}
	if found != 4 {
		t.Errorf("%d residuals, want 4", found)
	}
}

func TestLayersWithoutWeightsAreValidated(t *testing.T) {
	dense := Layer{Op: Dense, In: 1, Out: 3 * 3 * 3, Weight: make([]float32, 27), Act: Identity}
	sides := Layer{Op: Nearest, In: 3, Out: 3, H: 3, W: 3, Act: Identity}
	for want, change := range map[string]func(l *Layer){
		"":                             func(*Layer) {},
		"Nearest of 3 channels to 4":   func(l *Layer) { l.Out = 4 },
		"Halve of 3x3, want even":      func(l *Layer) { l.Op = Halve },
		"Nearest with a window":        func(l *Layer) { l.Act = Tanh },
		"Bilinear with a window":       func(l *Layer) { l.Op, l.Bias = Bilinear, make([]float32, 3) },
		"layer 1: 3 weights, want 0":   func(l *Layer) { l.Weight = make([]float32, 3) },
		"takes 12 values, want the 27": func(l *Layer) { l.H, l.W = 2, 2 },
		"a size of 16385":              func(l *Layer) { l.H = 1<<14 + 1 },
		"output of 20000x6":            func(l *Layer) { l.H = 10000 },
	} {
		l := sides
		change(&l)
		g := &Generator{Distribution: Normal, LatentDim: 1, Shape: Shape{3, 6, 6}, Layers: []Layer{dense, l}}
		if err := g.Validate(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
