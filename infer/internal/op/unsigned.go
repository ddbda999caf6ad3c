package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is uint64 computed as int64: sums and products have the same bits,
// and so has the order, once the top bit is flipped.

// inOrder is inWide for what depends on the order of numbers, if ordered: uint64
// become the int64 that are ordered like them.
//
//go:noinline
func inOrder(f Eval, ordered bool) Eval {
	if !ordered {
		return inWide(f)
	}
	return inOrderAs(tensor.Wider, f)
}

// inDoubleOrder is inOrder for what only compares: float32 are float64.
func inDoubleOrder(f Eval) Eval {
	return inOrderAs(widest, f)
}

// widest is float64 of floats, int64 of all else.
func widest(t tensor.Type) tensor.Type {
	if tensor.Floats.Has(t) {
		return onnx.Double
	}
	return onnx.Int64
}

//go:noinline
func inOrderAs(to func(tensor.Type) tensor.Type, f Eval) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		m.in, m.out = m.in[:0], m.out[:0]
		for _, t := range in {
			wide := m.as(to, t)
			if t.Elem == onnx.Uint64 && t.Given() {
				flip(wide)
			}
			m.in = append(m.in, wide)
		}
		for _, t := range out {
			made := t
			if t.Elem != to(t.Elem) {
				made = m.Tensor(to(t.Elem), t.Shape)
			}
			m.out = append(m.out, made)
		}
		f(m, m.out, m.in)
		for i, t := range out {
			if t.Elem == onnx.Uint64 {
				flip(m.out[i])
			}
			if t.Elem != m.out[i].Elem {
				tensor.Convert(t, m.out[i])
			}
		}
	}
}

// ordered returns t in the type it is computed in, itself or a copy, in the order
// of its own type.
//
//go:noinline
func (m *Memory) ordered(t tensor.Tensor) tensor.Tensor {
	wide := m.widened(t)
	if t.Elem == onnx.Uint64 && t.Given() {
		flip(wide)
	}
	return wide
}

// flip flips the top bits of int64.
func flip(t tensor.Tensor) {
	v := tensor.Of[int64](t)
	for i := range v {
		v[i] ^= math.MinInt64
	}
}
