package infer

import (
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on each element on its own.

// unary makes the operator y = f(x) on floats, computed in float64 and rounded
// once; on integers, if there is a function for them.
func unary(float func(float64) float64, integer func(int64) int64) func(*node) evaluate {
	return func(n *node) evaluate {
		want := floats
		if integer != nil {
			want = numbers
		}
		n.pointwise = true
		n.result(n.elem(0, want), n.in[0].shape...)
		return elementwise(float, integer)
	}
}

func elementwise(float func(float64) float64, integer func(int64) int64) evaluate {
	return inWide(func(m *memory, out, in []tensor) {
		switch in[0].elem {
		case onnx.Float:
			x, y := of[float32](in[0]), of[float32](out[0])
			for i := range y {
				y[i] = float32(float(float64(x[i])))
			}
		case onnx.Double:
			x, y := of[float64](in[0]), of[float64](out[0])
			for i := range y {
				y[i] = float(x[i])
			}
		default:
			x, y := of[int64](in[0]), of[int64](out[0])
			for i := range y {
				y[i] = integer(x[i])
			}
		}
	})
}

// onFloat32 gives a unary operator another way for float32: f replaces elements.
func onFloat32(f func(x []float32), prepare func(*node) evaluate) func(*node) evaluate {
	return func(n *node) evaluate {
		other := prepare(n)
		if n.in[0].elem != onnx.Float {
			return other
		}
		return func(_ *memory, out, in []tensor) {
			y := of[float32](out[0])
			copy(y, of[float32](in[0]))
			f(y)
		}
	}
}

// softplus32 is softplus: with e = exp(-|x|) and s = e/(2+e), log(1+e) is
// 2 atanh(s), whose series ends where s, at most 1/3, is too small to matter.
func softplus32(y []float32) {
	var x [pieceLen]float32
	for ; len(y) > 0; y = y[min(len(y), pieceLen):] {
		piece := y[:copy(x[:], y)]
		for i, v := range piece {
			piece[i] = -max(v, -v)
		}
		kernel.Exp(piece)
		for i, e := range piece {
			s := float64(e) / (2 + float64(e))
			sum, square := 0.0, float64(s*s)
			for _, c := range [...]float64{1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1} {
				sum = float64(sum*square) + c
			}
			piece[i] = float32(float64(2*s*sum) + float64(max(x[i], 0)))
		}
	}
}

// eluOf is Elu.
func eluOf(n *node) evaluate {
	alpha := float64(n.floatAttr("alpha", 1))
	return onFloat32(func(y []float32) { elu32(y, alpha) }, parametric(elu, "alpha", 1, "", 0))(n)
}

// elu32 is elu: e^x - 1 near 0 by its series, where a difference would be rough.
func elu32(y []float32, alpha float64) {
	var x [pieceLen]float32
	for ; len(y) > 0; y = y[min(len(y), pieceLen):] {
		piece := y[:copy(x[:], y)]
		kernel.Exp(piece)
		for i, v := range x[:len(piece)] {
			switch {
			case v >= 0:
				piece[i] = v
			case v > -0.25:
				sum, v := 0.0, float64(v)
				for _, c := range [...]float64{1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1} {
					sum = float64(sum*v) + c
				}
				piece[i] = float32(alpha * float64(sum*v))
			default:
				piece[i] = float32(alpha * (float64(piece[i]) - 1))
			}
		}
	}
}

// parametric makes a unary operator of floats whose function depends on
// attributes, given with their defaults.
func parametric(f func(x, a, b float64) float64, attrs string, defA float32, attrB string, defB float32) func(*node) evaluate {
	return func(n *node) evaluate {
		n.pointwise = true
		n.result(n.elem(0, floats), n.in[0].shape...)
		a, b := float64(n.floatAttr(attrs, defA)), 0.0
		if attrB != "" {
			b = float64(n.floatAttr(attrB, defB))
		}
		return elementwise(func(x float64) float64 { return f(x, a, b) }, nil)
	}
}

// The functions of parametric operators. Conversions keep a compiler from
// fusing a product and a sum, so that all CPUs agree.
func leakyRelu(x, alpha, _ float64) float64 {
	if x < 0 {
		return alpha * x
	}
	return x
}

func elu(x, alpha, _ float64) float64 {
	if x < 0 {
		return alpha * kernel.ExpLessOne64(x)
	}
	return x
}

func celu(x, alpha, _ float64) float64 {
	return math.Max(0, x) + math.Min(0, float64(alpha*kernel.ExpLessOne64(x/alpha)))
}

func selu(x, alpha, gamma float64) float64 {
	if x <= 0 {
		return gamma * (alpha * kernel.ExpLessOne64(x))
	}
	return gamma * x
}

func hardSigmoid(x, alpha, beta float64) float64 {
	return math.Max(0, math.Min(1, float64(alpha*x)+beta))
}

func thresholdedRelu(x, alpha, _ float64) float64 {
	if x > alpha {
		return x
	}
	return 0
}

func sigmoid(x float64) float64 { return 1 / (1 + kernel.Exp64(-x)) }

func softplus(x float64) float64 {
	return math.Max(x, 0) + kernel.LogOnePlus64(kernel.Exp64(-math.Abs(x)))
}

func hardSwish(x float64) float64 { return x * hardSigmoid(x, 1.0/6, 0.5) }

func mish(x float64) float64 { return x * kernel.Tanh64(softplus(x)) }

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// gelu is Gelu, exact or by tanh.
func gelu(n *node) evaluate {
	n.pointwise = true
	n.result(n.elem(0, floats), n.in[0].shape...)
	if n.stringAttr("approximate", "none", "tanh") == "tanh" {
		return elementwise(func(x float64) float64 {
			cubic := x + float64(0.044715*x*x*x)
			return 0.5 * x * (1 + kernel.Tanh64(math.Sqrt(2/math.Pi)*cubic))
		}, nil)
	}
	return elementwise(func(x float64) float64 { return 0.5 * x * (1 + kernel.Erf64(x/math.Sqrt2)) }, nil)
}

// clip is Clip; the bounds are attributes up to opset 10, and inputs after.
func clip(n *node) evaluate {
	n.pointwise = true
	elem := n.elem(0, numbers)
	n.result(elem, n.in[0].shape...)
	if n.opset < 11 {
		n.elem(0, floats)
		low, high := float64(n.floatAttr("min", -math.MaxFloat32)), float64(n.floatAttr("max", math.MaxFloat32))
		return elementwise(func(x float64) float64 { return math.Min(math.Max(x, low), high) }, nil)
	}
	for i := 1; i <= 2; i++ {
		if v := n.in[i]; v != nil && (v.elem != elem || sizeOf(v.shape) != size{fixed: 1}) {
			n.fail("input %d, %q, is %v %v, want one %v", i, n.Inputs[i], v.elem, v.shape, elem)
		}
	}
	return inWide(func(m *memory, out, in []tensor) {
		convert(out[0], in[0])
		switch in[0].elem {
		case onnx.Float:
			clipTo[float32](out[0], in[1], in[2])
		case onnx.Double:
			clipTo[float64](out[0], in[1], in[2])
		default:
			clipTo[int64](out[0], in[1], in[2])
		}
	})
}

// clipTo brings the elements of x to the bounds that are given.
func clipTo[T wide](x, low, high tensor) {
	v := of[T](x)
	if low.given() {
		for i, bound := 0, of[T](low)[0]; i < len(v); i++ {
			if v[i] < bound {
				v[i] = bound
			}
		}
	}
	if high.given() {
		for i, bound := 0, of[T](high)[0]; i < len(v); i++ {
			if v[i] > bound {
				v[i] = bound
			}
		}
	}
}

// castGeneral is Cast between all types.
func castGeneral(n *node) evaluate {
	to := onnx.DataType(n.intAttr("to", 0))
	from := n.elem(0, anyType|typeSet(onnx.Float16))
	if !anyType.has(to) || from == onnx.Float16 && (!floats.has(to) || n.in[0].constant == nil) {
		n.fail("from %v to %v is not supported", from, to)
	}
	if from == onnx.Float16 && n.err == nil {
		half := *n.in[0] // stored narrow, read as float32
		half.elem = onnx.Float
		n.in[0] = &half
	}
	n.result(to, n.in[0].shape...)
	return func(m *memory, out, in []tensor) { convert(out[0], in[0]) }
}
