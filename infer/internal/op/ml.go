package op

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators of ai.onnx.ml that scale or choose features, the last
// axis of a tensor.

var mls = family{
	{Name: "ai.onnx.ml.ArrayFeatureExtractor", Make: featureExtractor, Least: 2, Most: 2},
	{Name: "ai.onnx.ml.Binarizer", Make: binarizer, Least: 1, Most: 1, Attrs: "threshold"},
	{Name: "ai.onnx.ml.Normalizer", Make: normalizer, Least: 1, Most: 1, Attrs: "norm"},
	{Name: "ai.onnx.ml.Scaler", Make: scaler, Least: 1, Most: 1, Attrs: "offset scale"},
}

// scaler is Scaler: (x - offset) * scale, one of each, or one for each feature.
func scaler(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Numbers)
	features := 1
	if len(x.Shape) > 0 {
		features = x.Shape[len(x.Shape)-1]
	}
	offsets, scales := n.Floats("offset"), n.Floats("scale")
	if len(offsets) == 0 {
		offsets = []float32{0}
	}
	if len(scales) == 0 {
		scales = []float32{1}
	}
	for _, list := range [][]float32{offsets, scales} {
		if len(list) != 1 && (len(list) != features || len(x.Shape) > 2) {
			n.Fail("it has %d offsets and %d scales for shape %v, want 1 or one for each feature", len(offsets), len(scales), x.Shape)
		}
	}
	n.Result(onnx.Float, x.Shape...)
	return func(m *Memory, out, in []tensor.Tensor) {
		x, y := tensor.Of[float64](m.Copied(onnx.Double, in[0])), tensor.Nth[float32](out, 0)
		for i, v := range x {
			y[i] = float32((v - float64(offsets[i%len(offsets)])) * float64(scales[i%len(scales)]))
		}
	}
}

// binarizer is Binarizer: 1 above a threshold, 0 elsewhere.
func binarizer(n *Node) Eval {
	threshold := float64(n.Float("threshold", 0))
	n.Result(n.Type(0, tensor.Numbers), n.In[0].Shape...)
	return func(m *Memory, out, in []tensor.Tensor) {
		x := m.Copied(onnx.Double, in[0])
		y := tensor.Of[float64](x)
		for i, v := range y {
			y[i] = 0
			if v > threshold {
				y[i] = 1
			}
		}
		tensor.Convert(out[0], x)
	}
}

// normalizer is Normalizer: rows of features by their greatest, their sum or
// their length.
func normalizer(n *Node) Eval {
	x := n.In[0].Shape
	n.Type(0, tensor.Numbers)
	norm := n.String("norm", "MAX", "L1", "L2")
	if len(x) < 1 || len(x) > 2 {
		n.Fail("input 0 has shape %v, want 1 or 2 dimensions", x)
		return nil
	}
	if !n.Result(onnx.Float, x...) || n.empty() {
		return nothing
	}
	width := x[len(x)-1]
	return func(m *Memory, out, in []tensor.Tensor) {
		x, y := tensor.Of[float64](m.Copied(onnx.Double, in[0])), tensor.Nth[float32](out, 0)
		for ; len(x) > 0; x, y = x[width:], y[width:] {
			by := 0.0
			switch row := x[:width]; norm {
			case "L1":
				by = reduced(reduceL1, row)
			case "L2":
				by = math.Sqrt(reduced(reduceSumSquare, row))
			default:
				by = slices.Max(row)
			}
			if by == 0 {
				by = 1
			}
			for i, v := range x[:width] {
				y[i] = float32(v / by)
			}
		}
	}
}

// featureExtractor is ArrayFeatureExtractor: some features, by their numbers.
func featureExtractor(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Any)
	n.Type(1, tensor.TypeSet(onnx.Int64))
	if len(x.Shape) == 0 {
		n.Fail("input 0 is one number, want at least 1 dimension")
		return nil
	}
	features, count := x.Shape[len(x.Shape)-1], n.In[1].Len()
	shape := append(cloneShape(x.Shape[:len(x.Shape)-1]), count)
	if len(shape) == 1 {
		shape = []int{1, count}
	}
	if !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		list := tensor.Nth[int64](in, 1)
		for i := range out[0].Len() {
			k := list[i%count]
			if k < 0 || k >= int64(features) {
				m.Fail("index %d is %d, want 0 to %d", i%count, k, features-1)
				if k = 0; features == 0 {
					return
				}
			}
			tensor.Copy(out[0], i, in[0], i/count*features+int(k), 1)
		}
	}
}
