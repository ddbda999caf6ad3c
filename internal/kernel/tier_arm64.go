//go:build !purego

package kernel

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// This file is the tiers of arm64: NEON, which every such CPU has, and Go.

type tier uint8

const (
	tierGo tier = iota
	tierNEON
)

var tiers = [...]implementation{
	tierGo: {name: "go", panels: []int{1}, bytes: byteTiles{panels: []int{1}}},
	tierNEON: {
		name: "neon", lanes: 4, rows: rowsNEON, panels: []int{4, 2, 2, 1}, tile: tileNEON, half: halfNEON,
		element: elementNEON, transform: transformNEON, window: windowNEON, sums: sumColumnsNEON,
		square: 4, transpose: transposeNEON, peak: peakNEON,
		bytes:    byteTiles{bytesRowsNEON, []int{1}, bytesNEON},
		products: byteTiles{bytesRowsDot, []int{1}, bytesDot},
	},
}

func best() tier { return tierNEON }

// hasByteProducts knows that Apple's CPUs have them: x/sys/cpu does not look there.
func hasByteProducts() bool { return cpu.ARM64.HasASIMDDP || runtime.GOOS == "darwin" }

// signedBytes says that tiles of bytes multiply signed integers.
const signedBytes = true
