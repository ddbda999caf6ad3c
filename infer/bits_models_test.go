package infer

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the models whose bits are the same on every machine.

// bitsModel is a model whose bits are the same everywhere. A large one is left
// to tiers with vectors, and out of -short.
type bitsModel struct {
	name  string
	draw  func() *onnx.Model
	large bool
}

func bitsModels() []bitsModel {
	models := []bitsModel{
		{"mlp", func() *onnx.Model { return drawMLP(false) }, false},
		{"mlp, float16", func() *onnx.Model { return drawMLP(true) }, false},
		{"dcgan28", drawDCGAN28, false},
		{"dcgan64, a quarter as wide", func() *onnx.Model { return drawDCGAN64(16, false) }, false},
		{"dcgan64, a quarter as wide, float16", func() *onnx.Model { return drawDCGAN64(16, true) }, false},
		{"dcgan64", func() *onnx.Model { return drawDCGAN64(64, false) }, true},
		{"sound", drawSound, false},
		{"attention", func() *onnx.Model { return drawHeads(50, 70) }, false},
	}
	for i := range 15 {
		models = append(models, drawLayer(i))
	}
	return models
}

// exactSketch is a sketch whose weights are the same on every machine, which
// [math/rand/v2]'s normal distribution does not promise.
type exactSketch struct {
	*sketch
	stream kernel.Stream
	half   bool // weights of layers are stored as float16
}

func newExactSketch(seed uint64, shape ...int64) *exactSketch {
	return &exactSketch{sketch: newSketch(shape...), stream: kernel.Stream{Seed: seed}}
}

// spread returns numbers that are uniform in middle-width to middle+width.
func (s *exactSketch) spread(middle, width float64, dims []int64) []float32 {
	v := make([]float32, volume64(dims))
	for i := range v {
		v[i] = float32(middle) + float32(float32(width)*s.stream.Uniform())
	}
	return v
}

func volume64(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}

func (s *exactSketch) constant(middle, width float64, dims ...int64) string {
	name := s.name("w")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32(name, s.spread(middle, width, dims), dims...))
	return name
}

// weights are of a layer with fan inputs: outputs are about as large as they.
func (s *exactSketch) weights(fan int64, dims ...int64) string {
	width := math.Sqrt(3 / float64(fan))
	if !s.half {
		return s.constant(0, width, dims...)
	}
	name := s.name("half")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat16(name, s.spread(0, width, dims), dims...))
	return s.node("Cast", []string{name}, onnx.IntAttr("to", int64(onnx.Float)))
}

func (s *exactSketch) dense(x string, in, out int64) string {
	return s.node("Gemm", []string{x, s.weights(in, out, in), s.constant(0, 0.1, out)}, onnx.IntAttr("transB", 1))
}

// upscale is ConvTranspose without a bias.
func (s *exactSketch) upscale(x string, in, out, k, stride, pad int64) string {
	w := s.weights(max(1, in*k*k/(stride*stride)), in, out, k, k)
	return s.node("ConvTranspose", []string{x, w}, onnx.IntsAttr("strides", stride, stride), onnx.IntsAttr("pads", pad, pad, pad, pad))
}

func (s *exactSketch) batchNorm(x string, c int64) string {
	gamma, beta, mean, variance := s.constant(1, 0.3, c), s.constant(0, 0.2, c), s.constant(0, 0.2, c), s.constant(1, 0.5, c)
	return s.node("BatchNormalization", []string{x, gamma, beta, mean, variance})
}

func (s *exactSketch) leaky(x string) string {
	return s.node("LeakyRelu", []string{x}, onnx.FloatAttr("alpha", 0.2))
}

// The three models of the yardsticks, with other weights.
func drawMLP(half bool) *onnx.Model {
	s := newExactSketch(1, -1, 100)
	s.half = half
	x := s.leaky(s.dense("z", 100, 256))
	x = s.leaky(s.batchNorm(s.dense(x, 256, 512), 512))
	x = s.leaky(s.batchNorm(s.dense(x, 512, 1024), 1024))
	return s.outputs(s.act("Tanh", s.batchNorm(s.dense(x, 1024, 784), 784)))
}

func drawDCGAN28() *onnx.Model {
	s := newExactSketch(2, -1, 100, 1, 1)
	x := s.act("Relu", s.batchNorm(s.upscale("z", 100, 128, 7, 1, 0), 128))
	x = s.act("Relu", s.batchNorm(s.upscale(x, 128, 64, 4, 2, 1), 64))
	return s.outputs(s.act("Tanh", s.upscale(x, 64, 1, 4, 2, 1)))
}

