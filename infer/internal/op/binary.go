package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on elements of several tensors that are broadcast to
// one shape.

var binaries = family{
	{Name: "Add", Make: arithmetic, How: uint8(opAdd), Layer: addLayer, Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "Div", Make: arithmetic, How: uint8(opDiv), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "Max", Make: arithmetic, How: uint8(opMax), Least: 1, Most: Many, Raise: dropConsumed},
	{Name: "Mean", Make: mean, Least: 1, Most: Many, Raise: dropConsumed},
	{Name: "Min", Make: arithmetic, How: uint8(opMin), Least: 1, Most: Many, Raise: dropConsumed},
	{Name: "Mul", Make: arithmetic, How: uint8(opMul), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "PRelu", Make: prelu, Least: 2, Most: 2, Raise: raisePRelu},
	{Name: "Sub", Make: arithmetic, How: uint8(opSub), Least: 2, Most: 2, Raise: raiseBinary},
	{Name: "Sum", Make: arithmetic, How: uint8(opAdd), Least: 1, Most: Many, Raise: dropConsumed},

	{Name: "_Align", Make: align, Layer: view, Least: 2, Most: 2, Attrs: "axis", ShapeOf: 2},
}

// raiseBinary turns the broadcasting of opsets before 7, of the second input
// from an axis of the first on, into an _Align before the node.
func raiseBinary(r *Raising) {
	if r.Version >= 7 {
		return
	}
	r.Take("consumed_inputs")
	broadcast, axis := r.Take("broadcast"), r.Take("axis")
	if broadcast != nil && broadcast.Int != 0 && axis != nil {
		alignSecond(r, axis.Int)
	}
}

// raisePRelu aligns a slope of one number a channel.
func raisePRelu(r *Raising) {
	r.Take("consumed_inputs")
	if r.Version < 7 {
		alignSecond(r, 1)
	}
}

func alignSecond(r *Raising, axis int64) {
	if len(r.Inputs) < 2 {
		return // refused for that
	}
	to := r.Fresh()
	r.Add(onnx.Node{Op: "_Align", Name: r.Label(), Inputs: []string{r.Inputs[1], r.Inputs[0]}, Outputs: []string{to}, Attrs: []onnx.Attr{onnx.IntAttr("axis", axis)}})
	r.Inputs[1] = to
}

// align gives input 0 dimensions of 1 at its end, so that its first comes under
// an axis of input 1. One number stays as it is.
func align(n *Node) Eval {
	x, other := n.In[0].Shape, n.In[1].Shape
	axis := n.Axis(n.Int("axis", 0), max(len(other), 1))
	rest := len(other) - axis - len(x)
	if len(x) == 0 || len(x) == 1 && x[0] == 1 {
		rest = 0
	}
	if rest < 0 {
		n.Fail("shapes %v and %v do not go together from axis %d on", other, x, axis)
		return nil
	}
	return n.renamed(append(cloneShape(x), ones(rest)...))
}

// dropConsumed drops what changes no result.
func dropConsumed(r *Raising) { r.Take("consumed_inputs") }

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
//
//go:noinline
func arithmetic(n *Node) Eval { return n.arithmetic(operation(n.how)) }

//go:noinline
func (n *Node) arithmetic(op operation) Eval {
	n.Pointwise = true
	elem := n.SameType(tensor.Numbers)
	var shapes [][]int
	for _, v := range n.In {
		shapes = append(shapes, v.Shape)
	}
	n.Result(elem, n.Broadcast(shapes...)...)
	if len(n.In) == 2 {
		n.Lanes = func(dst, x, y, _ []float32) { floatArithmetic(op, dst, x, y) }
	}
	if op == opDiv && elem == onnx.Uint64 {
		return integersOf(unsignedQuotient)
	}
	return inOrder(func(m *Memory, out, in []tensor.Tensor) { arithmeticAll(m, op, out[0], in) }, op == opMax || op == opMin)
}

func arithmeticAll(m *Memory, op operation, out tensor.Tensor, in []tensor.Tensor) {
	if len(in) == 1 {
		tensor.Convert(out, in[0])
		return
	}
	sum := in[0]
	for _, t := range in[1:] { // from the second on, out is read as well
		join(m, op, out, sum, t)
		sum = out
	}
}

