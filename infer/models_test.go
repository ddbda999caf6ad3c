package infer

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the models that tests run: small ones, of every shape that we
// can think of, with random weights.

// sketch is a model being drawn. Its methods add a node and return the name of
// its output.
type sketch struct {
	onnx.Model
	random *rand.Rand
	names  int
}

// newSketch starts a model with input z of a shape; -1 is the batch.
func newSketch(shape ...int64) *sketch {
	s := &sketch{random: rand.New(rand.NewPCG(1, 2))}
	s.IRVersion, s.Opsets = 7, []onnx.Opset{{Version: 13}}
	s.Graph.Name = "test"
	s.Graph.Inputs = []onnx.ValueInfo{{Name: "z", Type: onnx.Float, Shape: onnx.Shape(shape...)}}
	return s
}

func (s *sketch) name(prefix string) string {
	s.names++
	return fmt.Sprintf("%s%d", prefix, s.names)
}

// values returns random numbers about as large as 1/sqrt(fan).
func (s *sketch) values(fan int64, dims ...int64) []float32 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(s.random.NormFloat64() / math.Sqrt(float64(fan)))
	}
	return v
}

// weight adds random weights.
func (s *sketch) weight(fan int64, dims ...int64) string {
	name := s.name("w")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32(name, s.values(fan, dims...), dims...))
	return name
}

func (s *sketch) ints(v ...int64) string {
	name := s.name("ints")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewInt64(name, v, int64(len(v))))
	return name
}

func (s *sketch) node(op string, inputs []string, attrs ...onnx.Attr) string {
	name := s.name(op)
	s.Graph.Nodes = append(s.Graph.Nodes, onnx.Node{Name: "node-" + name, Op: op, Inputs: inputs, Outputs: []string{name}, Attrs: attrs})
	return name
}

// outputs ends the model.
func (s *sketch) outputs(names ...string) *onnx.Model {
	for _, name := range names {
		s.Graph.Outputs = append(s.Graph.Outputs, onnx.ValueInfo{Name: name, Type: onnx.Float})
	}
	return &s.Model
}

func (s *sketch) act(op, x string) string { return s.node(op, []string{x}) }

// gemm is Gemm with weights [n, k] and a bias.
func (s *sketch) gemm(x string, k, n int64) string {
	return s.node("Gemm", []string{x, s.weight(k, n, k), s.weight(4, n)}, onnx.IntAttr("transB", 1))
}

func (s *sketch) reshape(x string, to ...int64) string {
	return s.node("Reshape", []string{x, s.ints(to...)})
}

func (s *sketch) norm(x string, c int64) string {
	variance := s.values(1, c)
	for i, v := range variance {
		variance[i] = v*v + 0.1
	}
	name := s.name("variance")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32(name, variance, c))
	return s.node("BatchNormalization", []string{x, s.weight(1, c), s.weight(1, c), s.weight(4, c), name}, onnx.FloatAttr("epsilon", 1e-3))
}

// up is ConvTranspose with a square window and weights [in, out, k, k].
func (s *sketch) up(x string, in, out, k, stride, pad int64, attrs ...onnx.Attr) string {
	attrs = append(attrs, onnx.IntsAttr("strides", stride, stride), onnx.IntsAttr("pads", pad, pad, pad, pad), onnx.IntsAttr("kernel_shape", k, k))
	return s.node("ConvTranspose", []string{x, s.weight(in*k*k/stride/stride+1, in, out, k, k)}, attrs...)
}

// conv is Conv with weights [out, in, kh, kw] and a bias.
func (s *sketch) conv(x string, in, out, kh, kw int64, attrs ...onnx.Attr) string {
	return s.node("Conv", []string{x, s.weight(in*kh*kw, out, in, kh, kw), s.weight(4, out)}, attrs...)
}

