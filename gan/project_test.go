package gan

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
)

// untrained is a generator of wide weights, so that latents tell in its images.
func untrained(t *testing.T, arch, distribution string, s Shape) *Generator {
	t.Helper()
	c := small(arch)
	c.Distribution = distribution
	layers, _, err := c.Layers(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range layers {
		for j := range layers[i].Weight {
			layers[i].Weight[j] *= map[string]float32{"mlp": 3, "dcgan": 10}[arch]
		}
		if n := layers[i].Norm; n != nil {
			for j := range n.Mean {
				n.Mean[j], n.Var[j], n.Gamma[j], n.Beta[j] = 0.1*float32(j), 0.5, 1.5, 0.2
			}
		}
	}
	return &Generator{Arch: arch, Distribution: distribution, LatentDim: c.LatentDim, Shape: s, Layers: layers}
}

// The projection of a generated image is that image, whatever the number of
// threads.
func TestProjectFindsGeneratedImage(t *testing.T) {
	for _, c := range []struct {
		arch, distribution string
		shape              Shape
	}{{"mlp", Normal, Shape{1, 7, 5}}, {"mlp", Uniform, Shape{3, 7, 5}}, {"dcgan", Normal, Shape{1, 8, 8}}, {"dcgan", Uniform, Shape{3, 8, 8}}} {
		g := untrained(t, c.arch, c.distribution, c.shape)
		z := make([]float32, g.LatentDim)
		kernel.Latents(z, 7, 3, g.LatentDim, c.distribution == Normal)
		image, err := g.Sample(z)
		if err != nil {
			t.Fatal(err)
		}
		o := ProjectOptions{Steps: 300, Starts: 6, LR: 0.1, Seed: 1, Threads: 1}
		p, err := Project(g, image, o)
		if err != nil {
			t.Fatal(err)
		}
		first, err := Project(g, image, ProjectOptions{Steps: 1, Starts: 6, LR: 0.1, Seed: 1, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s of %v, %s", c.arch, c.shape, c.distribution)
		if p.Distance > 1e-6 || first.Distance < 1e-3 {
			t.Errorf("%s: distance %v after 300 steps and %v after one, want at most 1e-6 and at least 1e-3", name, p.Distance, first.Distance)
		}
		again, err := g.Sample(p.Z)
		if err != nil {
			t.Fatal(err)
		}
		square := 0.0
		for i, v := range again {
			square += math.Pow(float64(v)-float64(image[i]), 2) / float64(len(image))
		}
		if !reflect.DeepEqual(again, p.Image) || math.Abs(square-p.Distance) > 1e-12 {
			t.Errorf("%s: the latent's image is another than the projection's, or at %v, want %v", name, square, p.Distance)
		}
		for _, v := range p.Z {
			if c.distribution == Uniform && (v < -1 || v > 1) {
				t.Errorf("%s: a number of the latent is %v, want -1 to 1", name, v)
			}
		}
		o.Threads = 3
		if other, err := Project(g, image, o); err != nil || !reflect.DeepEqual(other, p) {
			t.Errorf("%s: three threads find another latent than one (error %v)", name, err)
		}
	}
}

func TestProjectErrors(t *testing.T) {
	nan := float32(math.NaN())
	for want, change := range map[string]func(g *Generator, image *[]float32, o *ProjectOptions){
		"an image of 34 values to project, want 35 for 1x7x5": func(_ *Generator, i *[]float32, _ *ProjectOptions) { *i = (*i)[:34] },
		"value 5 of the image to project is NaN":              func(_ *Generator, i *[]float32, _ *ProjectOptions) { (*i)[5] = nan },
		"steps is 0, want 1 to 1e6":                           func(_ *Generator, _ *[]float32, o *ProjectOptions) { o.Steps = 0 },
		"starts is 5000, want 1 to 4096":                      func(_ *Generator, _ *[]float32, o *ProjectOptions) { o.Starts = 5000 },
		"lr is NaN, want":                                     func(_ *Generator, _ *[]float32, o *ProjectOptions) { o.LR = math.NaN() },
		"threads is 0, want":                                  func(_ *Generator, _ *[]float32, o *ProjectOptions) { o.Threads = 0 },
		"layer 0: 3 weights, want 20":                         func(g *Generator, _ *[]float32, _ *ProjectOptions) { g.Layers[0].Weight = g.Layers[0].Weight[:3] },
		"no latent has an image at a finite distance":         func(g *Generator, _ *[]float32, _ *ProjectOptions) { g.Layers[3].Bias[0] = nan },
	} {
		g, o := untrained(t, "mlp", Normal, Shape{1, 7, 5}), ProjectOptions{Steps: 2, Starts: 2, LR: 0.1, Threads: 1}
		image := make([]float32, 35)
		change(g, &image, &o)
		if _, err := Project(g, image, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Project: error %v, want %q", err, want)
		}
	}
}
