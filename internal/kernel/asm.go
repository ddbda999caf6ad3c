//go:build !purego && (amd64 || arm64)

package kernel

import "unsafe"

// This file is the Go side of the assembly: arguments, and checks before it.

//go:generate go run ./gen

// tileArgs is what a tile's routine reads; offsets and step in elements. The
// routine moves aoff and coff from tile to tile and counts tiles and fetch down.
type tileArgs struct {
	tiles int
	fetch int // tiles that fetch from next on
	k     int
	a     *float32
	aoff  *int
	b     unsafe.Pointer // *float32, or *uint16 of float16
	step  int
	next  unsafe.Pointer // what will be read later, or b
	c     *float32
	coff  *int
	add   int
}

// vecArgs is what an element-wise routine reads: n floats, whole vectors and at
// least one, of up to six arrays; and so for rows rows, of which an array has one
// every stride floats. The routine may change it.
type vecArgs struct {
	n      int
	rows   int
	stride [6]int
	p      [6]*float32
	s      [7]float32
}

// transformArgs is what a transform's routine reads, as transformGo's arguments; n
// is of whole vectors.
type transformArgs struct {
	n, rows        int
	src, dst       *float32
	srcTap, dstTap int
	srcRow, dstRow int
}

// windowArgs is what a routine for rows of windows reads, as the arguments of
// addWindows; n is of whole vectors.
type windowArgs struct {
	n, rows    int
	y, x, w    *float32
	xTap, wTap int
	xRow, yRow int
}

// sumArgs is what a routine for sums reads; n is of whole vectors.
type sumArgs struct {
	n, rows, xRow int
	x             *float32
	y             *float64
}

// transposeArgs is what a routine that transposes reads: so many squares one below
// the other. Steps are from row to row.
type transposeArgs struct {
	squares          int
	src, dst         *float32
	srcStep, dstStep int
}

// tile computes tiles as tileGo does. While it runs it may fetch b from element
// next on into the cache, if there is such.
func tile(rows, tiles, panels, k int, a []float32, aoff *offsets, b []float32, step, next int, c []float32, coff *offsets, add bool) {
	if now().tile == nil {
		tileGo(rows*tiles, panels, k, a, aoff, b, step, c, coff, add)
		return
	}
	_ = b[(k-1)*step+panels*panelWidth-1]
	if next >= len(b) {
		next = 0
	}
	runTile(rows, tiles, panels, k, a, aoff, unsafe.Pointer(&b[0]), unsafe.Pointer(&b[next]), step, c, coff, add, false)
}

// tileHalf is tile with panels of float16.
func tileHalf(rows, tiles, panels, k int, a []float32, aoff *offsets, b []uint16, step, next int, c []float32, coff *offsets, add bool) {
	if now().half == nil {
		tileHalfGo(rows*tiles, panels, k, a, aoff, b, step, c, coff, add)
		return
	}
	_ = b[(k-1)*step+panels*panelWidth-1]
	if next >= len(b) {
		next = 0
	}
	runTile(rows, tiles, panels, k, a, aoff, unsafe.Pointer(&b[0]), unsafe.Pointer(&b[next]), step, c, coff, add, true)
}

func runTile(rows, tiles, panels, k int, a []float32, aoff *offsets, b, next unsafe.Pointer, step int, c []float32, coff *offsets, add, half bool) {
	for r := range rows * tiles { // what the routine touches is there
		_ = a[aoff[r]+k-1]
		_ = c[coff[r]+panels*panelWidth-1]
	}
	t := tileArgs{tiles: tiles, fetch: fetchTiles, k: k, a: &a[0], aoff: &aoff[0], b: b, step: step, next: next, c: &c[0], coff: &coff[0]}
	if add {
		t.add = 1
	}
	if half {
		now().half(hidden(&t), rows, panels)
	} else {
		now().tile(hidden(&t), rows, panels)
	}
}

// vector applies f to the whole vectors of its arrays, each as long as the
// first, and returns how many elements those are; the rest is the caller's.
func vector(f element, scalars []float32, arrays ...[]float32) int {
	return vectorRows(f, scalars, len(arrays[0]), 1, 0, arrays...)
}

