package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Gemm: alpha*A*B + beta*C, with A or B turned.

var gemms = family{
	{Name: "Gemm", Make: gemm, Layer: gemmLayer, Least: 2, Most: 3, Attrs: "alpha beta transA transB", Raise: raiseGemm},
}

// raiseGemm drops what said that C may be broadcast: it always may.
func raiseGemm(r *Raising) {
	if r.Version < 7 {
		r.Take("broadcast")
	}
}

// gemm is Gemm.
func gemm(n *Node) Eval {
	elem := n.SameType(tensor.Numbers)
	a, b := n.In[0].Shape, n.In[1].Shape
	alpha, beta := n.Float("alpha", 1), n.Float("beta", 1)
	transA, transB := n.Bool("transA", false), n.Bool("transB", false)
	if len(a) != 2 || len(b) != 2 {
		n.Fail("inputs of shapes %v and %v do not fit", a, b)
		return nil
	}
	readA, readB := newReading(a, []int{a[1], 1}), newReading(b, []int{b[1], 1})
	if transA {
		readA = newReading([]int{a[1], a[0]}, []int{1, a[1]})
		a = []int{a[1], a[0]}
	}
	if transB {
		readB = newReading([]int{b[1], b[0]}, []int{1, b[1]})
		b = []int{b[1], b[0]}
	}
	p := n.matrices(a, b, elem)
	if n.err != nil {
		return nil
	}
	shape := n.Results[0].Shape
	if v := n.In[2]; v != nil && !sameShape(n.Broadcast(shape, v.Shape), shape) {
		n.Fail("input 2 has shape %v, which does not fit %v", v.Shape, shape)
	}
	if n.err != nil || n.empty() {
		return nothing
	}
	add := func(m *Memory, out tensor.Tensor, c tensor.Tensor) {
		scale(out, alpha)
		if c.Given() {
			if beta != 1 {
				c = m.Copied(out.Elem, c)
				scale(c, beta)
			}
			join(m, opAdd, out, out, c)
		}
	}
	if elem != onnx.Float {
		return inWide(func(m *Memory, out, in []tensor.Tensor) {
			one := m.Walk(nil, nil, nil, nil)
			if elem == onnx.Double {
				plainProducts(tensor.Nth[float64](out, 0), read[float64](m, &readA, in[0]), read[float64](m, &readB, in[1]), one, p.m, p.k, p.n)
			} else {
				plainProducts(tensor.Nth[int64](out, 0), read[int64](m, &readA, in[0]), read[int64](m, &readB, in[1]), one, p.m, p.k, p.n)
			}
			add(m, out[0], in[2])
		})
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		if z := tensor.Nth[float32](out, 0); p.k == 0 {
			clear(z)
		} else {
			row, col := p.n, 1
			if transB {
				row, col = 1, p.k
			}
			m.pad.packed.Pack(tensor.Nth[float32](in, 1), p.k, p.n, row, col)
			kernel.Gemm(z, p.n, read[float32](m, &readA, in[0]), p.k, p.m, &m.pad.packed, nil, 0, 1)
		}
		add(m, out[0], in[2])
	}
}

// scale multiplies a tensor by a number.
func scale(t tensor.Tensor, by float32) {
	switch {
	case by == 1:
	case t.Elem == onnx.Float:
		for i, v := 0, tensor.Of[float32](t); i < len(v); i++ {
			v[i] *= by
		}
	case t.Elem == onnx.Double:
		for i, v := 0, tensor.Of[float64](t); i < len(v); i++ {
			v[i] *= float64(by)
		}
	default:
		for i, v := 0, tensor.Of[int64](t); i < len(v); i++ {
			v[i] = tensor.Integer(float64(v[i]) * float64(by))
		}
	}
}

// gemmLayer is Gemm with B and C constant. Alpha goes into the weights and beta
// into the bias.
func gemmLayer(n *Node) Layer {
	if matMulLayer(n) == nil || !n.constant(2) || n.Bool("transA", false) {
		return nil
	}
	l := &Dense{Transposed: n.Bool("transB", false), Alpha: n.Float("alpha", 1)}
	if n.In[2] == nil {
		return l
	}
	width := n.Results[0].Shape[1]
	if !spreads(n.In[2].Shape, []int{2, width}) {
		return nil
	}
	l.Bias = n.perChannel(2, width)
	if beta := n.Float("beta", 1); beta != 1 {
		for i := range l.Bias {
			l.Bias[i] *= beta
		}
	}
	return l
}
