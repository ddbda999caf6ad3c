package kernel

// This file is the matrix product and the way it, and all else, is cut into
// tiles.

// Gemm computes dst[i*ldd+j] = tail(sum over k of a[i*lda+k]*b(k, j)) for i < m,
// j < b.N, as the package's numeric contract says. Tail may be nil. It does its
// part-th of parts shares of the work: rows where there are enough, else columns.
func Gemm(dst []float32, ldd int, a []float32, lda, m int, b *Packed, tail *Tail, part, parts int) {
	if m >= 4*maxRows*parts {
		i0, i1 := Share(m, part, parts)
		gemm(dst[i0*ldd:], ldd, a[i0*lda:], lda, i1-i0, b, tail, 0, b.panels())
		return
	}
	p0, p1 := Share(b.panels(), part, parts)
	gemm(dst, ldd, a, lda, m, b, tail, p0, p1)
}

// gemm computes panels p0 to p1 of a Gemm.
func gemm(dst []float32, ldd int, a []float32, lda, m int, b *Packed, tail *Tail, p0, p1 int) {
	var aoff, coff offsets
	for i0 := 0; i0 < m; i0 += runRows {
		rows := min(runRows, m-i0)
		for p := p0; p < p1; {
			n := b.span(rows, p, p1)
			s := b.slab(p, n)
			for k0 := 0; k0 < b.K; k0 += Block {
				for i := range rows {
					aoff[i] = (i0+i)*lda + k0
					coff[i] = (i0+i)*ldd + p*panelWidth
				}
				s.run(rows, k0, min(Block, b.K-k0), a, &aoff, dst, &coff, k0 > 0)
			}
			if tail != nil {
				j := p * panelWidth
				tail.apply(dst[i0*ldd+j:], j, min(n*panelWidth, b.N-j), rows, ldd)
			}
			p += n
		}
	}
}

// span returns how many panels from p on, below p1, the next tiles of so many
// rows have: of one group, in nearly equal parts.
func (b *Packed) span(rows, p, p1 int) int {
	_, _, end := b.panel(p)
	return balanced(min(p1, end)-p, panelsFor(rows))
}

// slab is panels of a packed matrix that one tile spans.
type slab struct {
	data  []float32 // from the slab on
	half  []uint16
	step  int // from row to row
	n     int // panels
	width int // columns: fewer than the panels have where the last is narrower
}

// slab returns n panels from p on, n being a span.
func (b *Packed) slab(p, n int) slab {
	at, step, _ := b.panel(p)
	s := slab{step: step, n: n, width: min(n*panelWidth, b.N-p*panelWidth)}
	if b.half != nil {
		s.half = b.half[at:cap(b.half)] // what follows may be fetched ahead
	} else {
		s.data = b.data[at:cap(b.data)]
	}
	return s
}

// run computes rows rows of outputs from rows k0 to k0+k of the slab.
func (s *slab) run(rows, k0, k int, a []float32, aoff *offsets, c []float32, coff *offsets, add bool) {
	switch wide := s.n * panelWidth; {
	case s.width == wide:
		s.whole(rows, k0, k, a, aoff, c, coff, add)
	case rows*wide <= runRows*panelWidth:
		var edge [runRows * panelWidth]float32
		s.ragged(edge[:], rows, k0, k, a, aoff, c, coff, add)
	case rows*wide <= runRows*2*panelWidth:
		var edge [runRows * 2 * panelWidth]float32
		s.ragged(edge[:], rows, k0, k, a, aoff, c, coff, add)
	default:
		var edge [runRows * widePanels * panelWidth]float32
		s.ragged(edge[:], rows, k0, k, a, aoff, c, coff, add)
	}
}

// widePanels is the most panels of a tile of more than one row.
const widePanels = 4

// ragged is run on panels of which the last is narrower than 16, by way of edge. Where
// the rows of c follow each other, only the last ones need it: what the others
// write too much, the next ones overwrite.
func (s *slab) ragged(edge []float32, rows, k0, k int, a []float32, aoff *offsets, c []float32, coff *offsets, add bool) {
	wide := s.n * panelWidth
	if last := ceilDiv(wide-s.width, s.width); !add && rows > last && s.follow(coff[:rows]) {
		first := rows - last
		s.edge(edge, last, k0, k, a, aoff[first:rows])
		at := coff[first]
		s.whole(first, k0, k, a, aoff, c, coff, false)
		for i := range last {
			copy(c[at+i*s.width:][:s.width], edge[i*wide:])
		}
		return
	}
	s.edge(edge, rows, k0, k, a, aoff[:rows])
	for i := range rows {
		y := c[coff[i]:][:s.width]
		x := edge[i*wide:][:s.width]
		if !add {
			copy(y, x)
			continue
		}
		for j, v := range x {
			y[j] += v
		}
	}
}

// follow reports whether rows of the slab's width follow each other.
func (s *slab) follow(coff []int) bool {
	for i, at := range coff[1:] {
		if at-coff[i] != s.width {
			return false
		}
	}
	return true
}

// edge computes rows of whole panels, one after the other.
func (s *slab) edge(edge []float32, rows, k0, k int, a []float32, from []int) {
	var aoff, eoff offsets
	for i, at := range from {
		aoff[i], eoff[i] = at, i*s.n*panelWidth
	}
	s.whole(rows, k0, k, a, &aoff, edge, &eoff, false)
}

// whole is run on panels of 16 columns each: tiles of two sizes, one row apart. The
// first fetch what follows in memory, most often the next run's slab.
func (s *slab) whole(rows, k0, k int, a []float32, aoff *offsets, c []float32, coff *offsets, add bool) {
	most := rowsFor(s.n)
	tiles := (rows + most - 1) / most
	small := rows / tiles
	large := rows - small*tiles // tiles with a row more
	next := k * s.step
	if large > 0 {
		s.tiles(small+1, large, k0, k, next, a, aoff, c, coff, add)
		n := (small + 1) * large
		copy(aoff[:], aoff[n:rows])
		copy(coff[:], coff[n:rows])
		next += min(large, fetchTiles) * k * 2 * panelWidth
		if large >= fetchTiles {
			next = 0
		}
	}
	s.tiles(small, tiles-large, k0, k, next, a, aoff, c, coff, add)
}

func (s *slab) tiles(rows, tiles, k0, k, next int, a []float32, aoff *offsets, c []float32, coff *offsets, add bool) {
	if s.half != nil {
		tileHalf(rows, tiles, s.n, k, a, aoff, s.half[k0*s.step:], s.step, next, c, coff, add)
	} else {
		tile(rows, tiles, s.n, k, a, aoff, s.data[k0*s.step:], s.step, next, c, coff, add)
	}
}

// balanced returns how many of the left rows the next tile takes, at most most:
// tiles of nearly equal size rather than full ones and a small rest.
func balanced(left, most int) int {
	tiles := (left + most - 1) / most
	return (left + tiles - 1) / tiles
}

// Share returns the part-th of parts nearly equal ranges of n.
func Share(n, part, parts int) (from, to int) {
	at := func(part int) int { return int(int64(n) * int64(part) / int64(parts)) }
	return at(part), at(part + 1)
}
