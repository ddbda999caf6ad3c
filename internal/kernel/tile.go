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

// runRows is the most rows of one run of tiles: few enough to stay in the cache.
const runRows = 96

// fetchTiles is how many tiles fetch a slab of four panels, each its part.
const fetchTiles = 2

// offsets are the places of the rows of a run of tiles, in floats.
type offsets [runRows]int

// tileGo computes rows x (panels*16) outputs:
//
//	for r < rows, j < 16*panels:
//		acc = +0; for i < k { acc = fma(a[aoff[r]+i], b[i*step+j], acc) }
//		c[coff[r]+j] = acc, or += acc when add
//
// Where places in c are the same, the first column of a row is written after the
// last ones of the row before.
func tileGo(rows, panels, k int, a []float32, aoff *offsets, b []float32, step int, c []float32, coff *offsets, add bool) {
	for r := range rows {
		for j := 0; j < panels*panelWidth; j += chainCount {
			var acc chains
			acc.run(a[aoff[r]:][:k], b[j:], step)
			acc.store(c[coff[r]+j:], add)
		}
	}
}

// tileHalfGo is tileGo on panels of float16, each widened exactly.
func tileHalfGo(rows, panels, k int, a []float32, aoff *offsets, b []uint16, step int, c []float32, coff *offsets, add bool) {
	const most = 64 // of k at once, to need no more memory than the stack has
	var wide [most * chainCount]float32
	var acc [runRows]chains
	for j := panels*panelWidth - chainCount; j >= 0; j -= chainCount {
		clear(acc[:rows])
		for k0 := 0; k0 < k; k0 += most {
			n := min(most, k-k0)
			for i := range n {
				for l, h := range b[(k0+i)*step+j:][:chainCount] {
					wide[i*chainCount+l] = Float16(h)
				}
			}
			for r := range rows {
				acc[r].run(a[aoff[r]+k0:][:n], wide[:], chainCount)
			}
		}
		for r := range rows {
			acc[r].store(c[coff[r]+j:], add)
		}
	}
}

// chainCount is how many chains run together: enough that a CPU need not wait
// for the result of one, few enough for its registers.
const chainCount = 8

// chains are the sums so far of neighbouring columns.
type chains [chainCount]float32

// run goes on with the chains: for i, v := range x { for j := range acc {
// acc[j] = fma(v, b[i*step+j], acc[j]) } }, with fma's quick way in line.
func (acc *chains) run(x, b []float32, step int) {
	c0, c1, c2, c3, c4, c5, c6, c7 := acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7]
	for i, x := range x {
		v, w := float64(x), (*chains)(b[i*step:])
		s0, s1 := v*float64(w[0])+float64(c0), v*float64(w[1])+float64(c1)
		s2, s3 := v*float64(w[2])+float64(c2), v*float64(w[3])+float64(c3)
		s4, s5 := v*float64(w[4])+float64(c4), v*float64(w[5])+float64(c5)
		s6, s7 := v*float64(w[6])+float64(c6), v*float64(w[7])+float64(c7)
		if (doubt(s0)|doubt(s1)|doubt(s2)|doubt(s3)|doubt(s4)|doubt(s5)|doubt(s6)|doubt(s7))>>31 == 0 {
			c0, c1, c2, c3 = float32(s0), float32(s1), float32(s2), float32(s3)
			c4, c5, c6, c7 = float32(s4), float32(s5), float32(s6), float32(s7)
			continue
		}
		c0, c1, c2, c3 = fma(x, w[0], c0), fma(x, w[1], c1), fma(x, w[2], c2), fma(x, w[3], c3)
		c4, c5, c6, c7 = fma(x, w[4], c4), fma(x, w[5], c5), fma(x, w[6], c6), fma(x, w[7], c7)
	}
	*acc = chains{c0, c1, c2, c3, c4, c5, c6, c7}
}

// store writes the chains to c, or adds them.
func (acc *chains) store(c []float32, add bool) {
	c = c[:chainCount]
	if !add {
		copy(c, acc[:])
		return
	}
	for j, v := range acc {
		c[j] += v
	}
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