func drawDCGAN64(f int64, half bool) *onnx.Model {
	s := newExactSketch(3, -1, 100, 1, 1)
	s.half = half
	x := s.act("Relu", s.batchNorm(s.upscale("z", 100, 8*f, 4, 1, 0), 8*f))
	for c := 8 * f; c > f; c /= 2 {
		x = s.act("Relu", s.batchNorm(s.upscale(x, c, c/2, 4, 2, 1), c/2))
	}
	return s.outputs(s.act("Tanh", s.upscale(x, f, 3, 4, 2, 1)))
}

// drawSound is two convolutions of a line of samples, as vocoders have them.
func drawSound() *onnx.Model {
	s := newExactSketch(4, -1, 16, 120)
	layer := func(x string, in, out, k, gap int64) string {
		return s.leaky(s.node("Conv", []string{x, s.weights(in*k, out, in, k), s.constant(0, 0.1, out)},
			onnx.IntsAttr("pads", (k-1)/2*gap, (k-1)/2*gap), onnx.IntsAttr("dilations", gap)))
	}
	x := layer("z", 16, 32, 7, 1)
	s.half = true
	return s.outputs(layer(x, 32, 20, 3, 2))
}

// drawHeads is two heads of attention of so many rows to so many others.
func drawHeads(rows, others int64) *onnx.Model {
	s := newExactSketch(5, -1, 2, rows, 16)
	of := func(n, width int64) string {
		return s.node("MatMul", []string{s.node("MatMul", []string{s.constant(0, 0.2, 2, n, rows), "z"}), s.constant(0, 0.3, 16, width)})
	}
	keys := s.node("Transpose", []string{of(others, 16)}, onnx.IntsAttr("perm", 0, 1, 3, 2))
	scores := s.node("Mul", []string{s.node("MatMul", []string{"z", keys}), s.weight32(0.25)})
	return s.outputs(s.node("MatMul", []string{s.node("Softmax", []string{scores}, onnx.IntAttr("axis", -1)), of(others, 8)}))
}

// drawLayer is one layer of odd sizes, the i-th of 15: every kind of layer meets
// every activation and, as input and as output, every number of channels.
func drawLayer(i int) bitsModel {
	kind, act := []string{"dense", "conv", "transposed"}[i%3], []string{"Identity", "Relu", "LeakyRelu", "Tanh", "Sigmoid"}[i%5]
	channels := []int64{1, 3, 5, 17, 33}
	in, out := channels[i/3], channels[(2*(i/3)+i%3)%5]
	norm, half := i%4 < 2, i/3%2 == 1

	r := kernel.Stream{Seed: 4, Index: uint64(i)}
	pick := func(from ...int64) int64 { return from[r.IntN(len(from))] }
	kh, kw, step, gap := pick(1, 2, 3, 5), pick(1, 2, 4), pick(1, 2, 3), pick(1, 1, 2)
	h, w := pick(1, 4, 7, 9)+kh, pick(2, 5, 8, 11)+kw*gap // the window fits
	window := []onnx.Attr{
		onnx.IntsAttr("strides", step, 1), onnx.IntsAttr("dilations", 1, gap),
		onnx.IntsAttr("pads", pick(0, 1, 2), pick(0, 1), pick(0, 1), pick(0, 2)),
	}
	name := fmt.Sprintf("%s %d to %d, %dx%d in %dx%d, step %d, gap %d", kind, in, out, kh, kw, h, w, step, gap)
	s := newExactSketch(uint64(10+i), -1, in, h, w)
	if kind == "dense" {
		in = []int64{1, 5, 33, 257, 600}[i/3] // the last two need more than one block of k
		name = fmt.Sprintf("%s %d to %d", kind, in, out)
		s = newExactSketch(uint64(10+i), -1, in)
	}
	s.half = half
	var x string
	switch kind {
	case "dense":
		x = s.dense("z", in, out)
	case "conv":
		x = s.node("Conv", []string{"z", s.weights(in*kh*kw, out, in, kh, kw), s.constant(0, 0.1, out)}, window...)
	case "transposed":
		x = s.node("ConvTranspose", []string{"z", s.weights(in*kh*kw, in, out, kh, kw), s.constant(0, 0.1, out)}, window...)
	}
	if norm {
		x, name = s.batchNorm(x, out), name+", norm"
	}
	if act == "LeakyRelu" {
		x = s.leaky(x)
	} else {
		x = s.act(act, x)
	}
	if name += ", " + act; half {
		name += ", float16"
	}
	return bitsModel{name, func() *onnx.Model { return s.outputs(x) }, false}
}
