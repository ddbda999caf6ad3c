//go:build !purego

package kernel

func peakAsm(n int) {
	if current == tierAVX512 {
		peakAVX512(n)
	} else if current == tierAVX2 {
		peakAVX2(n)
	}
}
