package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the edges of models in 16-bit floating point: package graph puts
// these nodes between inputs and outputs of that type and everything else,
// which is float32.

var halves = family{
	{Name: "_Widen", Make: widenHalf, Least: 1, Most: 1},
	{Name: "_Narrow", Make: narrowHalf, Least: 1, Most: 1, Attrs: "to"},
}

func widenHalf(n *Node) Eval {
	n.Type(0, tensor.Halves)
	n.Result(onnx.Float, n.In[0].Shape...)
	return copyTensor
}

func narrowHalf(n *Node) Eval {
	n.Type(0, tensor.TypeSet(onnx.Float))
	n.Result(onnx.DataType(n.Int("to", 0)), n.In[0].Shape...)
	return copyTensor
}
