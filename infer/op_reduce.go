package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that join elements along axes: reductions, softmax,
// normalisations of each sample.

// lanes is a tensor seen as groups of elements that are joined: element j of
// group i is at groups[i] + members[j]. Groups and members are in row order.
type lanes struct{ of, groups, members []int }

func (l *lanes) plan(shape, joined []int) {
	l.of = append(l.of[:0], shape...)
	l.groups, l.members = append(l.groups[:0], 0), append(l.members[:0], 0)
	step := product(shape)
	for d, size := range shape {
		step /= max(size, 1)
		if slices.Contains(joined, d) {
			l.members = times(l.members, size, step)
		} else {
			l.groups = times(l.groups, size, step)
		}
	}
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

// reduce makes a reduction over axes, computed in float64 or int64.
func reduce(how reduction) func(*node) evaluate {
	return func(n *node) evaluate { return n.reduce(how) }
}

func (n *node) reduce(how reduction) evaluate {
	x := n.in[0]
	elem := n.elem(0, numbers)
	rank := len(x.shape)
	list, _ := n.axes(1, rank)
	all := steps(rank, 1)
	if len(list) == 0 && n.intAttr("noop_with_empty_axes", 0) == 0 {
		list = all
	}
	keep := n.intAttr("keepdims", 1) != 0
	var shape []int
	for d, size := range x.shape {
		if !slices.Contains(list, d) {
			shape = append(shape, size)
			continue
		}
		n.within(x.shape, d)
		if keep {
			shape = append(shape, 1)
		}
	}
	if how == reduceMax || how == reduceMin {
		for _, d := range list {
			if x.shape[d] == 0 {
				n.fail("shape %v has nothing to choose from", x.shape)
			}
		}
	}
	n.result(elem, shape...)
	if keep && rank > 2 {
		var across []int
		for _, d := range list {
			across = append(across, pixelAxis(d, rank))
		}
		n.onPixels = reduceOver(how, across)
	}
	return reduceOver(how, list)
}

func reduceOver(how reduction, list []int) evaluate {
	return inWide(func(m *memory, out, in []tensor) {
		switch l := m.lanesOf(in[0].shape, list); in[0].elem {
		case onnx.Float:
			reduceLanes[float32, float64](m, how, l, out[0], in[0], onnx.Double)
		case onnx.Double:
			reduceLanes[float64, float64](m, how, l, out[0], in[0], onnx.Double)
		default:
			reduceLanes[int64, int64](m, how, l, out[0], in[0], onnx.Int64)
		}
	})
}

// reduceLanes reduces elements of type S in type T, which elem names.
func reduceLanes[S wide, T float64 | int64](m *memory, how reduction, l *lanes, out, in tensor, elem onnx.DataType) {
	src, dst, n := of[S](in), of[S](out), len(l.members)
	room := of[T](m.tensor(elem, []int{together, max(n, 1)}))
	for i := 0; i < len(l.groups); i += together {
		groups := l.groups[i:min(i+together, len(l.groups))]
		if how == reduceSum || how == reduceMean {
			for k, sum := range summed(room, src, groups, l.members) {
				if how == reduceMean && n > 0 {
					sum /= T(n)
				}
				dst[i+k] = S(sum)
			}
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
func summed[S wide, T float64 | int64](sums []T, src []S, groups, members []int) []T {
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

// gathered writes the elements of groups one after the other.
func gathered[S wide, T float64 | int64](dst []T, src []S, groups, members []int) {
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
			break
		}
		top := slices.Max(x)
		if math.IsInf(float64(top), 0) {
			return top
		}
		s := 0.0
		for _, v := range x {
			s += kernel.Exp64(float64(v - top))
		}
		return top + T(kernel.Log64(s))
	}
	switch how {
	case reduceMean:
		if len(x) == 0 {
			return sum
		}
		return sum / T(len(x))
	case reduceL2:
		return T(math.Sqrt(float64(sum)))
	case reduceLogSum:
		return T(kernel.Log64(float64(sum)))
	}
	return sum
}
