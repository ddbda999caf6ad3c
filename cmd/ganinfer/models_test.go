package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ganlet/ganlet/internal/npy"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is models of several inputs and types for the scripts, and tensors
// for them.

var elementTypes = []onnx.DataType{
	onnx.Float, onnx.Double, onnx.Float16, onnx.BFloat16,
	onnx.Int64, onnx.Int32, onnx.Int16, onnx.Int8, onnx.Uint64, onnx.Uint32, onnx.Uint16, onnx.Uint8, onnx.Bool,
}

func input(name string, t onnx.DataType, shape ...int64) onnx.ValueInfo {
	return onnx.ValueInfo{Name: name, Type: t, Shape: onnx.Shape(shape...)}
}

func node(op, out string, inputs []string, attrs ...onnx.Attr) onnx.Node {
	return onnx.Node{Name: "n-" + out, Op: op, Inputs: inputs, Outputs: []string{out}, Attrs: attrs}
}

// general are the models that need more than layers.
var general = map[string]func() *onnx.Model{
	// x as every type
	"casts": func() *onnx.Model {
		g := onnx.Graph{Name: "casts", Inputs: []onnx.ValueInfo{input("x", onnx.Float, -1, 2)}}
		for _, t := range elementTypes {
			g.Nodes = append(g.Nodes, node("Cast", t.String(), []string{"x"}, onnx.IntAttr("to", int64(t))))
			g.Outputs = append(g.Outputs, input(t.String(), t, -1, 2))
		}
		return model(g)
	},
	// an input of every type, as it is
	"types": func() *onnx.Model {
		g := onnx.Graph{Name: "types"}
		for _, t := range elementTypes {
			g.Inputs = append(g.Inputs, input(t.String(), t, -1, 2))
			g.Nodes = append(g.Nodes, node("Identity", "same-"+t.String(), []string{t.String()}))
			g.Outputs = append(g.Outputs, input("same-"+t.String(), t, -1, 2))
		}
		return model(g)
	},
	"reshape": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "reshape",
			Nodes:   []onnx.Node{node("Reshape", "y", []string{"x", "to"})},
			Inputs:  []onnx.ValueInfo{input("x", onnx.Float, -1, 6), input("to", onnx.Int64, 3)},
			Outputs: []onnx.ValueInfo{{Name: "y", Type: onnx.Float}},
		})
	},
	"half": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "half",
			Nodes:   []onnx.Node{node("Cast", "w", []string{"h"}, onnx.IntAttr("to", 1)), node("Add", "y", []string{"x", "w"})},
			Inputs:  []onnx.ValueInfo{input("x", onnx.Float, -1, 2), input("h", onnx.Float16, 1, 2)},
			Outputs: []onnx.ValueInfo{{Name: "y", Type: onnx.Float}},
		})
	},
	// conditional by embedding
	"class": func() *onnx.Model { return embedding(input("label", onnx.Int64, -1), input("z", onnx.Float, -1, 2)) },
	"class32": func() *onnx.Model {
		return embedding(input("z", onnx.Float, -1, 2), input("y", onnx.Int32, -1))
	},
	"classfixed": func() *onnx.Model { return embedding(input("z", onnx.Float, 3, 2), input("y", onnx.Int64, 3)) },
	"classes":    func() *onnx.Model { return embedding(input("z", onnx.Float, -1, 1, 2), input("y", onnx.Int64, -1, 7)) },
	// conditional by an image
	"image": func() *onnx.Model {
		return model(onnx.Graph{
			Name:    "image",
			Nodes:   []onnx.Node{node("Add", "p", []string{"z", "x"})},
			Inputs:  []onnx.ValueInfo{input("z", onnx.Float, -1, 1, 2), input("x", onnx.Float, -1, 3, 2)},
			Outputs: []onnx.ValueInfo{{Name: "p", Type: onnx.Float}},
		})
	},
	// conditional by one-hot, with noise for each sample and for all
	"onehot": func() *onnx.Model {
		return model(onnx.Graph{
			Name: "onehot",
			Nodes: []onnx.Node{
				node("MatMul", "e", []string{"c", "w"}), node("Add", "a", []string{"z", "e"}),
				node("Add", "b", []string{"a", "noise0"}), node("Add", "p", []string{"b", "noise1"}),
			},
			Initializers: []onnx.Tensor{onnx.NewFloat32("w", []float32{1, 2, 3, 4, 5, 6}, 3, 2)},
			Inputs:       []onnx.ValueInfo{input("c", onnx.Float, -1, 3), input("noise0", onnx.Float, 1, 2), input("z", onnx.Float, -1, 2), input("noise1", onnx.Float, -1, 2)},
			Outputs:      []onnx.ValueInfo{input("p", onnx.Float, -1, 2)},
		})
	},
}

// embedding adds a row of a table to the latent.
func embedding(inputs ...onnx.ValueInfo) *onnx.Model {
	label := inputs[0].Name
	if label == "z" {
		label = inputs[1].Name
	}
	return model(onnx.Graph{
		Name:         "class",
		Nodes:        []onnx.Node{node("Gather", "e", []string{"table", label}, onnx.IntAttr("axis", 0)), node("Add", "p", []string{"z", "e"})},
		Initializers: []onnx.Tensor{onnx.NewFloat32("table", []float32{1, 2, 3, 4, 5, 6}, 3, 2)},
		Inputs:       inputs,
		Outputs:      []onnx.ValueInfo{{Name: "p", Type: onnx.Float}},
	})
}

// writeArray writes a tensor; of shape "-", a single number.
//
//	array FILE.npy TYPE SHAPE VALUES...
func writeArray(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: array FILE TYPE SHAPE VALUES...")
	}
	a := npy.Array{Data: zeros(args[1], len(args)-3), Half: args[1] == "float16"}
	for _, d := range strings.Split(strings.Trim(args[2], "-"), ",") {
		if d != "" {
			n, err := strconv.Atoi(d)
			ts.Check(err)
			a.Shape = append(a.Shape, n)
		}
	}
	for i, s := range args[3:] {
		v, err := strconv.ParseFloat(s, 64)
		ts.Check(err)
		put(a.Data, args[1], i, v)
	}
	var b bytes.Buffer
	ts.Check(npy.Write(&b, &a))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}
