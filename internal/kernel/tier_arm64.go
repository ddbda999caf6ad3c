//go:build !purego

package kernel

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

// group returns how many of the left panels the next tile spans.
func group(rows, left int) int {
	most := 1
	if current == tierNEON {
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
	if current == tierNEON {
		return [...]int{1: 5, 2: 3, 4: 1}[n]
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

// lanes is the number of floats in a vector; 0: no vectors.
func lanes() int { return [...]int{0, 4}[current] }
