package export

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the graph that is written: nodes, their names, their constants.

// The names of the graph's input and output.
const (
	inputName  = "z"
	labelName  = "label" // of a conditional generator
	outputName = "image"
)

// builder is an onnx.Graph in the making: a chain of nodes.
type builder struct {
	onnx.Graph
	half bool   // store layers' weights as float16
	at   string // the value that the chain has come to
}

// newGraph makes the graph of a valid generator. Values bear the names of the
// nodes that make them, constants those of the nodes that read them:
// dense0, dense0.weight, dense0.bias, dense0.norm, dense0.norm.gamma.
func newGraph(g *gan.Generator, half bool) onnx.Graph {
	b := &builder{half: half, at: inputName}
	b.Name = "generator"
	b.Inputs = []onnx.ValueInfo{{Name: inputName, Type: onnx.Float, Shape: onnx.Shape(-1, int64(g.LatentDim))}}
	out := sampleDims(g.Shape)
	b.Outputs = []onnx.ValueInfo{{Name: outputName, Type: onnx.Float, Shape: onnx.Shape(wide(-1, out)...)}}
	if len(g.Classes) > 0 {
		b.embed(g.Layers[0].Embed, len(g.Classes))
	}
	if g.Layers[len(g.Layers)-1].Op == gan.Synthesis {
		b.styled(g)
	} else if flat := b.layers("", g.Layers, true); flat != g.Shape.Vector() {
		b.reshape(outputName, out...)
	}
	last := &b.Nodes[len(b.Nodes)-1]
	last.Outputs[0] = outputName
	return b.Graph
}

// layers adds layers, whose names begin with prefix. The chain is at features
// [N, F] if flat, else at an image [N, C, H, W]; it returns at which it is then.
func (b *builder) layers(prefix string, layers []gan.Layer, flat bool) bool {
	for i := range layers {
		l := &layers[i]
		name := fmt.Sprintf("%s%s%d", prefix, layerNames[l.Op], i)
		switch {
		case flat && l.Op != gan.Dense:
			b.reshape(name+".input", l.In, l.H, l.W)
		case !flat && l.Op == gan.Dense:
			b.reshape(name+".input", l.In)
		}
		flat = l.Op == gan.Dense
		b.layer(name, l)
	}
	return flat
}

// sampleDims is the shape of a sample in the file: [C, H, W], or [C] of a vector.
func sampleDims(s gan.Shape) []int {
	if s.Vector() {
		return []int{s.C}
	}
	return []int{s.C, s.H, s.W}
}

// wide is first and then dims.
func wide(first int64, dims []int) []int64 {
	w := []int64{first}
	for _, n := range dims {
		w = append(w, int64(n))
	}
	return w
}

var layerNames = map[gan.LayerOp]string{
	gan.Dense: "dense", gan.Conv: "conv", gan.ConvTranspose: "conv_transpose",
	gan.Nearest: "nearest", gan.Bilinear: "bilinear", gan.Halve: "halve", gan.Residual: "residual",
	gan.Constant: "constant", gan.Synthesis: "synthesis",
}

// node adds a node that reads the chain's end and constants, and becomes its end.
func (b *builder) node(name, op string, constants []string, attrs ...onnx.Attr) {
	b.Nodes = append(b.Nodes, onnx.Node{
		Name: name, Op: op, Inputs: append([]string{b.at}, constants...), Outputs: []string{name}, Attrs: attrs,
	})
	b.at = name
}

// reshape adds a Reshape of every sample to dims.
func (b *builder) reshape(name string, dims ...int) {
	shape := wide(0, dims) // as many samples as there are
	b.Initializers = append(b.Initializers, onnx.NewInt64(name+".shape", shape, int64(len(shape))))
	b.node(name, "Reshape", []string{name + ".shape"})
}

// constant adds a float32 initializer and returns its name.
func (b *builder) constant(name string, v []float32, dims ...int64) string {
	b.Initializers = append(b.Initializers, onnx.NewFloat32(name, v, dims...))
	return name
}

// weight adds a layer's weights and returns the name of their float32 value.
func (b *builder) weight(name string, v []float32, dims ...int64) string {
	if !b.half {
		return b.constant(name, v, dims...)
	}
	b.Initializers = append(b.Initializers, onnx.NewFloat16(name+".float16", v, dims...))
	b.Nodes = append(b.Nodes, onnx.Node{
		Name: name, Op: "Cast", Inputs: []string{name + ".float16"}, Outputs: []string{name},
		Attrs: []onnx.Attr{onnx.IntAttr("to", int64(onnx.Float))},
	})
	return name
}

