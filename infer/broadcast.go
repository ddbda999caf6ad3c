package infer

import (
	"math"
	"slices"
)

// This file is broadcasting: how operators walk over tensors of different
// shapes together, and the one operation that moves elements.

// broadcast returns the shape that inputs of these shapes have together. A
// batch that is open stays the first dimension of all.
func (n *node) broadcast(shapes ...[]int) []int {
	rank := 0
	for _, s := range shapes {
		rank = max(rank, len(s))
	}
	out := make([]int, rank)
	for d := range out {
		out[d] = 1
		for _, s := range shapes {
			k := d - (rank - len(s))
			if k < 0 || s[k] == 1 {
				continue
			}
			if out[d] != 1 && out[d] != s[k] || s[k] == open && d > 0 {
				n.fail("shapes %v do not go together", shapes)
				return out
			}
			out[d] = s[k]
		}
	}
	return out
}

// strides returns the distance between neighbours along each dimension.
func strides(shape []int) []int {
	s, n := make([]int, len(shape)), 1
	for d := len(shape) - 1; d >= 0; d-- {
		s[d] = n
		n *= shape[d]
	}
	return s
}

// walk is the way through an output and up to three inputs together, with
// dimensions joined wherever all of them allow it.
type walk struct {
	shape []int
	step  [3][]int // of each input, along each dimension
}

// plan makes the walk through an output and what is broadcast to it. It reuses
// the walk's memory.
func (w *walk) plan(out, a, b, c []int) {
	var along [3][maxRank]int
	for i, shape := range [3][]int{a, b, c} {
		n, pad := 1, len(out)-len(shape)
		for d := len(shape) - 1; d >= 0; d-- {
			if shape[d] != 1 {
				along[i][d+pad] = n
			}
			n *= shape[d]
		}
	}
	w.shape = w.shape[:0]
	for i := range w.step {
		w.step[i] = w.step[i][:0]
	}
	for d, size := range out {
		last := len(w.shape) - 1
		joined := last >= 0
		for i := range along {
			joined = joined && w.step[i][last] == along[i][d]*size
		}
		if joined {
			w.shape[last] *= size
		} else {
			w.shape = append(w.shape, size)
		}
		for i := range along {
			if joined {
				w.step[i][last] = along[i][d]
			} else {
				w.step[i] = append(w.step[i], along[i][d])
			}
		}
	}
	if len(w.shape) == 0 {
		w.shape = append(w.shape, 1)
		for i := range w.step {
			w.step[i] = append(w.step[i], 0)
		}
	}
}

// lines calls line for every stretch of n elements of the output from o on; in
// has where the inputs start, step how they go on.
func (w *walk) lines(line func(o, n int, in, step [3]int)) {
	last := len(w.shape) - 1
	n := w.shape[last]
	outer := product(w.shape[:last])
	step := [3]int{w.step[0][last], w.step[1][last], w.step[2][last]}
	var space [maxRank]int
	index := space[:last]
	var in [3]int
	for o := range outer {
		if n > 0 {
			line(o*n, n, in, step)
		}
		for d := last - 1; d >= 0; d-- {
			index[d]++
			for i := range in {
				in[i] += w.step[i][d]
			}
			if index[d] < w.shape[d] {
				break
			}
			for i := range in {
				in[i] -= w.step[i][d] * w.shape[d]
			}
			index[d] = 0
		}
	}
}

// pick is a rearrangement: element [i, j, ...] of the output is element
// axes[0][i] + axes[1][j] + ... of the input, or the filling where one of them
// is negative. The first list may be nil: the batch, each sample of the output
// from batch elements further in the input.
type pick struct {
	axes  [][]int
	batch int
	chose [][]int // what choose was called with, for each axis
}

const filling = math.MinInt

// newPick starts with the lists of an input as it is; the caller replaces some.
func newPick(shape []int) pick {
	p := pick{axes: make([][]int, len(shape)), chose: make([][]int, len(shape))}
	sizes := append([]int(nil), shape...)
	if len(shape) > 0 && shape[0] == open {
		sizes[0] = 1
	}
	for d, step := range strides(sizes) {
		if shape[d] == open {
			p.batch = step
			continue
		}
		p.axes[d] = steps(sizes[d], step)
	}
	return p
}

// steps is 0, step, 2*step, ...
func steps(n, step int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i * step
	}
	return list
}

// choose replaces the list of an axis: which of its elements come, -1 for the
// filling.
func (p *pick) choose(axis int, which []int) {
	p.chose[axis] = which
	from := p.axes[axis]
	list := make([]int, len(which))
	for i, k := range which {
		list[i] = filling
		if k >= 0 {
			list[i] = from[k]
		}
	}
	p.axes[axis] = list
}

