package export

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests what is written.

// describe is a graph in words, a line for each node.
func describe(g *onnx.Graph) string {
	var s strings.Builder
	for _, n := range g.Nodes {
		fmt.Fprintf(&s, "%s = %s(%s", strings.Join(n.Outputs, " "), n.Op, strings.Join(n.Inputs, " "))
		for _, a := range n.Attrs {
			switch a.Type {
			case onnx.AttrInt:
				fmt.Fprintf(&s, " %s=%d", a.Name, a.Int)
			case onnx.AttrInts:
				fmt.Fprintf(&s, " %s=%d", a.Name, a.Ints)
			case onnx.AttrFloat:
				fmt.Fprintf(&s, " %s=%g", a.Name, a.Float)
			case onnx.AttrString:
				fmt.Fprintf(&s, " %s=%s", a.Name, a.String)
			}
		}
		s.WriteString(")\n")
	}
	return s.String()
}

func TestGraph(t *testing.T) {
	const attrs = " dilations=[1 1] group=1 "
	tests := []struct {
		name string
		g    *gan.Generator
		o    Options
		want string
	}{
		{"mlp", mlp(gan.Normal), Options{}, `dense0 = Gemm(z dense0.weight dense0.bias alpha=1 beta=1 transB=1)
dense0.act = LeakyRelu(dense0 alpha=0.2)
dense1 = Gemm(dense0.act dense1.weight dense1.bias alpha=1 beta=1 transB=1)
dense1.norm = BatchNormalization(dense1 dense1.norm.gamma dense1.norm.beta dense1.norm.mean dense1.norm.var epsilon=1e-05)
dense1.act = Relu(dense1.norm)
dense2 = Gemm(dense1.act dense2.weight dense2.bias alpha=1 beta=1 transB=1)
dense2.act = Tanh(dense2)
image = Reshape(dense2.act image.shape)
`},
		{"dcgan", dcgan(gan.Normal, 3), Options{Float16: true}, `conv_transpose0.input = Reshape(z conv_transpose0.input.shape)
conv_transpose0.weight = Cast(conv_transpose0.weight.float16 to=1)
conv_transpose0 = ConvTranspose(conv_transpose0.input conv_transpose0.weight` + attrs + `kernel_shape=[4 4] pads=[0 0 0 0] strides=[1 1])
conv_transpose0.norm = BatchNormalization(conv_transpose0 conv_transpose0.norm.gamma conv_transpose0.norm.beta conv_transpose0.norm.mean conv_transpose0.norm.var epsilon=1e-05)
conv_transpose0.act = Relu(conv_transpose0.norm)
conv_transpose1.weight = Cast(conv_transpose1.weight.float16 to=1)
conv_transpose1 = ConvTranspose(conv_transpose0.act conv_transpose1.weight` + attrs + `kernel_shape=[4 4] pads=[1 1 1 1] strides=[2 2])
conv_transpose1.norm = BatchNormalization(conv_transpose1 conv_transpose1.norm.gamma conv_transpose1.norm.beta conv_transpose1.norm.mean conv_transpose1.norm.var epsilon=1e-05)
image = Tanh(conv_transpose1.norm)
`},
		{"mixed", mixed(), Options{}, `dense0 = Gemm(z dense0.weight dense0.bias alpha=1 beta=1 transB=1)
conv_transpose1.input = Reshape(dense0 conv_transpose1.input.shape)
conv_transpose1 = ConvTranspose(conv_transpose1.input conv_transpose1.weight` + attrs + `kernel_shape=[2 2] pads=[0 0 0 0] strides=[2 2])
conv_transpose1.act = LeakyRelu(conv_transpose1 alpha=0.01)
conv2 = Conv(conv_transpose1.act conv2.weight conv2.bias` + attrs + `kernel_shape=[3 3] pads=[1 1 1 1] strides=[2 2])
conv2.norm = BatchNormalization(conv2 conv2.norm.gamma conv2.norm.beta conv2.norm.mean conv2.norm.var epsilon=1e-05)
dense3.input = Reshape(conv2.norm dense3.input.shape)
dense3 = Gemm(dense3.input dense3.weight dense3.bias alpha=1 beta=1 transB=1)
dense3.act = Sigmoid(dense3)
image = Reshape(dense3.act image.shape)
`},
		{"points", points(), Options{}, `dense0 = Gemm(z dense0.weight dense0.bias alpha=1 beta=1 transB=1)
dense0.act = Relu(dense0)
image = Gemm(dense0.act dense1.weight dense1.bias alpha=1 beta=1 transB=1)
`},
		{"pixels", pixels(), Options{}, `conv_transpose0.input = Reshape(z conv_transpose0.input.shape)
conv_transpose0 = ConvTranspose(conv_transpose0.input conv_transpose0.weight` + attrs + `kernel_shape=[1 1] pads=[0 0 0 0] strides=[1 1])
image = Reshape(conv_transpose0 image.shape)
`},
		{"resized", resized(), Options{}, `dense0 = Gemm(z dense0.weight dense0.bias alpha=1 beta=1 transB=1)
dense0.act = Relu(dense0)
nearest1.input = Reshape(dense0.act nearest1.input.shape)
nearest1 = Resize(nearest1.input  nearest1.scales coordinate_transformation_mode=asymmetric mode=nearest nearest_mode=floor)
conv2 = Conv(nearest1 conv2.weight` + attrs + `kernel_shape=[3 3] pads=[1 1 1 1] strides=[1 1])
conv2.norm = BatchNormalization(conv2 conv2.norm.gamma conv2.norm.beta conv2.norm.mean conv2.norm.var epsilon=1e-05)
conv2.act = Relu(conv2.norm)
bilinear3 = Resize(conv2.act  bilinear3.scales coordinate_transformation_mode=half_pixel mode=linear)
conv4 = Conv(bilinear3 conv4.weight conv4.bias` + attrs + `kernel_shape=[3 3] pads=[1 1 1 1] strides=[1 1])
conv4.act = LeakyRelu(conv4 alpha=0.2)
halve5 = Resize(conv4.act  halve5.scales coordinate_transformation_mode=half_pixel mode=linear)
conv6 = Conv(halve5 conv6.weight` + attrs + `kernel_shape=[1 1] pads=[0 0 0 0] strides=[1 1])
image = Tanh(conv6)
`},
		{"residuals", residuals(), Options{}, `conv_transpose0.input = Reshape(z conv_transpose0.input.shape)
conv_transpose0 = ConvTranspose(conv_transpose0.input conv_transpose0.weight` + attrs + `kernel_shape=[4 4] pads=[0 0 0 0] strides=[1 1])
conv_transpose0.norm = BatchNormalization(conv_transpose0 conv_transpose0.norm.gamma conv_transpose0.norm.beta conv_transpose0.norm.mean conv_transpose0.norm.var epsilon=1e-05)
conv_transpose0.act = Relu(conv_transpose0.norm)
residual1.conv0 = Conv(conv_transpose0.act residual1.conv0.weight residual1.conv0.bias` + attrs + `kernel_shape=[1 1] pads=[0 0 0 0] strides=[1 1])
residual1.conv0.act = LeakyRelu(residual1.conv0 alpha=0.2)
residual1.residual1.conv0 = Conv(residual1.conv0.act residual1.residual1.conv0.weight dilations=[1 1] group=2 kernel_shape=[3 3] pads=[1 1 1 1] strides=[1 1])
residual1.residual1.conv0.norm = BatchNormalization(residual1.residual1.conv0 residual1.residual1.conv0.norm.gamma residual1.residual1.conv0.norm.beta residual1.residual1.conv0.norm.mean residual1.residual1.conv0.norm.var epsilon=1e-05)
residual1.residual1.conv0.act = Relu(residual1.residual1.conv0.norm)
residual1.residual1 = Add(residual1.residual1.conv0.act residual1.conv0.act)
residual1.conv2 = Conv(residual1.residual1 residual1.conv2.weight` + attrs + `kernel_shape=[1 1] pads=[0 0 0 0] strides=[1 1])
residual1 = Add(residual1.conv2 conv_transpose0.act)
conv_transpose2 = ConvTranspose(residual1 conv_transpose2.weight` + attrs + `kernel_shape=[4 4] pads=[1 1 1 1] strides=[2 2])
image = Tanh(conv_transpose2)
`},
	}
	for _, test := range tests {
		m := model(t, test.g, test.o)
		if got := describe(&m.Graph); got != test.want {
			t.Errorf("%s: the graph is\n%s\nwant\n%s", test.name, got, test.want)
		}
		if m.IRVersion != 7 || m.Opset() != 13 || m.ProducerName != "ganlet" {
			t.Errorf("%s: IR %d, opset %d, producer %q, want 7, 13, ganlet", test.name, m.IRVersion, m.Opset(), m.ProducerName)
		}
		s := test.g.Shape
		ends := fmt.Sprint(m.Graph.Inputs, m.Graph.Outputs)
		sample := fmt.Sprintf("{%d } {%d } {%d }", s.C, s.H, s.W)
		if s.Vector() {
			sample = fmt.Sprintf("{%d }", s.C)
		}
		want := fmt.Sprintf("[{z float32 [{-1 N} {%d }] }] [{image float32 [{-1 N} %s] }]", test.g.LatentDim, sample)
		if ends != want {
			t.Errorf("%s: input and output are\n%s, want\n%s", test.name, ends, want)
		}
	}
}

