package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Einsum: sums of products over named dimensions. Operands join one
// after the other, in an order that depends on the equation and not on sizes.
// Two join in a stack of matrix products; what only one has is summed up before.

var einsums = family{
	{Name: "Einsum", Make: einsum, Least: 1, Most: Many, Attrs: "equation"},
}

// adding is a sum over the last elements of what is read; nil sums nothing.
type adding struct {
	reading
	n     int
	shape []int
}

// joinStep is one operand that joins what the ones before it have made.
type joinStep struct {
	input          int
	before, own    *adding // sums, of what was made and of the operand
	left, right    reading
	batch, m, k, n int
	transposed     bool // right is n x k
	shape          []int
}

// einsum is Einsum.
func einsum(n *Node) Eval {
	elem := n.SameType(tensor.Numbers)
	e := n.equation()
	if n.err != nil {
		return nil
	}
	shape := make([]int, len(e.result))
	for i, letter := range e.result {
		shape[i] = e.sizes[letter]
	}
	if !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	order := e.order()
	after := make([]letters, len(order)) // names that are needed after each
	for _, letter := range e.result {
		after[len(order)-1].add(letter)
	}
	for i := len(order) - 1; i > 0; i-- {
		after[i-1] = after[i]
		for _, letter := range e.operands[order[i]].letters {
			after[i-1].add(letter)
		}
	}
	acc := e.operands[order[0]]
	var steps []joinStep
	for i, input := range order[1:] {
		other := e.operands[input]
		s := joinStep{input: input}
		s.before = n.summed(&acc, after[i])
		var have letters
		for _, letter := range acc.letters {
			have.add(letter)
		}
		s.own = n.summed(&other, after[i+1].or(have))
		acc = n.joinedBy(&s, acc, other, after[i+1])
		steps = append(steps, s)
		if n.err != nil {
			return nil
		}
	}
	last := n.summed(&acc, after[len(order)-1])
	final := acc.final(e.result, e.sizes[:])
	if room := roomOf(steps, last); room > 4*int64(n.Elements) {
		n.Fail("it needs room for %d elements on the way, want at most %d", room, 4*n.Elements)
		return nil
	}
	first := order[0]
	return inWide(func(m *Memory, out, in []tensor.Tensor) {
		switch out[0].Elem {
		case onnx.Float:
			runEinsum(m, out[0], in, first, steps, last, &final, gemmStack)
		case onnx.Double:
			runEinsum(m, out[0], in, first, steps, last, &final, plainStack[float64])
		default:
			runEinsum(m, out[0], in, first, steps, last, &final, plainStack[int64])
		}
	})
}

// roomOf is how many elements are made on the way, at the most.
func roomOf(steps []joinStep, last *adding) (room int64) {
	sum := func(a *adding) {
		if a != nil {
			room += int64(a.reading.len())
		}
	}
	for i := range steps {
		s := &steps[i]
		sum(s.before)
		sum(s.own)
		room += int64(s.left.len()) + int64(s.right.len()) + int64(tensor.Product(s.shape))
	}
	sum(last)
	return room
}

// final plans to read the result, broadcast along what s does not have.
func (s *strided) final(result, sizes []int) reading {
	var shape, strides []int
	for _, letter := range result {
		stride := 0
		if i := indexOf(s.letters, letter); i >= 0 {
			stride = s.strides[i]
		}
		shape, strides = append(shape, sizes[letter]), append(strides, stride)
	}
	return newReading(shape, strides)
}

// summed plans to sum s over what is not kept, and makes s the sum.
func (n *Node) summed(s *strided, kept letters) *adding {
	var keep, drop, sizes []int
	for i, letter := range s.letters {
		if kept.has(letter) {
			keep, sizes = append(keep, letter), append(sizes, s.sizes[i])
		} else {
			drop = append(drop, letter)
		}
	}
	if drop == nil {
		return nil
	}
	a := &adding{s.along(keep, drop), s.size(drop), sizes}
	n.CountWork(s.size(s.letters), 2)
	*s = rowMajor(keep, sizes)
	return a
}

