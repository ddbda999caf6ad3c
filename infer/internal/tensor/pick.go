package tensor

import (
	"math"
	"slices"
)

// This file is picks: the one operation that moves elements.

// Pick is a rearrangement: element [i, j, ...] of the output is element
// Axes[0][i] + Axes[1][j] + ... of the input, or the filling where one of them
// is Filling. Its lists are as long as the output's sizes: check those first.
type Pick struct {
	Axes  [][]int
	chose [][]int // what Choose was called with, for each axis
}

// Filling is the place of an element that is not in the input.
const Filling = math.MinInt

// NewPick starts with the lists of an input as it is; the caller replaces some.
//
//go:noinline
func NewPick(shape []int) Pick {
	p := Pick{make([][]int, len(shape)), make([][]int, len(shape))}
	for d, step := range Strides(shape) {
		p.Axes[d] = Steps(shape[d], step)
	}
	return p
}

// Choose replaces the list of an axis: which of its elements come, -1 for the
// filling.
//
//go:noinline
func (p *Pick) Choose(axis int, which []int) {
	p.chose[axis] = which
	from := p.Axes[axis]
	list := make([]int, len(which))
	for i, k := range which {
		list[i] = Filling
		if k >= 0 {
			list[i] = from[k]
		}
	}
	p.Axes[axis] = list
}

// InPixels returns a pick that does with channels innermost what p, made by
// choices only, does to images of a shape.
func (p *Pick) InPixels(shape []int) Pick {
	q := NewPick(ByPixels(shape, len(shape)))
	for axis, which := range p.chose {
		if which != nil {
			q.Choose(PixelAxis(axis, len(shape)), which)
		}
	}
	return q
}

// Joined is p with its last axes as one, while those are short.
func (p Pick) Joined() Pick {
	axes := p.Axes
	for last := len(axes) - 1; last > 0; last-- {
		outer, inner := axes[last-1], axes[last]
		if len(inner) >= 32 || len(outer)*len(inner) > 1024 {
			break
		}
		list := make([]int, 0, len(outer)*len(inner))
		for _, a := range outer {
			for _, b := range inner {
				if a == Filling || b == Filling {
					list = append(list, Filling)
				} else {
					list = append(list, a+b)
				}
			}
		}
		axes = append(slices.Clone(axes[:last-1]), list)
	}
	p.Axes = axes
	return p
}

// Run moves the elements, of any type; fill is one element, or not given for 0.
func (p *Pick) Run(dst, src, fill Tensor) {
	switch {
	case dst.Len() == 0:
	case len(p.Axes) == 0:
		Copy(dst, 0, src, 0, 1)
	default:
		piece := pieceOf(p.Axes[len(p.Axes)-1])
		switch dst.Elem.Size() {
		case 8:
			pickAxes(BitsOf[uint64](dst), BitsOf[uint64](src), 0, p.Axes, piece, oneOf[uint64](fill))
		case 4:
			pickAxes(BitsOf[uint32](dst), BitsOf[uint32](src), 0, p.Axes, piece, oneOf[uint32](fill))
		case 2:
			pickAxes(BitsOf[uint16](dst), BitsOf[uint16](src), 0, p.Axes, piece, oneOf[uint16](fill))
		default:
			pickAxes(BitsOf[uint8](dst), BitsOf[uint8](src), 0, p.Axes, piece, oneOf[uint8](fill))
		}
	}
}

// oneOf is the filling, 0 if it is not given.
func oneOf[T Bits](fill Tensor) (one T) {
	if fill.Given() {
		one = BitsOf[T](fill)[0]
	}
	return one
}

// pickAxes moves the elements of axes; piece is that of the last.
func pickAxes[T Bits](dst, src []T, at int, axes [][]int, piece int, fill T) {
	list := axes[0]
	if len(dst) == 0 {
		return
	}
	switch each := len(dst) / len(list); {
	case len(axes) == 1:
		pickLine(dst, src, at, list, piece, fill)
	case len(axes) == 2 && ascending(list):
		pickTurned(dst, src[at+list[0]:], len(list), axes[1], fill)
	default:
		for i, k := range list {
			if k != Filling {
				pickAxes(dst[i*each:][:each], src, at+k, axes[1:], piece, fill)
				continue
			}
			for j := range each {
				dst[i*each+j] = fill
			}
		}
	}
}

// pickLine moves one line of elements, whose pieces are of so many.
func pickLine[T Bits](dst, src []T, at int, list []int, piece int, fill T) {
	if piece == 1 {
		for i, k := range list {
			if k == Filling {
				dst[i] = fill
			} else {
				dst[i] = src[at+k]
			}
		}
		return
	}
	for i := 0; i < len(list); {
		n, k := piece, list[i]
		if k == Filling {
			dst[i] = fill
			i++
			continue
		}
		if n < len(list) {
			n = consecutive(list[i:])
		}
		copy(dst[i:i+n], src[at+k:][:n])
		i += n
	}
}

// pieceOf is about how many neighbours of a line stay neighbours: all of them, some
// that are worth looking for, or 1.
func pieceOf(line []int) int {
	n := len(line)
	if line[0] != Filling && consecutive(line) == n {
		return n
	}
	breaks := 0
	for i, k := range line[1:] {
		if k == Filling || k != line[i]+1 {
			breaks++
		}
	}
	if breaks < n/8 {
		return 2
	}
	return 1
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
//
//go:noinline
func ascending(list []int) bool {
	for i, k := range list {
		if k == Filling || k != list[0]+i {
			return false
		}
	}
	return len(list) > 1
}

// Together is how many neighbours in memory are gathered at once: few enough
// that what is written for each stays in the cache.
const Together = 8

// pickTurned moves rows that were neighbouring columns, a few rows at a time, so
// that what is read of a line in the cache is all it holds.
func pickTurned[T Bits](dst, src []T, rows int, cols []int, fill T) {
	for r := 0; r < rows; r += Together {
		few := min(Together, rows-r)
		for c, k := range cols {
			to := dst[r*len(cols)+c:]
			if k == Filling {
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
