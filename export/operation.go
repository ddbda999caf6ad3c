package export

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is how an operation's inputs and attributes are asked for. Each
// question marks its attribute as known; the first wrong answer stays in err.

// refuse records what is wrong, unless something was before.
func (op *operation) refuse(format string, args ...any) {
	if op.err == nil {
		op.err = &onnx.UnsupportedError{Node: op.label, Op: op.kind, Reason: fmt.Sprintf(format, args...)}
	}
}

// arity fails unless the operation has from least to most inputs, all of them
// there, and one output. An input that is read twice counts as missing: onnx-go
// keeps one edge.
func (op *operation) arity(least, most int) {
	if n := len(op.inputs); n < least || n > most {
		op.refuse("%d inputs, want %d to %d", n, least, most)
	}
	for i, v := range op.inputs {
		if v == nil {
			op.refuse("input %d is left out, or the same as a later one", i)
		}
	}
	if n := len(op.outputs); n != 1 {
		op.refuse("%d outputs, want one", n)
	}
}

// attr takes an attribute, or the default.
func attr[T any](op *operation, name string, otherwise T) T {
	a, ok := op.attrs[name]
	if !ok {
		return otherwise
	}
	delete(op.attrs, name)
	v, ok := a.(T)
	if !ok {
		op.refuse("attribute %q is of type %T, want %T", name, a, v)
	}
	return v
}

// fixed fails unless an attribute, or else its default, has the value wanted.
func fixed[T comparable](op *operation, name string, otherwise, want T) {
	if v := attr(op, name, otherwise); v != want {
		op.refuse("attribute %q is %v, want %v", name, v, want)
	}
}

// same takes a list of n equal integers of 0 to maxSide, and returns the one.
func (op *operation) same(name string, n int, otherwise int) int {
	list := attr[[]int64](op, name, nil)
	if len(list) == 0 {
		return otherwise
	}
	for _, v := range list {
		if len(list) != n || v != list[0] || v < 0 || v > maxSide {
			op.refuse("attribute %q is %v, want %d equal numbers of 0 to %d", name, list, n, maxSide)
			return otherwise
		}
	}
	return int(list[0])
}

// known fails if there are attributes that nobody asked for.
func (op *operation) known() {
	first := ""
	for name := range op.attrs {
		if first == "" || name < first {
			first = name
		}
	}
	if len(op.attrs) > 0 {
		op.refuse("attribute %q is not supported", first)
	}
}

// constant returns the tensor of input i, of the given rank. If it is not one,
// or its data are not []T, it fails and returns a shape of ones and no data.
func constant[T any](op *operation, i, rank int) (shape []int, data []T) {
	shape = make([]int, rank)
	for j := range shape {
		shape[j] = 1
	}
	if op.err != nil {
		return shape, nil
	}
	v := op.inputs[i]
	if v.varies || v.tensor == nil {
		op.refuse("%q is no constant", v.name)
		return shape, nil
	}
	data, ok := v.tensor.Data().([]T)
	if !ok || v.tensor.Dims() != rank {
		op.refuse("%q has %d dimensions of %v, want %d of %T", v.name, v.tensor.Dims(), v.tensor.Dtype(), rank, *new(T))
		return shape, nil
	}
	for _, n := range v.tensor.Shape() {
		if n > maxSide {
			op.refuse("%q has a dimension of size %d, want %d at most", v.name, n, maxSide)
			return shape, nil
		}
	}
	return v.tensor.Shape(), slices.Clone(data)
}

// vector returns the constant input i, which must have n elements in one row.
func (op *operation) vector(i, n int) []float32 {
	shape, data := constant[float32](op, i, 1)
	if op.err == nil && shape[0] != n {
		op.refuse("%q has %d values, want %d", op.inputs[i].name, shape[0], n)
	}
	return data
}
