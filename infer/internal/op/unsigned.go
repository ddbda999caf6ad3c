package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is uint64 computed as int64: sums and products have the same bits,
// and so has the order, once the top bit is flipped.

// inOrder is inWide for what depends on the order of numbers, if ordered.
//
//go:noinline
func inOrder(f Eval, ordered bool) Eval { return inTypeAs(tensor.Wider, f, ordered) }

// inDoubleOrder is inOrder for what only compares: float32 are float64.
func inDoubleOrder(f Eval) Eval { return inTypeAs(widest, f, true) }

// widest is float64 of floats, int64 of all else.
func widest(t tensor.Type) tensor.Type {
	if tensor.Floats.Has(t) {
		return onnx.Double
	}
	return onnx.Int64
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
