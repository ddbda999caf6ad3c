package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is convolutions of 8-bit integers: which there are.

var integerConvolutions = family{
	{Name: "ConvInteger", Make: convInteger, Least: 2, Most: 4, Attrs: convAttrs},
	{Name: "QLinearConv", Make: qLinearConv, Least: 8, Most: 9, Attrs: convAttrs},

	// What package graph makes of DynamicQuantizeLinear, ConvInteger, Cast and Mul:
	// images of float32, weights, their scale and, perhaps, their zero point.
	{Name: "_DynamicConv", Make: dynamicConv, Layer: dynamicConvLayer, Least: 3, Most: 4, Attrs: convAttrs},
}

// convInteger is ConvInteger.
func convInteger(n *Node) Eval {
	n.Type(0, bytes8)
	n.zeroOf(2, 0, false)
	n.zeroOf(3, 1, true)
	c := n.integerConv(1)
	n.declared(c, onnx.Int32)
	if n.err != nil || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		s := kernel.ByteSums{Zero: m.zeroPoint(in[2]), WeightZeros: m.int32s(in[3])}
		s.Ints = tensor.Of[int32](m.Tensor(onnx.Int32, []int{c.resultLen()}))
		y := tensor.Nth[int32](out, 0)
		c.run(m, in[0], in[1], &s, func(at int) { scatterPixels(y, s.Ints, c, at) })
	}
}

// qLinearConv is QLinearConv: the sums times input and weight scales, by the
// result's, rounded to even.
func qLinearConv(n *Node) Eval {
	float := tensor.TypeSet(onnx.Float)
	n.Type(0, bytes8)
	n.zeroOf(2, 0, false)
	n.zeroOf(5, 3, true)
	for _, i := range []int{1, 4, 6} {
		if n.Type(i, float); i != 4 && !n.In[i].one() {
			n.Fail("input %d has shape %v, want one number", i, n.In[i].Shape)
		}
	}
	to := n.Type(7, bytes8)
	n.Type(8, tensor.TypeSet(onnx.Int32))
	c := n.integerConv(3)
	n.declared(c, to)
	if n.err == nil && (!n.In[7].one() || !n.In[4].one() && !sameShape(n.In[4].Shape, n.In[3].Shape[:1])) {
		n.Fail("scale of weights and zero point have shapes %v and %v, want one number or %v, and one", n.In[4].Shape, n.In[7].Shape, n.In[3].Shape[:1])
	}
	if n.err == nil {
		n.vector(8, n.In[3].Shape[0])
	}
	if n.err != nil || n.empty() {
		return nothing
	}
	low, high, _ := tensor.IntegerRange(to)
	return func(m *Memory, out, in []tensor.Tensor) {
		x, w, y := tensor.Nth[float32](in, 1)[0], tensor.Nth[float32](in, 4), tensor.Nth[float32](in, 6)[0]
		s := kernel.ByteSums{Zero: m.zeroPoint(in[2]), WeightZeros: m.int32s(in[5]), Bias: m.int32s(in[8])}
		s.Narrow = kernel.Narrow{Low: int32(low), High: int32(high), Zero: m.zeroPoint(in[7])}
		s.Scale = tensor.Of[float32](m.Tensor(onnx.Float, []int{c.groups * c.filters}))
		for j := range s.Scale {
			s.Scale[j] = float32(x*w[j%len(w)]) / y
		}
		s.Bytes = tensor.Of[uint8](m.Tensor(onnx.Uint8, []int{c.resultLen()}))
		dst := tensor.Bytes8(out[0])
		c.run(m, in[0], in[3], &s, func(at int) { scatterPixels(dst, s.Bytes, c, at) })
	}
}

// dynamicConv is a convolution of images that are quantised by their range.
func dynamicConv(n *Node) Eval {
	n.Type(0, tensor.TypeSet(onnx.Float))
	n.Type(2, tensor.TypeSet(onnx.Float))
	n.zeroOf(3, 1, true)
	c := n.integerConv(1)
	n.declared(c, onnx.Float)
	if n.err == nil && !spreads(n.In[2].Shape, n.Results[0].Shape) {
		n.Fail("scale has shape %v, want one number or one a channel", n.In[2].Shape)
	}
	if n.err != nil || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		x, w := m.Tensor(onnx.Uint8, in[0].Shape), tensor.Nth[float32](in, 2)
		scale, zero := quantizeByRange(tensor.Of[uint8](x), tensor.Nth[float32](in, 0))
		s := kernel.ByteSums{Zero: int32(zero), WeightZeros: m.int32s(in[3])}
		s.Scale = tensor.Of[float32](m.Tensor(onnx.Float, []int{c.groups * c.filters}))
		for j := range s.Scale {
			s.Scale[j] = scale * w[j%len(w)]
		}
		s.Floats = tensor.Of[float32](m.Tensor(onnx.Float, []int{c.resultLen()}))
		y := tensor.Nth[float32](out, 0)
		c.run(m, x, in[1], &s, func(at int) { scatterPixels(y, s.Floats, c, at) })
	}
}

// dynamicConvLayer is dynamicConv of constant weights, without groups and in up to
// two dimensions.
func dynamicConvLayer(n *Node) Layer {
	known := func(i int) bool { return n.In[i] == nil || n.In[i].Const != nil }
	if !n.computed(0) || !known(1) || !known(2) || !known(3) || n.empty() {
		return nil
	}
	c := n.integerConv(1)
	if c == nil || c.groups > 1 || c.rank > 2 {
		return nil
	}
	k := &kernel.DynamicConv{ByteConv: kernel.ByteConv{Geometry: c.geometry(c.channels, c.filters)}, Scale: slices.Clone(n.Float32s(2))}
	if n.In[3] != nil {
		for _, z := range n.Ints(3) {
			k.WeightZeros = append(k.WeightZeros, int32(z))
		}
	}
	return &IntegerConvolution{Kernel: k, Layout: "bytes"}
}

// zeroOf checks the zero point of an input, if it is given: of its type, one number
// or, if each, also one for each of its first dimension.
func (n *Node) zeroOf(zero, of int, each bool) {
	elem, v := n.Type(of, bytes8), n.In[zero]
	if v == nil {
		return
	}
	if v.Elem != elem {
		n.Fail("input %d is %v, want %v as input %d", zero, v.Elem, elem, of)
	}
	if shape := n.In[of].Shape; !v.one() && !(each && len(shape) > 0 && sameShape(v.Shape, shape[:1])) {
		n.Fail("input %d has shape %v, want one number", zero, v.Shape)
	}
}

// zeroPoint is a zero point that is one number; 0 if it is left out.
func (m *Memory) zeroPoint(t tensor.Tensor) int32 {
	var v [1]int64
	if t.Given() {
		tensor.Widen(v[:], t, 0)
	}
	return int32(v[0])
}

// int32s are integers as int32; nil if they are left out.
func (m *Memory) int32s(t tensor.Tensor) []int32 {
	if !t.Given() {
		return nil
	}
	return tensor.Of[int32](m.Copied(onnx.Int32, t))
}

// packedBytes packs constant weights of groups when they are first needed; nil if
// they are not constant.
func (v *Value) packedBytes(groups int, pack func(b *kernel.Bytes, w []uint8)) func() []kernel.Bytes {
	if v.Const == nil {
		return nil
	}
	return once(func() []kernel.Bytes {
		t, err := v.Const.Value()
		if err != nil {
			panic(err) // it was read before
		}
		packed := make([]kernel.Bytes, groups)
		for g := range packed {
			pack(&packed[g], piece(tensor.Bytes8(t), g, groups))
		}
		return packed
	})
}
