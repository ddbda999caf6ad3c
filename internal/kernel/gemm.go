package kernel

// This file is the matrix product and the way it, and all else, is cut into
// tiles.

// Gemm computes dst[i*ldd+j] = tail(sum over k of a[i*lda+k]*b(k, j)) for i < m,
// j < b.N, as the package's numeric contract says. Tail may be nil. It does its
// part-th of parts shares of the work: rows where there are enough, else columns.
func Gemm(dst []float32, ldd int, a []float32, lda, m int, b *Packed, tail *Tail, part, parts int) {
	if m >= 4*maxRows*parts {
		i0, i1 := share(m, part, parts)
		gemm(dst[i0*ldd:], ldd, a[i0*lda:], lda, i1-i0, b, tail, 0, b.panels())
		return
	}
	p0, p1 := share(b.panels(), part, parts)
	gemm(dst, ldd, a, lda, m, b, tail, p0, p1)
}

// rowBlock is how many rows of a pass over all columns before the next: few
// enough that they stay in the cache.
const rowBlock = 96

// gemm computes panels p0 to p1 of a Gemm.
func gemm(dst []float32, ldd int, a []float32, lda, m int, b *Packed, tail *Tail, p0, p1 int) {
	var aoff, coff offsets
	for i0 := 0; i0 < m; i0 += rowBlock {
		rows := min(rowBlock, m-i0)
		for p := p0; p < p1; {
			n := b.span(rows, p, p1)
			most := rowsFor(n)
			for k0 := 0; k0 < b.K; k0 += Block {
				k := min(Block, b.K-k0)
				for i := 0; i < rows; {
					r := balanced(rows-i, most)
					for t := range r {
						aoff[t] = (i0+i+t)*lda + k0
						coff[t] = (i0+i+t)*ldd + p*panelWidth
					}
					b.tile(r, n, p, k0, k, a, &aoff, dst, &coff, k0 > 0)
					i += r
				}
			}
			if tail != nil {
				j0, j1 := p*panelWidth, min((p+n)*panelWidth, b.N)
				for i := i0; i < i0+rows; i++ {
					tail.apply(dst[i*ldd+j0:i*ldd+j1], j0)
				}
			}
			p += n
		}
	}
}

// span returns how many panels from p on, below p1, the next tiles of so many
// rows have: of one group, in nearly equal parts, and a last panel narrower than
// 16 alone.
func (b *Packed) span(rows, p, p1 int) int {
	_, _, end := b.panel(p)
	if whole := b.N / panelWidth; p < whole {
		return balanced(min(p1, whole, end)-p, panelsFor(rows))
	}
	return 1
}

// tile runs one tile of r rows on n panels of b from panel p, rows k0 to k0+k,
// n being a span.
func (b *Packed) tile(r, n, p, k0, k int, a []float32, aoff *offsets, c []float32, coff *offsets, add bool) {
	at, step, _ := b.panel(p)
	at += k0 * step
	width := b.N - p*panelWidth
	if width >= panelWidth {
		b.whole(r, n, at, step, k, a, aoff, c, coff, add)
		return
	}
	var edge [maxRows * panelWidth]float32
	var eoff offsets
	for t := range r {
		eoff[t] = t * panelWidth
	}
	b.whole(r, 1, at, step, k, a, aoff, edge[:], &eoff, false)
	for t := range r {
		y := c[coff[t]:][:width]
		if add {
			AddTo(y, edge[t*panelWidth:])
		} else {
			copy(y, edge[t*panelWidth:])
		}
	}
}

// whole runs one tile on whole panels, from element at of the packed matrix.
func (b *Packed) whole(r, n, at, step, k int, a []float32, aoff *offsets, c []float32, coff *offsets, add bool) {
	if b.half != nil {
		tileHalf(r, n, k, a, aoff, b.half[at:], step, c, coff, add)
	} else {
		tile(r, n, k, a, aoff, b.data[at:], step, c, coff, add)
	}
}

// balanced returns how many of the left rows the next tile takes, at most most:
// tiles of nearly equal size rather than full ones and a small rest.
func balanced(left, most int) int {
	tiles := (left + most - 1) / most
	return (left + tiles - 1) / tiles
}

// share returns the part-th of parts nearly equal ranges of n.
func share(n, part, parts int) (from, to int) {
	at := func(part int) int { return int(int64(n) * int64(part) / int64(parts)) }
	return at(part), at(part + 1)
}
