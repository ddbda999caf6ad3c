package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators whose results are bools.

var comparisons = family{
	{Name: "And", Make: logical, How: uint8(bothHold), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "Equal", Make: compare, How: uint8(equal), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "Greater", Make: compare, How: uint8(less | turned), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "GreaterOrEqual", Make: compare, How: uint8(lessOrEqual | turned), Least: 2, Most: 2},
	{Name: "IsInf", Make: isInf, Least: 1, Most: 1, Attrs: "detect_negative detect_positive"},
	{Name: "IsNaN", Make: isNaN, Least: 1, Most: 1},
	{Name: "Less", Make: compare, How: uint8(less), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "LessOrEqual", Make: compare, How: uint8(lessOrEqual), Least: 2, Most: 2},
	{Name: "Not", Make: not, Least: 1, Most: 1},
	{Name: "Or", Make: logical, How: uint8(oneHolds), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "Xor", Make: logical, How: uint8(theyDiffer), Least: 2, Most: 2, Raise: raiseBinary},
}

// comparison is what is asked of two numbers.
type comparison uint8

const (
	equal comparison = iota
	less
	lessOrEqual

	turned = 1 << 7 // the second is compared to the first
)

// compare is the comparison of two numbers, or for Equal also bools.
func compare(n *Node) Eval {
	how, exchange := comparison(n.how)&^turned, comparison(n.how)&turned != 0
	n.Pointwise = true
	want := tensor.Numbers
	if how == equal {
		want = tensor.Any
	}
	n.SameType(want)
	n.Result(onnx.Bool, n.Broadcast(n.In[0].Shape, n.In[1].Shape)...)
	return func(m *Memory, out, in []tensor.Tensor) {
		a, b := m.ordered(in[0]), m.ordered(in[1])
		if exchange {
			a, b = b, a
		}
		switch a.Elem {
		case onnx.Float:
			compareOn[float32](m, how, out[0], a, b)
		case onnx.Double:
			compareOn[float64](m, how, out[0], a, b)
		default:
			compareOn[int64](m, how, out[0], a, b)
		}
	}
}

func compareOn[T tensor.Wide](m *Memory, how comparison, out, a, b tensor.Tensor) {
	z, x, y := tensor.Of[bool](out), tensor.Of[T](a), tensor.Of[T](b)
	m.Walk(out.Shape, a.Shape, b.Shape, nil).Lines(func(o, n int, at, step [3]int) {
		compareLine(how, z[o:][:n], x, y, at, step)
	})
}

func compareLine[T tensor.Wide](how comparison, z []bool, x, y []T, at, step [3]int) {
	i, j := at[0], at[1]
	switch how {
	case equal:
		for k := range z {
			z[k] = x[i] == y[j]
			i, j = i+step[0], j+step[1]
		}
	case less:
		for k := range z {
			z[k] = x[i] < y[j]
			i, j = i+step[0], j+step[1]
		}
	case lessOrEqual:
		for k := range z {
			z[k] = x[i] <= y[j]
			i, j = i+step[0], j+step[1]
		}
	}
}

const (
	bothHold = iota
	oneHolds
	theyDiffer
)

// logical is an operator of two bools.
func logical(n *Node) Eval {
	n.Pointwise = true
	n.SameType(tensor.Booleans)
	n.Result(onnx.Bool, n.Broadcast(n.In[0].Shape, n.In[1].Shape)...)
	return func(m *Memory, out, in []tensor.Tensor) {
		z, a, b := tensor.Nth[bool](out, 0), tensor.Nth[bool](in, 0), tensor.Nth[bool](in, 1)
		m.Walk(out[0].Shape, in[0].Shape, in[1].Shape, nil).Lines(func(o, count int, at, step [3]int) {
			for k := range count {
				switch p, q := a[at[0]+k*step[0]], b[at[1]+k*step[1]]; n.how {
				case bothHold:
					z[o+k] = p && q
				case oneHolds:
					z[o+k] = p || q
				default:
					z[o+k] = p != q
				}
			}
		})
	}
}

// not is Not.
func not(n *Node) Eval {
	n.Pointwise = true
	n.Result(n.Type(0, tensor.Booleans), n.In[0].Shape...)
	return func(m *Memory, out, in []tensor.Tensor) {
		y := tensor.Nth[bool](out, 0)
		for i, v := range tensor.Nth[bool](in, 0) {
			y[i] = !v
		}
	}
}

// isNaN is IsNaN.
func isNaN(n *Node) Eval { return n.flags(func(v float64) bool { return v != v }) }

// isInf is IsInf, of one sign or both.
func isInf(n *Node) Eval {
	negative, positive := n.Bool("detect_negative", true), n.Bool("detect_positive", true)
	return n.flags(func(v float64) bool { return positive && v > math.MaxFloat64 || negative && v < -math.MaxFloat64 })
}

// flags makes an operator that says something of each float.
func (n *Node) flags(is func(float64) bool) Eval {
	n.Pointwise = true
	n.Type(0, tensor.Floats)
	n.Result(onnx.Bool, n.In[0].Shape...)
	return func(_ *Memory, out, in []tensor.Tensor) {
		y := tensor.Nth[bool](out, 0)
		if in[0].Elem == onnx.Float {
			for i, v := range tensor.Nth[float32](in, 0) {
				y[i] = is(float64(v))
			}
			return
		}
		for i, v := range tensor.Nth[float64](in, 0) {
			y[i] = is(v)
		}
	}
}
