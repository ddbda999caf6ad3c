package infer

import (
	"slices"

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
	return func(m *memory, out, in []tensor) {
		h, n := 1, 1
		if !row {
			h = in[0].shape[len(in[0].shape)-2]
		}
		if !column {
			n = in[1].shape[len(in[1].shape)-1]
		}
		stack := out[0].shape[:max(aStack, bStack)]
		w := m.walkOver(stack, in[0].shape[:aStack], in[1].shape[:bStack], nil)
		if floats.has(elem) {
			products[float64](m, out[0], in, w, h, k, n, onnx.Double)
		} else {
			products[int64](m, out[0], in, w, h, k, n, onnx.Int64)
		}
	}
}

// rowsOf is the number of samples of a shape.
func rowsOf(shape []int) rows {
	if len(shape) == 0 {
		return 1
	}
	return rows(shape[0])
}

// products multiplies pairs of matrices, m x k by k x n.
func products[T float64 | int64](mem *memory, out tensor, in []tensor, stack *walk, m, k, n int, elem onnx.DataType) {
	a, b, c := mem.copied(elem, in[0]), mem.copied(elem, in[1]), mem.tensor(elem, out.shape)
	stack.lines(func(o, count int, at, step [3]int) {
		for i := range count {
			left, right := of[T](a)[(at[0]+i*step[0])*m*k:], of[T](b)[(at[1]+i*step[1])*k*n:]
			multiply(of[T](c)[(o+i)*m*n:][:m*n], left, right, m, k, n, k, 1, n, 1)
		}
	})
	convert(out, c)
}

// multiply is c = a*b for m x k by k x n, with the strides of rows and columns.
func multiply[T float64 | int64](c, a, b []T, m, k, n, aRow, aCol, bRow, bCol int) {
	for i := range m {
		line := c[i*n:][:n]
		clear(line)
		for p := range k {
			x := a[i*aRow+p*aCol]
			for j := range line {
				line[j] += T(x * b[p*bRow+j*bCol])
			}
		}
	}
}

// gemmGeneral is Gemm with any input computed.
func gemmGeneral(n *node) evaluate {
	elem := n.sameElem(floats)
	a, b := n.in[0].shape, n.in[1].shape
	alpha, beta := float64(n.floatAttr("alpha", 1)), float64(n.floatAttr("beta", 1))
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
	return func(m *memory, out, in []tensor) {
		x, y, z := m.tensor(onnx.Double, in[0].shape), m.tensor(onnx.Double, in[1].shape), m.tensor(onnx.Double, out[0].shape)
		convert(x, in[0])
		convert(y, in[1])
		h, n, k := z.shape[0], z.shape[1], a[1]
		aRow, aCol, bRow, bCol := k, 1, n, 1
		if transA {
			aRow, aCol = 1, h
		}
		if transB {
			bRow, bCol = 1, k
		}
		sum := of[float64](z)
		multiply(sum, of[float64](x), of[float64](y), h, k, n, aRow, aCol, bRow, bCol)
		for i := range sum {
			sum[i] *= alpha
		}
		if in[2].given() {
			c := m.tensor(onnx.Double, in[2].shape)
			convert(c, in[2])
			for i := range of[float64](c) {
				of[float64](c)[i] *= beta
			}
			join(m, opAdd, z, z, c)
		}
		convert(out[0], z)
	}
}
