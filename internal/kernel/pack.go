package kernel

// This file packs matrices into the order in which tiles read them.

// Packed is a K x N matrix for tiles: columns in panels of 16, panels in groups
// of at most Group, and in each group row after row, so that a tile on a group
// reads memory in order. The last panel's missing columns are zeros. Elements
// are float32, or float16 that the tiles widen as they go. The zero value is
// empty.
type Packed struct {
	K, N  int
	Group int // at most; 0 means group. To be set before the matrix is packed
	data  []float32
	half  []uint16 // in data's place, when not nil
}

// group is the usual most panels of a group.
const group = 4

// WideGroup suits products of one row with a matrix.
const WideGroup = 8

// element16or32 is what weights are stored as.
type element16or32 interface{ float32 | uint16 }

func (p *Packed) panels() int { return (p.N + panelWidth - 1) / panelWidth }

// groups returns the number of groups, which are of nearly equal size.
func (p *Packed) groups() int {
	most := p.Group
	if most == 0 {
		most = group
	}
	return (p.panels() + most - 1) / most
}

// panel returns where panel q begins and the step from row to row; end is the
// first panel of the next group.
func (p *Packed) panel(q int) (at, step, end int) {
	groups, all := p.groups(), p.panels()
	g := ((q+1)*groups - 1) / all // the group whose share has q
	from, to := Share(all, g, groups)
	return (from*p.K + q - from) * panelWidth, (to - from) * panelWidth, to
}

// column is where element (0, j) lies, and the step from row to row.
func (p *Packed) column(j int) (at, step int) {
	at, step, _ = p.panel(j / panelWidth)
	return at + j%panelWidth, step
}

// Pack fills p with the k x n matrix whose element (i, j) is
// b[i*rowStride+j*colStride], reusing p's memory where it suffices.
func (p *Packed) Pack(b []float32, k, n, rowStride, colStride int) {
	p.data, p.half = room(p, p.data, k, n), nil
	pack(p, p.data, b, rowStride, colStride)
}

// PackTurned is Pack of a k x n matrix that lies row by row, or column by column if
// turned.
func (p *Packed) PackTurned(b []float32, k, n int, turned bool) {
	if turned {
		p.Pack(b, k, n, 1, k)
	} else {
		p.Pack(b, k, n, n, 1)
	}
}

// Place lets p use memory of the caller's for its next matrix, of at least PackedLen
// numbers.
func (p *Packed) Place(memory []float32) { p.data = memory[:0:len(memory)] }

// PackedLen is how many numbers a packed k x n matrix takes.
func PackedLen(k, n int) int {
	p := Packed{K: k, N: n}
	return p.panels() * panelWidth * k
}

// PackHalf is Pack for a matrix of float16 bits.
func (p *Packed) PackHalf(b []uint16, k, n, rowStride, colStride int) {
	p.data, p.half = nil, room(p, p.half, k, n)
	pack(p, p.half, b, rowStride, colStride)
}

// Reorder fills p with another's matrix, its columns in an order.
func (p *Packed) Reorder(other *Packed, order []int) {
	if other.half != nil {
		half := make([]uint16, other.K*len(order))
		other.columns(order, func(to, from int) { half[to] = other.half[from] })
		p.PackHalf(half, other.K, len(order), len(order), 1)
		return
	}
	data := make([]float32, other.K*len(order))
	other.columns(order, func(to, from int) { data[to] = other.data[from] })
	p.Pack(data, other.K, len(order), len(order), 1)
}

// columns calls f with the place of each element of a matrix of some columns, row
// by row, and with the one in p's memory.
func (p *Packed) columns(order []int, f func(to, from int)) {
	for j, column := range order {
		at, step := p.column(column)
		for i := range p.K {
			f(i*len(order)+j, at+i*step)
		}
	}
}

// room makes p k x n and returns memory for it, reusing old's.
func room[T element16or32](p *Packed, old []T, k, n int) []T { return roomIn(Make, p, old, k, n) }

// roomIn is room of memory that alloc returns.
func roomIn[T element16or32](alloc func(n int) []T, p *Packed, old []T, k, n int) []T {
	p.K, p.N = k, n
	need := PackedLen(k, n)
	if cap(old) < need {
		return alloc(need)
	}
	return old[:need]
}

// pack fills data, which is room for p, with columns of strided b.
func pack[T element16or32](p *Packed, data, b []T, rowStride, colStride int) {
	if p.N%panelWidth != 0 {
		clear(data)
	}
	for j0 := 0; j0 < p.N; j0 += panelWidth {
		at, step := p.column(j0)
		w := min(panelWidth, p.N-j0)
		if colStride == 1 && w == panelWidth {
			for i := range p.K {
				*(*[panelWidth]T)(data[at+i*step:]) = *(*[panelWidth]T)(b[i*rowStride+j0:])
			}
			continue
		}
		if colStride == 1 {
			for i := range p.K {
				copy(data[at+i*step:][:w], b[i*rowStride+j0:])
			}
			continue
		}
		if rowStride == 1 {
			transposed(data[at:], step, b[j0*colStride:], colStride, w, p.K)
			continue
		}
		for i0 := 0; i0 < p.K; i0 += panelWidth { // in squares, which the cache holds
			rows := min(panelWidth, p.K-i0)
			for j := range w {
				src := b[(j0+j)*colStride+i0*rowStride:]
				for i := range rows {
					data[at+(i0+i)*step+j] = src[i*rowStride]
				}
			}
		}
	}
}

