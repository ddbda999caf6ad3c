package kernel

import "math"

// This file is the tile, the one inner loop that everything else is made of,
// as its Go twin; the tiers repeat it in assembly.

const (
	// Block is how many k one chain of Gemm, Conv and GradWeights holds.
	Block = 256
	// panelWidth is how many columns stand together in a packed matrix.
	panelWidth = 16
	// maxRows is the most rows a tile has.
	maxRows = 8
)

// offsets are the places of a tile's rows, in floats.
type offsets [maxRows]int

// tileGo computes rows x (panels*16) outputs:
//
//	for r < rows, j < 16*panels:
//		acc = +0; for i < k { acc = fma(a[aoff[r]+i], b[i*step+j], acc) }
//		c[coff[r]+j] = acc, or += acc when add
func tileGo(rows, panels, k int, a []float32, aoff *offsets, b []float32, step int, c []float32, coff *offsets, add bool) {
	for r := range rows {
		x := a[aoff[r]:][:k]
		for p := range panels {
			var acc [panelWidth]float32
			for i, v := range x {
				for j, u := range b[i*step+p*panelWidth:][:panelWidth] {
					acc[j] = fma(v, u, acc[j])
				}
			}
			y := c[coff[r]+p*panelWidth:][:panelWidth]
			if add {
				for j, v := range acc {
					y[j] += v
				}
			} else {
				copy(y, acc[:])
			}
		}
	}
}

// tileHalfGo is tileGo on panels of float16, each widened exactly.
func tileHalfGo(rows, panels, k int, a []float32, aoff *offsets, b []uint16, step int, c []float32, coff *offsets, add bool) {
	width := panels * panelWidth
	wide := make([]float32, k*width)
	for i := range k {
		for j, h := range b[i*step:][:width] {
			wide[i*width+j] = Float16(h)
		}
	}
	tileGo(rows, panels, k, a, aoff, wide, width, c, coff, add)
}

// Float16 widens IEEE 754 half precision, exactly; a NaN becomes quiet.
func Float16(h uint16) float32 {
	sign, exp, frac := uint32(h&0x8000)<<16, uint32(h>>10&31), uint32(h&0x3ff)
	switch {
	case exp == 31 && frac != 0:
		return math.Float32frombits(sign | 0x7fc00000 | frac<<13)
	case exp == 31:
		return math.Float32frombits(sign | 0x7f800000)
	case exp == 0: // zero, or frac * 2^-24
		f := float32(frac) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(f))
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}
