package main

import (
	"maps"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is generators as other projects write them, for the scripts: their
// inputs and outputs are not [N, latent] and [N, C, H, W] of float32.

func init() {
	maps.Copy(general, generators)
	maps.Copy(general, odd)
}

var generators = map[string]func() *onnx.Model{
	// names that hold what flags are parted at
	"names": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "names",
			Nodes:   []onnx.Node{node("Add", "y=1:0", []string{"a", "a=b:0"})},
			Inputs:  []onnx.ValueInfo{input("a", onnx.Float, -1, 2), input("a=b:0", onnx.Float, -1, 2)},
			Outputs: []onnx.ValueInfo{input("y=1:0", onnx.Float, -1, 2)},
		})
	},
	"halves": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "halves",
			Nodes:   []onnx.Node{cast("hf", "h", onnx.Float), cast("bf", "b", onnx.Float), node("Add", "y", []string{"hf", "bf"})},
			Inputs:  []onnx.ValueInfo{input("h", onnx.Float16, 1, 2), input("b", onnx.BFloat16, -1, 2)},
			Outputs: []onnx.ValueInfo{{Name: "y", Type: onnx.Float}},
		})
	},
	// sizes that are open, with names and without
	"open": func() *onnx.Model {
		x := input("x", onnx.Float, -1, 1, -1, -1)
		x.Shape[2].Param, x.Shape[3].Param = "height", ""
		y := x
		y.Name = "y"
		return model(onnx.Graph{Name: "open", Nodes: []onnx.Node{node("Tanh", "y", []string{"x"})}, Inputs: []onnx.ValueInfo{x}, Outputs: []onnx.ValueInfo{y}})
	},
	// images of z, whose numbers are their pixels
	"hw":     func() *onnx.Model { return reshaped(onnx.Float, []int64{-1, 16}, 0, 4, 4) },
	"hwc":    func() *onnx.Model { return reshaped(onnx.Float, []int64{-1, 24}, 0, 2, 4, 3) },
	"hwc1":   func() *onnx.Model { return reshaped(onnx.Float, []int64{1, 24}, 2, 4, 3) },
	"single": func() *onnx.Model { return reshaped(onnx.Float, []int64{24}, 3, 2, 4) },
	"double": func() *onnx.Model { return reshaped(onnx.Double, []int64{-1, 16}, 0, 1, 4, 4) },
	"half16": func() *onnx.Model { return reshaped(onnx.Float16, []int64{-1, 16}, 0, 1, 4, 4) },
	// uint8 [N, H, W, C], 128 + 64 z
	"bytes": func() *onnx.Model {
		m := reshaped(onnx.Float, []int64{-1, 24}, 0, 2, 4, 3)
		g := &m.Graph
		g.Nodes = append(g.Nodes, node("Mul", "a", []string{"y", "c64"}), node("Add", "b", []string{"a", "c128"}),
			node("Clip", "c", []string{"b", "c0", "c255"}), cast("u", "c", onnx.Uint8))
		g.Initializers = append(g.Initializers, number("c64", 64), number("c128", 128), number("c0", 0), number("c255", 255))
		g.Outputs = []onnx.ValueInfo{input("u", onnx.Uint8, -1, 2, 4, 3)}
		return m
	},
	"wide":  func() *onnx.Model { return reshaped(onnx.Float, []int64{-1, 10}, 0, 10) },
	"empty": func() *onnx.Model { return reshaped(onnx.Float, []int64{-1, 0}, 0, 0) },
	"integers": func() *onnx.Model {
		m := model(onnx.Graph{Name: "integers", Nodes: []onnx.Node{cast("y", "z", onnx.Int64)}})
		m.Graph.Inputs = []onnx.ValueInfo{input("z", onnx.Float, -1, 2)}
		m.Graph.Outputs = []onnx.ValueInfo{input("y", onnx.Int64, -1, 2)}
		return m
	},
	"sigmoid": func() *onnx.Model {
		m := reshaped(onnx.Float, []int64{-1, 16}, 0, 1, 4, 4)
		m.Graph.Nodes = append(m.Graph.Nodes, node("Sigmoid", "s", []string{"y"}))
		m.Graph.Outputs = []onnx.ValueInfo{input("s", onnx.Float, -1, 1, 4, 4)}
		return m
	},
	// labels as Keras has them: a number of floating point, an index inside
	"classfloat": func() *onnx.Model { return numbered(input("input_label", onnx.Float, -1, 1)) },
	"classrank1": func() *onnx.Model { return numbered(input("c", onnx.Float, -1)) },
	"classall":   func() *onnx.Model { return numbered(input("label", onnx.Int64)) },
	"classnames": func() *onnx.Model {
		m := numbered(input("label", onnx.Int64, -1))
		m.Metadata = []onnx.Property{{Key: "ganlet.class.0", Value: "a"}, {Key: "ganlet.class.1", Value: "b"}}
		return m
	},
	"unlabelled": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "unlabelled",
			Nodes:   []onnx.Node{concat("a", "z", "label"), node("Relu", "p", []string{"a"})},
			Inputs:  []onnx.ValueInfo{input("z", onnx.Float, -1, 2), input("label", onnx.Float, -1, 0)},
			Outputs: []onnx.ValueInfo{{Name: "p", Type: onnx.Float}},
		})
	},
	// z times a number
	"psi":   func() *onnx.Model { return times(input("truncation_psi", onnx.Float)) },
	"psi1":  func() *onnx.Model { return times(input("psi", onnx.Float, 1)) },
	"psin":  func() *onnx.Model { return times(input("trunc.psi", onnx.Float, -1, 1)) },
	"other": func() *onnx.Model { return times(input("strength", onnx.Float, 1)) },
	"preset": func() *onnx.Model {
		m := times(input("strength", onnx.Float, 1))
		m.Graph.Initializers = []onnx.Tensor{onnx.NewFloat32("strength", []float32{3}, 1)}
		return m
	},
	// models that draw their own numbers
	"own": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "own",
			Nodes:   []onnx.Node{node("RandomNormal", "r", nil, onnx.IntsAttr("shape", 1, 1, 4, 4)), node("Tanh", "y", []string{"r"})},
			Outputs: []onnx.ValueInfo{input("y", onnx.Float, 1, 1, 4, 4)},
		})
	},
	"owns": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "owns",
			Nodes:   []onnx.Node{node("RandomNormal", "y", nil, onnx.IntsAttr("shape", 3, 2))},
			Outputs: []onnx.ValueInfo{input("y", onnx.Float, 3, 2)},
		})
	},
	"noisy": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "noisy",
			Nodes:   []onnx.Node{node("RandomNormalLike", "r", []string{"z"}), node("Add", "y", []string{"z", "r"})},
			Inputs:  []onnx.ValueInfo{input("z", onnx.Float, -1, 2)},
			Outputs: []onnx.ValueInfo{input("y", onnx.Float, -1, 2)},
		})
	},
	"count": func() *onnx.Model {
		return model(onnx.Graph{
			Name: "count",
			Nodes: []onnx.Node{
				node("Reshape", "n1", []string{"n", "one"}), concat("shape", "n1", "two"),
				node("ConstantOfShape", "x", []string{"shape"}), node("RandomNormalLike", "y", []string{"x"}),
			},
			Initializers: []onnx.Tensor{onnx.NewInt64("one", []int64{1}, 1), onnx.NewInt64("two", []int64{2}, 1)},
			Inputs:       []onnx.ValueInfo{input("n", onnx.Int64)},
			Outputs:      []onnx.ValueInfo{input("y", onnx.Float, -1, 2)},
		})
	},
}

