package op

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is reductions: operators that join elements along axes.

var reductions = family{
	{Name: "ReduceSum", Make: reduce, How: uint8(reduceSum), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore13},
	{Name: "ReduceMean", Make: reduce, How: uint8(reduceMean), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceMax", Make: reduce, How: uint8(reduceMax), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceMin", Make: reduce, How: uint8(reduceMin), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceProd", Make: reduce, How: uint8(reduceProd), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceL1", Make: reduce, How: uint8(reduceL1), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceL2", Make: reduce, How: uint8(reduceL2), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceSumSquare", Make: reduce, How: uint8(reduceSumSquare), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceLogSum", Make: reduce, How: uint8(reduceLogSum), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
	{Name: "ReduceLogSumExp", Make: reduce, How: uint8(reduceLogSumExp), Least: 1, Most: 2, Attrs: reduceAttrs, Raise: axesBefore18},
}

const reduceAttrs = "keepdims noop_with_empty_axes"

// lanes is a tensor seen as groups of elements that are joined: element j of
// group i is at groups[i] + members[j]. Groups and members are in row order.
type lanes struct {
	of, groups, members []int
	step                int // between members, if it is the same; else 0
}

func (l *lanes) plan(shape, joined []int) {
	l.of = append(l.of[:0], shape...)
	l.groups, l.members = append(l.groups[:0], 0), append(l.members[:0], 0)
	step := tensor.Product(shape)
	for d, size := range shape {
		step /= max(size, 1)
		if contains(joined, d) {
			l.members = times(l.members, size, step)
		} else {
			l.groups = times(l.groups, size, step)
		}
	}
	l.step = 0
	if n := len(l.members); n > 1 {
		l.step = l.members[1]
		for i, at := range l.members {
			if at != i*l.step {
				l.step = 0
				break
			}
		}
	}
}

// beside returns how many groups from i on lie side by side.
func (l *lanes) beside(i int) int {
	n := 1
	for i+n < len(l.groups) && l.groups[i+n] == l.groups[i]+n {
		n++
	}
	return n
}

// times replaces every place by size places, step apart.
func times(list []int, size, step int) []int {
	n := len(list)
	if size == 0 {
		return list[:0]
	}
	list = slices.Grow(list, n*(size-1))[:n*size]
	for i := n - 1; i >= 0; i-- {
		for k, at := size-1, list[i]; k >= 0; k-- {
			list[i*size+k] = at + k*step
		}
	}
	return list
}

// reduction is the sums that reductions are made of.
type reduction uint8

const (
	reduceSum reduction = iota
	reduceMean
	reduceMax
	reduceMin
	reduceProd
	reduceL1
	reduceL2
	reduceSumSquare
	reduceLogSum
	reduceLogSumExp
)

// reduce is a reduction over axes, computed in float64 or int64.
func reduce(n *Node) Eval {
	how := reduction(n.how)
	x := n.In[0]
	want := tensor.Numbers
	if how == reduceMax || how == reduceMin {
		want |= tensor.Booleans
	}
	elem := n.Type(0, want)
	rank := len(x.Shape)
	list, _ := n.Axes(1, rank)
	if len(list) == 0 && !n.Bool("noop_with_empty_axes", false) {
		list = tensor.Steps(rank, 1)
	}
	keep := n.Bool("keepdims", true)
	if n.err != nil {
		return nil
	}
	var shape []int
	for d, size := range x.Shape {
		if !contains(list, d) {
			shape = append(shape, size)
			continue
		}
		if keep {
			shape = append(shape, 1)
		}
	}
	if !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	if keep && rank > 2 {
		var across []int
		for _, d := range list {
			across = append(across, tensor.PixelAxis(d, rank))
		}
		n.OnPixels = reduceAs(how, across, elem)
	}
	return reduceAs(how, list, elem)
}

// reduceOver reduces floats over some axes.
func reduceOver(how reduction, list []int) Eval { return reduceAs(how, list, onnx.Float) }

// reduceAs reduces tensors of a type over some axes. Of nothing, the sum is 0,
// the product 1, the mean 0 as in ONNX Runtime, and the greatest the least that the type has.
func reduceAs(how reduction, list []int, elem tensor.Type) Eval {
	if elem == onnx.Uint64 {
		return reduceUint64(how, list)
	}
	return inWide(reduceWide(how, list, elem))
}

//go:noinline
func reduceWide(how reduction, list []int, elem tensor.Type) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		l := m.lanesOf(in[0].Shape, list)
		if len(l.members) == 0 && (how == reduceMax || how == reduceMin) {
			fillExtreme(out[0], elem, how == reduceMin)
			return
		}
		switch in[0].Elem {
		case onnx.Float:
			if !sumBeside(m, how, l, out[0], in[0]) {
				reduceLanes[float32, float64](m, how, l, out[0], in[0], onnx.Double)
			}
		case onnx.Double:
			reduceLanes[float64, float64](m, how, l, out[0], in[0], onnx.Double)
		default:
			reduceLanes[int64, int64](m, how, l, out[0], in[0], onnx.Int64)
		}
	}
}

