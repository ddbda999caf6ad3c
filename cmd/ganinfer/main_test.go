package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ganlet/ganlet/cmd/internal/script"
	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file runs testdata/script: ganinfer as a process, on models as gantrain
// writes them and on others.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ganinfer": main})
}

func TestScripts(t *testing.T) {
	commands := script.Commands()
	commands["model"] = writeModel
	commands["array"] = writeArray
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                commands,
		Condition:           script.Condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", script.GORACE)
			return nil
		},
	})
}

// writeModel writes an untrained generator of latents of 5 numbers, or a model
// that is none.
//
//	model KIND FILE
func writeModel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: model KIND FILE")
	}
	var b bytes.Buffer
	c := gan.Config{Width: 4, Distribution: gan.Normal, LatentDim: 5, Loss: gan.NonSaturating, Batch: 2, LR: 1, Seed: 1, Threads: 1}
	switch args[0] {
	case "mlp":
		c.Arch, c.Distribution = "mlp", gan.Uniform
		ts.Check(export.Write(&b, generator(ts, c, gan.Shape{C: 3, H: 6, W: 5}), export.Options{}))
	case "dcgan":
		c.Arch = "dcgan"
		ts.Check(export.Write(&b, generator(ts, c, gan.Shape{C: 1, H: 8, W: 8}), export.Options{}))
	case "style":
		c.Arch = "style"
		ts.Check(export.Write(&b, generator(ts, c, gan.Shape{C: 1, H: 8, W: 8}), export.Options{}))
	case "two":
		b.Write(onnx.Marshal(two()))
	case "fixed":
		b.Write(onnx.Marshal(dense([]int64{3, 5}, []int64{3, 2})))
	case "points":
		b.Write(onnx.Marshal(dense([]int64{-1, 5}, []int64{-1, 2})))
	default:
		draw, ok := general[args[0]]
		if !ok {
			ts.Fatalf("no model %q", args[0])
		}
		b.Write(onnx.Marshal(draw()))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o666))
}

func generator(ts *testscript.TestScript, c gan.Config, s gan.Shape) *gan.Generator {
	layers, _, err := c.Layers(s)
	ts.Check(err)
	return &gan.Generator{Arch: c.Arch, Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: s, Layers: layers}
}

// dense is one layer from 5 numbers to 2, without metadata.
func dense(in, out []int64) *onnx.Model {
	weight := []float32{1, 2, 3, 4, 5, 0.5, 0, 0, 0, -1}
	return model(onnx.Graph{
		Name:         "dense",
		Nodes:        []onnx.Node{{Name: "dense", Op: "Gemm", Inputs: []string{"z", "w", "b"}, Outputs: []string{"p"}, Attrs: []onnx.Attr{onnx.IntAttr("transB", 1)}}},
		Initializers: []onnx.Tensor{onnx.NewFloat32("w", weight, 2, 5), onnx.NewFloat32("b", []float32{10, 20}, 2)},
		Inputs:       []onnx.ValueInfo{{Name: "z", Type: onnx.Float, Shape: onnx.Shape(in...)}},
		Outputs:      []onnx.ValueInfo{{Name: "p", Type: onnx.Float, Shape: onnx.Shape(out...)}},
	})
}

// two has two inputs and two outputs, the ReLU of each.
func two() *onnx.Model {
	pair := onnx.Shape(-1, 2)
	return model(onnx.Graph{
		Name:    "two",
		Nodes:   []onnx.Node{{Name: "r", Op: "Relu", Inputs: []string{"a"}, Outputs: []string{"x"}}, {Name: "s", Op: "Relu", Inputs: []string{"b"}, Outputs: []string{"y"}}},
		Inputs:  []onnx.ValueInfo{{Name: "a", Type: onnx.Float, Shape: pair}, {Name: "b", Type: onnx.Float, Shape: pair}},
		Outputs: []onnx.ValueInfo{{Name: "x", Type: onnx.Float, Shape: pair}, {Name: "y", Type: onnx.Float, Shape: pair}},
	})
}

func model(g onnx.Graph) *onnx.Model {
	return &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, ProducerName: "a test", Graph: g}
}
