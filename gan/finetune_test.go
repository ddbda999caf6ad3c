package gan

import (
	"reflect"
	"strings"
	"testing"
)

// From the generator that a training begins with, FineTune is that training.
func TestFineTuneGoesOnFromTheGenerator(t *testing.T) {
	for _, arch := range imageArchs {
		data, c := random(Shape{1, 28, 28}, 13), small(arch)
		c.Average = 0
		fresh, err := New(c, data)
		if err != nil {
			t.Fatal(err)
		}
		defer fresh.Close()
		start, err := fresh.Generator()
		if err != nil {
			t.Fatal(err)
		}
		tuned, err := FineTune(c, start, data)
		if err != nil {
			t.Fatal(err)
		}
		defer tuned.Close()
		if got, want := steps(t, tuned, 3), steps(t, fresh, 3); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: statistics %+v, want %+v", arch, got, want)
		}
		if !reflect.DeepEqual(saved(t, tuned), saved(t, fresh)) {
			t.Errorf("%s: after three steps the checkpoints differ", arch)
		}
		if other, err := FineTune(c, start, data); err != nil {
			t.Error(err)
		} else if g, err := other.Generator(); err != nil || !reflect.DeepEqual(g.Layers, start.Layers) {
			t.Errorf("%s: FineTune begins from layers that are not the generator's (error %v)", arch, err)
		}
	}
}

func TestFineTuneErrors(t *testing.T) {
	data, c := random(Shape{1, 28, 28}, 13), small("dcgan")
	for want, change := range map[string]func(*Config, *Generator){
		"takes 5 normal numbers, want 6 normal ones":               func(c *Config, _ *Generator) { c.LatentDim = 6 },
		"takes 5 normal numbers, want 5 uniform ones":              func(c *Config, _ *Generator) { c.Distribution = Uniform },
		"the generator has 3 layers, want 4":                       func(c *Config, _ *Generator) { c.Arch = "mlp" },
		"layer 0 of the generator is ":                             func(c *Config, _ *Generator) { c.Width = 8 },
		"batch norm (epsilon 0.001), relu, want ConvTranspose":     func(_ *Config, g *Generator) { g.Layers[1].Norm.Eps = 1e-3 },
		"layer 2: 3 weights, want 64":                              func(_ *Config, g *Generator) { g.Layers[2].Weight = g.Layers[2].Weight[:3] },
		"layer 2 of the generator is ConvTranspose 4x14x14 to 1x2": func(_ *Config, g *Generator) { g.Layers[2].Act = Sigmoid },
	} {
		layers, _, err := c.Layers(data.Shape())
		if err != nil {
			t.Fatal(err)
		}
		cfg, g := c, &Generator{Distribution: Normal, LatentDim: c.LatentDim, Shape: data.Shape(), Layers: layers}
		change(&cfg, g)
		if _, err := FineTune(cfg, g, data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("FineTune: error %v, want %q", err, want)
		}
	}
}
