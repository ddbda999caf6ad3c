package op

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is BatchNormalization where it is no layer: with statistics that are
// computed, or of the batch itself.

var batchNorms = family{
	{Name: "BatchNormalization", Make: batchNorm, Layer: batchNormLayer, Least: 5, Most: 5, Attrs: "epsilon momentum training_mode", Raise: raiseBatchNorm},
}

// batchNorm is BatchNormalization with statistics that are computed, or
// of the batch itself in training mode.
func batchNorm(n *Node) Eval {
	x := n.In[0]
	elem := n.SameType(tensor.Floats)
	training := n.Int("training_mode", 0) != 0
	if len(x.Shape) < 2 {
		n.Fail("input 0 has shape %v, want at least 2 dimensions", x.Shape)
		return nil
	}
	c := x.Shape[1]
	for i := 1; i < 5; i++ {
		n.vector(i, c)
	}
	n.Result(elem, x.Shape...)
	eps, momentum := float64(n.Float("epsilon", 1e-5)), float64(n.Float("momentum", 0.9))
	if training {
		n.Result(elem, c)
		n.Result(elem, c)
	}
	joined := slices.Delete(tensor.Steps(len(x.Shape), 1), 1, 2)
	return func(m *Memory, out, in []tensor.Tensor) {
		y, mean, variance := m.Copied(onnx.Double, in[0]), m.Copied(onnx.Double, in[3]), m.Copied(onnx.Double, in[4])
		running, v := tensor.Of[float64](mean), tensor.Of[float64](variance)
		k := 0
		eachLane(m, y, joined, func(g []float64) {
			by, spread := running[k], v[k]
			if training {
				by, spread = moments(g)
				running[k] = float64(running[k]*momentum) + float64(by*(1-momentum))
				v[k] = float64(v[k]*momentum) + float64(spread*(1-momentum))
			}
			root := math.Sqrt(spread + eps)
			for i := range g {
				g[i] = (g[i] - by) / root
			}
			k++
		})
		perChannelAffine(m, y, in[1], in[2])
		tensor.Convert(out[0], y)
		if training {
			tensor.Convert(out[1], mean)
			tensor.Convert(out[2], variance)
		}
	}
}

func raiseBatchNorm(r *Raising) {
	if r.Version < 7 {
		if a := r.Take("is_test"); a == nil || a.Int == 0 {
			r.Refuse("is_test is not set: this version computes the statistics of the batch")
		}
	}
	r.Take("consumed_inputs")
	if a := r.Take("spatial"); a != nil && a.Int != 1 {
		r.Refuse("spatial is not 1")
	}
}

// perChannelAffine is y*scale + bias, with one of each for every channel.
func perChannelAffine(m *Memory, y, scale, bias tensor.Tensor) {
	c := y.Shape[1]
	s, b := tensor.Of[float64](m.Copied(onnx.Double, scale)), tensor.Of[float64](m.Copied(onnx.Double, bias))
	each, v := tensor.Product(y.Shape[2:]), tensor.Of[float64](y)
	for i := range v {
		k := i / each % c
		v[i] = float64(v[i]*s[k]) + b[k]
	}
}