// reduceUint64 is reduceAs of uint64: sums have the bits of int64's.
func reduceUint64(how reduction, list []int) Eval {
	switch how {
	case reduceMax, reduceMin:
		return inOrder(reduceWide(how, list, onnx.Int64), true)
	case reduceSum, reduceProd, reduceSumSquare:
		return inWide(reduceWide(how, list, onnx.Uint64))
	case reduceL1:
		return inWide(reduceWide(reduceSum, list, onnx.Uint64))
	case reduceMean:
		sum := inWide(reduceWide(reduceSum, list, onnx.Uint64))
		return func(m *Memory, out, in []tensor.Tensor) {
			sum(m, out, in)
			y := tensor.Nth[uint64](out, 0)
			for i, v := range y {
				y[i] = v / uint64(max(in[0].Len()/len(y), 1))
			}
		}
	}
	return inType(double, reduceWide(how, list, onnx.Double))
}

// fillExtreme fills t, which is wide, with the least that a type has, or the
// greatest.
func fillExtreme(t tensor.Tensor, elem tensor.Type, greatest bool) {
	least, most := int64(math.MinInt64), int64(math.MaxInt64)
	switch bits := 8 * elem.Size(); {
	case elem == onnx.Bool:
		least, most = 0, 1
	case unsigned.Has(elem):
		least, most = 0, 1<<bits-1
	case tensor.Integers.Has(elem):
		least, most = -1<<(bits-1), 1<<(bits-1)-1
	}
	if greatest {
		least = most
	}
	switch sign := 1; {
	case t.Elem == onnx.Int64:
		fillWith(t, tensor.From(onnx.Int64, []int64{least}))
	default:
		if !greatest {
			sign = -1
		}
		for i, n := 0, t.Len(); i < n; i++ {
			if t.Elem == onnx.Float {
				tensor.Of[float32](t)[i] = float32(math.Inf(sign))
			} else {
				tensor.Of[float64](t)[i] = math.Inf(sign)
			}
		}
	}
}

// reduceLanes reduces elements of type S in type T, which elem names.
func reduceLanes[S tensor.Wide, T float64 | int64](m *Memory, how reduction, l *lanes, out, in tensor.Tensor, elem onnx.DataType) {
	src, dst, n := tensor.Of[S](in), tensor.Of[S](out), len(l.members)
	room := tensor.Of[T](m.Tensor(elem, []int{tensor.Together, max(n, 1)}))
	for i := 0; i < len(l.groups); i += tensor.Together {
		groups := l.groups[i:min(i+tensor.Together, len(l.groups))]
		if how == reduceSum || how == reduceMean {
			for k, sum := range summed(room, src, groups, l.members) {
				if how == reduceMean {
					sum = quotient(sum, T(max(n, 1)))
				}
				dst[i+k] = S(sum)
			}
			continue
		}
		if how == reduceMax || how == reduceMin {
			extremes(dst[i:], src, groups, l.members, how == reduceMax)
			continue
		}
		gathered(room, src, groups, l.members)
		for k := range groups {
			dst[i+k] = S(reduced(how, room[k*n:][:n]))
		}
	}
}

