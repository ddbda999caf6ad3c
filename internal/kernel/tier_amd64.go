//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// This file is the tiers of amd64: AVX-512, AVX2 with FMA, or Go.

type tier uint8

const (
	tierGo tier = iota
	tierAVX2
	tierAVX512
)

var tiers = [...]implementation{
	tierGo: {name: "go", panels: []int{1}, bytes: byteTiles{panels: []int{1}}},
	tierAVX2: {
		name: "avx2", lanes: 8, rows: rowsAVX2, panels: []int{4, 2, 2, 1}, tile: tileAVX2, half: halfAVX2,
		element: elementAVX2, transform: transformAVX2, window: windowAVX2, sums: sumColumnsAVX2,
		square: 8, transpose: transposeAVX2, peak: peakAVX2,
		bytes: byteTiles{bytesRowsAVX2, []int{1}, bytesAVX2},
	},
	tierAVX512: {
		name: "avx512", lanes: 16, rows: rowsAVX512, panels: []int{8, 4}, tile: tileAVX512, half: halfAVX512,
		element: elementAVX512, transform: transformAVX512, window: windowAVX512, sums: sumColumnsAVX512,
		square: 8, transpose: transposeAVX512, peak: peakAVX512,
		bytes:    byteTiles{bytesRowsAVX2, []int{1}, bytesAVX2},
		products: byteTiles{bytesRowsVNNI, []int{1, 2, 2, 4}, bytesVNNI},
	},
}

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

func hasByteProducts() bool { return best() == tierAVX512 && cpu.X86.HasAVX512VNNI }

// signedBytes says that tiles of bytes multiply signed integers.
const signedBytes = false
