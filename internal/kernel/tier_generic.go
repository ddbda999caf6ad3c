//go:build purego || !(amd64 || arm64)

package kernel

// This file is the tier of every other build: Go.

// Tier names the implementation in use.
func Tier() string { return "go" }

// panelsFor returns the most panels of a tile of so many rows.
func panelsFor(rows int) int { return 1 }

// rowsFor returns the most rows of a tile of n panels.
func rowsFor(n int) int { return maxRows }

func tile(rows, tiles, panels, k int, a []float32, aoff *offsets, b []float32, step, _ int, c []float32, coff *offsets, add bool) {
	tileGo(rows*tiles, panels, k, a, aoff, b, step, c, coff, add)
}

func tileHalf(rows, tiles, panels, k int, a []float32, aoff *offsets, b []uint16, step, _ int, c []float32, coff *offsets, add bool) {
	tileHalfGo(rows*tiles, panels, k, a, aoff, b, step, c, coff, add)
}

func lanes() int { return 0 }

func vector(element, []float32, ...[]float32) int { return 0 }

func vectorRows(element, []float32, int, int, int, ...[]float32) int { return 0 }

func widenMatrix(element, []float32, int, int, int, [][]uint16) bool { return false }

func vectorMatrix(element, int, int, [6]int, ...[]float32) int { return 0 }

func (f transform) apply(n, rows int, dst []float32, dstTap, dstRow int, src []float32, srcTap, srcRow int) {
	transformGo(f, n, rows, dst, dstTap, dstRow, src, srcTap, srcRow)
}

func windows(y, x, w []float32, taps, xTap, wTap, n, rows, yRow, xRow int) int { return 0 }

func sumColumns(sums []float64, x []float32, rows, step int) int { return 0 }

func squareSide() int { return 8 }

func transposeSquares([]float32, int, []float32, int, int) int { return 0 }

// signedBytes says that tiles of bytes multiply signed integers.
const signedBytes = false

// bytePanels returns how many of left panels a tile of bytes has.
func bytePanels(left int) int { return 1 }

func byteTile(t *byteRun) { byteTileGo(t) }

func vectorBytes(element, *[4]float32, []uint8, []float32) int { return 0 }

func vectorInts(element, int, int, int, int, []float32, []int32, []float32) int { return 0 }
