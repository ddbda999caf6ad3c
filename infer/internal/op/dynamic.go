package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is floats that are quantised by the range that they have.

var dynamicQuantization = family{
	{Name: "DynamicQuantizeLinear", Make: dynamicQuantize, Least: 1, Most: 1},
}

// dynamicQuantize is DynamicQuantizeLinear: uint8 by a scale and a zero point that
// suit all elements. NaN does not count, and becomes 0.
func dynamicQuantize(n *Node) Eval {
	n.Type(0, tensor.TypeSet(onnx.Float))
	n.CountWork(2, n.In[0].Len())
	n.Result(onnx.Uint8, n.In[0].Shape...)
	n.Result(onnx.Float)
	n.Result(onnx.Uint8)
	return func(_ *Memory, out, in []tensor.Tensor) {
		scale, zero := quantizeByRange(tensor.Nth[uint8](out, 0), tensor.Nth[float32](in, 0))
		tensor.Nth[float32](out, 1)[0], tensor.Nth[uint8](out, 2)[0] = scale, zero
	}
}

// quantizeByRange quantises x to dst.
func quantizeByRange(dst []uint8, x []float32) (scale float32, zero uint8) {
	scale, zero = kernel.DynamicScale(kernel.Range(x))
	kernel.Quantize(dst, x, scale, kernel.Narrow{Low: 0, High: 255, Zero: int32(zero)})
	return scale, zero
}