// packTaps packs [F, C, T] weights as one [F, C] matrix for each window position.
// It goes through the weights once, as they lie. It does its part-th of parts
// shares of the rows, as those below do of the columns.
func packTaps[T element16or32](taps []*tap, data func(*tap) []T, w []T, c, t, part, parts int) {
	if len(taps) == 0 {
		return
	}
	from, to := Share(taps[0].K, part, parts)
	var rows [packedAtOnce * panelWidth]T
	for c0 := 0; c0 < c; c0 += panelWidth {
		at, step := taps[0].column(c0)
		width := min(panelWidth, c-c0)
		for f := from; f < to; f++ {
			block := w[(f*c+c0)*t:][:width*t]
			if t > 1 && t <= packedAtOnce && width == panelWidth {
				transposed(rows[:], panelWidth, block, t, panelWidth, t)
				for _, p := range taps {
					*(*[panelWidth]T)(data(p)[at+f*step:]) = *(*[panelWidth]T)(rows[p.index*panelWidth:])
				}
				continue
			}
			for _, p := range taps {
				row, src := data(p)[at+f*step:][:width], block[p.index:]
				if t == 1 {
					copy(row, src)
					continue
				}
				for j := range row {
					row[j] = src[j*t]
				}
			}
		}
	}
}

// packedAtOnce is about how many rows of a panel are filled at once: few enough
// that they stay in the cache from column to column.
const packedAtOnce = 256

// packWindows packs [F, C, T] weights as the [T*C, F] matrix of a convolution.
func packWindows[T element16or32](p *Packed, data, w []T, c, t, part, parts int) {
	from, to := Share(p.panels(), part, parts)
	each := max(packedAtOnce/t, 1)
	var rows [packedAtOnce * panelWidth]T
	for q := from; q < to; q++ {
		at, step, width := clearRest(p, data, q)
		if t == 1 {
			transposed(data[at:], step, w[q*panelWidth*c:], c, width, c)
			continue
		}
		for c0 := 0; c0 < c; c0 += each {
			n := min(each, c-c0)
			if n*t <= packedAtOnce && width == panelWidth {
				transposed(rows[:], panelWidth, w[(q*panelWidth*c+c0)*t:], c*t, panelWidth, n*t)
				for k := range n {
					for i := range t {
						*(*[panelWidth]T)(data[at+(i*c+c0+k)*step:]) = *(*[panelWidth]T)(rows[(k*t+i)*panelWidth:])
					}
				}
				continue
			}
			for j := range width {
				src := w[((q*panelWidth+j)*c+c0)*t:][:n*t]
				for i := range t {
					to := data[at+(i*c+c0)*step+j:]
					for k := range n {
						to[k*step] = src[k*t+i]
					}
				}
			}
		}
	}
}

// packOverlap packs [F, C, T] weights as the [F, T*C] matrix of a transposed
// convolution with few channels.
func packOverlap[T element16or32](p *Packed, data, w []T, c, t, part, parts int) {
	from, to := Share(p.panels(), part, parts)
	for q := from; q < to; q++ {
		at, step, width := clearRest(p, data, q)
		for j := range width {
			column := q*panelWidth + j
			k, ch := column/c, column%c
			for f := range p.K {
				data[at+f*step+j] = w[(f*c+ch)*t+k]
			}
		}
	}
}

// packRows packs [F, C, KH, KW] weights as a [F, KW*C] matrix for each row of the
// window.
func packRows[T element16or32](rows []Packed, data func(*Packed) []T, w []T, c, kw, part, parts int) {
	for ky := range rows {
		p := &rows[ky]
		from, to := Share(p.panels(), part, parts)
		for q := from; q < to; q++ {
			at, step, width := clearRest(p, data(p), q)
			for j := range width {
				column := q*panelWidth + j
				kx, ch := column/c, column%c
				for f := range p.K {
					data(p)[at+f*step+j] = w[((f*c+ch)*len(rows)+ky)*kw+kx]
				}
			}
		}
	}
}

// clearRest returns where panel q of p's data begins, the step from row to row
// and how many columns it has. Those that the last panel lacks it makes zeros.
func clearRest[T element16or32](p *Packed, data []T, q int) (at, step, width int) {
	at, step, _ = p.panel(q)
	width = min(panelWidth, p.N-q*panelWidth)
	if width < panelWidth {
		for i := range p.K {
			clear(data[at+i*step+width:][:panelWidth-width])
		}
	}
	return at, step, width
}