// models that ganinfer info describes
var odd = map[string]func() *onnx.Model{
	"parts": func() *onnx.Model {
		m := model(onnx.Graph{
			Name: "parts",
			Nodes: []onnx.Node{
				{Name: "twice", Op: "Twice", Domain: "org.example", Inputs: []string{"z"}, Outputs: []string{"t"}},
				node("If", "y", []string{"yes"}, branch("then_branch", "Relu"), branch("else_branch", "Neg")),
			},
			Initializers: []onnx.Tensor{
				{Name: "w", Type: onnx.Float, Dims: []int64{2}, External: &onnx.External{Location: "weights.bin", Length: 8}},
				{Name: "yes", Type: onnx.Bool, Raw: []byte{1}},
			},
			Inputs:  []onnx.ValueInfo{input("z", onnx.Float, -1, 2)},
			Outputs: []onnx.ValueInfo{input("y", onnx.Float, -1, 2)},
		})
		m.IRVersion, m.Opsets = 8, append(m.Opsets, onnx.Opset{Domain: "org.example", Version: 1})
		m.Functions = []onnx.Function{{
			Name: "Twice", Domain: "org.example", Inputs: []string{"x"}, Outputs: []string{"xx"},
			Nodes: []onnx.Node{node("Add", "xx", []string{"x", "x"})}, Opsets: []onnx.Opset{{Version: 13}},
		}}
		return m
	},
	"unknown": func() *onnx.Model {
		n := node("Mystery", "y", []string{"z"})
		n.Domain = "org.example"
		m := model(onnx.Graph{
			Name: "unknown", Nodes: []onnx.Node{n},
			Inputs:  []onnx.ValueInfo{input("z", onnx.Float, -1, 2)},
			Outputs: []onnx.ValueInfo{input("y", onnx.Float, -1, 2)},
		})
		m.Opsets = append(m.Opsets, onnx.Opset{Domain: "org.example", Version: 1})
		return m
	},
	"escapes": func() *onnx.Model {
		m := model(onnx.Graph{
			Name: "escapes", Nodes: []onnx.Node{node("E\x1b[2J", "y", []string{"z\x1b[2J"})},
			Inputs:  []onnx.ValueInfo{input("z\x1b[2J", onnx.Float, -1, 2)},
			Outputs: []onnx.ValueInfo{input("y", onnx.Float, -1, 2)},
		})
		m.ProducerName = "x\x1b[31m"
		return m
	},
}