// shape is that of the output.
func (p *pick) shape() []int {
	s := make([]int, len(p.axes))
	for d, list := range p.axes {
		s[d] = len(list)
		if list == nil && d == 0 && p.batch > 0 {
			s[d] = open
		}
	}
	return s
}

// joined is p with its last axes as one, while those are short.
func (p pick) joined() pick {
	axes := p.axes
	for last := len(axes) - 1; last > 0 && axes[last-1] != nil; last-- {
		outer, inner := axes[last-1], axes[last]
		if len(inner) >= 32 || len(outer)*len(inner) > 1024 {
			break
		}
		var list []int
		for _, a := range outer {
			for _, b := range inner {
				if a == filling || b == filling {
					list = append(list, filling)
				} else {
					list = append(list, a+b)
				}
			}
		}
		axes = append(slices.Clone(axes[:last-1]), list)
	}
	p.axes = axes
	return p
}

// run moves the elements, of a type that is computed in; fill is of one element,
// or not given for 0.
func (p *pick) run(dst, src, fill tensor) {
	switch dst.data.(type) {
	case *[]float32:
		pickAll[float32](p, dst, src, fill)
	case *[]float64:
		pickAll[float64](p, dst, src, fill)
	case *[]int64:
		pickAll[int64](p, dst, src, fill)
	}
}

func pickAll[T wide](p *pick, dst, src, fill tensor) {
	var f T
	if fill.given() {
		f = of[T](fill)[0]
	}
	d, s := of[T](dst), of[T](src)
	switch {
	case len(p.axes) == 0:
		d[0] = s[0]
	case p.axes[0] == nil && p.batch > 0 && len(p.axes) == 1:
		copy(d, s)
	case p.axes[0] == nil && p.batch > 0:
		each := len(d) / max(dst.shape[0], 1)
		for i := range dst.shape[0] {
			pickAxes(d[i*each:][:each], s, i*p.batch, p.axes[1:], f)
		}
	default:
		pickAxes(d, s, 0, p.axes, f)
	}
}

func pickAxes[T wide](dst, src []T, at int, axes [][]int, fill T) {
	list := axes[0]
	if len(dst) == 0 {
		return
	}
	switch each := len(dst) / len(list); {
	case len(axes) == 1:
		pickLine(dst, src, at, list, fill)
	case len(axes) == 2 && ascending(list):
		pickTurned(dst, src[at+list[0]:], len(list), axes[1], fill)
	default:
		for i, k := range list {
			if k != filling {
				pickAxes(dst[i*each:][:each], src, at+k, axes[1:], fill)
				continue
			}
			for j := range each {
				dst[i*each+j] = fill
			}
		}
	}
}

// pickLine moves one line of elements; neighbours that stay neighbours go
// together.
func pickLine[T wide](dst, src []T, at int, list []int, fill T) {
	for i := 0; i < len(list); {
		k := list[i]
		if k == filling {
			dst[i] = fill
			i++
			continue
		}
		n := consecutive(list[i:])
		to, from := dst[i:i+n], src[at+k:][:n]
		if i += n; n >= 8 {
			copy(to, from)
			continue
		}
		//lint:ignore S1001 a few elements: a call would take longer
		for j, v := range from {
			to[j] = v
		}
	}
}

// consecutive returns how many numbers of a list count up by one.
func consecutive(list []int) int {
	for i, k := range list {
		if k != list[0]+i {
			return i
		}
	}
	return len(list)
}

// ascending says that a list of two or more counts up by one.
func ascending(list []int) bool {
	for i, k := range list {
		if k == filling || k != list[0]+i {
			return false
		}
	}
	return len(list) > 1
}

// pickTurned moves rows that were neighbouring columns, a few rows at a time, so
// that what is read of a line in the cache is all it holds.
func pickTurned[T wide](dst, src []T, rows int, cols []int, fill T) {
	for r := 0; r < rows; r += together {
		few := min(together, rows-r)
		for c, k := range cols {
			to := dst[r*len(cols)+c:]
			if k == filling {
				for i := range few {
					to[i*len(cols)] = fill
				}
				continue
			}
			for i, v := range src[k+r:][:few] {
				to[i*len(cols)] = v
			}
		}
	}
}

// picked makes a pick the node's evaluate, with one output.
func (n *node) picked(p pick) evaluate {
	n.result(n.in[0].elem, p.shape()...)
	p = p.joined()
	return inWide(func(m *memory, out, in []tensor) { p.run(out[0], in[0], tensor{}) })
}

// maxRank bounds the dimensions of a tensor, as the format's reader does.
const maxRank = 32

// copyTensor is an evaluate that copies, whatever the shapes.
func copyTensor(_ *memory, out, in []tensor) { convert(out[0], in[0]) }
