package kernel

// This file packs matrices into the order in which tiles read them.

// Packed is a K x N matrix in panels of 16 columns, each panel K rows of 16
// elements; the last panel's missing columns are zeros. Elements are float32,
// or float16 that the tiles widen as they go. The zero value is empty.
type Packed struct {
	K, N int
	data []float32
	half []uint16 // in data's place, when not nil
}

// element16or32 is what weights are stored as.
type element16or32 interface{ float32 | uint16 }

func (p *Packed) panels() int { return (p.N + panelWidth - 1) / panelWidth }

// Pack fills p with the k x n matrix whose element (i, j) is
// b[i*rowStride+j*colStride], reusing p's memory where it suffices.
func (p *Packed) Pack(b []float32, k, n, rowStride, colStride int) {
	p.data, p.half = room(p, p.data, k, n), nil
	pack(p.data, b, k, n, rowStride, colStride)
}

// PackHalf is Pack for a matrix of float16 bits.
func (p *Packed) PackHalf(b []uint16, k, n, rowStride, colStride int) {
	p.data, p.half = nil, room(p, p.half, k, n)
	pack(p.half, b, k, n, rowStride, colStride)
}

// room makes p k x n and returns memory for it, reusing old's.
func room[T element16or32](p *Packed, old []T, k, n int) []T {
	p.K, p.N = k, n
	need := p.panels() * panelWidth * k
	if cap(old) < need {
		return make([]T, need)
	}
	return old[:need]
}

func pack[T element16or32](data, b []T, k, n, rowStride, colStride int) {
	for j0 := 0; j0 < n; j0 += panelWidth {
		w := min(panelWidth, n-j0)
		dst := data[j0*k:][:k*panelWidth]
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

// packWindows packs [F, C, T] weights as the [T*C, F] matrix of a convolution.
func packWindows[T element16or32](data, w []T, f, c, t int) {
	k := t * c
	for f0 := 0; f0 < f; f0 += panelWidth {
		dst := data[f0*k:][:k*panelWidth]
		if f0+panelWidth > f {
			clear(dst)
		}
		for j := range min(panelWidth, f-f0) {
			src := w[(f0+j)*k:][:k]
			for ch := range c {
				for i, v := range src[ch*t:][:t] {
					dst[(i*c+ch)*panelWidth+j] = v
				}
			}
		}
	}
}

// packOverlap packs [F, C, T] weights as the [F, T*C] matrix of a transposed
// convolution with few channels.
func packOverlap[T element16or32](data, w []T, f, c, t int) {
	for j0 := 0; j0 < t*c; j0 += panelWidth {
		dst := data[j0*f:][:f*panelWidth]
		for j := range panelWidth {
			k, ch := (j0+j)/c, (j0+j)%c
			for i := range f {
				var v T
				if k < t {
					v = w[(i*c+ch)*t+k]
				}
				dst[i*panelWidth+j] = v
			}
		}
	}
}