// vectorRows is vector for rows rows of n elements, of which the first array
// has one every stride elements, while the others serve all rows.
func vectorRows(f element, scalars []float32, n, rows, stride int, arrays ...[]float32) int {
	l := lanes()
	if l == 0 || n < l || rows == 0 {
		return 0
	}
	v := vecArgs{n: n &^ (l - 1), rows: rows, stride: [6]int{stride}}
	_ = arrays[0][(rows-1)*stride+n-1]
	for i, x := range arrays {
		v.p[i] = &x[:n][0]
	}
	copy(v.s[:], scalars)
	now().element(f, hidden(&v))
	return v.n
}

// widenMatrix applies f to rows rows of n values, whole vectors: dst's lie close
// together, those of the matrices of float16 every step. It reports whether it
// could.
func widenMatrix(f element, dst []float32, n, rows, step int, x [][]uint16) bool {
	if lanes() == 0 {
		return false
	}
	v := vecArgs{n: n, rows: rows, stride: [6]int{n, step, step, step, step}}
	_ = dst[rows*n-1]
	v.p[0] = &dst[0]
	for i, h := range x {
		_ = h[(rows-1)*step+n-1]
		v.p[i+1] = (*float32)(unsafe.Pointer(&h[0]))
	}
	now().element(f, hidden(&v))
	return true
}

// vectorMatrix is vector for rows rows of n elements, of which each array has
// one every stride elements.
func vectorMatrix(f element, n, rows int, stride [6]int, arrays ...[]float32) int {
	l := lanes()
	if l == 0 || n < l || rows == 0 {
		return 0
	}
	v := vecArgs{n: n &^ (l - 1), rows: rows}
	for i, x := range arrays {
		_ = x[(rows-1)*stride[i]+n-1]
		v.p[i], v.stride[i] = &x[0], stride[i]
	}
	now().element(f, hidden(&v))
	return v.n
}

// apply is transformGo.
func (f transform) apply(n, rows int, dst []float32, dstTap, dstRow int, src []float32, srcTap, srcRow int) {
	if l := lanes(); l == 0 || n%l > 0 {
		transformGo(f, n, rows, dst, dstTap, dstRow, src, srcTap, srcRow)
		return
	}
	if n == 0 || rows == 0 {
		return
	}
	taps := transformTaps[f]
	_ = src[(rows-1)*srcRow+taps[0]*srcTap+n-1]
	_ = dst[(rows-1)*dstRow+taps[1]*dstTap+n-1]
	now().transform(f, hidden(&transformArgs{n, rows, &src[0], &dst[0], srcTap, dstTap, srcRow, dstRow}))
}

// windows is addWindows for whole vectors; it returns how many columns those are.
func windows(y, x, w []float32, taps, xTap, wTap, n, rows, yRow, xRow int) int {
	l := lanes()
	if l == 0 || n < l || rows == 0 {
		return 0
	}
	_ = x[(rows-1)*xRow+(taps-1)*xTap+n-1]
	_ = w[(taps-1)*wTap+n-1]
	_ = y[(rows-1)*yRow+n-1]
	n &^= l - 1
	now().window(hidden(&windowArgs{n, rows, &y[0], &x[0], &w[0], xTap, wTap, xRow, yRow}), taps)
	return n
}

// transposeSquares is TransposeBlock for a column of squares, of which it returns how
// many rows those are.
func transposeSquares(dst []float32, dstStep int, src []float32, srcStep, rows int) int {
	side := now().square
	if side == 0 || rows < side {
		return 0
	}
	squares := rows / side
	rows = squares * side
	_ = src[(rows-1)*srcStep+side-1]
	_ = dst[(side-1)*dstStep+rows-1]
	now().transpose(hidden(&transposeArgs{squares, &src[0], &dst[0], srcStep, dstStep}))
	return rows
}

// sumColumns adds rows of x to sums, for whole vectors of columns; it returns how many
// those are.
func sumColumns(sums []float64, x []float32, rows, step int) int {
	l := lanes()
	n := len(sums)
	if l == 0 || n < l || rows == 0 {
		return 0
	}
	_ = x[(rows-1)*step+n-1]
	n &^= l - 1
	now().sums(hidden(&sumArgs{n, rows, step, &x[0], &sums[0]}))
	return n
}
