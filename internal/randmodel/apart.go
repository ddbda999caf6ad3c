package randmodel

import (
	"slices"
	"strings"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is which nodes keep the samples of a batch apart by what they are, if
// all values have the batch first and constants have none.

// apartNames are the operators that can.
var apartNames = strings.Fields(pointwise + byElement + `BatchNormalization InstanceNormalization LRN GlobalAveragePool GlobalMaxPool
	GlobalLpPool AveragePool MaxPool LpPool Conv ConvTranspose com.microsoft.FusedConv MatMul Gemm com.microsoft.FusedGemm Transpose
	DepthToSpace SpaceToDepth Concat Split Gather Softmax LogSoftmax Hardmax LpNormalization ArgMax ArgMin TopK
	LayerNormalization RMSNormalization GroupNormalization Cast Unsqueeze Resize`)

const pointwise = `Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Erf Exp Floor HardSwish Identity IsNaN Log Mish Neg Not Reciprocal Relu
	Round Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh BitwiseNot Celu Elu Gelu HardSigmoid LeakyRelu Selu Shrink Swish
	ThresholdedRelu IsInf Clip com.microsoft.Gelu com.microsoft.QuickGelu com.microsoft.BiasGelu com.microsoft.FastGelu `

const byElement = `Add Sub Mul Div Max Min Sum Mean PRelu And Or Xor Equal Greater Less Where Pow Mod BitwiseAnd BitwiseOr BitShift `

// onAxis are operators that join elements along an axis, and the axis that they
// take if none is given.
var onAxis = map[string]int64{
	"Concat": 0, "Split": 0, "Gather": 0, "Softmax": -1, "LogSoftmax": -1, "Hardmax": -1, "LpNormalization": -1, "ArgMax": 0, "ArgMin": 0, "TopK": -1,
	"LayerNormalization": -1, "RMSNormalization": -1,
}

// keepsApart reports whether the nodes from one on keep samples apart.
func (d *drawer) keepsApart(from int) bool {
	for i := from; i < len(d.model.Graph.Nodes); i++ {
		if !d.apartNode(&d.model.Graph.Nodes[i]) {
			return false
		}
	}
	return true
}

func (d *drawer) apartNode(n *onnx.Node) bool {
	if n.Op == "Constant" {
		return true
	}
	batched, rank := d.ranks(n)
	if batched == 0 {
		return false
	}
	if def, ok := onAxis[n.Op]; ok {
		axis := def
		for _, a := range n.Attrs {
			if a.Name == "axis" {
				axis = a.Int
			}
		}
		if axis < 0 {
			axis += int64(rank)
		}
		return axis > 0 && d.version() >= 13
	}
	switch n.Op {
	case "Transpose":
		return len(n.Attrs) > 0 && n.Attrs[0].Ints[0] == 0
	case "MatMul":
		return rank > 1 && batched == 1
	case "Gemm", "FusedGemm":
		return !slices.ContainsFunc(n.Attrs, func(a onnx.Attr) bool { return a.Name == "transA" && a.Int != 0 })
	case "BatchNormalization":
		return !slices.ContainsFunc(n.Attrs, func(a onnx.Attr) bool { return a.Name == "training_mode" && a.Int != 0 })
	case "Unsqueeze":
		return d.version() >= 13
	case "MaxPool":
		return len(n.Outputs) == 1 // places count from the first sample on
	case "PRelu":
		return d.version() >= 7
	}
	return true
}

// ranks returns how many inputs of a node have the batch, and their rank; 0 if
// those differ, or a constant's is larger.
func (d *drawer) ranks(n *onnx.Node) (batched, rank int) {
	for _, v := range d.values {
		if v.fixed || !slices.Contains(n.Inputs, v.name) {
			continue
		}
		if batched++; batched > 1 && len(v.shape) != rank {
			return 0, 0
		}
		rank = len(v.shape)
	}
	for _, t := range d.model.Graph.Initializers {
		if slices.Contains(n.Inputs, t.Name) && n.Op != "Conv" && n.Op != "ConvTranspose" && n.Op != "FusedConv" && n.Op != "MatMul" && n.Op != "Gather" &&
			(len(t.Dims) > rank || len(t.Dims) == rank && rank > 0 && t.Dims[0] != 1 && !slices.Contains([]string{"Gemm", "FusedGemm", "Unsqueeze", "TopK", "Split", "Resize"}, n.Op)) {
			return 0, 0
		}
	}
	return batched, rank
}
