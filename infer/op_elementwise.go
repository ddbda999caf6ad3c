package infer

import (
	"math"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on each element on its own, or on elements of several
// tensors that are broadcast to one shape.

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
		return alpha * math.Expm1(x)
	}
	return x
}

func celu(x, alpha, _ float64) float64 {
	return math.Max(0, x) + math.Min(0, float64(alpha*math.Expm1(x/alpha)))
}

func selu(x, alpha, gamma float64) float64 {
	if x <= 0 {
		return gamma * (alpha * math.Expm1(x))
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

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

func hardSwish(x float64) float64 { return x * hardSigmoid(x, 1.0/6, 0.5) }

func mish(x float64) float64 { return x * math.Tanh(softplus(x)) }

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
			return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*cubic))
		}, nil)
	}
	return elementwise(func(x float64) float64 { return 0.5 * x * (1 + math.Erf(x/math.Sqrt2)) }, nil)
}

// operation is an arithmetic operator of two numbers of one type.
type operation uint8

const (
	opAdd operation = iota
	opSub
	opMul
	opDiv
	opMax
	opMin
)

// arithmetic makes an operator that joins all its inputs, two or more, in their
// order.
func arithmetic(op operation) func(*node) evaluate {
	return func(n *node) evaluate {
		n.pointwise = true
		elem := n.sameElem(numbers)
		var shapes [][]int
		for _, v := range n.in {
			shapes = append(shapes, v.shape)
		}
		n.result(elem, n.broadcast(shapes...)...)
		return inWide(func(m *memory, out, in []tensor) { arithmeticAll(m, op, out[0], in) })
	}
}

func arithmeticAll(m *memory, op operation, out tensor, in []tensor) {
	if len(in) == 1 {
		convert(out, in[0])
		return
	}
	sum := in[0]
	for _, t := range in[1:] { // from the second on, out is read as well
		join(m, op, out, sum, t)
		sum = out
	}
}

// join is out = a op b; out may be a.
func join(m *memory, op operation, out, a, b tensor) {
	w := m.walkOver(out.shape, a.shape, b.shape, nil)
	switch out.elem {
	case onnx.Float:
		arithmeticOn[float32](op, w, out, a, b)
	case onnx.Double:
		arithmeticOn[float64](op, w, out, a, b)
	default:
		arithmeticOn[int64](op, w, out, a, b)
	}
}

func arithmeticOn[T wide](op operation, w *walk, out, a, b tensor) {
	z, x, y := of[T](out), of[T](a), of[T](b)
	w.lines(func(o, n int, in, step [3]int) {
		z, i, j := z[o:o+n], in[0], in[1]
		switch op {
		case opAdd:
			for k := range z {
				z[k] = x[i] + y[j]
				i, j = i+step[0], j+step[1]
			}
		case opSub:
			for k := range z {
				z[k] = x[i] - y[j]
				i, j = i+step[0], j+step[1]
			}
		case opMul:
			for k := range z {
				z[k] = x[i] * y[j]
				i, j = i+step[0], j+step[1]
			}
		case opDiv:
			for k := range z {
				z[k] = quotient(x[i], y[j])
				i, j = i+step[0], j+step[1]
			}
		case opMax:
			for k := range z {
				z[k] = max(x[i], y[j])
				i, j = i+step[0], j+step[1]
			}
		case opMin:
			for k := range z {
				z[k] = min(x[i], y[j])
				i, j = i+step[0], j+step[1]
			}
		}
	})
}

// quotient divides; an integer by 0 is 0, as ONNX leaves it open and Go would
// panic.
func quotient[T wide](x, y T) T {
	if y == 0 && T(1)/2 == 0 {
		return 0
	}
	return x / y
}

// mean is Mean: the sum of all inputs by their number.
func mean(n *node) evaluate {
	sum := arithmetic(opAdd)(n)
	n.elem(0, floats)
	by := float64(len(n.in))
	scale := elementwise(func(x float64) float64 { return x / by }, nil)
	return func(m *memory, out, in []tensor) {
		sum(m, out, in)
		scale(m, out, out)
	}
}

// compare makes an operator that compares two numbers, or for Equal also bools.
func compare(float func(a, b float64) bool, integer func(a, b int64) bool, want types) func(*node) evaluate {
	return func(n *node) evaluate {
		n.sameElem(want)
		n.result(onnx.Bool, n.broadcast(n.in[0].shape, n.in[1].shape)...)
		return func(m *memory, out, in []tensor) {
			a, b, z := m.widened(in[0]), m.widened(in[1]), of[bool](out[0])
			w := m.walkOver(out[0].shape, a.shape, b.shape, nil)
			w.lines(func(o, n int, at, step [3]int) {
				for k := range n {
					i, j := at[0]+k*step[0], at[1]+k*step[1]
					switch a.elem {
					case onnx.Float:
						z[o+k] = float(float64(of[float32](a)[i]), float64(of[float32](b)[j]))
					case onnx.Double:
						z[o+k] = float(of[float64](a)[i], of[float64](b)[j])
					default:
						z[o+k] = integer(of[int64](a)[i], of[int64](b)[j])
					}
				}
			})
		}
	}
}

func less[T wide](a, b T) bool           { return a < b }
func lessOrEqual[T wide](a, b T) bool    { return a <= b }
func greater[T wide](a, b T) bool        { return a > b }
func greaterOrEqual[T wide](a, b T) bool { return a >= b }
func equal[T wide](a, b T) bool          { return a == b }

func and(a, b int64) bool { return a != 0 && b != 0 }
func or(a, b int64) bool  { return a != 0 || b != 0 }
func xor(a, b int64) bool { return a != b }