// Initializers hold the generator's parameters, in the shapes that ONNX wants.
func TestInitializers(t *testing.T) {
	g := mixed()
	layers := g.Layers
	want := []struct {
		name string
		dims []int64
		data []float32
	}{
		{"dense0.weight", []int64{48, 6}, layers[0].Weight},
		{"dense0.bias", []int64{48}, noBias(48)},
		{"conv_transpose1.weight", []int64{3, 4, 2, 2}, layers[1].Weight},
		{"conv2.weight", []int64{2, 4, 3, 3}, layers[2].Weight},
		{"conv2.bias", []int64{2}, layers[2].Bias},
		{"conv2.norm.gamma", []int64{2}, layers[2].Norm.Gamma},
		{"conv2.norm.beta", []int64{2}, layers[2].Norm.Beta},
		{"conv2.norm.mean", []int64{2}, layers[2].Norm.Mean},
		{"conv2.norm.var", []int64{2}, layers[2].Norm.Var},
		{"dense3.weight", []int64{30, 32}, layers[3].Weight},
		{"dense3.bias", []int64{30}, layers[3].Bias},
	}
	shapes := map[string][]int64{"conv_transpose1.input.shape": {0, 3, 4, 4}, "dense3.input.shape": {0, 32}, "image.shape": {0, 2, 3, 5}}
	for _, tensor := range model(t, g, Options{}).Graph.Initializers {
		if shape := shapes[tensor.Name]; shape != nil {
			if got, err := tensor.Int64s(); err != nil || !slices.Equal(got, shape) {
				t.Errorf("%s = %v, %v, want %v", tensor.Name, got, err, shape)
			}
			delete(shapes, tensor.Name)
			continue
		}
		if len(want) == 0 || tensor.Name != want[0].name || !slices.Equal(tensor.Dims, want[0].dims) {
			t.Fatalf("initializer %s %v, want %v", tensor.Name, tensor.Dims, want)
		}
		got, err := tensor.Float32s()
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, tensor.Name, got, want[0].data)
		want = want[1:]
	}
	if len(want) > 0 || len(shapes) > 0 {
		t.Errorf("initializers are missing: %v, %v", want, shapes)
	}
}

