package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is DeformConv: a convolution of images whose taps are moved by what
// an input says, and scaled by another.

var deformations = family{
	{Name: "DeformConv", Make: deformConv, Least: 3, Most: 5, Attrs: "dilations group kernel_shape offset_group pads strides"},
}

// The inputs of DeformConv beyond images and filters.
const (
	deformOffset = 2 + iota
	deformBias
	deformMask
)

// deformation is a DeformConv.
type deformation struct {
	*window
	groups, offsets   int // groups of channels that have filters and offsets of their own
	channels, filters int
}

func deformConv(n *Node) Eval {
	x, w := n.In[0].Shape, n.In[1].Shape
	elem := n.SameType(tensor.Floats)
	d := &deformation{groups: n.Size("group", 1, 1), offsets: n.Size("offset_group", 1, 1)}
	if n.err == nil && (len(x) != 4 || len(w) != 4 || contains(x[1:], 0) || contains(w, 0)) {
		n.Fail("inputs have shapes %v and %v, want images and filters of 4 dimensions, none 0", x, w)
	}
	if n.err != nil {
		return nil
	}
	if d.channels, d.filters = x[1], w[0]; d.channels/d.groups != w[1] || d.channels%d.groups != 0 || d.filters%d.groups != 0 || d.channels%d.offsets != 0 {
		n.Fail("inputs of shapes %v and %v do not fit in %d groups and %d of offsets", x, w, d.groups, d.offsets)
		return nil
	}
	if d.window = n.windowOf(x[2:], w[2:]); n.err == nil {
		n.fit(d.window)
	}
	if n.err != nil {
		return nil
	}
	taps, sides := d.taps(), d.sides()
	if want := append([]int{x[0], d.offsets * taps * 2}, sides...); !sameShape(n.In[deformOffset].Shape, want) {
		n.Fail("the offsets have shape %v, want %v", n.In[deformOffset].Shape, want)
	}
	if v, want := n.In[deformMask], append([]int{x[0], d.offsets * taps}, sides...); v != nil && !sameShape(v.Shape, want) {
		n.Fail("the mask has shape %v, want %v", v.Shape, want)
	}
	n.vector(deformBias, d.filters)
	pixels := sides[0] * sides[1]
	n.CountMulAdds(x[0], d.filters, w[1], taps, pixels)
	n.CountWork(x[0], d.channels, taps, pixels, 8)
	if w[1]*taps > n.Elements/piecePixels {
		n.Fail("its windows take more than %d elements", n.Elements)
	}
	if !n.Result(elem, append([]int{x[0], d.filters}, sides...)...) || n.empty() {
		return nothing
	}
	return inSingle(func(m *Memory, out, in []tensor.Tensor) {
		places := tensor.Of[int64](m.Tensor(onnx.Int64, []int{piecePixels * 4}))
		weights := tensor.Of[float64](m.Tensor(onnx.Double, []int{piecePixels * 4}))
		for i := range x[0] {
			for g := range d.groups {
				for first := 0; first < pixels; first += piecePixels {
					few := min(piecePixels, pixels-first)
					columns := m.Floats(w[1] * taps * few)
					d.columns(columns, in, i, g, first, few, places, weights)
					d.products(m, columns, out[0], in, i, g, first, few)
				}
			}
		}
	})
}

// columns writes what the taps of few output pixels read of a group's channels:
// a row for each channel and tap.
func (d *deformation) columns(dst []float32, in []tensor.Tensor, sample, group, first, few int, places []int64, weights []float64) {
	taps, pixels, plane := d.taps(), d.small[1]*d.small[2], d.large[1]*d.large[2]
	s := &sampler{mode: "linear", padding: "zeros", sides: d.large[1:]}
	src, offset := tensor.Nth[float32](in, 0), tensor.Nth[float32](in, deformOffset)
	each := d.channels / d.groups
	sharing := d.channels / d.offsets // channels with the same offsets
	for c := 0; c < each; {
		channel := group*each + c
		set := channel / sharing
		count := min((set+1)*sharing-channel, each-c)
		for k := range taps {
			row := (sample*d.offsets+set)*taps + k
			dy, dx := offset[2*row*pixels+first:], offset[(2*row+1)*pixels+first:]
			for p := range few {
				o := first + p
				y := o/d.small[2]*d.stride[1] + k/d.size[2]*d.dilation[1] - d.before[1]
				x := o%d.small[2]*d.stride[2] + k%d.size[2]*d.dilation[2] - d.before[2]
				at := [2]float64{float64(float32(y) + dy[p]), float64(float32(x) + dx[p])}
				s.between(at[:], places[p*4:][:4], weights[p*4:][:4])
				if in[deformMask].Given() {
					scale := float64(tensor.Nth[float32](in, deformMask)[row*pixels+o])
					for j := range 4 {
						weights[p*4+j] *= scale
					}
				}
			}
			for j := range count {
				mixTaps(dst[((c+j)*taps+k)*few:][:few], src[(sample*d.channels+channel+j)*plane:][:plane], places, weights, 4)
			}
		}
		c += count
	}
}

// products writes the sums of columns times a group's filters, and adds the bias.
func (d *deformation) products(m *Memory, columns []float32, out tensor.Tensor, in []tensor.Tensor, sample, group, first, few int) {
	pixels, each := d.small[1]*d.small[2], d.filters/d.groups
	rows := d.channels / d.groups * d.taps()
	dst, w := tensor.Of[float32](out)[(sample*d.filters+group*each)*pixels+first:], tensor.Nth[float32](in, 1)
	m.pad.packed.Pack(columns, rows, few, few, 1)
	kernel.Gemm(dst, pixels, w[group*each*rows:], rows, each, &m.pad.packed, nil, 0, 1)
	if !in[deformBias].Given() {
		return
	}
	for f, bias := range tensor.Nth[float32](in, deformBias)[group*each:][:each] {
		line := dst[f*pixels:][:few]
		for p := range line {
			line[p] += bias
		}
	}
}
