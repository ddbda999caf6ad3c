package kernel

// This file packs matrices into the order in which tiles read them.

// Packed is a K x N matrix in panels of 16 columns, each panel K rows of 16
// floats; the last panel's missing columns are zeros. The zero value is empty.
type Packed struct {
	K, N int
	data []float32
}

func (p *Packed) panels() int { return (p.N + panelWidth - 1) / panelWidth }

// resize makes room for k x n without keeping the contents.
func (p *Packed) resize(k, n int) {
	p.K, p.N = k, n
	need := p.panels() * panelWidth * k
	if cap(p.data) < need {
		p.data = make([]float32, need)
	}
	p.data = p.data[:need]
}

// Pack fills p with the k x n matrix whose element (i, j) is
// b[i*rowStride+j*colStride], reusing p's memory where it suffices.
func (p *Packed) Pack(b []float32, k, n, rowStride, colStride int) {
	p.resize(k, n)
	for q := range p.panels() {
		j0 := q * panelWidth
		w := min(panelWidth, n-j0)
		dst := p.data[q*k*panelWidth:][:k*panelWidth]
		if colStride == 1 {
			for i := range k {
				row := dst[i*panelWidth:][:panelWidth]
				clear(row[copy(row, b[i*rowStride+j0:][:w]):])
			}
			continue
		}
		if w < panelWidth {
			clear(dst)
		}
		for j := range w {
			src := b[(j0+j)*colStride:]
			for i := range k {
				dst[i*panelWidth+j] = src[i*rowStride]
			}
		}
	}
}
