package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is arithmetic on shapes while the batch is open. Exporters write
// Shape, Gather, Concat, Reshape around N; such a value is known but for N. It
// is held as what it would be for a few sizes of the batch, and computed for
// each by the operators' own functions. Only operators that keep every element
// a sum a*N + b take part, so two sizes decide a and b; the third checks them.

// probeSizes are the sizes of the batch: primes, so that no division comes out
// by chance.
var probeSizes = [3]int{1009, 2003, 4001}

// batchSize stands for N among the numbers of a shape.
const batchSize = -1 << 62

// linear are the operators that may compute on shapes with N.
var linear = map[string]bool{
	"Shape": true, "Gather": true, "Unsqueeze": true, "Squeeze": true, "Concat": true, "Reshape": true, "Slice": true,
	"Cast": true, "Identity": true, "Add": true, "Sub": true, "Mul": true, "Div": true, "Equal": true, "Where": true,
	"Transpose": true, "Flatten": true, "Split": true, "Expand": true,
}

// foldProbes computes the outputs for every size.
func (n *node) foldProbes(eval evaluate) ([]*value, error) {
	if !linear[n.Op] {
		return nil, n.refuse("it depends on the size of the batch")
	}
	for i, v := range n.in {
		if n.Op == "Gather" && i == 1 && v.probes != nil {
			return nil, n.refuse("input 1, %q, depends on the batch", n.Inputs[1])
		}
		if n.Op != "Equal" || v.probes != nil && n.in[1-i].probes == nil {
			continue
		}
		if v.probes != nil || v.elem != onnx.Int64 || slices.ContainsFunc(n.ints(i), func(d int64) bool { return d > 0 }) {
			return nil, n.refuse("input %d, %q, is compared with the size of the batch", i, n.Inputs[i])
		}
	}
	var outs [len(probeSizes)][]tensor
	for p := range probeSizes {
		var err error
		if outs[p], err = n.fold(eval, p); err != nil {
			return nil, err
		}
	}
	for i, v := range n.results {
		probes := make([]tensor, len(probeSizes))
		for p := range probes {
			probes[p] = outs[p][i]
		}
		if v.elem != onnx.Int64 { // must not depend on N
			if !same(probes) {
				return nil, n.refuse("it depends on the size of the batch")
			}
			n.results[i] = constant(constantOf(probes[0]))
			continue
		}
		if err := n.symbolic(v, probes); err != nil {
			return nil, err
		}
	}
	return n.results, nil
}

// same says that the values do not depend on N.
func same(probes []tensor) bool {
	first := constantOf(probes[0])
	for _, t := range probes[1:] {
		if c := constantOf(t); !slices.Equal(c.Raw, first.Raw) {
			return false
		}
	}
	return true
}

// symbolic makes v the value that is known for each size: a constant if they
// all agree.
func (n *node) symbolic(v *value, probes []tensor) error {
	if same(probes) {
		*v = *constant(constantOf(probes[0]))
		v.constant.Name = n.Outputs[0]
		return nil
	}
	v.probes = probes
	for i := range probes[0].len() {
		if _, _, ok := v.line(i); !ok {
			return n.refuse("element %d is no multiple of the batch", i)
		}
	}
	return nil
}

// line returns a and b of element i, a*N + b.
func (v *value) line(i int) (a, b int64, ok bool) {
	y0, y1, y2 := of[int64](v.probes[0])[i], of[int64](v.probes[1])[i], of[int64](v.probes[2])[i]
	x0, x1, x2 := int64(probeSizes[0]), int64(probeSizes[1]), int64(probeSizes[2])
	a = (y1 - y0) / (x1 - x0)
	b = y0 - a*x0
	return a, b, y1 == a*x1+b && y2 == a*x2+b
}

// shapeOf is Shape: part of a shape, from start to end.
func shapeOf(n *node) ([]*value, error) {
	x := n.in[0].shape
	clip := func(i int64) int {
		if i < 0 {
			i += int64(len(x))
		}
		return int(min(max(i, 0), int64(len(x))))
	}
	start, end := clip(n.intAttr("start", 0)), clip(n.intAttr("end", int64(len(x))))
	if n.err != nil {
		return nil, n.err
	}
	end = max(start, end)
	probes := make([]tensor, len(probeSizes))
	for p := range probes {
		probes[p] = newTensor(onnx.Int64, end-start)
		copy(of[int64](probes[p]), n.in[0].sizes(probeSizes[p])[start:])
	}
	v := &value{elem: onnx.Int64, shape: []int{end - start}, plain: none, pixels: none}
	return []*value{v}, n.symbolic(v, probes)
}

// sizeOperator is Size: how many elements there are.
func sizeOperator(n *node) ([]*value, error) {
	probes := make([]tensor, len(probeSizes))
	for p := range probes {
		probes[p] = newTensor(onnx.Int64)
		of[int64](probes[p])[0] = 1
		for _, d := range n.in[0].sizes(probeSizes[p]) {
			of[int64](probes[p])[0] *= d
		}
	}
	v := &value{elem: onnx.Int64, plain: none, pixels: none}
	return []*value{v}, n.symbolic(v, probes)
}

// ints returns input i, which must be known: a constant of integers.
func (n *node) ints(i int) []int64 {
	if n.needConstant(i); n.err != nil {
		return nil
	}
	v, err := n.in[i].constant.Int64s()
	if err != nil {
		n.fail("%v", err)
	}
	return v
}

// sizes returns input i, a list of sizes that may have batchSize in it.
func (n *node) sizes(i int) []int64 {
	v := n.in[i]
	if len(v.shape) != 1 || v.elem != onnx.Int64 {
		n.fail("input %d, %q, is %v %v, want a constant list of int64", i, n.Inputs[i], v.elem, v.shape)
		return nil
	}
	if v.probes == nil {
		return n.ints(i)
	}
	n.shapesOnly = true
	list := make([]int64, v.shape[0])
	for k := range list {
		switch a, b, _ := v.line(k); {
		case a == 0:
			list[k] = b
		case a == 1 && b == 0 && !n.single:
			list[k] = batchSize
		case n.single && a > 0 && b == 0:
			list[k] = a
		default:
			n.fail("size %d is %d times the batch plus %d", k, a, b)
		}
	}
	return list
}

// needConstant fails unless input i is known, and notes what would have to be.
func (n *node) needConstant(i int) {
	v := n.in[i]
	switch {
	case n.err != nil:
	case v.probes != nil:
		n.fail("input %d, %q, depends on the batch", i, n.Inputs[i])
	case v.constant == nil:
		n.wanted = append(n.wanted, v.from...)
		n.fail("input %d, %q, is computed, want a constant", i, n.Inputs[i])
	}
}
