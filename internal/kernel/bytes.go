package kernel

// This file is products of 8-bit integers: matrices packed for them, and the
// tile as its Go twin. Sums are exact in int32, and wrap around like int32.
//
// A tile multiplies stored integers: those of the first matrix are unsigned or
// signed as the build's instructions want them (signedBytes), those of the second
// are signed. A byte of the other kind is stored with its top bit flipped, which
// moves it by 128. With za, zb the zero points of what is stored,
//
//	sum (a-za)*(b-zb) = sum a*b - za*sum b - zb*sum a + K*za*zb
//
// in which only sum a*b costs a multiplication a pair.

// Bytes is a matrix of 8-bit integers packed for tiles: columns in panels of 16,
// in each of which four neighbours of a column stand together. A column is
// taps*channels integers, the channels of a tap filled up with zeros to a multiple
// of 4. The zero value is empty.
type Bytes struct {
	N      int  // columns
	taps   int  // of a column
	c      int  // channels of a tap
	signed bool // the integers that were packed
	data   []int8
	sums   []int32 // of the stored integers of each column
}

// quad is how many neighbours stand together.
const quad = 4

// quads is how many quads the channels of a tap fill.
func quads(c int) int { return (c + quad - 1) / quad }

// panelLen is the length of a panel.
func (p *Bytes) panelLen() int { return p.taps * quads(p.c) * quad * panelWidth }

// panels is the number of panels.
func (p *Bytes) panels() int { return (p.N + panelWidth - 1) / panelWidth }

// BytesLen returns how many integers and how many sums Bytes of n columns of
// taps*c integers hold.
func BytesLen(n, taps, c int) (data, sums int) {
	p := Bytes{N: n, taps: taps, c: c}
	return p.panels() * p.panelLen(), n
}

// Use gives p memory to pack into, in place of its own.
func (p *Bytes) Use(data []int8, sums []int32) { p.data, p.sums = data, sums }

// Pack fills p with n columns of taps*c integers, int8 if signed, else uint8: that
// of tap t, channel i and column j is w[t*step[0]+i*step[1]+j*step[2]]. It reuses
// p's memory where that suffices.
func (p *Bytes) Pack(w []byte, signed bool, n, taps, c int, step [3]int) {
	p.N, p.taps, p.c, p.signed = n, taps, c, signed
	size := p.panels() * p.panelLen()
	if cap(p.data) < size {
		p.data = Make[int8](size)
	}
	if cap(p.sums) < n {
		p.sums = make([]int32, n)
	}
	p.data, p.sums = p.data[:size], p.sums[:n]
	flip := flipOf(signed, true)
	clear(p.data)
	for j := range n {
		panel := p.data[j/panelWidth*p.panelLen()+j%panelWidth*quad:]
		sum := int32(0)
		for t := range taps {
			for i := range c {
				v := int8(w[t*step[0]+i*step[1]+j*step[2]] ^ flip)
				panel[(t*quads(c)+i/quad)*quad*panelWidth+i%quad] = v
				sum += int32(v)
			}
		}
		p.sums[j] = sum
	}
}

// flipOf is what a byte is xored with to be stored.
func flipOf(signed, storedSigned bool) byte {
	if signed != storedSigned {
		return 0x80
	}
	return 0
}

// storedZero is a zero point as it is stored.
func storedZero(zero int32, signed, storedSigned bool) int32 {
	switch {
	case signed == storedSigned:
		return zero
	case storedSigned:
		return zero - 128
	}
	return zero + 128
}

// maxPanels is the most panels of a tile of bytes.
const maxPanels = 4

// byteRun is a run of tiles: rows of sums of panels that follow each other.
type byteRun struct {
	rows     int
	panels   int
	a        []uint8
	aoff     [runRows]int   // where a row starts
	rowFirst [runRows]int32 // a row's sums start with this
	segments []int32        // where its segments are, from there
	quads    int            // length of a segment
	b        []int8
	panelLen int
	first    []int32 // a column's sums start with this
	c        []int32 // [rows, panels*16]
}

// byteTileGo computes what a run says:
//
//	for r < rows, j < 16*panels:
//		acc = first[j] + rowFirst[r]
//		for s in segments, i < 4*quads { acc += a[aoff[r]+s+i] * b's next of column j }
//		c[r*16*panels+j] = acc
func byteTileGo(t *byteRun) {
	width := t.panels * panelWidth
	for r := range t.rows {
		for p := range t.panels {
			acc := (*[panelWidth]int32)(t.c[r*width+p*panelWidth:])
			for j, v := range t.first[p*panelWidth:][:panelWidth] {
				acc[j] = v + t.rowFirst[r]
			}
			b := t.b[p*t.panelLen:]
			for _, s := range t.segments {
				x := t.a[t.aoff[r]+int(s):][:t.quads*quad]
				for i := 0; i < len(x); i += quad {
					x0, x1, x2, x3 := storedByte(x[i]), storedByte(x[i+1]), storedByte(x[i+2]), storedByte(x[i+3])
					w := (*[panelWidth * quad]int8)(b)
					for j := range acc {
						acc[j] += x0*int32(w[4*j]) + x1*int32(w[4*j+1]) + x2*int32(w[4*j+2]) + x3*int32(w[4*j+3])
					}
					b = b[panelWidth*quad:]
				}
			}
		}
	}
}

// storedByte is the integer that a byte of the first matrix stands for.
func storedByte(b uint8) int32 {
	if signedBytes {
		return int32(int8(b))
	}
	return int32(b)
}
