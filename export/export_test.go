package export

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what the tests share: small generators of every kind, with
// random weights.

// source draws weights; equal seeds, equal weights.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 0))} }

func (r source) floats(n int, scale float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64() * scale)
	}
	return v
}

func (r source) norm(n int) *gan.Norm {
	variance := r.floats(n, 1)
	for i, v := range variance {
		variance[i] = v*v + 0.1
	}
	return &gan.Norm{Gamma: r.floats(n, 1), Beta: r.floats(n, 0.5), Mean: r.floats(n, 0.5), Var: variance, Eps: 1e-5}
}

func (r source) dense(in, out int) gan.Layer {
	scale := 1 / math.Sqrt(float64(in))
	return gan.Layer{Op: gan.Dense, In: in, Out: out, Weight: r.floats(in*out, scale), Bias: r.floats(out, 0.1)}
}

func (r source) window(op gan.LayerOp, in, out, side, kernel, stride, pad int) gan.Layer {
	scale := 2 / math.Sqrt(float64(in*kernel*kernel))
	return gan.Layer{Op: op, In: in, Out: out, H: side, W: side, Kernel: kernel, Stride: stride, Pad: pad, Weight: r.floats(in*out*kernel*kernel, scale)}
}

// mlp is 5-16-32-64, an image of 1x8x8, with a batch norm on its second layer.
func mlp(distribution string) *gan.Generator {
	r := newSource(1)
	a, b, c := r.dense(5, 16), r.dense(16, 32), r.dense(32, 64)
	a.Act, a.Alpha = gan.LeakyReLU, 0.2
	b.Norm, b.Act = r.norm(32), gan.ReLU
	c.Act = gan.Tanh
	return &gan.Generator{
		Arch: "mlp", Distribution: distribution, LatentDim: 5, Shape: gan.Shape{C: 1, H: 8, W: 8},
		Layers: []gan.Layer{a, b, c}, Training: map[string]string{"steps": "1000", "loss": "ns", "dataset": "größe"},
	}
}

// dcgan is transposed convolutions from 1x1 to 4x4 to 8x8.
func dcgan(distribution string, channels int) *gan.Generator {
	r := newSource(2)
	a, b := r.window(gan.ConvTranspose, 7, 6, 1, 4, 1, 0), r.window(gan.ConvTranspose, 6, channels, 4, 4, 2, 1)
	a.Norm, a.Act = r.norm(6), gan.ReLU
	b.Norm, b.Act = r.norm(channels), gan.Tanh
	return &gan.Generator{
		Arch: "dcgan", Distribution: distribution, LatentDim: 7, Shape: gan.Shape{C: channels, H: 8, W: 8},
		Layers: []gan.Layer{a, b},
	}
}

// mixed has what the others lack: features to image and back, Conv, a bias
// beside a convolution, Dense without one, a layer without activation, Sigmoid.
func mixed() *gan.Generator {
	r := newSource(3)
	a, b := r.dense(6, 3*4*4), r.window(gan.ConvTranspose, 3, 4, 4, 2, 2, 0)
	c, d := r.window(gan.Conv, 4, 2, 8, 3, 2, 1), r.dense(2*4*4, 2*3*5)
	a.Bias, a.Act = nil, gan.Identity
	b.Act, b.Alpha = gan.LeakyReLU, 0.01
	c.Bias, c.Norm, c.Act = r.floats(2, 0.1), r.norm(2), gan.Identity
	d.Bias, d.Act = make([]float32, 2*3*5), gan.Sigmoid
	return &gan.Generator{
		Arch: "mixed", Distribution: gan.Uniform, LatentDim: 6, Shape: gan.Shape{C: 2, H: 3, W: 5},
		Layers: []gan.Layer{a, b, c, d},
	}
}

// resized has every layer without weights.
func resized() *gan.Generator {
	r := newSource(5)
	a, b := r.dense(4, 3*2*2), r.window(gan.Conv, 3, 5, 4, 3, 1, 1)
	c, d := r.window(gan.Conv, 5, 20, 8, 3, 1, 1), r.window(gan.Conv, 20, 2, 4, 1, 1, 0)
	a.Act = gan.ReLU
	b.Norm, b.Act = r.norm(5), gan.ReLU
	c.Bias, c.Act, c.Alpha = r.floats(20, 0.1), gan.LeakyReLU, 0.2
	d.Act = gan.Tanh
	sides := func(op gan.LayerOp, channels, side int) gan.Layer {
		return gan.Layer{Op: op, In: channels, Out: channels, H: side, W: side, Act: gan.Identity}
	}
	return &gan.Generator{
		Arch: "resized", Distribution: gan.Normal, LatentDim: 4, Shape: gan.Shape{C: 2, H: 4, W: 4},
		Layers: []gan.Layer{a, sides(gan.Nearest, 3, 2), b, sides(gan.Bilinear, 5, 4), c, sides(gan.Halve, 20, 8), d},
	}
}

