package gan

import (
	"strings"
	"testing"
)

// styledGenerator is a small generator of styles at its first weights.
func styledGenerator(t *testing.T) *Generator {
	t.Helper()
	c := small("style")
	layers, _, err := c.Layers(Shape{1, 8, 8})
	if err != nil {
		t.Fatal(err)
	}
	return &Generator{Arch: c.Arch, Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: Shape{1, 8, 8}, Layers: layers}
}

func TestSynthesisIsValidated(t *testing.T) {
	for want, change := range map[string]func(g *Generator, s *Layer){
		"":                               func(*Generator, *Layer) {},
		"layer 2 is a Synthesis, want":   func(g *Generator, s *Layer) { g.Layers[2] = *s },
		"before a Synthesis, want Dense": func(g *Generator, s *Layer) { g.Layers[1].Norm = newNorm(16) },
		"want that before a Synthesis":   func(g *Generator, s *Layer) { g.Layers = g.Layers[:1] },
		"mean style of 3 numbers":        func(g *Generator, s *Layer) { s.Mean = s.Mean[:3] },
		"does not begin with a Constant": func(g *Generator, s *Layer) { s.Body = s.Body[1:] },
		"body ends with":                 func(g *Generator, s *Layer) { s.Body = s.Body[:len(s.Body)-1] },
		"Constant, want one":             func(g *Generator, s *Layer) { s.Body[1] = s.Body[0] },
		"Conv, want one Constant":        func(g *Generator, s *Layer) { s.Body[1].Style = nil },
		"want the 8x4x4 it is given":     func(g *Generator, s *Layer) { s.Body[1].H = 5 },
		"a style of 15 numbers":          func(g *Generator, s *Layer) { s.Body[1].Style.Dim = 15 },
		"2 strengths of noise":           func(g *Generator, s *Layer) { s.Body[1].Style.Noise = make([]float32, 2) },
		"an image of a window of 1":      func(g *Generator, s *Layer) { s.Body[2].Style.Noise = make([]float32, 1) },
		"with a style, want Conv":        func(g *Generator, s *Layer) { s.Body[1].Bias = nil },
		"or a style, at 0, want it in":   func(g *Generator, s *Layer) { g.Layers[0] = s.Body[0] },
		"normalised values, want Dense":  func(g *Generator, s *Layer) { s.Normalize = true },
	} {
		g := styledGenerator(t)
		change(g, &g.Layers[len(g.Layers)-1])
		if err := g.Validate(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestStylingIsValidated(t *testing.T) {
	z := make([]float32, 2*5)
	for want, s := range map[string]Styling{
		"truncation is 1.5":                {Truncation: 1.5},
		"mixed with none":                  {Mix: 1},
		"second latents have 5 values":     {Second: z[:5]},
		"mix is 6, want 0 to the 5 layers": {Second: z, Mix: 6},
		"no noise for layer 3.1":           {Noise: [][]float32{}},
		"for 1 layers more":                {Noise: [][]float32{make([]float32, 32), make([]float32, 128), make([]float32, 128), nil}},
	} {
		if _, err := styledGenerator(t).SampleStyled(z, nil, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one with %q", s, err, want)
		}
	}
	c := small("mlp")
	layers, _, err := c.Layers(Shape{1, 8, 8})
	if err != nil {
		t.Fatal(err)
	}
	g := &Generator{Arch: c.Arch, Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: Shape{1, 8, 8}, Layers: layers}
	if _, err := g.SampleStyled(z, nil, Styling{Truncation: 0.5}); err == nil || !strings.Contains(err.Error(), "has no styles") {
		t.Errorf("error %v, want one that says there are no styles", err)
	}
}

// The mean style that a generator is handed out with is that of its latents:
// truncated to nothing, nearly, all images are one.
func TestMeanStyle(t *testing.T) {
	tr := begun(t, small("style"), random(Shape{1, 8, 8}, 12))
	steps(t, tr, 2)
	g, err := tr.Generator()
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float32, 2*5)
	tr.latents(z, 7)
	images, err := g.SampleStyled(z, nil, Styling{Truncation: 1e-6})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range images[:64] {
		if d := v - images[64+i]; d > 1e-4 || d < -1e-4 {
			t.Fatalf("value %d is %v of one sample and %v of another, want one", i, v, images[64+i])
		}
	}
	largest := float32(0)
	for _, v := range g.Layers[len(g.Layers)-1].Mean {
		largest = max(largest, v, -v)
	}
	if largest == 0 {
		t.Error("the mean style is zero")
	}
}