// branch is a subgraph of one node, which adds w, of weights elsewhere.
func branch(name, op string) onnx.Attr {
	inner := op + "-t"
	return onnx.GraphAttr(name, &onnx.Graph{
		Name:    name,
		Nodes:   []onnx.Node{node(op, inner, []string{"t"}), node("Add", inner+"-w", []string{inner, "w"})},
		Outputs: []onnx.ValueInfo{{Name: inner + "-w", Type: onnx.Float}},
	})
}

func cast(out, in string, to onnx.DataType) onnx.Node {
	return node("Cast", out, []string{in}, onnx.IntAttr("to", int64(to)))
}

func concat(out string, in ...string) onnx.Node {
	axis := int64(0)
	if in[0] == "z" {
		axis = 1
	}
	return node("Concat", out, in, onnx.IntAttr("axis", axis))
}

func number(name string, v float32) onnx.Tensor { return onnx.NewFloat32(name, []float32{v}) }

// reshaped is z in another shape: 0 is the batch.
func reshaped(t onnx.DataType, z []int64, to ...int64) *onnx.Model {
	out := append([]int64(nil), to...)
	if out[0] == 0 {
		out[0] = z[0]
	}
	return model(onnx.Graph{
		Name:         "reshaped",
		Nodes:        []onnx.Node{node("Reshape", "y", []string{"z", "to"})},
		Initializers: []onnx.Tensor{onnx.NewInt64("to", to, int64(len(to)))},
		Inputs:       []onnx.ValueInfo{input("z", t, z...)},
		Outputs:      []onnx.ValueInfo{input("y", t, out...)},
	})
}

// numbered adds a row of a table of three to z, by a label that is cast.
func numbered(label onnx.ValueInfo) *onnx.Model {
	return model(onnx.Graph{
		Name: "numbered",
		Nodes: []onnx.Node{
			cast("i", label.Name, onnx.Int64), node("Reshape", "f", []string{"i", "flat"}),
			node("Gather", "e", []string{"table", "f"}, onnx.IntAttr("axis", 0)), node("Add", "p", []string{"z", "e"}),
		},
		Initializers: []onnx.Tensor{onnx.NewFloat32("table", []float32{1, 2, 3, 4, 5, 6}, 3, 2), onnx.NewInt64("flat", []int64{-1}, 1)},
		Inputs:       []onnx.ValueInfo{label, input("z", onnx.Float, -1, 2)},
		Outputs:      []onnx.ValueInfo{{Name: "p", Type: onnx.Float}},
	})
}

// times is z times another input.
func times(by onnx.ValueInfo) *onnx.Model {
	return model(onnx.Graph{
		Name:    "times",
		Nodes:   []onnx.Node{node("Mul", "y", []string{"z", by.Name})},
		Inputs:  []onnx.ValueInfo{by, input("z", onnx.Float, -1, 2)},
		Outputs: []onnx.ValueInfo{input("y", onnx.Float, -1, 2)},
	})
}
