//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// This file picks the tier on amd64, once: AVX-512, AVX2 with FMA, or Go.

//go:generate go run gen_amd64.go

type tier uint8

const (
	tierGo tier = iota
	tierAVX2
	tierAVX512
)

var current = best()

func best() tier {
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512BW && cpu.X86.HasFMA:
		return tierAVX512
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
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

// tileArgs is what a tile's routine reads; offsets and strides in floats.
type tileArgs struct {
	k      int
	a      *float32
	aoff   offsets
	b      *float32
	stride int
	c      *float32
	coff   offsets
	add    int
}

func tile(rows, panels, k int, a []float32, aoff *offsets, b []float32, stride int, c []float32, coff *offsets, add bool) {
	if current == tierGo {
		tileGo(rows, panels, k, a, aoff, b, stride, c, coff, add)
		return
	}
	for r := range rows { // what the routine touches is there
		_ = a[aoff[r]+k-1]
		_ = c[coff[r]+panels*panelWidth-1]
	}
	_ = b[(panels-1)*stride+k*panelWidth-1]
	args := tileArgs{k: k, a: &a[0], aoff: *aoff, b: &b[0], stride: stride, c: &c[0], coff: *coff}
	if add {
		args.add = 1
	}
	if current == tierAVX512 {
		tileAVX512(&args, rows, panels)
	} else {
		tileAVX2(&args, rows, panels)
	}
}
