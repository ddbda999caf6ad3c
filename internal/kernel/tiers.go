//go:build !purego && (amd64 || arm64)

package kernel

import "unsafe"

// This file is the table of implementations: a row for each tier, a column for each
// kernel. The rows are in tier_amd64.go and tier_arm64.go.

// An implementation is one tier. The first, Go, has no routines: callers compute
// themselves what they find none for.
type implementation struct {
	name string

	lanes     int   // floats of a vector
	rows      []int // the most rows of a tile of so many panels
	panels    []int // the most panels of a tile of one row, two, and so on; the last holds for more
	tile      func(t *tileArgs, rows, panels int)
	half      func(t *tileArgs, rows, panels int) // tile with panels of float16
	element   func(f element, v *vecArgs)
	transform func(f transform, t *transformArgs)
	window    func(w *windowArgs, taps int)
	sums      func(s *sumArgs)
	square    int // rows and columns that transpose takes at once
	transpose func(t *transposeArgs)
	peak      func(n int) // multiply-adds in registers, for benchmarks

	bytes    byteTiles
	products byteTiles // on CPUs that sum up products of bytes
}

// byteTiles are tiles of bytes.
type byteTiles struct {
	rows   func(panels int) int // of a tile
	panels []int                // of a tile, where so many are left; the last holds for more
	run    func(t *byteArgs, panels int)
}

// current is the tier in force. Tests change it; nothing else does.
var current = best()

// byteProducts says that this CPU sums up products of bytes. Tests change it;
// nothing else does.
var byteProducts = hasByteProducts()

func now() *implementation { return &tiers[current] }

func bytesNow() *byteTiles {
	if i := now(); byteProducts && i.products.run != nil {
		return &i.products
	}
	return &now().bytes
}

// Tier names the implementation in use.
func Tier() string { return now().name }

// lanes is the number of floats in a vector; 0: no vectors.
func lanes() int { return now().lanes }

// squareSide is the rows and columns that transposition takes at once.
func squareSide() int {
	if side := now().square; side > 0 {
		return side
	}
	return 8
}

// panelsFor returns the most panels of a tile of so many rows.
func panelsFor(rows int) int { return ofCount(now().panels, rows) }

// rowsFor returns the most rows of a tile of n panels.
func rowsFor(n int) int {
	if rows := now().rows; rows != nil {
		return rows[n]
	}
	return maxRows
}

// bytePanels returns how many of left panels a tile of bytes has.
func bytePanels(left int) int { return ofCount(bytesNow().panels, left) }

// ofCount returns what a list has for 1, 2 and so on; its last holds for more.
func ofCount(list []int, n int) int { return list[min(n, len(list))-1] }

// hidden is p, which the compiler does not follow: routines behind function values
// keep no pointer, so that their arguments may stay on the stack. Nothing may move the
// stack while the address is a number: neither a call of this function nor a check of
// the pointer, which -race brings.
//
//go:nosplit
//go:nocheckptr
func hidden[T any](p *T) *T {
	address := uintptr(unsafe.Pointer(p))
	return *(**T)(unsafe.Pointer(&address))
}
