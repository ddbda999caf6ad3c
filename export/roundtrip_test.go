package export

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file tests the whole way: what Gorgonia samples, what infer makes of the
// written bytes, and what Gorgonia samples after reading them back, are the
// same bits.

// roundTrip checks generator against file, for some batches.
func roundTrip(t *testing.T, g *gan.Generator, o Options, batches ...int) {
	file := written(t, g, o)
	m, err := infer.Parse(file)
	if err != nil {
		t.Fatalf("infer: %v", err)
	}
	back, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if o.Float16 {
		g = rounded(g)
	}
	for _, batch := range batches {
		z := make([]float32, batch*g.LatentDim)
		kernel.Latents(z, 11, uint64(batch), g.LatentDim, g.Distribution == gan.Normal)
		want := sampled(t, g, z)
		s, err := m.NewSession(batch)
		if err != nil {
			t.Fatal(err)
		}
		images := make([]float32, batch*g.Shape.Len())
		if k := len(m.Classes()); k > 0 {
			labels := make([]int64, batch)
			for i := range labels {
				labels[i] = int64(i % k)
			}
			err = s.GenerateLabels(images, z, labels)
		} else {
			err = s.Generate(images, z)
		}
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, fmt.Sprintf("infer, batch %d", batch), images, want)
		sameBits(t, fmt.Sprintf("Read and Sample, batch %d", batch), sampled(t, back, z), want)
	}
	if !slices.Equal(m.Classes(), g.Classes) {
		t.Errorf("infer: classes %q, want %q", m.Classes(), g.Classes)
	}
	if p, err := m.Verify(sha256.New()); err != nil || !p.OK() {
		t.Errorf("infer: Verify = %+v, %v, want the bits of the probe", p, err)
	}
}

func TestRoundTrip(t *testing.T) {
	for name, g := range generators() {
		for _, o := range []Options{{}, {Float16: true}} {
			t.Run(fmt.Sprintf("%s/%+v", name, o), func(t *testing.T) { roundTrip(t, g, o, 1, 3, 64) })
		}
	}
}

// The same for the architectures that are trained, at their first weights.
func TestRoundTripArchitectures(t *testing.T) {
	for name, change := range map[string]func(c *gan.Config){
		"mlp":             func(c *gan.Config) { c.Arch = "mlp" },
		"dcgan":           func(c *gan.Config) { c.Arch = "dcgan" },
		"resize":          func(c *gan.Config) { c.Arch = "resize" },
		"resnet":          func(c *gan.Config) { c.Arch = "resnet" },
		"resnet bilinear": func(c *gan.Config) { c.Arch, c.Up = "resnet", gan.BilinearUp },
		"style":           func(c *gan.Config) { c.Arch = "style" },
		"style bilinear":  func(c *gan.Config) { c.Arch, c.Up = "style", gan.BilinearUp },
		"resize bilinear": func(c *gan.Config) { c.Arch, c.Up = "resize", gan.BilinearUp },
	} {
		for channels := 1; channels <= 4; channels++ {
			t.Run(fmt.Sprintf("%s/%d", name, channels), func(t *testing.T) {
				shape := gan.Shape{C: channels, H: 12, W: 12}
				if channels == 1 {
					shape.H, shape.W = 28, 28
				}
				c := gan.Plain("")
				c.Width = 8
				if channels == 2 {
					c.Distribution = gan.Uniform
				}
				change(&c)
				layers, _, err := c.Layers(shape)
				if err != nil {
					t.Fatal(err)
				}
				g := &gan.Generator{Arch: c.Arch, Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: shape, Layers: layers}
				roundTrip(t, g, Options{}, 1, 3, 64)
				back, err := Read(bytes.NewReader(written(t, g, Options{})))
				if err != nil || !reflect.DeepEqual(back.Layers, layers) {
					t.Errorf("Read makes other layers than were written: %v", err)
				}
			})
		}
	}
}

// The same at each size that the architectures of convolutions are for, after a
// step of training: at its first weights a residual adds nothing.
func TestRoundTripSizes(t *testing.T) {
	for _, arch := range []string{"dcgan", "resize", "resnet", "style"} {
		for _, side := range []int{28, 32, 64, 128} {
			for channels := 1; channels <= 4; channels++ {
				t.Run(fmt.Sprintf("%s/%d/%d", arch, side, channels), func(t *testing.T) {
					c := gan.Plain(arch)
					c.Width, c.LatentDim, c.Batch, c.Average = 4, 8, 2, 0
					if arch == "style" {
						c.Width = 2 // its images are whole where others' are small
					}
					tr, err := gan.New(c, noise(gan.Shape{C: channels, H: side, W: side}))
					if err != nil {
						t.Fatal(err)
					}
					defer tr.Close()
					roundTrip(t, trained(t, tr), Options{}, 1, 3)
				})
			}
		}
	}
}

// An exported file can be trained on: what Read brings back is the generator
// that the training would have gone on from.
func TestFineTuneFromFile(t *testing.T) {
	data := noise{C: 1, H: 28, W: 28}
	for _, arch := range []string{"mlp", "dcgan", "resize", "resnet", "style"} {
		c := gan.Plain(arch)
		c.Width, c.Batch = 4, 4
		first, err := gan.New(c, data)
		if err != nil {
			t.Fatal(err)
		}
		defer first.Close()
		g := trained(t, first)
		back, err := Read(bytes.NewReader(written(t, g, Options{})))
		if err != nil {
			t.Fatal(err)
		}
		ours, err := gan.FineTune(c, g, data)
		if err != nil {
			t.Fatal(err)
		}
		defer ours.Close()
		theirs, err := gan.FineTune(c, back, data)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close()
		tuned := trained(t, theirs)
		if !reflect.DeepEqual(tuned, trained(t, ours)) {
			t.Errorf("%s: training on from the file and from what was written differ", arch)
		}
		if reflect.DeepEqual(tuned.Layers, g.Layers) {
			t.Errorf("%s: a step changed nothing", arch)
		}
	}
}

// trained is the generator after one step.
func trained(t testing.TB, tr *gan.Trainer) *gan.Generator {
	t.Helper()
	if _, err := tr.Step(); err != nil {
		t.Fatal(err)
	}
	g, err := tr.Generator()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// noise is a data set of eight random images of a shape.
type noise gan.Shape

func (noise) Name() string       { return "noise" }
func (n noise) Shape() gan.Shape { return gan.Shape(n) }
func (noise) Len() int           { return 8 }

func (noise) Classes() []string { return []string{"even", "odd"} }
func (noise) Label(i int) int   { return i % 2 }

func (noise) Image(dst []float32, i int) error {
	kernel.Latents(dst, 1, uint64(i), len(dst), false)
	return nil
}
