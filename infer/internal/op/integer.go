package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on the bits of integers, and remainders.

var integral = family{
	{Name: "BitShift", Make: bitShift, Least: 2, Most: 2, Attrs: "direction"},
	{Name: "BitwiseAnd", Make: bitwise(bitAnd), Least: 2, Most: 2},
	{Name: "BitwiseNot", Make: each(tensor.Integers, nil, nil, bitNot), Least: 1, Most: 1},
	{Name: "BitwiseOr", Make: bitwise(bitOr), Least: 2, Most: 2},
	{Name: "BitwiseXor", Make: bitwise(bitXor), Least: 2, Most: 2},
	{Name: "Mod", Make: mod, Least: 2, Most: 2, Attrs: "fmod"},
}

var unsigned = tensor.TypeSet(onnx.Uint64, onnx.Uint32, onnx.Uint16, onnx.Uint8)

// bitwise makes an operator of two integers.
func bitwise(f func(z, x, y []int64)) func(*Node) Eval {
	return func(n *Node) Eval { return n.integers(tensor.Integers, f) }
}

// integers makes the Eval of two integers, whose narrow results wrap around.
func (n *Node) integers(want tensor.Types, f func(z, x, y []int64)) Eval {
	n.Pointwise = true
	elem := n.SameType(want)
	n.Result(elem, n.Broadcast(n.In[0].Shape, n.In[1].Shape)...)
	return integersOf(f)
}

func integersOf(f func(z, x, y []int64)) Eval {
	return inWide(func(m *Memory, out, in []tensor.Tensor) { arithmeticOn(m, out[0], in[0], in[1], f) })
}

func bitAnd(z, x, y []int64) {
	for i, v := range x {
		z[i] = v & y[i]
	}
}

func bitOr(z, x, y []int64) {
	for i, v := range x {
		z[i] = v | y[i]
	}
}

func bitXor(z, x, y []int64) {
	for i, v := range x {
		z[i] = v ^ y[i]
	}
}

func bitNot(y, x []int64) {
	for i, v := range x {
		y[i] = ^v
	}
}

// bitShift is BitShift: x times or by a power of two.
func bitShift(n *Node) Eval {
	if n.String("direction", "", "LEFT", "RIGHT") == "LEFT" {
		return n.integers(unsigned, func(z, x, y []int64) {
			for i, v := range x {
				z[i] = v << uint64(y[i])
			}
		})
	}
	if !n.Has("direction") {
		n.Fail("direction is not given, want LEFT or RIGHT")
	}
	return n.integers(unsigned, func(z, x, y []int64) {
		for i, v := range x {
			z[i] = int64(uint64(v) >> uint64(y[i]))
		}
	})
}

// mod is Mod: the remainder, with the sign of the divisor, or with fmod, and for
// floats always, that of the dividend. By 0 an integer has the remainder 0.
func mod(n *Node) Eval {
	c := n.Bool("fmod", false)
	if elem := n.SameType(tensor.Numbers); tensor.Integers.Has(elem) {
		switch {
		case elem == onnx.Uint64:
			return n.integers(tensor.Integers, unsignedRemainder)
		case c:
			return n.integers(tensor.Integers, remainder)
		}
		return n.integers(tensor.Integers, modulus)
	}
	n.Pointwise = true
	n.Result(n.In[0].Elem, n.Broadcast(n.In[0].Shape, n.In[1].Shape)...)
	if n.err != nil {
		return nil
	}
	n.CountWork(n.Results[0].Len(), 32) // a division goes bit by bit
	return func(m *Memory, out, in []tensor.Tensor) {
		if out[0].Elem == onnx.Float {
			arithmeticOn(m, out[0], in[0], in[1], floatRemainder[float32])
		} else {
			arithmeticOn(m, out[0], in[0], in[1], floatRemainder[float64])
		}
	}
}

// floatRemainder is exact, so that math.Mod has the same bits on every CPU.
func floatRemainder[T float](z, x, y []T) {
	for i, v := range x {
		z[i] = T(math.Mod(float64(v), float64(y[i])))
	}
}

func remainder(z, x, y []int64) {
	for i, v := range x {
		z[i] = 0
		if y[i] != 0 {
			z[i] = v % y[i]
		}
	}
}

func modulus(z, x, y []int64) {
	for i, v := range x {
		r, d := int64(0), y[i]
		if d != 0 {
			if r = v % d; r != 0 && (r < 0) != (d < 0) {
				r += d
			}
		}
		z[i] = r
	}
}

// unsignedQuotient divides uint64; by 0 the result is 0.
func unsignedQuotient(z, x, y []int64) {
	for i, v := range x {
		z[i] = 0
		if y[i] != 0 {
			z[i] = int64(uint64(v) / uint64(y[i]))
		}
	}
}

func unsignedRemainder(z, x, y []int64) {
	for i, v := range x {
		z[i] = 0
		if y[i] != 0 {
			z[i] = int64(uint64(v) % uint64(y[i]))
		}
	}
}