// residuals has groups, a residual in another, and batch norm in a body.
func residuals() *gan.Generator {
	r := newSource(6)
	sum := func(channels, side int, body ...gan.Layer) gan.Layer {
		return gan.Layer{Op: gan.Residual, In: channels, Out: channels, H: side, W: side, Act: gan.Identity, Body: body}
	}
	a, b := r.window(gan.ConvTranspose, 4, 3, 1, 4, 1, 0), r.window(gan.Conv, 3, 32, 4, 1, 1, 0)
	c, d := r.window(gan.Conv, 16, 32, 4, 3, 1, 1), r.window(gan.Conv, 32, 3, 4, 1, 1, 0)
	a.Norm, a.Act = r.norm(3), gan.ReLU
	b.Bias, b.Act, b.Alpha = r.floats(32, 0.1), gan.LeakyReLU, 0.2
	c.In, c.Groups, c.Norm, c.Act = 32, 2, r.norm(32), gan.ReLU
	d.Act = gan.Identity
	e := r.window(gan.ConvTranspose, 3, 2, 4, 4, 2, 1)
	e.Act = gan.Tanh
	return &gan.Generator{
		Arch: "residuals", Distribution: gan.Normal, LatentDim: 4, Shape: gan.Shape{C: 2, H: 8, W: 8},
		Layers: []gan.Layer{a, sum(3, 4, b, sum(32, 4, c), d), e},
	}
}

// tiny is one layer, for tests that take a file apart byte by byte.
func tiny() *gan.Generator {
	r := newSource(4)
	l := r.window(gan.ConvTranspose, 2, 1, 1, 2, 1, 0)
	l.Norm, l.Act = r.norm(1), gan.Tanh
	return &gan.Generator{Arch: "tiny", Distribution: gan.Normal, LatentDim: 2, Shape: gan.Shape{C: 1, H: 2, W: 2}, Layers: []gan.Layer{l}}
}

// points makes vectors, [2, 1, 1], by a Dense layer without an activation.
func points() *gan.Generator {
	r := newSource(5)
	a, b := r.dense(3, 8), r.dense(8, 2)
	a.Act, b.Act = gan.ReLU, gan.Identity
	return &gan.Generator{Arch: "mlp", Distribution: gan.Normal, LatentDim: 3, Shape: gan.Shape{C: 2, H: 1, W: 1}, Layers: []gan.Layer{a, b}}
}

// pixels makes vectors, too, by a convolution.
func pixels() *gan.Generator {
	r := newSource(6)
	l := r.window(gan.ConvTranspose, 2, 5, 1, 1, 1, 0)
	l.Act = gan.Identity
	return &gan.Generator{Arch: "pixels", Distribution: gan.Normal, LatentDim: 2, Shape: gan.Shape{C: 5, H: 1, W: 1}, Layers: []gan.Layer{l}}
}

// conditional is g with an embedding of classes, of 2 numbers each, in its first layer.
func conditional(g *gan.Generator, classes ...string) *gan.Generator {
	r := newSource(7)
	l := &g.Layers[0]
	l.In += 2
	l.Weight = r.floats(l.In*l.Out*max(l.Kernel*l.Kernel, 1), 0.2)
	l.Embed, g.Classes = r.floats(2*len(classes), 1), classes
	return g
}

// generators are all of them, by name.
func generators() map[string]*gan.Generator {
	return map[string]*gan.Generator{
		"mlp": mlp(gan.Normal), "mlp uniform": mlp(gan.Uniform),
		"dcgan": dcgan(gan.Normal, 1), "dcgan uniform, 3 channels": dcgan(gan.Uniform, 3),
		"mixed": mixed(), "resized": resized(), "residuals": residuals(), "tiny": tiny(), "points": points(), "pixels": pixels(),
		"mlp with labels":   conditional(mlp(gan.Uniform), "cat", "größe", "0", "1", "2"),
		"dcgan with labels": conditional(dcgan(gan.Normal, 3), "no", "yes"),
	}
}

// written is the file of a generator.
func written(t testing.TB, g *gan.Generator, o Options) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, g, o); err != nil {
		t.Fatalf("Write: %v", err)
	}
	return file.Bytes()
}

// model is the file of a generator, taken apart.
func model(t testing.TB, g *gan.Generator, o Options) *onnx.Model {
	t.Helper()
	m, err := onnx.Unmarshal(written(t, g, o))
	if err != nil {
		t.Fatalf("Unmarshal(Write): %v", err)
	}
	return m
}

// sampled is images of a generator, of each class in turn.
func sampled(t testing.TB, g *gan.Generator, z []float32) []float32 { return sampledFrom(t, g, z, 0) }

// sampledFrom is sampled from the first sample on.
func sampledFrom(t testing.TB, g *gan.Generator, z []float32, first int) []float32 {
	t.Helper()
	var labels []int
	for i := range len(z) / g.LatentDim {
		if k := len(g.Classes); k > 0 {
			labels = append(labels, (first+i)%k)
		}
	}
	images, err := g.SampleLabels(z, labels)
	if err != nil {
		t.Fatalf("Sample: %v", err)
	}
	return images
}

// sameBits reports the first element in which got differs from want.
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d values, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}