// not is Not.
func not(n *node) evaluate {
	n.result(n.elem(0, booleans), n.in[0].shape...)
	return func(m *memory, out, in []tensor) {
		for i, v := range of[bool](in[0]) {
			of[bool](out[0])[i] = !v
		}
	}
}

// power is Pow: the result has the type of the base.
func power(n *node) evaluate {
	n.pointwise = true
	elem, exponent := n.elem(0, numbers), n.elem(1, numbers)
	n.result(elem, n.broadcast(n.in[0].shape, n.in[1].shape)...)
	whole := integers.has(elem) && integers.has(exponent)
	return func(m *memory, out, in []tensor) {
		x, y := m.tensor(onnx.Double, in[0].shape), m.tensor(onnx.Double, in[1].shape)
		convert(x, in[0])
		convert(y, in[1])
		z := m.tensor(onnx.Double, out[0].shape)
		w := m.walkOver(z.shape, x.shape, y.shape, nil)
		if whole {
			a, b, z := m.widened(in[0]), m.widened(in[1]), m.tensor(onnx.Int64, out[0].shape)
			w.lines(func(o, n int, at, step [3]int) {
				for k := range n {
					of[int64](z)[o+k] = integerPower(of[int64](a)[at[0]+k*step[0]], of[int64](b)[at[1]+k*step[1]])
				}
			})
			convert(out[0], z)
			return
		}
		w.lines(func(o, n int, at, step [3]int) {
			for k := range n {
				of[float64](z)[o+k] = math.Pow(of[float64](x)[at[0]+k*step[0]], of[float64](y)[at[1]+k*step[1]])
			}
		})
		convert(out[0], z)
	}
}

func integerPower(x, y int64) int64 {
	if y < 0 {
		return int64(math.Pow(float64(x), float64(y)))
	}
	z := int64(1)
	for ; y > 0; y >>= 1 {
		if y&1 != 0 {
			z *= x
		}
		x *= x
	}
	return z
}

// prelu is PRelu: a slope for negative x, broadcast to x.
func prelu(n *node) evaluate {
	n.pointwise = true
	elem := n.sameElem(numbers)
	x := n.in[0].shape
	if out := n.broadcast(x, n.in[1].shape); len(out) != len(x) || n.err == nil && sizeOf(out) != sizeOf(x) {
		n.fail("slope of shape %v does not fit %v", n.in[1].shape, x)
	}
	n.result(elem, x...)
	return inWide(func(m *memory, out, in []tensor) {
		switch out[0].elem {
		case onnx.Float:
			preluOn[float32](m, out[0], in)
		case onnx.Double:
			preluOn[float64](m, out[0], in)
		default:
			preluOn[int64](m, out[0], in)
		}
	})
}

func preluOn[T wide](m *memory, out tensor, in []tensor) {
	z, x, slope := of[T](out), of[T](in[0]), of[T](in[1])
	w := m.walkOver(out.shape, in[0].shape, in[1].shape, nil)
	w.lines(func(o, n int, at, step [3]int) {
		for k := range n {
			z[o+k] = x[o+k]
			if x[o+k] < 0 {
				z[o+k] *= slope[at[1]+k*step[1]]
			}
		}
	})
}

// where is Where: x where the condition holds, y elsewhere.
func where(n *node) evaluate {
	n.pointwise = true
	n.elem(0, booleans)
	if elem := n.elem(1, anyType); n.elem(2, anyType) != elem {
		n.fail("input 2, %q, is %v, want %v", n.Inputs[2], n.in[2].elem, elem)
	}
	n.result(n.in[1].elem, n.broadcast(n.in[0].shape, n.in[1].shape, n.in[2].shape)...)
	return inWide(func(m *memory, out, in []tensor) {
		switch out[0].elem {
		case onnx.Float:
			whereOn[float32](m, out[0], in)
		case onnx.Double:
			whereOn[float64](m, out[0], in)
		default:
			whereOn[int64](m, out[0], in)
		}
	})
}

func whereOn[T wide](m *memory, out tensor, in []tensor) {
	z, c, x, y := of[T](out), of[int64](m.widened(in[0])), of[T](in[1]), of[T](in[2])
	w := m.walkOver(out.shape, in[0].shape, in[1].shape, in[2].shape)
	w.lines(func(o, n int, at, step [3]int) {
		for k := range n {
			if c[at[0]+k*step[0]] != 0 {
				z[o+k] = x[at[1]+k*step[1]]
			} else {
				z[o+k] = y[at[2]+k*step[2]]
			}
		}
	})
}

// clip is Clip; the bounds are attributes up to opset 10, and inputs after.
func clip(n *node) evaluate {
	n.pointwise = true
	elem := n.elem(0, numbers)
	n.result(elem, n.in[0].shape...)
	if n.opset < 11 {
		low, high := float64(n.floatAttr("min", -math.MaxFloat32)), float64(n.floatAttr("max", math.MaxFloat32))
		return elementwise(func(x float64) float64 { return math.Min(math.Max(x, low), high) }, nil)
	}
	for i := 1; i <= 2; i++ {
		if v := n.in[i]; v != nil && (v.elem != elem || sizeOf(v.shape) != size{fixed: 1}) {
			n.fail("input %d, %q, is %v %v, want one %v", i, n.Inputs[i], v.elem, v.shape, elem)
		}
	}
	return inWide(func(m *memory, out, in []tensor) {
		bounded := in[0]
		if in[1].given() {
			join(m, opMax, out[0], bounded, tensor{in[1].elem, nil, in[1].data})
			bounded = out[0]
		}
		if in[2].given() {
			join(m, opMin, out[0], bounded, tensor{in[2].elem, nil, in[2].data})
			bounded = out[0]
		}
		if bounded.data != out[0].data {
			convert(out[0], in[0])
		}
	})
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