// join is out = a op b; out may be a.
func join(m *Memory, op operation, out, a, b tensor.Tensor) {
	switch out.Elem {
	case onnx.Float:
		if linesOfFloats(m, op, out, a, b) {
			return
		}
		arithmeticOn(m, out, a, b, func(z, x, y []float32) { floatArithmetic(op, z, x, y) })
	case onnx.Double:
		arithmeticOn(m, out, a, b, func(z, x, y []float64) { plainArithmetic(op, z, x, y) })
	default:
		arithmeticOn(m, out, a, b, func(z, x, y []int64) { plainArithmetic(op, z, x, y) })
	}
}

const (
	pieceLen = 1 << 10 // elements that arithmetic takes at once, where one side is not as long
	shortLen = 64      // of lines that are gathered first
)

// arithmeticOn calls f with pieces of out and what stands at their places in a
// and b.
func arithmeticOn[T tensor.Wide](m *Memory, out, a, b tensor.Tensor, f func(z, x, y []T)) {
	if out.Elem == onnx.Float {
		inPieces(m, out, a, b, func(z, x, y []uint32) { f(tensor.Seen[T](z), tensor.Seen[T](x), tensor.Seen[T](y)) })
	} else {
		inPieces(m, out, a, b, func(z, x, y []uint64) { f(tensor.Seen[T](z), tensor.Seen[T](x), tensor.Seen[T](y)) })
	}
}

// linesOfFloats is join of long lines, where those of b are as long or one number.
func linesOfFloats(m *Memory, op operation, out, a, b tensor.Tensor) bool {
	z, x, y := tensor.Of[float32](out), tensor.Of[float32](a), tensor.Of[float32](b)
	w := m.Walk(out.Shape, a.Shape, b.Shape, nil)
	n, step := w.Line()
	if n < 16 || step[0] != 1 || step[1] > 1 || op > opDiv {
		return false
	}
	if w.Rows() && op == opAdd {
		kernel.AddRow(z, x, y)
		return true
	}
	if w.Rows() && op == opMul {
		kernel.MulRow(z, x, y)
		return true
	}
	w.Lines(func(o, n int, in, step [3]int) {
		if to, from := z[o:][:n], x[in[0]:][:n]; step[1] == 1 {
			floatArithmetic(op, to, from, y[in[1]:][:n])
		} else {
			withNumber(op, to, from, y[in[1]])
		}
	})
	return true
}

// withNumber is z = x op y.
func withNumber(op operation, z, x []float32, y float32) {
	switch op {
	case opAdd:
		kernel.AddNumber(z, x, y)
	case opSub:
		kernel.SubNumber(z, x, y)
	case opMul:
		kernel.MulNumber(z, x, y)
	case opDiv:
		kernel.DivNumber(z, x, y)
	}
}

