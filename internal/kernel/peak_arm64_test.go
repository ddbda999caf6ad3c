//go:build !purego

package kernel

func peakAsm(n int) { peakNEON(n) }
