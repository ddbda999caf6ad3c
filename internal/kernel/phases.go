package kernel

// This file is transposed convolution with a 4x4 window, stride 2 and padding 1 of
// large images: each of its four phases, every other pixel of every other line, is a
// convolution of the small image with a 2x2 window, and is computed as convwinograd.go
// has it, by F(4x4, 2x2), with 25 products where winograd.go has 36.

// phasePixels are the small pixels from which on that is worth the transform of the
// weights.
const phasePixels = 256

// split returns the four convolutions, phase by phase, or nil. It depends on the
// geometry alone, as the bits depend on it.
func (c *ConvTranspose) split() *[4]Conv {
	if c.convs == nil && c.halves() && c.OH*c.OW >= phasePixels && c.F >= winogradChannels && c.C*c.F <= weightsPerPixel*c.OH*c.OW {
		c.convs = new([4]Conv)
		for i := range c.convs {
			c.convs[i].Geometry = Geometry{
				H: c.OH, W: c.OW, C: c.F, OH: c.OH, OW: c.OW, F: c.C, KH: 2, KW: 2, StrideH: 1, StrideW: 1,
				PadTop: 1 - i/2, PadLeft: 1 - i%2,
			}
		}
	}
	return c.convs
}

// halves reports whether the large image has twice the side of the small one, and
// the window of a DCGAN.
func (c *ConvTranspose) halves() bool {
	return c.KH == 4 && c.KW == 4 && c.StrideH == 2 && c.StrideW == 2 && c.PadTop == 1 && c.PadLeft == 1 &&
		c.dh() == 1 && c.dw() == 1 && c.H == 2*c.OH && c.W == 2*c.OW && !c.few()
}

// packPhases packs [F, C, 4, 4] weights as those of the four convolutions. It does its
// part-th of parts shares of the filters.
func packPhases[T element16or32](convs *[4]Conv, data func(*Packed) []T, w []T, f, c, part, parts int) {
	from, to := Share(f, part, parts)
	var rows [16 * panelWidth]T
	for c0 := 0; c0 < c; c0 += panelWidth {
		at, step := convs[0].w.column(c0)
		width := min(panelWidth, c-c0)
		for i := from; i < to; i++ {
			transposed(rows[:], panelWidth, w[(i*c+c0)*16:], 16, width, 16)
			for p := range convs {
				packed := data(&convs[p].w)
				for k := range 4 {
					tap := 4*winogradTaps[p/2][k/2] + winogradTaps[p%2][k%2]
					copy(packed[at+(k*f+i)*step:][:width], rows[tap*panelWidth:])
				}
			}
		}
	}
}

// phasesRun is Run.
func (c *ConvTranspose) phasesRun(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	for i := range c.convs {
		p := c.planPhase(i)
		p.run(dst, src, n, tail, scratch, part, parts)
	}
}

// planPhase cuts the work of a phase, whose pixels are every other one.
func (c *ConvTranspose) planPhase(phase int) winogradPlan {
	p := c.convs[phase].planBy(&scheme2)
	p.origin, p.pitch, p.down, p.image = (phase/2*c.W+phase%2)*c.C, 2*c.C, 2*c.W*c.C, c.Large()
	return p
}
