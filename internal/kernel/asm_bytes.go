//go:build !purego && (amd64 || arm64)

package kernel

import "unsafe"

// This file is the Go side of the assembly for bytes.

// byteArgs is what a routine for a run of tiles of bytes reads, see byteRun. It
// moves aoff, rowFirst and c from tile to tile, and counts tiles down; left is its
// own.
type byteArgs struct {
	tiles    int
	a        *uint8
	aoff     *int
	rowFirst *int32
	segments *int32
	count    int // of segments
	quads    int
	b        *int8
	panelLen int
	first    *int32
	c        *int32

	//lint:ignore U1000 the routine counts in it
	left int
}

// byteTile computes a run of tiles. Sums beyond rows may be written too, up to
// whole tiles.
func byteTile(t *byteRun) {
	tiled := bytesNow()
	if tiled.run == nil {
		byteTileGo(t)
		return
	}
	rows := tiled.rows(t.panels)
	tiles := (t.rows + rows - 1) / rows
	last := t.rows - 1
	for r := t.rows; r < tiles*rows; r++ {
		t.aoff[r], t.rowFirst[r] = t.aoff[last], t.rowFirst[last]
	}
	for _, s := range t.segments { // what the routine touches is there
		for _, at := range t.aoff[:t.rows] {
			_ = t.a[at+int(s)+t.quads*quad-1]
		}
	}
	width := t.panels * panelWidth
	_ = t.b[t.panels*t.panelLen-1]
	_ = t.b[len(t.segments)*t.quads*quad*panelWidth-1]
	_ = t.first[width-1]
	_ = t.c[tiles*rows*width-1]
	args := byteArgs{
		tiles: tiles, a: &t.a[0], aoff: &t.aoff[0], rowFirst: &t.rowFirst[0], segments: &t.segments[0], count: len(t.segments),
		quads: t.quads, b: &t.b[0], panelLen: t.panelLen, first: &t.first[0], c: &t.c[0],
	}
	tiled.run(hidden(&args), t.panels)
}

// vectorBytes applies f to whole vectors of bytes and floats, and returns how many
// elements those are.
func vectorBytes(f element, scalars *[4]float32, bytes []uint8, floats []float32) int {
	l := lanes()
	if l == 0 || len(bytes) < l {
		return 0
	}
	v := vecArgs{n: len(bytes) &^ (l - 1), rows: 1}
	v.p[0], v.p[1] = (*float32)(unsafe.Pointer(&bytes[0])), &floats[:len(bytes)][0]
	copy(v.s[:], scalars[:])
	now().element(f, hidden(&v))
	return v.n
}

// vectorInts applies f to rows of whole vectors of floats, of integers, and of
// floats that serve all rows.
func vectorInts(f element, n, rows, step, xStep int, dst []float32, x []int32, all []float32) int {
	l := lanes()
	if l == 0 || n < l || rows == 0 {
		return 0
	}
	_, _ = dst[(rows-1)*step+n-1], x[(rows-1)*xStep+n-1]
	v := vecArgs{n: n &^ (l - 1), rows: rows, stride: [6]int{step, xStep}}
	v.p[0], v.p[1], v.p[2] = &dst[0], (*float32)(unsafe.Pointer(&x[0])), &all[:n][0]
	now().element(f, hidden(&v))
	return v.n
}