// inPieces is arithmeticOn for elements of one size.
func inPieces[T tensor.Bits](m *Memory, out, a, b tensor.Tensor, f func(z, x, y []T)) {
	a, b = laidOut[T](m, out, a), laidOut[T](m, out, b)
	z, x, y := tensor.BitsOf[T](out), tensor.BitsOf[T](a), tensor.BitsOf[T](b)
	room := tensor.BitsOf[T](m.Tensor(out.Elem, []int{2 * pieceLen}))
	left, right := room[:pieceLen], room[pieceLen:]
	end, held := 0, 0 // of short lines, which are gathered first
	flush := func() {
		f(z[end-held:end], left[:held], right[:held])
		held = 0
	}
	m.Walk(out.Shape, a.Shape, b.Shape, nil).Lines(func(o, n int, in, step [3]int) {
		if n < shortLen {
			if held+n > pieceLen {
				flush()
			}
			copy(left[held:], stepped(left[held:][:n], x, in[0], step[0]))
			copy(right[held:], stepped(right[held:][:n], y, in[1], step[1]))
			end, held = o+n, held+n
			return
		}
		if step[0] == 1 && step[1] == 1 {
			f(z[o:][:n], x[in[0]:][:n], y[in[1]:][:n])
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

// laidOut returns t, broadcast along some dimensions of out, if that makes lines
// longer and takes little memory: where lines of out are short and t has one number
// for each, along all dimensions but the first that it is not the same for; where
// t has a short line, that is the same for some, along the dimension before.
func laidOut[T tensor.Bits](m *Memory, out, t tensor.Tensor) tensor.Tensor {
	var space [tensor.MaxRank]int
	shape, lead := space[:copy(space[:], out.Shape)], len(out.Shape)-len(t.Shape)
	last := len(shape) - 1
	if lead < 0 || len(t.Shape) == 0 || shape[last] >= shortLen {
		return t
	}
	of := func(d int) int { // t's dimension under d
		if d < lead {
			return 1
		}
		return t.Shape[d-lead]
	}
	switch {
	case of(last) == 1:
		for d := 0; d <= last && of(d) == 1; d++ {
			shape[d] = 1
		}
	case last > 0 && of(last-1) == 1:
		for d := range last - 1 {
			shape[d] = of(d)
		}
	default:
		return t
	}
	if n := tensor.Product(shape); n == t.Len() || 4*n > out.Len() {
		return t
	}
	wide := m.Tensor(t.Elem, shape)
	to, from := tensor.BitsOf[T](wide), tensor.BitsOf[T](t)
	m.Walk(shape, t.Shape, nil, nil).Lines(func(o, n int, in, step [3]int) {
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
		few := min(len(room), 8)
		for i, one := 0, v[at]; i < few; i++ {
			room[i] = one
		}
		for n := few; n < len(room); n *= 2 {
			copy(room[n:], room[:n])
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
	case opDiv:
		kernel.Div(z, x, y)
	default:
		plainArithmetic(op, z, x, y)
	}
}

// plainArithmetic is z = x op y for slices of one length.
func plainArithmetic[T tensor.Wide](op operation, z, x, y []T) {
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
			z[k] = max(x[k], y[k]) // NaN if one is
		}
	case opMin:
		for k := range z {
			z[k] = min(x[k], y[k])
		}
	}
}

// quotient divides; an integer by 0 is 0, as ONNX leaves it open and Go would
// panic.
func quotient[T tensor.Wide](x, y T) T {
	if y == 0 && T(1)/2 == 0 {
		return 0
	}
	return x / y
}

// mean is Mean: the sum of all inputs by their number.
func mean(n *Node) Eval {
	sum := n.arithmetic(opAdd)
	n.Lanes = nil
	n.Type(0, tensor.Floats)
	by := float64(len(n.In))
	scale := eachOf(
		func(y, x []float32) {
			for i, v := range x {
				y[i] = float32(float64(v) / by)
			}
		}, doubles(func(x float64) float64 { return x / by }), nil)
	return func(m *Memory, out, in []tensor.Tensor) {
		sum(m, out, in)
		scale(m, out, out)
	}
}

// prelu is PRelu: a slope for negative x, broadcast to x.
func prelu(n *Node) Eval {
	n.Pointwise = true
	elem := n.SameType(tensor.Numbers)
	x := n.In[0].Shape
	if out := n.Broadcast(x, n.In[1].Shape); n.err == nil && !sameShape(out, x) {
		n.Fail("slope of shape %v does not fit %v", n.In[1].Shape, x)
	}
	n.Result(elem, x...)
	n.Lanes = func(dst, x, slope, _ []float32) { prelu32(dst, x, slope) }
	return inWide(func(m *Memory, out, in []tensor.Tensor) {
		switch out[0].Elem {
		case onnx.Float:
			arithmeticOn(m, out[0], in[0], in[1], prelu32)
		case onnx.Double:
			preluOn[float64](m, out[0], in)
		default:
			preluOn[int64](m, out[0], in)
		}
	})
}

// prelu32 chooses without branches that a CPU could mispredict. Zeros stay as they
// are.
func prelu32(z, x, slope []float32) {
	x, slope = x[:len(z)], slope[:len(z)]
	for k, v := range x {
		plain, below := math.Float32bits(v), math.Float32bits(v*slope[k])
		negative := uint32((1<<31 - int64(plain)) >> 63) // all ones if v < 0, whose bits are above those of -0
		z[k] = math.Float32frombits(plain&^negative | below&negative)
	}
}

func preluOn[T tensor.Wide](m *Memory, out tensor.Tensor, in []tensor.Tensor) {
	arithmeticOn(m, out, in[0], in[1], func(z, x, slope []T) {
		for k, v := range x {
			if z[k] = v; v < 0 {
				z[k] = v * slope[k]
			}
		}
	})
}
