package kernel

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
//		acc = +0; for i < k { acc = fma(a[aoff[r]+i], b[j/16*stride + i*16 + j%16], acc) }
//		c[coff[r]+j] = acc, or += acc when add
func tileGo(rows, panels, k int, a []float32, aoff *offsets, b []float32, stride int, c []float32, coff *offsets, add bool) {
	for r := range rows {
		x := a[aoff[r]:][:k]
		for p := range panels {
			var acc [panelWidth]float32
			w := b[p*stride:][:k*panelWidth]
			for i, v := range x {
				for j, u := range w[i*panelWidth:][:panelWidth] {
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
