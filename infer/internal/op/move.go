package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that only move elements, of any type.

var moving = family{
	{Name: "Transpose", Make: transpose, Least: 1, Most: 1, Attrs: "perm"},
	{Name: "DepthToSpace", Make: depthToSpace, Least: 1, Most: 1, Attrs: "blocksize mode"},
	{Name: "SpaceToDepth", Make: spaceToDepth, Least: 1, Most: 1, Attrs: "blocksize"},
}

// picked makes a pick, of input 0 to output 0, the Eval of a node.
//
//go:noinline
func picked(p tensor.Pick) Eval {
	p = p.Joined()
	return func(_ *Memory, out, in []tensor.Tensor) { p.Run(out[0], in[0], tensor.Tensor{}) }
}

// nothing is the Eval of a node whose results have no element.
func nothing(*Memory, []tensor.Tensor, []tensor.Tensor) {}

// empty reports whether result 0 has no element, so that there is nothing to do.
//
//go:noinline
func (n *Node) empty() bool { return contains(n.Results[0].Shape, 0) }

// transpose is Transpose: dimensions in another order.
func transpose(n *Node) Eval {
	x := n.In[0]
	n.Type(0, tensor.Any)
	rank := len(x.Shape)
	perm := tensor.Steps(rank, 1)
	slices.Reverse(perm)
	if n.Has("perm") {
		if perm = n.axes(n.List("perm"), rank); n.err == nil && len(perm) != rank {
			n.Fail("perm is %v, want %d axes", perm, rank)
		}
	}
	if n.err != nil {
		return nil
	}
	var shape []int
	for _, axis := range perm {
		shape = append(shape, x.Shape[axis])
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	from, p := tensor.NewPick(x.Shape), tensor.Pick{}
	for _, axis := range perm {
		p.Axes = append(p.Axes, from.Axes[axis])
	}
	last := rank - 1
	n.Turned = x.Elem == onnx.Float && last > 0 && slices.IsSorted(perm[:last-1]) && perm[last] == last-1 && perm[last-1] == last
	if count, rows, cols := matricesTurned(x.Shape, perm); rows > 0 && x.Elem == onnx.Float {
		return func(_ *Memory, out, in []tensor.Tensor) {
			kernel.Transpose(tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), count, rows, cols, 0, 1)
		}
	}
	return picked(p)
}

// matricesTurned reports whether a permutation of axes turns matrices, of so many
// rows and columns; else the rows are 0.
func matricesTurned(shape, perm []int) (count, rows, cols int) {
	var sizes, first []int // neighbouring axes that stay neighbours, and the first of each
	next := 0
	for _, axis := range perm {
		if shape[axis] == 1 {
			continue
		}
		if ones := tensor.Product(shape[min(next, axis):axis]); len(first) > 0 && axis >= next && ones == 1 {
			sizes[len(sizes)-1] *= shape[axis]
		} else {
			sizes, first = append(sizes, shape[axis]), append(first, axis)
		}
		next = axis + 1
	}
	switch {
	case len(first) == 2 && first[0] > first[1]:
		return 1, sizes[1], sizes[0]
	case len(first) == 3 && first[0] < first[2] && first[2] < first[1]:
		return sizes[0], sizes[2], sizes[1]
	}
	return 0, 0, 0
}

// block reads the attribute of the two operators that follow.
func (n *Node) block() int {
	n.Type(0, tensor.Any)
	if x := n.In[0]; len(x.Shape) != 4 {
		n.Fail("input 0 has shape %v, want 4 dimensions", x.Shape)
	}
	b := n.Int("blocksize", 0)
	if b < 1 || b > 1<<12 {
		n.Fail("blocksize is %d, want 1 to %d", b, 1<<12)
	}
	return int(b)
}

// depthToSpace moves blocks of channels to pixels.
func depthToSpace(n *Node) Eval {
	x, block := n.In[0], n.block()
	order := n.String("mode", "DCR", "CRD")
	if n.err == nil && x.Shape[1]%(block*block) != 0 {
		n.Fail("blocksize %d does not fit shape %v", block, x.Shape)
	}
	if n.err != nil {
		return nil
	}
	c := x.Shape[1] / (block * block)
	if !n.Result(x.Elem, x.Shape[0], c, x.Shape[2]*block, x.Shape[3]*block) || n.empty() {
		return nothing
	}
	across, down, deep := 1, block, block*block // in channels of the input
	if order == "DCR" {
		across, down, deep = c, block*c, 1
	}
	shuffle := func(p tensor.Pick, chans, rows, cols, channel int) tensor.Pick { // axes, and the distance of channels
		p.Axes[chans] = tensor.Steps(c, deep*channel)
		p.Axes[rows] = shuffled(p.Axes[rows], block, down*channel)
		p.Axes[cols] = shuffled(p.Axes[cols], block, across*channel)
		return p
	}
	n.OnPixels = picked(shuffle(tensor.NewPick(tensor.ByPixels(x.Shape, 4)), 3, 1, 2, 1))
	return picked(shuffle(tensor.NewPick(x.Shape), 1, 2, 3, x.Shape[2]*x.Shape[3]))
}

// shuffled puts block places, step apart, in place of every one.
func shuffled(list []int, block, step int) (out []int) {
	for _, at := range list {
		for i := range block {
			out = append(out, at+i*step)
		}
	}
	return out
}

// spaceToDepth moves blocks of pixels to channels.
func spaceToDepth(n *Node) Eval {
	x, block := n.In[0], n.block()
	if n.err == nil && (x.Shape[2]%block != 0 || x.Shape[3]%block != 0) {
		n.Fail("blocksize %d does not fit shape %v", block, x.Shape)
	}
	if n.err != nil {
		return nil
	}
	if !n.Result(x.Elem, x.Shape[0], x.Shape[1]*block*block, x.Shape[2]/block, x.Shape[3]/block) || n.empty() {
		return nothing
	}
	p := tensor.NewPick(x.Shape)
	chans, rows, cols := p.Axes[1], p.Axes[2], p.Axes[3]
	p.Axes[1], p.Axes[2], p.Axes[3] = nil, nil, nil
	for i := range block * block * x.Shape[1] {
		b, c := i/x.Shape[1], i%x.Shape[1]
		p.Axes[1] = append(p.Axes[1], chans[c]+rows[b/block]+cols[b%block])
	}
	for i := range x.Shape[2] / block {
		p.Axes[2] = append(p.Axes[2], rows[i*block])
	}
	for i := range x.Shape[3] / block {
		p.Axes[3] = append(p.Axes[3], cols[i*block])
	}
	return picked(p)
}
