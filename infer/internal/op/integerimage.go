package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is convolutions of 8-bit integers: how images row by row come to the
// kernel, which wants channels innermost, and its results go back.

// integerConv is a convolution of 8-bit integers. Those in three dimensions are
// some in two: a slice of the image that the window's depth reaches is so many
// channels more.
type integerConv struct {
	*window
	groups, channels, filters int // channels and filters of a group
	signed, weightsSigned     bool
	packed                    func() []kernel.Bytes // of constant weights, else nil
}

// integerConv reads a convolution of input 0 with the weights of another.
func (n *Node) integerConv(weights int) *integerConv {
	x, w := n.In[0].Shape, n.In[weights].Shape
	groups := n.groups(x, w)
	if n.err == nil && (w[0]%groups != 0 || x[1]%groups != 0 || x[1]/groups != w[1]) {
		n.Fail("inputs of shapes %v and %v do not fit in %d groups", x, w, groups)
	}
	if n.err != nil {
		return nil
	}
	c := &integerConv{
		window: n.windowOf(x[2:], w[2:]), groups: groups, channels: w[1], filters: w[0] / groups,
		signed: n.In[0].Elem == onnx.Int8, weightsSigned: n.In[weights].Elem == onnx.Int8,
	}
	if n.err == nil {
		n.fit(c.window)
	}
	if n.err != nil {
		return nil
	}
	reads := []int{c.channels * c.size[0], c.reach(1), (min(c.small[2], 24)-1)*c.stride[2] + c.reach(2)}
	image := []int{c.channels * c.size[0], c.large[1], c.large[2]}
	packed := []int{(c.filters + 15) &^ 15, c.channels * c.size[0], c.size[1], c.size[2]}
	if limit := int64(n.Elements); more(0, reads) > limit || more(0, image) > limit || more(0, packed) > limit {
		n.Fail("its windows take more than %d elements", n.Elements)
	}
	c.packed = n.In[weights].packedBytes(groups, c.pack)
	return c
}

// declared counts what a convolution takes and declares its result.
func (n *Node) declared(c *integerConv, result tensor.Type) {
	if n.err != nil {
		return
	}
	samples, filters := n.In[0].Shape[0], c.groups*c.filters
	n.CountMulAdds(append(joinLists(c.small[:], c.size[:]), samples, filters, c.channels)...)
	n.Result(result, append([]int{samples, filters}, c.sides()...)...)
}

// resultLen is the length of one slice of a group's result.
func (c *integerConv) resultLen() int { return c.filters * c.small[1] * c.small[2] }

// pack packs the weights of a group, [filters, channels, window].
func (c *integerConv) pack(b *kernel.Bytes, w []uint8) {
	area, channels := c.size[1]*c.size[2], c.channels*c.size[0]
	b.Pack(w, c.weightsSigned, c.filters, area, channels, [3]int{1, area, channels * area})
}

// run computes all slices of all groups of all samples. Sums says what becomes of
// one, and scatter brings it where it belongs: to a slice of a number, counted over
// samples, groups and depth.
func (c *integerConv) run(m *Memory, x, w tensor.Tensor, sums *kernel.ByteSums, scatter func(slice int)) {
	channels := c.channels * c.size[0]
	k := kernel.ByteConv{Geometry: c.geometry(channels, c.filters)}
	var packed []kernel.Bytes
	if c.packed != nil {
		packed = c.packed()
	} else {
		data, columns := kernel.BytesLen(c.filters, c.size[1]*c.size[2], channels)
		k.Weights.Use(tensor.Of[int8](m.Tensor(onnx.Int8, []int{data})), tensor.Of[int32](m.Tensor(onnx.Int32, []int{columns})))
	}
	sums.Signed = c.signed
	all := *sums
	image := tensor.Of[uint8](m.Tensor(onnx.Uint8, []int{channels * c.large[1] * c.large[2]}))
	src := tensor.Bytes8(x)
	for i := range x.Shape[0] * c.groups {
		g := i % c.groups
		if packed != nil {
			k.Weights = packed[g]
		} else if i < c.groups || c.groups > 1 {
			c.pack(&k.Weights, piece(tensor.Bytes8(w), g, c.groups))
		}
		sums.WeightZeros, sums.Bias, sums.Scale = ofGroup(all.WeightZeros, g, c), ofGroup(all.Bias, g, c), ofGroup(all.Scale, g, c)
		for z := range c.small[0] {
			c.gather(image, piece(src, i, x.Shape[0]*c.groups), z, byte(all.Zero))
			k.Run(sums, image, 1, m.Floats(k.ScratchLen()), 0, 1)
			scatter(i*c.small[0] + z)
		}
	}
}

// ofGroup is a group's part of one number a filter; one for all stays.
func ofGroup[T any](v []T, g int, c *integerConv) []T {
	if len(v) < c.groups*c.filters {
		return v
	}
	return piece(v, g, c.groups)
}

// pixelsAtOnce is how many pixels change their order at once: few enough that
// what is written stays in the cache.
const pixelsAtOnce = 64

// gather makes an image with channels innermost of what slice z of the result
// reads: for each channel the slices at the window's depth.
func (c *integerConv) gather(dst, src []uint8, z int, zero byte) {
	area, depth := c.large[1]*c.large[2], c.size[0]
	width := c.channels * depth
	for p0 := 0; p0 < area; p0 += pixelsAtOnce {
		n := min(pixelsAtOnce, area-p0)
		for i := range width {
			at := z*c.stride[0] - c.before[0] + i%depth*c.dilation[0]
			to := dst[p0*width+i:]
			if at < 0 || at >= c.large[0] {
				for p := range n {
					to[p*width] = zero
				}
				continue
			}
			for p, v := range src[(i/depth*c.large[0]+at)*area+p0:][:n] {
				to[p*width] = v
			}
		}
	}
}

// scatterPixels brings a slice of results from channels innermost to row by row.
func scatterPixels[T int32 | float32 | uint8](dst, src []T, c *integerConv, slice int) {
	area, depth := c.small[1]*c.small[2], c.small[0]
	dst = dst[slice/depth*c.filters*depth*area+slice%depth*area:]
	for p0 := 0; p0 < area; p0 += pixelsAtOnce {
		n := min(pixelsAtOnce, area-p0)
		for f := range c.filters {
			gatherStride(dst[f*depth*area+p0:][:n], src[p0*c.filters+f:], c.filters)
		}
	}
}