// sketches has a model for every path through the compiler.
var sketches = map[string]func() *onnx.Model{
	"mlp": func() *onnx.Model {
		s := newSketch(-1, 7)
		x := s.act("LeakyRelu", s.gemm("z", 7, 33))
		x = s.act("LeakyRelu", s.norm(s.gemm(x, 33, 65), 65))
		return s.outputs(s.reshape(s.act("Tanh", s.gemm(x, 65, 3*5*4)), 0, 3, 5, 4))
	},
	"dcgan": func() *onnx.Model {
		s := newSketch(-1, 10)
		x := s.reshape("z", 0, 10, 1, 1)
		x = s.act("Relu", s.norm(s.up(x, 10, 24, 4, 1, 0), 24))
		x = s.act("Relu", s.norm(s.up(x, 24, 12, 4, 2, 1), 12))
		return s.outputs(s.act("Tanh", s.up(x, 12, 3, 4, 2, 1)))
	},
	"dcgan-gray": func() *onnx.Model {
		s := newSketch(-1, 6, 1, 1)
		x := s.act("Relu", s.norm(s.up("z", 6, 16, 7, 1, 0), 16))
		return s.outputs(s.act("Sigmoid", s.up(x, 16, 1, 4, 2, 1)))
	},
	"project, norm as pixels": func() *onnx.Model { // dense columns reordered, norm spread over them
		s := newSketch(-1, 5)
		x := s.act("Relu", s.norm(s.reshape(s.gemm("z", 5, 8*3*2), -1, 8, 3, 2), 8))
		return s.outputs(s.up(x, 8, 2, 3, 2, 1))
	},
	"project, norm as features": func() *onnx.Model {
		s := newSketch(-1, 5)
		x := s.act("Relu", s.norm(s.gemm("z", 5, 8*3*2), 48))
		return s.outputs(s.conv(s.reshape(x, 0, 8, -1, 2), 8, 4, 3, 3, onnx.IntsAttr("pads", 1, 1, 1, 1)))
	},
	"project, read twice": func() *onnx.Model { // columns must stay, since an output needs them
		s := newSketch(-1, 5)
		x := s.reshape(s.gemm("z", 5, 4*3*3), 0, 4, 3, 3)
		return s.outputs(s.conv(x, 4, 2, 2, 2), x, s.act("Tanh", x))
	},
	"conv to dense": func() *onnx.Model { // channels innermost must go back to planes
		s := newSketch(-1, 2, 6, 5)
		x := s.act("LeakyRelu", s.conv("z", 2, 6, 3, 3, onnx.IntsAttr("strides", 2, 1)))
		x = s.act("Relu", s.node("Flatten", []string{x}))
		return s.outputs(s.gemm(x, 6*2*3, 9))
	},
	"conv to dense and back": func() *onnx.Model {
		s := newSketch(-1, 1, 4, 4)
		x := s.conv("z", 1, 3, 1, 1)
		x = s.node("Add", []string{s.node("MatMul", []string{s.reshape(x, 0, 48), s.weight(48, 48, 48)}), s.weight(1, 48)})
		return s.outputs(s.conv(s.reshape(x, 0, 12, 2, 2), 12, 5, 2, 1))
	},
	"reshape of pixels": func() *onnx.Model { // with and without the channels kept
		s := newSketch(-1, 3, 4, 6)
		x := s.conv("z", 3, 4, 1, 1)
		x = s.norm(s.reshape(x, 0, 4, 24), 4) // [N, C, L] keeps them
		x = s.conv(s.reshape(x, 0, 0, 6, 4), 4, 6, 1, 3)
		x = s.norm(s.reshape(x, 0, 2, 18, 2), 2) // merges them
		return s.outputs(x)
	},
	"tails alone": func() *onnx.Model { // nothing to join them to
		s := newSketch(-1, 3, 2, 2)
		x := s.norm("z", 3)
		x = s.norm(x, 3)
		x = s.act("Tanh", s.act("LeakyRelu", x))
		x = s.node("Add", []string{x, s.weight(1, 3, 1, 1)})
		x = s.node("Add", []string{s.weight(1, 1, 3, 1, 1), x})
		return s.outputs(s.act("Sigmoid", s.node("Add", []string{x, s.weight(1)})))
	},
	"tails of a layer": func() *onnx.Model { // bias, bias, norm, norm, act, norm, act
		s := newSketch(-1, 4)
		x := s.node("Add", []string{s.gemm("z", 4, 6), s.weight(1, 1, 6)})
		x = s.act("Tanh", s.norm(x, 6))
		x = s.act("Relu", s.norm(s.norm(x, 6), 6))
		return s.outputs(s.node("Add", []string{x, s.weight(1, 1)}))
	},
	"layer read twice": func() *onnx.Model { // nothing may be joined to it
		s := newSketch(-1, 4)
		x := s.gemm("z", 4, 6)
		return s.outputs(x, s.act("Relu", x), s.norm(x, 6))
	},
	"gemm forms": func() *onnx.Model {
		s := newSketch(-1, 4)
		x := s.node("Gemm", []string{"z", s.weight(4, 4, 5)})
		x = s.node("Gemm", []string{x, s.weight(5, 5, 6), s.weight(1)}, onnx.FloatAttr("alpha", 0.5), onnx.FloatAttr("beta", 2))
		x = s.node("Gemm", []string{x, s.weight(6, 3, 6), s.weight(1, 1, 3)}, onnx.IntAttr("transB", 1), onnx.FloatAttr("beta", -1))
		return s.outputs(s.node("Gemm", []string{x, s.weight(3, 3, 1), ""}))
	},
	"conv forms": func() *onnx.Model {
		s := newSketch(-1, 3, 11, 9)
		x := s.conv("z", 3, 17, 3, 2, onnx.IntsAttr("strides", 2, 3), onnx.IntsAttr("pads", 2, 0, 1, 3))
		x = s.conv(x, 17, 16, 2, 3, onnx.IntsAttr("dilations", 3, 1), onnx.StringAttr("auto_pad", "NOTSET"), onnx.IntAttr("group", 1))
		return s.outputs(s.conv(x, 16, 1, 1, 1, onnx.IntsAttr("pads", 1, 1, 1, 1)))
	},
	"conv in groups": func() *onnx.Model { // wide ones, narrow ones, of many channels to few
		s := newSketch(-1, 6, 5, 4)
		x := s.node("Conv", []string{"z", s.weight(9, 34, 3, 3, 3), s.weight(1, 34)}, onnx.IntAttr("group", 2), onnx.IntsAttr("pads", 1, 1, 1, 1))
		x = s.act("LeakyRelu", s.norm(x, 34))
		return s.outputs(s.node("Conv", []string{x, s.weight(9, 4, 17, 2, 2)}, onnx.IntAttr("group", 2)))
	},
	"transposed forms": func() *onnx.Model {
		s := newSketch(-1, 3, 2, 3)
		x := s.node("ConvTranspose", []string{"z", s.weight(8, 3, 17, 3, 2), s.weight(1, 17)}, onnx.IntsAttr("strides", 3, 2), onnx.IntsAttr("pads", 0, 1, 2, 0), onnx.IntsAttr("output_padding", 2, 1))
		x = s.node("ConvTranspose", []string{x, s.weight(16, 17, 16, 2, 2)}, onnx.IntsAttr("strides", 3, 3), onnx.IntsAttr("dilations", 1, 2)) // gaps between windows
		x = s.node("ConvTranspose", []string{x, s.weight(16, 16, 2, 1, 3)}, onnx.IntsAttr("pads", 2, 4, 1, 5))                                 // pads beyond the window
		return s.outputs(x)
	},
	"names only": func() *onnx.Model { // outputs that no step computes
		s := newSketch(-1, 4)
		return s.outputs(s.act("Identity", "z"), s.reshape("z", 0, 2, 1, 2), "z", s.node("Flatten", []string{"z"}))
	},
	"constants": func() *onnx.Model {
		s := newSketch(-1, 4)
		half := onnx.NewFloat16("half", s.values(4, 6, 4), 6, 4)
		s.Graph.Initializers = append(s.Graph.Initializers, half)
		w := s.node("Cast", []string{"half"}, onnx.IntAttr("to", int64(onnx.Float)))
		c := s.node("Constant", nil, onnx.TensorAttr("value", onnx.NewFloat32("", s.values(1, 2, 3), 2, 3)))
		x := s.node("Gemm", []string{s.node("Cast", []string{"z"}, onnx.IntAttr("to", 1)), w, s.reshape(s.act("Identity", c), -1)}, onnx.IntAttr("transB", 1))
		return s.outputs(x, s.act("Tanh", c))
	},
	"fixed batch": func() *onnx.Model {
		s := newSketch(2, 6)
		x := s.conv(s.reshape(s.gemm("z", 6, 12), 2, 3, 2, -1), 3, 4, 2, 2)
		return s.outputs(s.node("Flatten", []string{s.norm(s.reshape(x, 4, 2, 1), 2)}, onnx.IntAttr("axis", 2)))
	},
	"old": func() *onnx.Model { // up to IR 3, initializers are inputs
		s := newSketch(-1, 4)
		s.IRVersion, s.Opsets[0].Version = 3, 7
		x := s.node("Gemm", []string{"z", s.weight(4, 4, 5), s.weight(1, 5)})
		x = s.node("BatchNormalization", []string{x, s.weight(1, 5), s.weight(1, 5), s.weight(1, 5), "one"}, onnx.IntAttr("spatial", 1), onnx.FloatAttr("momentum", 0.9))
		s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32("one", []float32{1, 2, 1, 2, 1}, 5))
		for _, t := range s.Graph.Initializers {
			s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: t.Name, Type: onnx.Float, Shape: onnx.Shape(t.Dims...)})
		}
		return s.outputs(x)
	},
	"dead nodes": func() *onnx.Model { // what no output needs is not looked at
		s := newSketch(-1, 4)
		x := s.gemm("z", 4, 5)
		s.act("Tanh", s.node("Unheard", []string{x}))
		return s.outputs(x)
	},
}
