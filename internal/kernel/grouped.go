package kernel

// This file is convolution of groups of channels, each on its own: for every
// image and group, its channels are gathered, convolved and put back.

// GroupWidth is the output channels from which on a group has a kernel of its own
// here and not only in infer's general path, whose bits differ.
const GroupWidth = panelWidth

// Grouped is a Conv of Groups groups, or a ConvTranspose. Geometry is that of one
// group; the large image has Groups*C channels, the small one Groups*F. After
// Pack it is read-only.
type Grouped struct {
	Geometry
	Groups    int
	Transpose bool // from the small images to the large ones
	each      []groupKernel
}

type groupKernel interface {
	Reserve()
	PackPart(w []float32, part, parts int)
	PackHalf(w []uint16)
	ScratchLen(n int) int
	Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int)
}

// groups are the kernels, made once.
func (g *Grouped) groups() []groupKernel {
	for len(g.each) < g.Groups {
		if g.Transpose {
			g.each = append(g.each, &ConvTranspose{Geometry: g.Geometry})
		} else {
			g.each = append(g.each, &Conv{Geometry: g.Geometry})
		}
	}
	return g.each
}

// Pack replaces the weights, [Groups*F, C, KH, KW].
func (g *Grouped) Pack(w []float32) {
	g.Reserve()
	g.PackPart(w, 0, 1)
}

// Reserve makes room for weights.
func (g *Grouped) Reserve() {
	for _, k := range g.groups() {
		k.Reserve()
	}
}

// PackPart does the part-th of parts shares of Pack, after Reserve.
func (g *Grouped) PackPart(w []float32, part, parts int) {
	from, to := Share(g.Groups, part, parts)
	for i := from; i < to; i++ {
		g.each[i].PackPart(w[i*g.Weights():][:g.Weights()], 0, 1)
	}
}

// PackHalf is Pack for weights of float16 bits, which stay so in memory.
func (g *Grouped) PackHalf(w []uint16) {
	for i, k := range g.groups() {
		k.PackHalf(w[i*g.Weights():][:g.Weights()])
	}
}

// groupImages is how many images a group is gathered of at once.
const groupImages = 8

// ScratchLen is the length of the scratch that one Run of n images needs.
func (g *Grouped) ScratchLen(n int) int {
	n = min(n, groupImages)
	return n*(g.Large()+g.Small()) + g.groups()[0].ScratchLen(n)
}

// Run is that of Conv or ConvTranspose.
func (g *Grouped) Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	cin, cout, in, out := g.C, g.F, g.Large(), g.Small()
	if g.Transpose {
		cin, cout, in, out = cout, cin, out, in
	}
	each := min(n, groupImages)
	pieces := (n + each - 1) / each
	from, to := Share(g.Groups*pieces, part, parts)
	var end *Tail
	for i := from; i < to; i++ {
		group, image := i/pieces, i%pieces*each // a group's weights stay in the cache
		if i == from || image == 0 {
			end = tail.group(group, cout)
		}
		m := min(each, n-image)
		x, y := scratch[:m*in], scratch[m*in:][:m*out]
		gather(x, src[image*g.Groups*in:], group, g.Groups, cin)
		g.each[group].Run(y, x, m, end, scratch[m*(in+out):], 0, 1)
		scatter(dst[image*g.Groups*out:], y, group, g.Groups, cout)
	}
}

// group is the tail of one group of c channels.
func (t *Tail) group(i, c int) *Tail {
	if t == nil {
		return nil
	}
	of := func(v []float32) []float32 {
		if v == nil {
			return nil
		}
		return v[i*c:][:c]
	}
	return &Tail{Bias: of(t.Bias), Scale: of(t.Scale), Shift: of(t.Shift), Act: t.Act, Alpha: t.Alpha}
}

// gather fills dst with the c channels of one of so many groups of every pixel.
func gather(dst, src []float32, group, groups, c int) {
	for i, at := 0, group*c; i < len(dst); i, at = i+c, at+groups*c {
		copyChannels(dst[i:i+c], src[at:at+c])
	}
}

// scatter is gather's way back.
func scatter(dst, src []float32, group, groups, c int) {
	for i, at := 0, group*c; i < len(src); i, at = i+c, at+groups*c {
		copyChannels(dst[at:at+c], src[i:i+c])
	}
}

// copyChannels is copy, without a call for each panel's width.
func copyChannels(dst, src []float32) {
	for len(src) >= panelWidth {
		v := [panelWidth]float32(src)
		*(*[panelWidth]float32)(dst) = v
		dst, src = dst[panelWidth:], src[panelWidth:]
	}
	copy(dst, src)
}

// GroupedGradWeights is a GradWeights of groups: Geometry is that of one group.
type GroupedGradWeights struct {
	Geometry
	Groups int
}

// ScratchLen is the length of the scratch that one Run of n images needs.
func (g *GroupedGradWeights) ScratchLen(n int) int {
	one := GradWeights{g.Geometry}
	return n*(g.Large()+g.Small()) + one.ScratchLen()
}

// Run writes dw, [Groups*F, C, KH, KW], from n images large and small, with the
// channels of all groups. It does its part-th of parts shares of the groups.
func (g *GroupedGradWeights) Run(dw, large, small []float32, n int, scratch []float32, part, parts int) {
	one := GradWeights{g.Geometry}
	l, s := scratch[:n*g.Large()], scratch[n*g.Large():][:n*g.Small()]
	rest := scratch[len(l)+len(s):]
	from, to := Share(g.Groups, part, parts)
	for i := from; i < to; i++ {
		gather(l, large, i, g.Groups, g.C)
		gather(s, small, i, g.Groups, g.F)
		one.Run(dw[i*g.Weights():], l, s, n, rest, 0, 1)
	}
}