func TestMetadata(t *testing.T) {
	g := mlp(gan.Uniform)
	var got strings.Builder
	for _, p := range model(t, g, Options{}).Metadata {
		fmt.Fprintf(&got, "%s=%s\n", p.Key, p.Value)
	}
	want := `Image.NominalPixelRange=Normalized_1_1
ganlet.version=1
ganlet.arch=mlp
ganlet.latent.distribution=uniform
ganlet.latent.dim=5
ganlet.training.dataset=größe
ganlet.training.loss=ns
ganlet.training.steps=1000
ganlet.probe.seed=1
ganlet.probe.count=4
ganlet.probe.sha256=` + probeOf(t, g, 1, 4) + "\n"
	if got.String() != want {
		t.Errorf("metadata is\n%s\nwant\n%s", got.String(), want)
	}
}

// probeOf computes a probe sample by sample, bit by bit.
func probeOf(t *testing.T, g *gan.Generator, seed uint64, count int) string {
	var bits []byte
	for i := range count {
		z := make([]float32, g.LatentDim)
		kernel.Latents(z, seed, uint64(i), g.LatentDim, g.Distribution == "normal")
		for _, x := range sampledFrom(t, g, z, i) {
			b := math.Float32bits(x)
			bits = append(bits, byte(b), byte(b>>8), byte(b>>16), byte(b>>24))
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(bits))
}

func property(m *onnx.Model, key string) string {
	for _, p := range m.Metadata {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

func TestProbe(t *testing.T) {
	seen := make(map[string]string)
	for name, g := range generators() {
		got := property(model(t, g, Options{}), keyProbeSum)
		if want := probeOf(t, g, 1, max(4, len(g.Classes))); got != want {
			t.Errorf("%s: the probe is %s, want %s", name, got, want)
		}
		if seen[got] != "" {
			t.Errorf("%s and %s have the same probe", name, seen[got])
		}
		seen[got] = name
	}
}

// Equal generators give equal bytes; a generator that differs in one bit does not.
func TestDeterministic(t *testing.T) {
	for name, make := range map[string]func() *gan.Generator{
		"mlp": func() *gan.Generator { return mlp(gan.Normal) }, "dcgan": func() *gan.Generator { return dcgan(gan.Uniform, 3) },
	} {
		a, b := make(), make()
		first := written(t, a, Options{})
		if !bytes.Equal(first, written(t, b, Options{})) {
			t.Errorf("%s: equal generators gave different bytes", name)
		}
		w := &b.Layers[0].Weight[3]
		*w = math.Float32frombits(math.Float32bits(*w) ^ 1)
		if bytes.Equal(first, written(t, b, Options{})) {
			t.Errorf("%s: a bit of a weight is lost", name)
		}
	}
}

func TestFloat16(t *testing.T) {
	for name, g := range generators() {
		before, full := g.Layers[0].Weight[0], len(written(t, g, Options{}))
		file := written(t, g, Options{Float16: true})
		if g.Layers[0].Weight[0] != before {
			t.Errorf("%s: Write changed the generator", name)
		}
		weights := 0
		layers := 0
		for _, l := range gan.Each(g.Layers) {
			layers++
			weights += len(l.Weight)
			for j, v := range l.Weight {
				l.Weight[j] = onnx.Float16ToFloat32(onnx.Float32ToFloat16(v))
			}
		}
		// A Cast and two names for each layer are what half the weights cost.
		if limit := full - 2*weights + 150*layers; len(file) > limit {
			t.Errorf("%s: float16 takes %d bytes, want %d at most, of %d", name, len(file), limit, full)
		}
		m, err := onnx.Unmarshal(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, tensor := range m.Graph.Initializers {
			want := onnx.Float
			switch {
			case strings.HasSuffix(tensor.Name, ".weight.float16"):
				want = onnx.Float16
			case strings.HasSuffix(tensor.Name, "shape"):
				want = onnx.Int64
			}
			if tensor.Type != want {
				t.Errorf("%s: %s is %v, want %v", name, tensor.Name, tensor.Type, want)
			}
		}
		if got, want := property(m, keyProbeSum), probeOf(t, g, 1, max(4, len(g.Classes))); got != want {
			t.Errorf("%s: the probe is %s, want the rounded generator's, %s", name, got, want)
		}
		// G is rounded by now, and what is read is equal to it.
		back, err := Read(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: Read: %v", name, err)
		}
		sameGenerator(t, name, back, g)
		if !bytes.Equal(written(t, back, Options{Float16: true}), file) {
			t.Errorf("%s: Write(Read(file)) is not the file", name)
		}
	}
}

type brokenWriter struct{}

var errBroken = errors.New("no space")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	change := func(f func(g *gan.Generator)) *gan.Generator {
		g := mlp(gan.Normal)
		f(g)
		return g
	}
	tests := []struct {
		g    *gan.Generator
		o    Options
		want string
	}{
		{change(func(g *gan.Generator) { g.Layers[1].Weight = g.Layers[1].Weight[1:] }), Options{}, "gan: layer 1: 511 weights, want 512"},
		{change(func(g *gan.Generator) { g.Layers[2].Weight[7] = float32(math.NaN()) }), Options{}, "export: layer 2: weight[7] is NaN, want a finite number"},
		{change(func(g *gan.Generator) { g.Layers[0].Bias[1] = float32(math.Inf(-1)) }), Options{}, "export: layer 0: bias[1] is -Inf, want a finite number"},
		{change(func(g *gan.Generator) { g.Layers[1].Norm.Var[0] = float32(math.Inf(1)) }), Options{}, "export: layer 1: var[0] is +Inf, want a finite number"},
		{change(func(g *gan.Generator) { g.Layers[1].Weight[2] = 65520 }), Options{Float16: true}, "export: layer 1: weight[2] is +Inf, want a finite number"},
		{change(func(g *gan.Generator) { g.Training["x"] = "\xff" }), Options{}, `export: metadata "ganlet.training.x": "\xff" is not UTF-8`},
	}
	for _, test := range tests {
		var file bytes.Buffer
		err := Write(&file, test.g, test.o)
		if err == nil || err.Error() != test.want {
			t.Errorf("Write = %v, want %s", err, test.want)
		}
		if file.Len() > 0 {
			t.Errorf("Write failed with %v, but wrote %d bytes", err, file.Len())
		}
	}
	if err := Write(brokenWriter{}, tiny(), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("Write to a broken writer = %v, want %v", err, errBroken)
	}
}
