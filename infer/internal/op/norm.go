package op

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is normalisations of channels: each channel of a sample, or a group
// of them, brought to mean 0 and variance 1. They compute in float64.

var norms = family{
	{Name: "GroupNormalization", Make: groupNorm, Least: 3, Most: 3, Attrs: "epsilon num_groups stash_type", Raise: raiseGroupNorm},
	{Name: "InstanceNormalization", Make: instanceNorm, Layer: instanceNormLayer, Least: 3, Most: 3, Attrs: "epsilon", Raise: dropConsumed},
	{Name: "MeanVarianceNormalization", Make: meanVariance, Least: 1, Most: 1, Attrs: "axes", Raise: raiseMeanVariance},
}

// sumOf returns the sum of x: of eight sums, which do not wait for each other.
func sumOf[T float](x []T) float64 {
	var a, b, c, d, e, f, g, h float64
	for ; len(x) >= 8; x = x[8:] {
		a += float64(x[0])
		b += float64(x[1])
		c += float64(x[2])
		d += float64(x[3])
		e += float64(x[4])
		f += float64(x[5])
		g += float64(x[6])
		h += float64(x[7])
	}
	for _, v := range x {
		a += float64(v)
	}
	return ((a + e) + (c + g)) + ((b + f) + (d + h))
}

// squaresOf returns the mean square of x - mean, added up in four sums.
func squaresOf[T float](x []T, mean float64) float64 {
	var a, b, c, d float64
	n := len(x)
	for ; len(x) >= 4; x = x[4:] {
		p, q, r, s := float64(x[0])-mean, float64(x[1])-mean, float64(x[2])-mean, float64(x[3])-mean
		a += float64(p * p)
		b += float64(q * q)
		c += float64(r * r)
		d += float64(s * s)
	}
	for _, v := range x {
		p := float64(v) - mean
		a += float64(p * p)
	}
	return ((a + c) + (b + d)) / float64(max(n, 1))
}

// meanOf returns the mean of x, 0 of nothing.
func meanOf[T float](x []T) float64 { return sumOf(x) / float64(max(len(x), 1)) }

// moments returns mean and variance.
func moments[T float](x []T) (mean, variance float64) {
	mean = meanOf(x)
	return mean, squaresOf(x, mean)
}

// affine is dst = (src - mean) * inverse * scale + bias; dst may be src.
func affine[T float](dst, src []T, mean, inverse, scale, bias float64) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = T(float64(float64((float64(v)-mean)*inverse)*scale) + bias)
	}
}

// instanceNormLayer is InstanceNormalization of images with known scale and bias.
func instanceNormLayer(n *Node) Layer {
	if !n.computed(0) || !n.constant(1) || !n.constant(2) || len(n.In[0].Shape) < 3 {
		return nil
	}
	return &InstanceNorm{slices.Clone(n.Float32s(1)), slices.Clone(n.Float32s(2)), n.Float("epsilon", 1e-5)}
}

// instanceNorm is InstanceNormalization: each channel of each sample.
func instanceNorm(n *Node) Eval {
	x := n.In[0]
	elem := n.SameType(tensor.Floats)
	if len(x.Shape) < 2 {
		n.Fail("input 0 has shape %v, want at least 2 dimensions", x.Shape)
		return nil
	}
	return n.inGroups(elem, x.Shape[1], x.Shape[1])
}

// groupNorm is GroupNormalization: groups of channels of each sample. Scale and
// bias are per channel, and were per group up to opset 20.
func groupNorm(n *Node) Eval {
	x := n.In[0]
	elem := n.SameType(tensor.Floats)
	groups := n.Size("num_groups", 1, 0)
	if n.err == nil && (len(x.Shape) < 2 || x.Shape[1]%groups != 0) {
		n.Fail("num_groups %d does not fit shape %v", groups, x.Shape)
	}
	if n.err != nil {
		return nil
	}
	scales := x.Shape[1]
	if n.Bool("_per_group", false) {
		scales = groups
	}
	return n.inGroups(elem, groups, scales)
}

func raiseGroupNorm(r *Raising) {
	if r.Version < 21 {
		r.Set(onnx.IntAttr("_per_group", 1))
	}
}

// inGroups brings groups of channels of each sample to mean 0 and variance 1, and
// applies scale and bias, of which there are so many.
func (n *Node) inGroups(elem tensor.Type, groups, scales int) Eval {
	x := n.In[0].Shape
	n.vector(1, scales)
	n.vector(2, scales)
	n.CountWork(n.In[0].Len(), 4)
	if !n.Result(elem, x...) || n.empty() {
		return nothing
	}
	eps := float64(n.Float("epsilon", 1e-5))
	return func(_ *Memory, out, in []tensor.Tensor) {
		if elem == onnx.Float {
			normalizeGroups[float32](out[0], in, x[0], groups, scales, eps)
		} else {
			normalizeGroups[float64](out[0], in, x[0], groups, scales, eps)
		}
	}
}

func normalizeGroups[T float](out tensor.Tensor, in []tensor.Tensor, samples, groups, scales int, eps float64) {
	y, x, scale, bias := tensor.Of[T](out), tensor.Nth[T](in, 0), tensor.Nth[T](in, 1), tensor.Nth[T](in, 2)
	each := scales / groups // scales of a group
	for i := range samples * groups {
		group, dst := piece(x, i, samples*groups), piece(y, i, samples*groups)
		mean, variance := moments(group)
		inverse := 1 / math.Sqrt(variance+eps)
		for k := range each {
			c := i%groups*each + k
			affine(piece(dst, k, each), piece(group, k, each), mean, inverse, float64(scale[c]), float64(bias[c]))
		}
	}
}

// raiseMeanVariance turns what version 1 had into axes: it knew images only.
func raiseMeanVariance(r *Raising) {
	if a := r.Take("across_channels"); a != nil && a.Int != 0 {
		r.Set(onnx.IntsAttr("axes", 0, 1, 2, 3))
	}
	if a := r.Take("normalize_variance"); a != nil && a.Int == 0 {
		r.Refuse("normalize_variance is 0")
	}
}

// meanVariance is MeanVarianceNormalization over axes, by default all but the
// channels.
func meanVariance(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Floats)
	axes := []int64{0, 2, 3}
	if n.Has("axes") {
		axes = n.List("axes")
	}
	joined := n.axes(axes, len(x.Shape))
	if !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	n.CountWork(x.Len(), 4)
	return inDouble(joined, func(g []float64) {
		mean, variance := moments(g)
		affine(g, g, mean, 1/(math.Sqrt(variance)+1e-9), 1, 0)
	})
}
