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
	return func(out, in []tensor) {
		full := [2][]int{in[0].shape, in[1].shape}
		if row {
			full[0] = []int{1, k}
		}
		if column {
			full[1] = []int{k, 1}
		}
		m, n := full[0][len(full[0])-2], full[1][len(full[1])-1]
		stack := out[0].shape[:max(aStack, bStack)]
		w := walkOver(stack, full[0][:aStack], full[1][:bStack])
		var places [][2]int
		w.lines(func(o, count int, at, step [3]int) {
			for i := range count {
				places = append(places, [2]int{(at[0] + i*step[0]) * m * k, (at[1] + i*step[1]) * k * n})
			}
		})
		if floats.has(elem) {
			products[float64](out[0], in, places, m, k, n, onnx.Double)
		} else {
			products[int64](out[0], in, places, m, k, n, onnx.Int64)
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
func products[T float64 | int64](out tensor, in []tensor, places [][2]int, m, k, n int, elem onnx.DataType) {
	a, b, c := newTensor(elem, in[0].shape...), newTensor(elem, in[1].shape...), newTensor(elem, out.shape...)
	convert(a, in[0])
	convert(b, in[1])
	for i, at := range places {
		multiply(of[T](c)[i*m*n:][:m*n], of[T](a)[at[0]:], of[T](b)[at[1]:], m, k, n, k, 1, n, 1)
	}
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
	return func(out, in []tensor) {
		x, y, z := newTensor(onnx.Double, in[0].shape...), newTensor(onnx.Double, in[1].shape...), newTensor(onnx.Double, out[0].shape...)
		convert(x, in[0])
		convert(y, in[1])
		m, n, k := z.shape[0], z.shape[1], a[1]
		aRow, aCol, bRow, bCol := k, 1, n, 1
		if transA {
			aRow, aCol = 1, m
		}
		if transB {
			bRow, bCol = 1, k
		}
		sum := of[float64](z)
		multiply(sum, of[float64](x), of[float64](y), m, k, n, aRow, aCol, bRow, bCol)
		for i := range sum {
			sum[i] *= alpha
		}
		if in[2].given() {
			c := newTensor(onnx.Double, in[2].shape...)
			convert(c, in[2])
			for i := range of[float64](c) {
				of[float64](c)[i] *= beta
			}
			arithmeticAll(opAdd, z, []tensor{z, c})
		}
		convert(out[0], z)
	}
}
