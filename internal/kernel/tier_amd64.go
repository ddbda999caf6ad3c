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
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA: // every such CPU has F16C
		return tierAVX2
	}
	return tierGo
}

// Tier names the implementation in use.
func Tier() string { return [...]string{"go", "avx2", "avx512"}[current] }

// group returns how many of the left panels the next tile spans.
func group(rows, left int) int {
	most := 1
	switch current {
	case tierAVX512:
		most = 4
		if rows == 1 {
			most = 8
		}
	case tierAVX2:
		if rows <= 3 {
			most = 2
		}
		if rows == 1 {
			most = 4
		}
	}
	for most > left {
		most /= 2
	}
	return most
}

// rowsFor returns the most rows of a tile of n panels.
func rowsFor(n int) int {
	switch current {
	case tierAVX512:
		return [...]int{1: 8, 2: 8, 4: 6, 8: 1}[n]
	case tierAVX2:
		return [...]int{1: 6, 2: 3, 4: 1}[n]
	}
	return maxRows
}

// tileAsm runs a tile in the tier, and reports whether it could.
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

// elementAsm runs an element-wise function in the tier, on whole vectors; it
// returns how many lanes those have.
func elementAsm(f element, v *vecArgs) {
	if current == tierAVX512 {
		elementAVX512(f, v)
	} else {
		elementAVX2(f, v)
	}
}

// lanes is the number of floats in a vector; 0: no vectors.
func lanes() int { return [...]int{0, 8, 16}[current] }
