//go:build !purego

package kernel

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// This file is the tier on arm64: NEON, which every such CPU has.

type tier uint8

const (
	tierGo tier = iota
	tierNEON
)

// current is the tier in force. Tests change it; nothing else does.
var current = best()

func best() tier { return tierNEON }

// Tier names the implementation in use.
func Tier() string { return [...]string{"go", "neon"}[current] }

// panelsFor returns the most panels of a tile of so many rows.
func panelsFor(rows int) int {
	switch {
	case current == tierGo || rows > 3:
		return 1
	case rows > 1:
		return 2
	}
	return 4
}

// rowsFor returns the most rows of a tile of n panels.
func rowsFor(n int) int {
	if current == tierNEON {
		return [...]int{0, 5, 3, 1, 1}[n]
	}
	return maxRows
}

func tileAsm(t *tileArgs, rows, panels int, half bool) {
	if half {
		halfNEON(t, rows, panels)
	} else {
		tileNEON(t, rows, panels)
	}
}

func elementAsm(f element, v *vecArgs) { elementNEON(f, v) }

func transformAsm(f transform, t *transformArgs) { transformNEON(f, t) }

// squareSide is the rows and columns that transposition takes at once.
const squareSide = 4

func transposeAsm(t *transposeArgs) { transposeNEON(t) }

func windowAsm(w *windowArgs, taps int) { windowNEON(w, taps) }

func sumAsm(s *sumArgs) { sumColumnsNEON(s) }

// lanes is the number of floats in a vector; 0: no vectors.
func lanes() int { return [...]int{0, 4}[current] }

// signedBytes says that tiles of bytes multiply signed integers.
const signedBytes = true

// byteProducts says that NEON sums up products of bytes (SDOT). Tests change it;
// nothing else does.
var byteProducts = hasByteProducts()

// hasByteProducts knows that Apple's CPUs have them: x/sys/cpu does not look there.
func hasByteProducts() bool { return cpu.ARM64.HasASIMDDP || runtime.GOOS == "darwin" }

// bytePanels returns how many of left panels a tile of bytes has.
func bytePanels(left int) int { return 1 }

// byteRows returns the rows of a tile of bytes; 0: there is none.
func byteRows(panels int) int {
	switch {
	case current == tierGo:
		return 0
	case byteProducts:
		return bytesRowsDot(panels)
	}
	return bytesRowsNEON(panels)
}

// byteAsm runs tiles of bytes in the tier.
func byteAsm(t *byteArgs, panels int) {
	if byteProducts {
		bytesDot(t, panels)
	} else {
		bytesNEON(t, panels)
	}
}
