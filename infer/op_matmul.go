package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is products of matrices where no dense layer fits: both computed,
// stacks of matrices, vectors, transposed, of any type.

// matMulGeneral is MatMul as NumPy has it.
func matMulGeneral(n *node) evaluate {
	elem := n.sameElem(numbers)
	a, b := slices.Clone(n.in[0].shape), slices.Clone(n.in[1].shape)
	if len(a) == 0 || len(b) == 0 {
		n.fail("inputs of shapes %v and %v do not fit", a, b)
		return nil
	}
	row, column := len(a) == 1, len(b) == 1
	if row {
		n.within(a, 0)
		a = []int{1, a[0]}
	}
	if column {
		n.within(b, 0)
		b = []int{b[0], 1}
	}
	m, k := a[len(a)-2], a[len(a)-1]
	if b[len(b)-2] != k {
		n.fail("inputs of shapes %v and %v do not fit", n.in[0].shape, n.in[1].shape)
	}
	if len(b) == 2 {
		n.within(b, 0)
	}
	stack := n.broadcast(a[:len(a)-2], b[:len(b)-2])
	if m == open && len(stack) > 0 {
		n.within(a, 0)
	}
	if n.err != nil {
		return nil
	}
	out := slices.Clone(stack)
	if !row {
		out = append(out, m)
	}
	if !column {
		out = append(out, b[len(b)-1])
	}
	n.fits(out, rowsOf(out), append(slices.Clone(out[min(1, len(out)):]), k)...)
	n.result(elem, out...)
	aStack, bStack := len(a)-2, len(b)-2
	weights, last := n.packedWeights(), 1
	if v := n.in[1].turned; v != nil && !n.single {
		n.in[1], last = v, 2
	}
	pairs := func(m *memory, out, in []tensor) (stack *walk, h, width int) {
		h, width = 1, 1
		if !row {
			h = in[0].shape[len(in[0].shape)-2]
		}
		if !column {
			width = in[1].shape[len(in[1].shape)-last]
		}
		return m.walkOver(out[0].shape[:max(aStack, bStack)], in[0].shape[:aStack], in[1].shape[:bStack], nil), h, width
	}
	if floats.has(elem) {
		return inSingle(func(m *memory, out, in []tensor) {
			stack, h, width := pairs(m, out, in)
			products(m, of[float32](out[0]), of[float32](in[0]), of[float32](in[1]), stack, h, k, width, weights, last == 2)
		})
	}
	return inWide(func(m *memory, out, in []tensor) {
		stack, h, width := pairs(m, out, in)
		integerProducts(of[int64](out[0]), of[int64](in[0]), of[int64](in[1]), stack, h, k, width)
	})
}

// packedWeights is input 1 as the kernel wants it, if it is a constant matrix of
// float32.
func (n *node) packedWeights() *kernel.Packed {
	v := n.in[1]
	if v.constant == nil || v.elem != onnx.Float || len(v.shape) != 2 {
		return nil
	}
	p := new(kernel.Packed)
	p.Pack(n.weights(1), v.shape[0], v.shape[1], v.shape[1], 1)
	return p
}

// rowsOf is the number of samples of a shape.
func rowsOf(shape []int) rows {
	if len(shape) == 0 {
		return 1
	}
	return rows(shape[0])
}

// products multiplies pairs of matrices, m x k by k x n. The second is always
// weights, unless those are nil; it lies with columns for rows if turned.
func products(mem *memory, c, a, b []float32, stack *walk, m, k, n int, weights *kernel.Packed, turned bool) {
	if k == 0 {
		clear(c)
		return
	}
	last, row, col := -1, n, 1
	if turned {
		row, col = 1, k
	}
	stack.lines(func(o, count int, at, step [3]int) {
		rows := m
		if step[0] == 1 && step[1] == 0 { // all with the same second matrix
			rows, count = m*count, 1
		}
		for i := range count {
			z, x, right, by := c[(o+i)*m*n:], a[(at[0]+i*step[0])*m*k:], (at[1]+i*step[1])*k*n, weights
			if turned && rows*(n+k) < n*k { // it is less to turn the first, and the result
				result := mem.pad.room(rows * n)
				mem.pad.packed.Pack(x, k, rows, 1, k)
				kernel.Gemm(result, rows, b[right:], k, n, &mem.pad.packed, nil, 0, 1)
				kernel.Transpose(z, result, 1, n, rows, 0, 1)
				continue
			}
			if by == nil {
				by = &mem.pad.packed
				if right != last {
					by.Pack(b[right:], k, n, row, col)
					last = right
				}
			}
			kernel.Gemm(z, n, x, k, rows, by, nil, 0, 1)
		}
	})
}

// integerProducts is products of integers.
func integerProducts(c, a, b []int64, stack *walk, m, k, n int) {
	clear(c)
	stack.lines(func(o, count int, at, step [3]int) {
		for i := range count * m {
			line, left := c[(o*m+i)*n:][:n], a[((at[0]+i/m*step[0])*m+i%m)*k:][:k]
			for p, x := range left {
				for j, y := range b[((at[1]+i/m*step[1])*k+p)*n:][:n] {
					line[j] += x * y
				}
			}
		}
	})
}

// gemmGeneral is Gemm with any input computed.
func gemmGeneral(n *node) evaluate {
	elem := n.sameElem(floats)
	a, b := n.in[0].shape, n.in[1].shape
	alpha, beta := n.floatAttr("alpha", 1), n.floatAttr("beta", 1)
	transA, transB := n.intAttr("transA", 0) != 0, n.intAttr("transB", 0) != 0
	if len(a) != 2 || len(b) != 2 {
		n.fail("inputs of shapes %v and %v do not fit", a, b)
		return nil
	}
	if transA {
		n.within(a, 0)
		a = []int{a[1], a[0]}
	}
	n.within(b, 0)
	if transB {
		b = []int{b[1], b[0]}
	}
	if a[1] != b[0] {
		n.fail("inputs of shapes %v and %v do not fit", n.in[0].shape, n.in[1].shape)
	}
	shape := []int{a[0], b[1]}
	if v := n.in[2]; v != nil && !slices.Equal(n.broadcast(shape, v.shape), shape) {
		n.fail("input 2, %q, has shape %v, which does not fit %v", n.Inputs[2], v.shape, shape)
	}
	n.fits(shape, rowsOf(shape), a[1], b[1])
	n.result(elem, shape...)
	return inSingle(func(m *memory, out, in []tensor) {
		x, z, by := of[float32](in[0]), of[float32](out[0]), &m.pad.packed
		h, width, k := out[0].shape[0], out[0].shape[1], a[1]
		if k == 0 {
			clear(z)
		}
		if transA {
			turned := m.pad.room(h * k)
			for i := range h {
				transpose(turned[i*k:][:k], x[i:], h)
			}
			x = turned
		}
		row, col := width, 1
		if transB {
			row, col = 1, k
		}
		by.Pack(of[float32](in[1]), k, width, row, col)
		kernel.Gemm(z, width, x, k, h, by, nil, 0, 1)
		for i := range z {
			z[i] *= alpha
		}
		if in[2].given() {
			c := m.copied(onnx.Float, in[2])
			for i := range of[float32](c) {
				of[float32](c)[i] *= beta
			}
			join(m, opAdd, out[0], out[0], c)
		}
	})
}
