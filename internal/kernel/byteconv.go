package kernel

// This file is convolutions of 8-bit integers, and their products with matrices.

// ByteConv is a convolution of images of 8-bit integers with weights of such.
// After PackBytes it is read-only and may be used by several goroutines, each with its
// own scratch. A product of matrices is one of images of 1 x m pixels.
type ByteConv struct {
	Geometry
	Weights Bytes

	// Pixels of images have From channels and those of results To, of which the
	// convolution reads C and writes F; 0: these are all.
	From, To int
}

// ByteSums is what a ByteConv reads beside its images, and what becomes of its
// sums: Ints, or Floats, or Bytes.
type ByteSums struct {
	Signed      bool    // the images are int8, else uint8
	Zero        int32   // their zero point
	WeightZeros []int32 // one, or one a column; none: 0
	Bias        []int32 // added to the sums, one a column, may be nil

	Ints   []int32   // the sums
	Floats []float32 // the sums times Scale, then Tail
	Bytes  []uint8   // the sums times Scale, rounded to Narrow
	Scale  []float32 // one a column
	Tail   *Tail     // may be nil
	Narrow Narrow
}

// PackBytes replaces the weights, [F, C, KH, KW] of int8 if signed, else of uint8.
func (k *ByteConv) PackBytes(w []byte, signed bool) {
	t := k.window()
	k.Weights.Pack(w, signed, k.F, t, k.C, [3]int{1, t, t * k.C})
}

// MatrixProduct is the geometry of m rows of k integers times a k x n matrix.
func MatrixProduct(m, k, n int) Geometry {
	return Geometry{H: 1, W: m, C: k, OH: 1, OW: m, F: n, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
}

// blockBytes is about how many bytes of images are worked on at once.
const blockBytes = 1 << 17

// blockOf is how many columns and lines of results are made at once.
func (g *Geometry) blockOf() (width, lines int) {
	budget := blockBytes / g.pixelLen()
	overlap := (g.KH - 1) * g.dh()
	enough := min(g.linesRead(g.OH), 4*overlap+g.StrideH)
	width = g.OW
	for parts := 2; width > 24 && budget/g.columnsRead(width) < enough; parts++ {
		width = (g.OW + parts*24 - 1) / (parts * 24) * 24
	}
	lines = (budget/g.columnsRead(width)-overlap-1)/g.StrideH + 1
	return min(width, g.OW), min(max(lines, 1), g.OH)
}

// pixelLen is the length of a pixel in a block: its channels in whole quads.
func (g *Geometry) pixelLen() int { return quads(g.C) * quad }

// columnsRead is how many columns of the large image so many of the small one read.
func (g *Geometry) columnsRead(n int) int { return (n-1)*g.StrideW + (g.KW-1)*g.dw() + 1 }

// linesRead is how many lines of the large image so many of the small one read.
func (g *Geometry) linesRead(n int) int { return (n-1)*g.StrideH + (g.KH-1)*g.dh() + 1 }

// byteSumsLen is how many sums a run of tiles makes at the most.
const byteSumsLen = runRows * maxPanels * panelWidth

// ScratchLen is the length of the scratch that one Run needs, in floats.
func (k *ByteConv) ScratchLen() int {
	width, lines := k.blockOf()
	pixels := k.columnsRead(width) * k.linesRead(lines)
	return pixels*(quads(k.C)+1) + k.window() + 2*byteSumsLen + 2*k.Weights.panels()*panelWidth
}

// Run computes n small images, [n, OH, OW, To], of n large ones, [n, H, W, From].
// It does its part-th of parts shares; no two parts write the same output.
func (k *ByteConv) Run(s *ByteSums, src []uint8, n int, scratch []float32, part, parts int) {
	var w byteWork
	w.begin(k, s, scratch)
	w.image.bytes = src
	w.blocks(n, part, parts)
}

func (k *ByteConv) from() int { return orElse(k.From, k.C) }
func (k *ByteConv) to() int   { return orElse(k.To, k.F) }

func orElse(n, other int) int {
	if n == 0 {
		return other
	}
	return n
}