// layer adds the nodes of one layer.
func (b *builder) layer(name string, l *gan.Layer) {
	in, out, k := int64(l.In), int64(l.Out), int64(l.Kernel)
	switch l.Op {
	case gan.Nearest, gan.Bilinear, gan.Halve:
		b.resize(name, l.Op)
		return
	case gan.Residual:
		from := b.at
		b.layers(name+".", l.Body, false)
		b.node(name, "Add", []string{from})
		return
	case gan.Dense:
		bias := l.Bias
		if bias == nil {
			bias = noBias(l.Out)
		}
		b.node(name, "Gemm", []string{b.weight(name+".weight", l.Weight, out, in), b.constant(name+".bias", bias, out)}, gemmAttrs...)
	default:
		groups := int64(max(l.Groups, 1))
		dims := []int64{out, in / groups, k, k}
		if l.Op == gan.ConvTranspose {
			dims[0], dims[1] = in, out
		}
		constants := []string{b.weight(name+".weight", l.Weight, dims...)}
		if l.Bias != nil {
			constants = append(constants, b.constant(name+".bias", l.Bias, out))
		}
		b.node(name, string(l.Op), constants, convAttrs(l)...)
	}
	if n := l.Norm; n != nil {
		norm := name + ".norm"
		b.node(norm, "BatchNormalization", []string{
			b.constant(norm+".gamma", n.Gamma, out), b.constant(norm+".beta", n.Beta, out),
			b.constant(norm+".mean", n.Mean, out), b.constant(norm+".var", n.Var, out),
		}, onnx.FloatAttr("epsilon", n.Eps))
	}
	b.activate(name, l)
}

// activate adds a layer's activation, if it has one.
func (b *builder) activate(name string, l *gan.Layer) {
	switch l.Act {
	case gan.LeakyReLU:
		b.node(name+".act", "LeakyRelu", nil, onnx.FloatAttr("alpha", l.Alpha))
	case gan.ReLU, gan.Tanh, gan.Sigmoid:
		b.node(name+".act", actOps[l.Act], nil)
	}
}

var gemmAttrs = []onnx.Attr{onnx.FloatAttr("alpha", 1), onnx.FloatAttr("beta", 1), onnx.IntAttr("transB", 1)}

func convAttrs(l *gan.Layer) []onnx.Attr {
	k, pad, stride := int64(l.Kernel), int64(l.Pad), int64(l.Stride)
	return []onnx.Attr{
		onnx.IntsAttr("dilations", 1, 1), onnx.IntAttr("group", int64(max(l.Groups, 1))), onnx.IntsAttr("kernel_shape", k, k),
		onnx.IntsAttr("pads", pad, pad, pad, pad), onnx.IntsAttr("strides", stride, stride),
	}
}

// resize adds the node of a layer without weights.
func (b *builder) resize(name string, op gan.LayerOp) {
	r := resizings[op]
	scales := b.constant(name+".scales", []float32{1, 1, r.scale, r.scale}, 4)
	b.node(name, "Resize", []string{"", scales}, resizeAttrs(op)...)
}

func resizeAttrs(op gan.LayerOp) []onnx.Attr {
	r := resizings[op]
	attrs := []onnx.Attr{onnx.StringAttr("coordinate_transformation_mode", r.places), onnx.StringAttr("mode", r.mode)}
	if r.mode == "nearest" {
		attrs = append(attrs, onnx.StringAttr("nearest_mode", "floor"))
	}
	return attrs
}

// resizings are Resize's words for the layers without weights.
var resizings = map[gan.LayerOp]struct {
	mode, places string
	scale        float32
}{
	gan.Nearest:  {"nearest", "asymmetric", 2},
	gan.Bilinear: {"linear", "half_pixel", 2},
	gan.Halve:    {"linear", "half_pixel", 0.5},
}

var actOps = map[gan.Act]string{gan.ReLU: "Relu", gan.Tanh: "Tanh", gan.Sigmoid: "Sigmoid"}

// Many readers want Gemm's third input, so a Dense layer without a bias has
// one of minus zeros there: x + -0 is x in every bit, even for x = -0. So read,
// it is no bias again.
var minusZero = float32(math.Copysign(0, -1))

func noBias(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = minusZero
	}
	return v
}

func isNoBias(v []float32) bool {
	for _, x := range v {
		if math.Float32bits(x) != math.Float32bits(minusZero) {
			return false
		}
	}
	return true
}