// summed returns the sums of groups, in sums: four at once, as no sum waits for
// another.
func summed[S tensor.Wide, T float64 | int64](sums []T, src []S, groups, members []int) []T {
	for k := 0; k < len(groups); k += 4 {
		last := len(groups) - 1
		a, b, c, d := groups[k], groups[min(k+1, last)], groups[min(k+2, last)], groups[min(k+3, last)]
		var p, q, r, s T
		for _, m := range members {
			p += T(src[a+m])
			q += T(src[b+m])
			r += T(src[c+m])
			s += T(src[d+m])
		}
		sums[k], sums[k+1], sums[k+2], sums[k+3] = p, q, r, s
	}
	return sums[:len(groups)]
}

// sumBeside is the sum or mean of float32 whose groups lie side by side, at least
// for some; it reports false if they do not.
func sumBeside(m *Memory, how reduction, l *lanes, out, in tensor.Tensor) bool {
	if how != reduceSum && how != reduceMean || l.step == 0 || l.beside(0) < tensor.Together {
		return false
	}
	src, dst := tensor.Of[float32](in), tensor.Of[float32](out)
	sums := tensor.Of[float64](m.Tensor(onnx.Double, []int{len(l.groups)}))
	for i := 0; i < len(l.groups); {
		n := l.beside(i)
		kernel.SumColumns(sums[i:][:n], src[l.groups[i]:], len(l.members), l.step)
		i += n
	}
	for i, sum := range sums {
		if how == reduceMean {
			sum /= float64(len(l.members))
		}
		dst[i] = float32(sum)
	}
	return true
}

// extremes writes the greatest or the least of each group, NaN if one is; four at
// once, as no comparison waits for another.
func extremes[S tensor.Wide](dst, src []S, groups, members []int, greatest bool) {
	for k := 0; k < len(groups); k += 4 {
		last := len(groups) - 1
		a, b, c, d := groups[k], groups[min(k+1, last)], groups[min(k+2, last)], groups[min(k+3, last)]
		p, q, r, s := src[a], src[b], src[c], src[d]
		if greatest {
			for _, m := range members {
				p, q, r, s = max(p, src[a+m]), max(q, src[b+m]), max(r, src[c+m]), max(s, src[d+m])
			}
		} else {
			for _, m := range members {
				p, q, r, s = min(p, src[a+m]), min(q, src[b+m]), min(r, src[c+m]), min(s, src[d+m])
			}
		}
		for i, v := range [4]S{p, q, r, s} {
			if k+i <= last {
				dst[k+i] = v
			}
		}
	}
}

// gathered writes the elements of groups one after the other.
func gathered[S tensor.Wide, T float64 | int64](dst []T, src []S, groups, members []int) {
	for j, m := range members {
		for k, g := range groups {
			dst[k*len(members)+j] = T(src[g+m])
		}
	}
}

func reduced[T float64 | int64](how reduction, x []T) (sum T) {
	switch how {
	case reduceMax:
		return slices.Max(x)
	case reduceMin:
		return slices.Min(x)
	case reduceProd:
		sum = 1
		for _, v := range x {
			sum *= v
		}
	case reduceSum, reduceMean, reduceLogSum:
		for _, v := range x {
			sum += v
		}
	case reduceL1:
		for _, v := range x {
			sum += max(v, -v)
		}
	case reduceSumSquare, reduceL2:
		for _, v := range x {
			sum += T(v * v)
		}
	case reduceLogSumExp:
		if len(x) == 0 {
			return narrowed[T](math.Inf(-1))
		}
		top := slices.Max(x)
		if math.IsInf(float64(top), 0) {
			return top
		}
		s := 0.0
		for _, v := range x {
			s += kernel.Exp64(float64(v - top))
		}
		return narrowed[T](float64(top) + kernel.Log64(s))
	}
	switch how {
	case reduceMean:
		return quotient(sum, T(max(len(x), 1)))
	case reduceL2:
		return narrowed[T](math.Sqrt(float64(sum)))
	case reduceLogSum:
		return narrowed[T](kernel.Log64(float64(sum)))
	}
	return sum
}

// narrowed is v as a T, the same on every CPU.
func narrowed[T float64 | int64](v float64) T {
	if T(1)/2 == 0 {
		return T(tensor.Integer(v))
	}
	return T(v)
}
