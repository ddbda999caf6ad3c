package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on each element on its own, whose results are exact or
// rounded once or twice.

var elementwises = family{
	{Name: "Abs", Make: anyInteger(absolute, each(tensor.Numbers, abs32, absOf[float64], absOf[int64])), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Ceil", Make: each(tensor.Floats, ceilOf[float32], ceilOf[float64], nil), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Clip", Make: clip, Least: 1, Most: 3, Raise: raiseClip},
	{Name: "Floor", Make: each(tensor.Floats, floorOf[float32], floorOf[float64], nil), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "HardSigmoid", Make: parametric(hardSigmoidOf[float32], hardSigmoidOf[float64], "alpha", 0.2, "beta", 0.5), Least: 1, Most: 1, Attrs: "alpha beta", Raise: dropConsumed},
	{Name: "HardSwish", Make: each(tensor.Floats, hardSwishOf[float32], hardSwishOf[float64], nil), Least: 1, Most: 1},
	{Name: "LeakyRelu", Make: parametric(leakyRelu32, leakyReluOf[float64], "alpha", 0.01, "", 0), Layer: activationLayer, How: uint8(kernel.LeakyReLU), Least: 1, Most: 1, Attrs: "alpha", Raise: dropConsumed},
	{Name: "Neg", Make: each(signed, negOf[float32], negOf[float64], negOf[int64]), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Reciprocal", Make: each(tensor.Floats, reciprocalOf[float32], reciprocalOf[float64], nil), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Relu", Make: each(signed, relu32, reluOf[float64], reluOf[int64]), Layer: activationLayer, How: uint8(kernel.ReLU), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "Round", Make: each(tensor.Floats, roundOf[float32], roundOf[float64], nil), Least: 1, Most: 1},
	{Name: "Shrink", Make: shrink, Least: 1, Most: 1, Attrs: "bias lambd"},
	{Name: "Sign", Make: anyInteger(positive, each(tensor.Numbers, signOf[float32], signOf[float64], signOf[int64])), Least: 1, Most: 1},
	{Name: "Softsign", Make: each(tensor.Floats, softsignOf[float32], softsignOf[float64], nil), Least: 1, Most: 1},
	{Name: "Sqrt", Make: each(tensor.Floats, sqrtOf[float32], sqrtOf[float64], nil), Least: 1, Most: 1, Raise: dropConsumed},
	{Name: "ThresholdedRelu", Make: parametric(thresholdedReluOf[float32], thresholdedReluOf[float64], "alpha", 1, "", 0), Least: 1, Most: 1, Attrs: "alpha"},
}

// signed is the types of numbers that may be below 0.
var signed = tensor.Floats | tensor.TypeSet(onnx.Int64, onnx.Int32, onnx.Int16, onnx.Int8)

// float is the types of floating point that Go has.
type float interface{ float32 | float64 }

// each makes an operator of functions of slices: y[i] = f(x[i]).
//
//go:noinline
func each(want tensor.Types, single func(y, x []float32), double func(y, x []float64), integer func(y, x []int64)) func(*Node) Eval {
	return func(n *Node) Eval {
		n.Pointwise = true
		n.Lanes = func(dst, x, _, _ []float32) { single(dst, x) }
		n.Result(n.Type(0, want), n.In[0].Shape...)
		return eachOf(single, double, integer)
	}
}

//go:noinline
func eachOf(single func(y, x []float32), double func(y, x []float64), integer func(y, x []int64)) Eval {
	return inWide(func(_ *Memory, out, in []tensor.Tensor) {
		switch in[0].Elem {
		case onnx.Float:
			single(tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0))
		case onnx.Double:
			double(tensor.Nth[float64](out, 0), tensor.Nth[float64](in, 0))
		default:
			integer(tensor.Nth[int64](out, 0), tensor.Nth[int64](in, 0))
		}
	})
}

// parametric makes an operator of floats whose function depends on attributes,
// given with their defaults.
//
//go:noinline
func parametric(single func(y, x []float32, a, b float32), double func(y, x []float64, a, b float64), attrA string, defA float32, attrB string, defB float32) func(*Node) Eval {
	return func(n *Node) Eval {
		a, b := n.Float(attrA, defA), float32(0)
		if attrB != "" {
			b = n.Float(attrB, defB)
		}
		return each(tensor.Floats,
			func(y, x []float32) { single(y, x, a, b) },
			func(y, x []float64) { double(y, x, float64(a), float64(b)) }, nil)(n)
	}
}

// anyInteger gives an operator another function for uint64.
//
//go:noinline
func anyInteger(f func(y, x []uint64), prepare func(*Node) Eval) func(*Node) Eval {
	return func(n *Node) Eval {
		eval := prepare(n)
		if n.In[0].Elem != onnx.Uint64 {
			return eval
		}
		return func(_ *Memory, out, in []tensor.Tensor) { f(tensor.Nth[uint64](out, 0), tensor.Nth[uint64](in, 0)) }
	}
}

func absolute(y, x []uint64) { copy(y, x) }

func positive(y, x []uint64) {
	for i, v := range x {
		y[i] = min(v, 1)
	}
}

// The functions of operators. Conversions keep a compiler from fusing a product
// and a sum, so that all CPUs agree.
func absOf[T tensor.Wide](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		if v <= 0 {
			v = 0 - v // not -v: -0 becomes 0
		}
		y[i] = v
	}
}