// joinedBy plans the product of a and b, in which the names are kept.
func (n *Node) joinedBy(s *joinStep, a, b strided, kept letters) strided {
	var stack, rows, cols, inner, sizes []int
	for _, letter := range a.letters {
		switch {
		case !b.has(letter):
			rows = append(rows, letter)
		case kept.has(letter):
			stack = append(stack, letter)
		default:
			inner = append(inner, letter)
		}
	}
	for _, letter := range b.letters {
		if !a.has(letter) {
			cols = append(cols, letter)
		}
	}
	for _, list := range [][]int{stack, rows} {
		for _, letter := range list {
			sizes = append(sizes, a.sizes[indexOf(a.letters, letter)])
		}
	}
	for _, letter := range cols {
		sizes = append(sizes, b.sizes[indexOf(b.letters, letter)])
	}
	if _, ok := tensor.Bytes(onnx.Double, sizes, n.Elements); !ok {
		n.Fail("the product of its inputs on the way is of shape %v, more than %d elements or %d dimensions", sizes, n.Elements, tensor.MaxRank)
		return a
	}
	s.batch, s.m, s.k, s.n = a.size(stack), a.size(rows), a.size(inner), b.size(cols)
	s.left, s.right = a.along(stack, rows, inner), b.along(stack, inner, cols)
	if turned := b.along(stack, cols, inner); few(s.m, s.n) || turned.plain() && !s.right.plain() {
		s.right, s.transposed = turned, true
	}
	s.shape = sizes
	n.CountMulAdds(s.batch, s.m, max(s.k, 1), s.n)
	n.CountWork(s.batch, s.m+s.n, max(s.k, 1))
	return rowMajor(joinLists(stack, rows, cols), sizes)
}

// few reports whether a product has so few elements that each is computed on its
// own; the bits are the same.
func few(m, n int) bool { return m*n < 16 }

func runEinsum[T tensor.Wide](m *Memory, out tensor.Tensor, in []tensor.Tensor, first int, steps []joinStep, last *adding, final *reading, product func(*Memory, *joinStep, []T, []T, []T)) {
	acc := in[first]
	for i := range steps {
		s := &steps[i]
		acc = added[T](m, s.before, acc)
		other := added[T](m, s.own, in[s.input])
		made := m.Tensor(out.Elem, s.shape)
		if z := tensor.Of[T](made); s.k > 0 && len(z) > 0 {
			product(m, s, z, read[T](m, &s.left, acc), read[T](m, &s.right, other))
		}
		acc = made
	}
	acc = added[T](m, last, acc)
	final.move(out, acc)
}

// added sums t as a says, in float64 or int64, in ascending order.
func added[T tensor.Wide](m *Memory, a *adding, t tensor.Tensor) tensor.Tensor {
	if a == nil {
		return t
	}
	made := m.Tensor(t.Elem, a.shape)
	z := tensor.Of[T](made)
	if a.n == 0 || len(z) == 0 {
		return made
	}
	x := read[T](m, &a.reading, t)
	for i := range z {
		line := x[i*a.n:][:a.n]
		if t.Elem != onnx.Float {
			var sum T
			for _, v := range line {
				sum += v
			}
			z[i] = sum
			continue
		}
		sum := 0.0
		for _, v := range line {
			sum += float64(v)
		}
		z[i] = T(sum)
	}
	return made
}

// gemmStack multiplies a stack of matrices by the kernel.
func gemmStack(mem *Memory, s *joinStep, z, x, y []float32) {
	for i := range s.batch {
		z, x, y := z[i*s.m*s.n:][:s.m*s.n], x[i*s.m*s.k:][:s.m*s.k], y[i*s.k*s.n:][:s.k*s.n]
		if few(s.m, s.n) {
			for j := range z {
				z[j] = kernel.Dot(x[j/s.n*s.k:][:s.k], y[j%s.n*s.k:])
			}
			continue
		}
		row, col := s.n, 1
		if s.transposed {
			row, col = 1, s.k
		}
		mem.pad.packed.Pack(y, s.k, s.n, row, col)
		kernel.Gemm(z, s.n, x, s.k, s.m, &mem.pad.packed, nil, 0, 1)
	}
}

// plainStack multiplies a stack of matrices element by element.
func plainStack[T tensor.Wide](_ *Memory, s *joinStep, z, x, y []T) {
	row, col := s.n, 1
	if s.transposed {
		row, col = 1, s.k
	}
	for i := range z {
		matrix, r, c := i/(s.m*s.n), i/s.n, i%s.n
		right := y[matrix*s.k*s.n:]
		var sum T
		for p, v := range x[r*s.k:][:s.k] {
			sum += T(v * right[p*row+c*col])
		}
		z[i] = sum
	}
}
