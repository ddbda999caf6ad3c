package main

import (
	"fmt"
	"strconv"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the network as an ONNX model: images [N, 1, 28, 28] in [-1, 1]
// to features [N, 128] and logits [N, 10].

// round rounds what the file stores as float16.
func round(weights []weight) {
	for _, w := range weights {
		if len(w.shape) > 1 {
			for i, v := range w.data {
				w.data[i] = onnx.Float16ToFloat32(onnx.Float32ToFloat16(v))
			}
		}
	}
}

// model is the ONNX model of rounded weights.
func model(weights []weight, t training) []byte {
	g := onnx.Graph{
		Name:    "lenet",
		Inputs:  []onnx.ValueInfo{{Name: "image", Type: onnx.Float, Shape: onnx.Shape(-1, 1, side, side)}},
		Outputs: []onnx.ValueInfo{{Name: "features", Type: onnx.Float, Shape: onnx.Shape(-1, features)}, {Name: "logits", Type: onnx.Float, Shape: onnx.Shape(-1, classes)}},
		Initializers: []onnx.Tensor{
			onnx.NewFloat32("half", []float32{.5}), onnx.NewInt64("flat.shape", []int64{0, flat}, 2),
		},
	}
	node := func(op, out, in string, constants []string, attrs ...onnx.Attr) {
		g.Nodes = append(g.Nodes, onnx.Node{Name: out, Op: op, Inputs: append([]string{in}, constants...), Outputs: []string{out}, Attrs: attrs})
	}
	for _, w := range weights {
		dims := make([]int64, len(w.shape))
		for i, n := range w.shape {
			dims[i] = int64(n)
		}
		if len(dims) == 1 {
			g.Initializers = append(g.Initializers, onnx.NewFloat32(w.name, w.data, dims...))
			continue
		}
		g.Initializers = append(g.Initializers, onnx.NewFloat16(w.name+".float16", w.data, dims...))
		node("Cast", w.name, w.name+".float16", nil, onnx.IntAttr("to", int64(onnx.Float)))
	}
	learnt := func(name string) []string { return []string{name + ".weight", name + ".bias"} }
	conv := func(name, in string, pad int64) {
		node("Conv", name, in, learnt(name), onnx.IntsAttr("kernel_shape", 3, 3), onnx.IntsAttr("pads", pad, pad, pad, pad))
		node("Relu", name+".act", name, nil)
		node("MaxPool", name+".pool", name+".act", nil, onnx.IntsAttr("kernel_shape", 2, 2), onnx.IntsAttr("strides", 2, 2))
	}
	node("Mul", "halved", "image", []string{"half"})
	node("Add", "pixels", "halved", []string{"half"}) // in [0, 1], so that padding is black
	conv("conv1", "pixels", 3)
	conv("conv2", "conv1.pool", 1)
	node("Reshape", "flat", "conv2.pool", []string{"flat.shape"})
	node("Gemm", "fc1", "flat", learnt("fc1"), onnx.IntAttr("transB", 1))
	node("Relu", "features", "fc1", nil)
	node("Gemm", "logits", "features", learnt("fc2"), onnx.IntAttr("transB", 1))
	return onnx.Marshal(&onnx.Model{
		IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, ProducerName: "ganlet", Graph: g,
		Metadata: []onnx.Property{{Key: "ganlet.training", Value: fmt.Sprintf("MNIST, %d epochs, batch %d, Adam %s, seed %d",
			t.Epochs, t.Batch, strconv.FormatFloat(t.Rate, 'g', -1, 64), t.Seed)}},
	})
}