func abs32(y, x []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = math.Float32frombits(math.Float32bits(v) &^ (1 << 31))
	}
}

func negOf[T tensor.Wide](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = -v
	}
}

func reluOf[T tensor.Wide](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		y[i] = v
	}
}

func relu32(y, x []float32) {
	copy(y, x)
	kernel.Activate(y, kernel.ReLU, 0)
}

func signOf[T tensor.Wide](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		switch {
		case v > 0:
			v = 1
		case v < 0:
			v = -1
		}
		y[i] = v
	}
}

func ceilOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = T(math.Ceil(float64(v)))
	}
}

func floorOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = T(math.Floor(float64(v)))
	}
}

func roundOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = T(math.RoundToEven(float64(v)))
	}
}

func sqrtOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = T(math.Sqrt(float64(v)))
	}
}

func reciprocalOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = 1 / v
	}
}

func softsignOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = v / (1 + max(v, -v))
	}
}

func leakyReluOf[T float](y, x []T, alpha, _ T) {
	y = y[:len(x)]
	for i, v := range x {
		if v < 0 {
			v *= alpha
		}
		y[i] = v
	}
}

func leakyRelu32(y, x []float32, alpha, _ float32) {
	copy(y, x)
	kernel.Activate(y, kernel.LeakyReLU, alpha)
}

func thresholdedReluOf[T float](y, x []T, alpha, _ T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = thresholdedRelu(v, alpha)
	}
}

func thresholdedRelu[T float](x, alpha T) T {
	if x > alpha {
		return x
	}
	return 0
}

func hardSigmoidOf[T float](y, x []T, alpha, beta T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = hardSigmoid(v, alpha, beta)
	}
}

func hardSigmoid[T float](x, alpha, beta T) T { return between(T(alpha*x)+beta, 0, 1) }

func hardSwishOf[T float](y, x []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = v * between(v/6+0.5, 0, 1)
	}
}

// between brings v to bounds, to the second if they cross. NaN stays. The
// language's min and max take no branches that a CPU could mispredict.
func between[T tensor.Wide](v, low, high T) T { return min(max(v, low), high) }

// shrink is Shrink: numbers nearer to 0 than lambd become 0, others come nearer by bias.
func shrink(n *Node) Eval {
	bias, lambd := n.Float("bias", 0), n.Float("lambd", 0.5)
	return each(tensor.Numbers,
		func(y, x []float32) { shrinkOf(y, x, bias, lambd) },
		func(y, x []float64) { shrinkOf(y, x, float64(bias), float64(lambd)) },
		func(y, x []int64) {
			for i, v := range x {
				var one [1]float64
				shrinkOf(one[:], []float64{float64(v)}, float64(bias), float64(lambd))
				y[i] = tensor.Integer(one[0])
			}
		})(n)
}

func shrinkOf[T float](y, x []T, bias, lambd T) {
	y = y[:len(x)]
	for i, v := range x {
		switch {
		case v < -lambd:
			v += bias
		case v > lambd:
			v -= bias
		default:
			v = 0
		}
		y[i] = v
	}
}

// clip is Clip, to bounds that may be left out.
func clip(n *Node) Eval {
	n.Pointwise = true
	elem := n.Type(0, tensor.Numbers)
	n.Result(elem, n.In[0].Shape...)
	for i := 1; i <= 2; i++ {
		if v := n.In[i]; v != nil && (v.Elem != elem || !v.one()) {
			n.Fail("input %d is %v %v, want one %v", i, v.Elem, v.Shape, elem)
		}
	}
	n.Lanes = clip32
	return inOrder(func(_ *Memory, out, in []tensor.Tensor) {
		switch in[0].Elem {
		case onnx.Float:
			x, low, high := clipInputs[float32](in)
			clip32(tensor.Nth[float32](out, 0), x, low, high)
		case onnx.Double:
			clipOf(out[0], in, math.Inf(-1), math.Inf(1))
		default:
			clipOf(out[0], in, int64(math.MinInt64), int64(math.MaxInt64))
		}
	}, true)
}

func clipInputs[T tensor.Wide](in []tensor.Tensor) (x, low, high []T) {
	for i, v := range [3]*[]T{&x, &low, &high} {
		if in[i].Given() {
			*v = tensor.Of[T](in[i])
		}
	}
	return x, low, high
}

// bound returns what v begins with, if that is given and not NaN, or else another.
func bound[T tensor.Wide](v []T, other T) T {
	if len(v) > 0 && v[0] == v[0] {
		return v[0]
	}
	return other
}

func clip32(dst, x, low, high []float32) {
	copy(dst, x)
	kernel.Clip(dst, bound(low, float32(math.Inf(-1))), bound(high, float32(math.Inf(1))))
}

func clipOf[T tensor.Wide](out tensor.Tensor, in []tensor.Tensor, least, most T) {
	x, low, high := clipInputs[T](in)
	least, most = bound(low, least), bound(high, most)
	y := tensor.Of[T](out)
	for i, v := range x {
		y[i] = between(v, least, most)
	}
}

// raiseClip turns the bounds that were attributes up to opset 10 into inputs.
func raiseClip(r *Raising) {
	r.Take("consumed_inputs")
	if r.Version < 11 {
		r.FloatToInput("min", 1)
		r.FloatToInput("max", 2)
	}
}
