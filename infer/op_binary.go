package infer

import (
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on elements of several tensors that are broadcast to
// one shape.

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
	return func(n *node) evaluate { return n.arithmetic(op) }
}

func (n *node) arithmetic(op operation) evaluate {
	n.pointwise = true
	elem := n.sameElem(numbers)
	var shapes [][]int
	for _, v := range n.in {
		shapes = append(shapes, v.shape)
	}
	n.result(elem, n.broadcast(shapes...)...)
	return inWide(func(m *memory, out, in []tensor) { arithmeticAll(m, op, out[0], in) })
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
	switch out.elem {
	case onnx.Float:
		arithmeticOn(m, out, a, b, func(z, x, y []float32) { floatArithmetic(op, z, x, y) })
	case onnx.Double:
		arithmeticOn(m, out, a, b, func(z, x, y []float64) { plainArithmetic(op, z, x, y) })
	default:
		arithmeticOn(m, out, a, b, func(z, x, y []int64) { plainArithmetic(op, z, x, y) })
	}
}

// pieceLen is how many elements arithmetic takes at once.
const pieceLen = 256

// arithmeticOn calls f with pieces of out and what stands at their places in a
// and b.
func arithmeticOn[T wide](m *memory, out, a, b tensor, f func(z, x, y []T)) {
	a, b = laidOut[T](m, out, a), laidOut[T](m, out, b)
	z, x, y := of[T](out), of[T](a), of[T](b)
	room := of[T](m.tensor(out.elem, []int{2 * pieceLen}))
	left, right := room[:pieceLen], room[pieceLen:]
	end, held := 0, 0 // of short lines, which are gathered first
	flush := func() {
		f(z[end-held:end], left[:held], right[:held])
		held = 0
	}
	m.walkOver(out.shape, a.shape, b.shape, nil).lines(func(o, n int, in, step [3]int) {
		if n < pieceLen/4 {
			if held+n > pieceLen {
				flush()
			}
			copy(left[held:], stepped(left[held:][:n], x, in[0], step[0]))
			copy(right[held:], stepped(right[held:][:n], y, in[1], step[1]))
			end, held = o+n, held+n
			return
		}
		var p, q []T
		for from := 0; from < n; from += pieceLen {
			k := min(pieceLen, n-from)
			if from == 0 || step[0] != 0 {
				p = stepped(left[:k], x, in[0]+from*step[0], step[0])
			}
			if from == 0 || step[1] != 0 {
				q = stepped(right[:k], y, in[1]+from*step[1], step[1])
			}
			f(z[o+from:][:k], p[:k], q[:k])
		}
	})
	flush()
}

// laidOut returns t, broadcast along all dimensions of out but the first that it
// is the same for, if that makes lines longer and takes little memory.
func laidOut[T wide](m *memory, out, t tensor) tensor {
	var space [maxRank]int
	shape, lead := space[:copy(space[:], out.shape)], len(out.shape)-len(t.shape)
	short := lead >= 0 && len(t.shape) > 0 && t.shape[len(t.shape)-1] == 1 && shape[len(shape)-1] < pieceLen/4
	for d := range shape {
		if d >= lead && short && t.shape[d-lead] != 1 {
			break
		}
		shape[d] = 1
	}
	if n := product(shape); !short || n == t.len() || 4*n > out.len() {
		return t
	}
	wide := m.tensor(t.elem, shape)
	to, from := of[T](wide), of[T](t)
	m.walkOver(shape, t.shape, nil, nil).lines(func(o, n int, in, step [3]int) {
		copy(to[o:], stepped(to[o:][:n], from, in[0], step[0]))
	})
	return wide
}

// stepped returns the elements of v from at on, one every step: where they lie,
// or else in room.
func stepped[T any](room, v []T, at, step int) []T {
	if step == 1 {
		return v[at:][:len(room)]
	}
	if step == 0 {
		for i, one := 0, v[at]; i < len(room); i++ {
			room[i] = one
		}
		return room
	}
	for i := range room {
		room[i] = v[at+i*step]
	}
	return room
}

// floatArithmetic is plainArithmetic of float32.
func floatArithmetic(op operation, z, x, y []float32) {
	switch op {
	case opAdd:
		kernel.Add(z, x, y)
	case opSub:
		kernel.Sub(z, x, y)
	case opMul:
		kernel.Mul(z, x, y)
	default:
		plainArithmetic(op, z, x, y)
	}
}

// plainArithmetic is z = x op y for slices of one length.
func plainArithmetic[T wide](op operation, z, x, y []T) {
	x, y = x[:len(z)], y[:len(z)]
	switch op {
	case opAdd:
		for k := range z {
			z[k] = x[k] + y[k]
		}
	case opSub:
		for k := range z {
			z[k] = x[k] - y[k]
		}
	case opMul:
		for k := range z {
			z[k] = x[k] * y[k]
		}
	case opDiv:
		for k := range z {
			z[k] = quotient(x[k], y[k])
		}
	case opMax:
		for k := range z {
			z[k] = max(x[k], y[k])
		}
	case opMin:
		for k := range z {
			z[k] = min(x[k], y[k])
		}
	}
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

// power is Pow: the result has the type of the base.
func power(n *node) evaluate {
	n.pointwise = true
	elem, exponent := n.elem(0, numbers), n.elem(1, numbers)
	n.result(elem, n.broadcast(n.in[0].shape, n.in[1].shape)...)
	whole := integers.has(elem) && integers.has(exponent)
	if v := n.in[1].constant; v != nil && v.Len() == 1 && floats.has(elem) {
		if e, err := v.Float64s(); err == nil && e[0] == 2 {
			return func(m *memory, out, in []tensor) { join(m, opMul, out[0], in[0], in[0]) }
		}
	}
	return powerOf(whole)
}

// powerOf is power of any exponent.
func powerOf(whole bool) evaluate {
	return func(m *memory, out, in []tensor) {
		x, y := m.copied(onnx.Double, in[0]), m.copied(onnx.Double, in[1])
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
				of[float64](z)[o+k] = kernel.Pow64(of[float64](x)[at[0]+k*step[0]], of[float64](y)[at[1]+k*step[1]])
			}
		})
		convert(out[0], z)
	}
}

func integerPower(x, y int64) int64 {
	if y < 0 {
		return integer(kernel.Pow64(float64(x), float64(y)))
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
	arithmeticOn(m, out, in[0], in[1], func(z, x, slope []T) {
		for k, v := range x {
			if z[k] = v; v < 0 {
				z[k] = v * slope[k]
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
