package op

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators whose results are as long as their inputs' elements
// say, which must be known first.

var finding = family{
	{Name: "Compress", Make: compress, Least: 2, Most: 2, Attrs: "axis"},
	{Name: "NonZero", Make: nonZero, Least: 1, Most: 1},
	{Name: "Unique", Make: unique, Least: 1, Most: 1, Attrs: "axis sorted"},
}

// nonZero is NonZero: the indices of all elements that are not 0, a row for each
// dimension.
func nonZero(n *Node) Eval {
	n.Type(0, tensor.Any)
	x := n.Known(0)
	if n.err != nil {
		return nil
	}
	flags := tensor.New(onnx.Bool, x.Shape...)
	tensor.Convert(flags, x)
	var found []int
	for i, is := range tensor.Of[bool](flags) {
		if is {
			found = append(found, i)
		}
	}
	if !n.Result(onnx.Int64, len(x.Shape), len(found)) || n.empty() {
		return nothing
	}
	strides := tensor.Strides(x.Shape)
	return func(_ *Memory, out, _ []tensor.Tensor) {
		y := tensor.Nth[int64](out, 0)
		for d, size := range x.Shape {
			for i, at := range found {
				y[d*len(found)+i] = int64(at / strides[d] % size)
			}
		}
	}
}

// flatOrAxis returns input 0's shape, as one dimension unless there is an axis
// attribute, and the axis.
func (n *Node) flatOrAxis() (shape []int, axis int) {
	x := n.In[0]
	if !n.Has("axis") {
		return []int{x.Len()}, 0
	}
	return cloneShape(x.Shape), n.Axis(n.Int("axis", 0), len(x.Shape))
}

// pickEntries is an Eval that takes entries of an axis of input 0 under a shape.
func pickEntries(shape []int, axis int, which []int) Eval {
	p := tensor.NewPick(shape)
	p.Choose(axis, which)
	return picked(p)
}

// compress is Compress: the entries of an axis for which there is a true.
func compress(n *Node) Eval {
	elem := n.Type(0, tensor.Any)
	n.Type(1, tensor.Booleans)
	shape, axis := n.flatOrAxis()
	flags := n.Sizes(1)
	if n.err != nil {
		return nil
	}
	var which []int
	for i, is := range flags {
		if is == 0 {
			continue
		}
		if i >= shape[axis] {
			n.Fail("entry %d is out of range for %d entries", i, shape[axis])
			return nil
		}
		which = append(which, i)
	}
	from := cloneShape(shape)
	shape[axis] = len(which)
	if !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	return pickEntries(from, axis, which)
}

// unique is Unique: the entries of an axis that differ, in order or as they come;
// where each came first, which of them every entry is, and how often it is there.
func unique(n *Node) Eval {
	elem := n.Type(0, tensor.Any)
	shape, axis := n.flatOrAxis()
	x := n.Known(0)
	sorted := n.Bool("sorted", true)
	if n.err != nil {
		return nil
	}
	wide := new(Memory)
	wide.pad = new(Scratchpad)
	x = wide.ordered(x)
	x.Shape = shape
	var first, inverse, counts []int64
	n.CountWork(x.Len(), 2*bits.Len(uint(shape[axis])))
	switch x.Elem {
	case onnx.Float:
		first, inverse, counts = different[float64](wide.Copied(onnx.Double, x), axis)
	case onnx.Double:
		first, inverse, counts = different[float64](x, axis)
	default:
		first, inverse, counts = different[int64](x, axis)
	}
	if !sorted {
		inOrderOf(first, inverse, counts)
	}
	from := cloneShape(shape)
	shape[axis] = len(first)
	n.Result(elem, shape...)
	n.Result(onnx.Int64, len(first))
	n.Result(onnx.Int64, len(inverse))
	n.Result(onnx.Int64, len(first))
	if n.err != nil {
		return nothing
	}
	which := make([]int, len(first))
	for i, k := range first {
		which[i] = int(k)
	}
	pick := nothing
	if !n.empty() {
		pick = pickEntries(from, axis, which)
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		pick(m, out, in)
		for i, list := range [][]int64{first, inverse, counts} {
			if i+1 < len(out) {
				copy(tensor.Nth[int64](out, i+1), list)
			}
		}
	}
}

// different returns where each of the different entries of an axis is first, in
// the order of their elements, which of them every entry is, and their counts.
// NaN are equal, and come last.
func different[T tensor.Wide](x tensor.Tensor, axis int) (first, inverse, counts []int64) {
	v, size, each := tensor.Of[T](x), x.Shape[axis], tensor.Product(x.Shape[axis+1:])
	compare := func(a, b int) int {
		for o := 0; o < len(v); o += size * each {
			for j := range each {
				p, q := v[o+a*each+j], v[o+b*each+j]
				if c := cmp.Compare(p, q); c != 0 {
					if p != p || q != q {
						c = -c
					}
					return c
				}
			}
		}
		return 0
	}
	order := tensor.Steps(size, 1)
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(compare(a, b), a-b) })
	inverse = make([]int64, size)
	for i, k := range order {
		if i == 0 || compare(order[i-1], k) != 0 {
			first, counts = append(first, int64(k)), append(counts, 0)
		}
		counts[len(counts)-1]++
		inverse[k] = int64(len(first) - 1)
	}
	return first, inverse, counts
}

// inOrderOf brings the different entries into the order in which they come.
func inOrderOf(first, inverse, counts []int64) {
	order := tensor.Steps(len(first), 1)
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(first[a], first[b]) })
	place := make([]int64, len(first))
	was, had := slices.Clone(first), slices.Clone(counts)
	for i, k := range order {
		first[i], counts[i], place[k] = was[k], had[k], int64(i)
	}
	for i, k := range inverse {
		inverse[i] = place[k]
	}
}
