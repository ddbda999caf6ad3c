package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is operators on each element that need functions of package kernel:
// exponentials, logarithms, and those of angles.

var functions = family{
	{Name: "Acos", Make: unary, Of: kernel.Acos64, Least: 1, Most: 1},
	{Name: "Acosh", Make: unary, Of: kernel.Acosh64, Least: 1, Most: 1},
	{Name: "Asin", Make: unary, Of: kernel.Asin64, Least: 1, Most: 1},
	{Name: "Asinh", Make: unary, Of: kernel.Asinh64, Least: 1, Most: 1},
	{Name: "Atan", Make: unary, Of: kernel.Atan64, Least: 1, Most: 1},
	{Name: "Atanh", Make: unary, Of: kernel.Atanh64, Least: 1, Most: 1},
	{Name: "Celu", Make: celuOf, Least: 1, Most: 1, Attrs: "alpha"},
	{Name: "Cos", Make: unary, Of: kernel.Cos64, Least: 1, Most: 1},
	{Name: "Cosh", Make: unary, Of: kernel.Cosh64, Least: 1, Most: 1},
	{Name: "Elu", Make: eluOf, Least: 1, Most: 1, Attrs: "alpha", Raise: dropConsumed},
	{Name: "Erf", Make: inPlace(kernel.Erf, kernel.Erf64), Least: 1, Most: 1},
	{Name: "Exp", Make: inPlace(kernel.Exp, kernel.Exp64), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Gelu", Make: gelu, Least: 1, Most: 1, Attrs: "approximate"},
	{Name: "Log", Make: unary, Of: kernel.Log64, Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Mish", Make: mish, Least: 1, Most: 1},
	{Name: "Selu", Make: seluOf, Least: 1, Most: 1, Attrs: "alpha gamma", Raise: dropConsumed},
	{Name: "Sigmoid", Make: inPlace(activated(kernel.Sigmoid), sigmoid), Layer: activationLayer, How: uint8(kernel.Sigmoid), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Sin", Make: unary, Of: kernel.Sin64, Least: 1, Most: 1},
	{Name: "Sinh", Make: unary, Of: kernel.Sinh64, Least: 1, Most: 1},
	{Name: "Softplus", Make: inPlace(softplus32, softplus), Least: 1, Most: 1},
	{Name: "Swish", Make: swish, Least: 1, Most: 1, Attrs: "alpha"},
	{Name: "Tan", Make: unary, Of: kernel.Tan64, Least: 1, Most: 1},
	{Name: "Tanh", Make: inPlace(activated(kernel.Tanh), kernel.Tanh64), Layer: activationLayer, How: uint8(kernel.Tanh), Least: 1, Most: 1, Raise: dropConsumed},
}

// unary is y = f(x), computed in float64 and rounded once.
func unary(n *Node) Eval {
	f := n.of
	n.CountWork(n.In[0].Len(), 32)
	return each(tensor.Floats,
		func(y, x []float32) {
			for i, v := range x {
				y[i] = float32(f(float64(v)))
			}
		}, doubles(f), nil)(n)
}

// counted adds operations for each element.
//
//go:noinline
func counted(each int, prepare func(*Node) Eval) func(*Node) Eval {
	return func(n *Node) Eval {
		n.CountWork(n.In[0].Len(), each)
		return prepare(n)
	}
}

//go:noinline
func doubles(f func(float64) float64) func(y, x []float64) {
	return func(y, x []float64) {
		for i, v := range x {
			y[i] = f(v)
		}
	}
}

// inPlace makes an operator of a function that replaces a few elements, at most
// pieceLen, and one for float64.
//
//go:noinline
func inPlace(single func([]float32), double func(float64) float64) func(*Node) Eval {
	return counted(4, each(tensor.Floats,
		func(y, x []float32) {
			for len(x) > 0 {
				n := min(len(x), pieceLen)
				copy(y[:n], x)
				single(y[:n])
				y, x = y[n:], x[n:]
			}
		}, doubles(double), nil))
}

// activated is an activation of kernel.
func activated(act kernel.Act) func([]float32) {
	return func(y []float32) { kernel.Activate(y, act, 0) }
}

func sigmoid(x float64) float64 { return 1 / (1 + kernel.Exp64(-x)) }

// softplus is log(1 + e^x).
func softplus(x float64) float64 {
	return math.Max(x, 0) + kernel.LogOnePlus64(kernel.Exp64(-math.Abs(x)))
}

// softplus32 is softplus: with e = exp(-|x|) and s = e/(2+e), log(1+e) is
// 2 atanh(s), whose series ends where s, at most 1/3, is too small to matter.
func softplus32(y []float32) {
	var room [pieceLen]float32
	x := room[:copy(room[:], y)]
	for i, v := range x {
		y[i] = -max(v, -v)
	}
	kernel.Exp(y)
	for i, e := range y {
		s := float64(e) / (2 + float64(e))
		sum, square := 0.0, float64(s*s)
		for _, c := range [...]float64{1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1} {
			sum = float64(sum*square) + c
		}
		y[i] = float32(float64(2*s*sum) + float64(max(x[i], 0)))
	}
}

// eluOf, celuOf and seluOf are positive*x from 0 on, and negative*(e^(x/by) - 1)
// below.
func eluOf(n *Node) Eval {
	return n.expLess(1, float64(n.Float("alpha", 1)), 1)
}

func celuOf(n *Node) Eval {
	alpha := float64(n.Float("alpha", 1))
	return n.expLess(1, alpha, alpha)
}

func seluOf(n *Node) Eval {
	alpha, gamma := float64(n.Float("alpha", 1.67326319217681884765625)), float64(n.Float("gamma", 1.05070102214813232421875))
	return n.expLess(gamma, float64(gamma*alpha), 1)
}

func (n *Node) expLess(positive, negative, by float64) Eval {
	return inPlace(
		func(y []float32) { expLess32(y, positive, negative, by) },
		func(x float64) float64 {
			if x < 0 {
				return negative * kernel.ExpLessOne64(x/by)
			}
			return positive * x
		})(n)
}

// expLess32 computes e^v - 1 near 0 by its series, where a difference would be rough.
func expLess32(y []float32, positive, negative, by float64) {
	var room [pieceLen]float32
	x := room[:copy(room[:], y)]
	if by != 1 {
		for i, v := range x {
			y[i] = float32(float64(v) / by)
		}
	}
	kernel.Exp(y)
	for i, v := range x {
		switch v, by := float64(v), float64(v)/by; {
		case v >= 0:
			y[i] = float32(positive * v)
		case math.Abs(by) < 0.25:
			sum := 0.0
			for _, c := range [...]float64{1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1} {
				sum = float64(sum*by) + c
			}
			y[i] = float32(negative * float64(sum*by))
		default:
			y[i] = float32(negative * (float64(y[i]) - 1))
		}
	}
}

// swish is Swish: x * sigmoid(alpha*x).
func swish(n *Node) Eval {
	alpha := n.Float("alpha", 1)
	return inPlace(
		func(y []float32) { gated32(y, func(x float32) float32 { return alpha * x }) },
		func(x float64) float64 { return x * sigmoid(float64(alpha)*x) })(n)
}

// gated32 is x * sigmoid(f(x)).
func gated32(y []float32, f func(float32) float32) {
	var room [pieceLen]float32
	x := room[:copy(room[:], y)]
	for i, v := range x {
		y[i] = f(v)
	}
	kernel.Activate(y, kernel.Sigmoid, 0)
	for i, v := range x {
		y[i] *= v
	}
}

// gelu is Gelu: exact, or by tanh, where (1+tanh(z))/2 is sigmoid(2z).
func gelu(n *Node) Eval {
	if n.String("approximate", "none", "tanh") == "tanh" {
		const twice = 1.5957691216057307117597842397375 // 2*sqrt(2/pi)
		return inPlace(
			func(y []float32) {
				gated32(y, func(x float32) float32 { return twice * (x + float32(0.044715*float32(x*float32(x*x)))) })
			},
			func(x float64) float64 { return x * sigmoid(twice*(x+float64(0.044715*x*x*x))) })(n)
	}
	return inPlace(gelu32, func(x float64) float64 { return 0.5 * x * (1 + kernel.Erf64(x/math.Sqrt2)) })(n)
}

// gelu32 is x/2 * (1 + erf(x/sqrt(2))).
func gelu32(y []float32) {
	var room [pieceLen]float32
	x := room[:copy(room[:], y)]
	for i, v := range x {
		y[i] = v * (math.Sqrt2 / 2)
	}
	kernel.Erf(y)
	for i, v := range x {
		y[i] = float32(0.5*v) * (1 + y[i])
	}
}

// mish is Mish: x * tanh(softplus(x)), which is x * s/(s+2) with s = e^x*(e^x+2).
func mish(n *Node) Eval {
	return inPlace(func(y []float32) {
		var room [pieceLen]float32
		x := room[:copy(room[:], y)]
		kernel.Exp(y)
		for i, v := range x {
			e := float64(y[i])
			s := float64(e * (e + 2))
			y[i] = float32(float64(v) * (s / (s + 2)))
			if v > 20 {
				y[i] = v
			}
		}
	}, func(x float64) float64 { return x * kernel.Tanh64(softplus(x)) })(n)
}
