//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// This file picks the tier on amd64, once: AVX-512, AVX2 with FMA, or Go.

type tier uint8

const (
	tierGo tier = iota
	tierAVX2
	tierAVX512
)

// current is the tier in force. Tests change it; nothing else does.
var current = best()

// best is the best tier that this CPU has. GODEBUG=cpu.avx512f=off and
// cpu.avx2=off, which x/sys/cpu reads, take one away.
func best() tier {
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512BW && cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return tierAVX512
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA: // F16C came before both
		return tierAVX2
	}
	return tierGo
}

// Tier names the implementation in use.
func Tier() string { return [...]string{"go", "avx2", "avx512"}[current] }

// panelsFor returns the most panels of a tile of so many rows.
func panelsFor(rows int) int {
	switch current {
	case tierAVX512:
		if rows == 1 {
			return 8
		}
		return 4
	case tierAVX2:
		switch rows {
		case 1:
			return 4
		case 2, 3:
			return 2
		}
	}
	return 1
}

// rowsFor returns the most rows of a tile of n panels.
func rowsFor(n int) int {
	switch current {
	case tierAVX512:
		return [...]int{0, 8, 8, 8, 6, 1, 1, 1, 1}[n]
	case tierAVX2:
		return [...]int{0, 6, 3, 1, 1}[n]
	}
	return maxRows
}

// tileAsm runs a tile in the tier.
func tileAsm(t *tileArgs, rows, panels int, half bool) {
	switch {
	case current == tierAVX512 && half:
		halfAVX512(t, rows, panels)
	case current == tierAVX512:
		tileAVX512(t, rows, panels)
	case half:
		halfAVX2(t, rows, panels)
	default:
		tileAVX2(t, rows, panels)
	}
}

// elementAsm runs an element-wise function in the tier.
func elementAsm(f element, v *vecArgs) {
	if current == tierAVX512 {
		elementAVX512(f, v)
	} else {
		elementAVX2(f, v)
	}
}

// transformAsm runs a transform in the tier.
func transformAsm(f transform, t *transformArgs) {
	if current == tierAVX512 {
		transformAVX512(f, t)
	} else {
		transformAVX2(f, t)
	}
}

// windowAsm runs a row of windows in the tier.
func windowAsm(w *windowArgs, taps int) {
	if current == tierAVX512 {
		windowAVX512(w, taps)
	} else {
		windowAVX2(w, taps)
	}
}

// sumAsm runs sums of rows in the tier.
func sumAsm(s *sumArgs) {
	if current == tierAVX512 {
		sumColumnsAVX512(s)
	} else {
		sumColumnsAVX2(s)
	}
}

// squareSide is the rows and columns that transposition takes at once.
const squareSide = 8

// transposeAsm transposes in the tier.
func transposeAsm(t *transposeArgs) {
	if current == tierAVX512 {
		transposeAVX512(t)
	} else {
		transposeAVX2(t)
	}
}

// lanes is the number of floats in a vector; 0: no vectors.
func lanes() int { return [...]int{0, 8, 16}[current] }

// signedBytes says that tiles of bytes multiply signed integers.
const signedBytes = false

// byteProducts says that the best tier sums up products of bytes (VNNI). Tests
// change it; nothing else does.
var byteProducts = hasByteProducts()

func hasByteProducts() bool { return best() == tierAVX512 && cpu.X86.HasAVX512VNNI }

// bytePanels returns how many of left panels a tile of bytes has.
func bytePanels(left int) int {
	switch {
	case current < tierAVX512 || !byteProducts || left == 1:
		return 1
	case left < 4:
		return 2
	}
	return 4
}

// byteRows returns the rows of a tile of bytes; 0: there is none.
func byteRows(panels int) int {
	switch {
	case current == tierGo:
		return 0
	case current < tierAVX512 || !byteProducts:
		return bytesRowsAVX2(panels)
	}
	return bytesRowsVNNI(panels)
}

// byteAsm runs tiles of bytes in the tier.
func byteAsm(t *byteArgs, panels int) {
	if current < tierAVX512 || !byteProducts {
		bytesAVX2(t, panels)
	} else {
		bytesVNNI(t, panels)
	}
}
