package export

import (
	"fmt"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the graph of a generator of styles, as it is written. It has
// optional inputs, which are initializers too: their values when they are not
// given.
//
//	truncation  float32 [1]          how much of a style's distance from the mean is kept; 1
//	z2          float32 [N, latent]  latents of second styles; zeros
//	mix         bool [styles]        the layers that take the second style; none
//	noise0 ...  float32 [N, 1, H, W] of each layer that takes noise; zeros

// The names of the optional inputs.
const (
	truncationName = "truncation"
	secondName     = "z2"
	mixName        = "mix"
	noiseName      = "noise" // and 0, 1, ...
)

// What gan adds to a mean square before it takes its root.
const styleEps = 1e-8

// optional adds an input that has a value without being given. As that is of one
// sample, its batch is another size than that of z, and has a name of its own.
func (b *builder) optional(t onnx.Tensor, shape ...int64) {
	dims := onnx.Shape(shape...)
	if dims[0].Size < 0 {
		dims[0].Param = t.Name + ".N"
	}
	b.Inputs = append(b.Inputs, onnx.ValueInfo{Name: t.Name, Type: t.Type, Shape: dims})
	b.Initializers = append(b.Initializers, t)
}

// operate adds a node of any inputs, and returns its value's name.
func (b *builder) operate(name, op string, inputs []string, attrs ...onnx.Attr) string {
	b.Nodes = append(b.Nodes, onnx.Node{Name: name, Op: op, Inputs: inputs, Outputs: []string{name}, Attrs: attrs})
	return name
}

// number adds a constant of one number.
func (b *builder) number(name string, v float32) string { return b.constant(name, []float32{v}, 1) }

// integers adds a constant list.
func (b *builder) integers(name string, v ...int64) string {
	b.Initializers = append(b.Initializers, onnx.NewInt64(name, v, int64(len(v))))
	return name
}

// styled adds the layers of a generator whose last one is a Synthesis. The chain is
// at latents, those of labels joined.
func (b *builder) styled(g *gan.Generator) {
	last := len(g.Layers) - 1
	mapping, synthesis := g.Layers[:last], &g.Layers[last]
	b.optional(onnx.NewFloat32(truncationName, []float32{1}, 1), 1)
	b.optional(onnx.NewFloat32(secondName, make([]float32, g.LatentDim), 1, int64(g.LatentDim)), -1, int64(g.LatentDim))
	n := g.Styles()
	b.optional(onnx.Tensor{Name: mixName, Type: onnx.Bool, Dims: []int64{int64(n)}, Raw: make([]byte, n)}, int64(n))

	rest := b.operate("style.rest", "Sub", []string{b.number("style.whole", 1), truncationName})
	shift := b.operate("style.shift", "Mul", []string{b.constant("style.mean", synthesis.Mean, int64(synthesis.In)), rest})
	b.number("style.eps", styleEps)
	b.constant("style.two", []float32{2}, 1)
	b.mapping("", mapping, shift)
	first := b.at
	b.at = b.operate("second.z", "Expand", []string{secondName, b.operate("z.shape", "Shape", []string{inputName})})
	if len(g.Classes) > 0 {
		b.node("second.latent", "Concat", []string{embedName}, onnx.IntAttr("axis", 1))
	}
	b.mapping("second.", mapping, shift)
	s := &synthesizer{builder: b, first: first, second: b.at, dim: int64(synthesis.In)}
	s.layers(fmt.Sprintf("%s%d", layerNames[gan.Synthesis], last), synthesis)
}

// mapping adds layers from latents, or second ones, to truncated styles. The
// constants of the first are those of both.
func (b *builder) mapping(prefix string, layers []gan.Layer, shift string) {
	for i := range layers {
		l := &layers[i]
		name := fmt.Sprintf("%s%d", layerNames[l.Op], i)
		if l.Normalize {
			if prefix == "" {
				b.number(name+".part", 1/float32(l.In))
			}
			x := b.at
			b.node(prefix+name+".squares", "ReduceSumSquare", nil, onnx.IntsAttr("axes", 1), onnx.IntAttr("keepdims", 1))
			b.node(prefix+name+".mean", "Mul", []string{name + ".part"})
			b.node(prefix+name+".safe", "Add", []string{"style.eps"})
			b.node(prefix+name+".root", "Sqrt", nil)
			b.at = b.operate(prefix+name+".input", "Div", []string{x, b.at})
		}
		if prefix == "" {
			b.layer(name, l)
			continue
		}
		b.node(prefix+name, "Gemm", []string{name + ".weight", name + ".bias"}, gemmAttrs...)
		b.activate(prefix+name, l)
	}
	b.node(prefix+"style.kept", "Mul", []string{truncationName})
	b.node(prefix+"style", "Add", []string{shift})
}

// synthesizer adds the layers of a Synthesis.
type synthesizer struct {
	*builder
	first, second string // styles
	dim           int64  // of a style
	styles, noise int    // taken so far
}

func (s *synthesizer) layers(name string, l *gan.Layer) {
	image := ""
	for i := range l.Body {
		b := &l.Body[i]
		at := fmt.Sprintf("%s.%s%d", name, layerNames[b.Op], i)
		switch b.Op {
		case gan.Constant:
			s.at = s.weight(at, b.Weight, 1, int64(b.Out), int64(b.H), int64(b.W))
		case gan.Nearest, gan.Bilinear:
			s.resize(at, b.Op)
			if image != "" {
				x := s.at
				scales := at + ".scales"
				s.at = image
				s.node(at+".image", "Resize", []string{"", scales}, resizeAttrs(b.Op)...)
				image, s.at = s.at, x
			}
		default:
			image = s.convolve(at, b, image)
		}
	}
	s.at = image
	s.activate(name, l)
}

// convolve adds a modulated convolution, and returns the sum of images so far.
func (s *synthesizer) convolve(name string, l *gan.Layer, image string) string {
	in, out, k := int64(l.In), int64(l.Out), int64(l.Kernel)
	number := s.integers(name+".number", int64(s.styles))
	s.styles++
	x := s.at
	chosen := s.operate(name+".choice", "Gather", []string{mixName, number}, onnx.IntAttr("axis", 0))
	s.at = s.operate(name+".taken", "Where", []string{chosen, s.second, s.first})
	s.node(name+".style", "Gemm", []string{s.weight(name+".style.weight", l.Style.Weight, in, s.dim), s.constant(name+".style.bias", l.Style.Bias, in)}, gemmAttrs...)
	style := s.at
	s.reshape(name+".factors", l.In, 1, 1)
	s.at = s.operate(name+".modulated", "Mul", []string{x, s.at})
	weight := s.weight(name+".weight", l.Weight, out, in, k, k)
	if l.Style.Image {
		s.node(name, "Conv", []string{weight, s.constant(name+".bias", l.Bias, out)}, convAttrs(l)...)
		if image != "" {
			s.node(name+".sum", "Add", []string{image})
		}
		image, s.at = s.at, x
		return image
	}
	s.node(name+".convolved", "Conv", []string{weight}, convAttrs(l)...)
	made := s.at
	eps := make([]float32, l.Out)
	for i := range eps {
		eps[i] = styleEps
	}
	squares := s.operate(name+".style.squares", "Pow", []string{style, "style.two"})
	power := s.operate(name+".power", "ReduceSumSquare", []string{weight}, onnx.IntsAttr("axes", 2, 3), onnx.IntAttr("keepdims", 0))
	s.at = s.operate(name+".length.squares", "Gemm", []string{squares, power, s.constant(name+".eps", eps, out)}, gemmAttrs...)
	s.node(name+".length", "Sqrt", nil)
	s.node(name+".shorten", "Reciprocal", nil)
	s.reshape(name+".lengths", l.Out, 1, 1)
	even := s.operate(name+".demodulated", "Mul", []string{made, s.at})

	noise := fmt.Sprintf("%s%d", noiseName, s.noise)
	s.noise++
	h, w := int64(l.H), int64(l.W)
	s.optional(onnx.NewFloat32(noise, make([]float32, h*w), 1, 1, h, w), -1, 1, h, w)
	s.at = s.operate(name+".noise", "Mul", []string{noise, s.constant(name+".strength", l.Style.Noise, 1)})
	shift := s.operate(name+".shift", "Add", []string{s.at, s.constant(name+".bias", l.Bias, 1, out, 1, 1)})
	s.at = s.operate(name, "Add", []string{even, shift})
	s.activate(name, l)
	return image
}
