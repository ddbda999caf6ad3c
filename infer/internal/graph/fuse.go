package graph

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is convolutions of dynamic quantisation. ONNX Runtime's
// quantize_dynamic writes each as five nodes, which become one, so that no image
// of integers is held:
//
//	q, s, z = DynamicQuantizeLinear(x)
//	f       = Cast(ConvInteger(q, w, z, wz), float32)
//	y       = Mul(f, Mul(s, ws))
//
// becomes y = _DynamicConv(x, w, ws, wz).

// fuse joins such chains.
func (b *builder) fuse() {
	readers := make(map[int][]int) // the nodes that read a value; -1: an output or a subgraph
	for i := range b.graph.Nodes {
		n := &b.graph.Nodes[i]
		for _, v := range n.In {
			readers[v] = append(readers[v], i)
		}
		for _, body := range n.Bodies {
			outside(&body, readers)
		}
	}
	for _, out := range b.graph.Outputs {
		readers[out.Value] = append(readers[out.Value], -1)
	}
	dead := make(map[int]bool)
	for i := range b.graph.Nodes {
		if n := &b.graph.Nodes[i]; n.Op == "DynamicQuantizeLinear" && len(n.Out) == 3 {
			b.fuseAfter(i, readers, dead)
		}
	}
	if len(dead) > 0 {
		var kept []Node
		for i := range b.graph.Nodes {
			if !dead[i] {
				kept = append(kept, b.graph.Nodes[i])
			}
		}
		b.graph.Nodes = kept
	}
}

// outside notes what a subgraph reads.
func outside(body *Body, readers map[int][]int) {
	for i := range body.Nodes {
		for _, v := range body.Nodes[i].In {
			readers[v] = append(readers[v], -1)
		}
		for _, inner := range body.Nodes[i].Bodies {
			outside(&inner, readers)
		}
	}
	for _, v := range body.Out {
		readers[v] = append(readers[v], -1)
	}
}

// chain is the nodes of one convolution, by their places.
type chain struct{ conv, cast, scale, product int }

// fuseAfter joins the convolutions of what node i quantises: all, or none.
func (b *builder) fuseAfter(i int, readers map[int][]int, dead map[int]bool) {
	quantize := &b.graph.Nodes[i]
	var chains []chain
	for _, at := range readers[quantize.Out[0]] {
		c, ok := b.chainOf(quantize, at, readers)
		if !ok {
			return
		}
		chains = append(chains, c)
	}
	if len(chains) == 0 || len(readers[quantize.Out[1]]) != len(chains) || len(readers[quantize.Out[2]]) != len(chains) {
		return // the scale or the zero point is read by something else
	}
	dead[i] = true
	for _, c := range chains {
		conv, product, scale := &b.graph.Nodes[c.conv], &b.graph.Nodes[c.product], &b.graph.Nodes[c.scale]
		ws := scale.In[0]
		if ws == quantize.Out[1] {
			ws = scale.In[1]
		}
		in := []int{quantize.In[0], conv.In[1], ws}
		if len(conv.In) > 3 && conv.In[3] != None {
			in = append(in, conv.In[3])
		}
		*product = Node{Op: "_DynamicConv", Label: conv.Label, Row: op.Lookup("", "_DynamicConv"), Attrs: conv.Attrs, In: in, Out: product.Out}
		dead[c.conv], dead[c.cast], dead[c.scale] = true, true, true
	}
}

// chainOf follows a convolution of quantised images to its product with the
// scales.
func (b *builder) chainOf(quantize *Node, at int, readers map[int][]int) (c chain, ok bool) {
	if at < 0 {
		return c, false
	}
	conv := &b.graph.Nodes[at]
	if conv.Op != "ConvInteger" || len(conv.In) < 3 || conv.In[0] != quantize.Out[0] || conv.In[2] != quantize.Out[2] || !b.constants8(conv) {
		return c, false
	}
	cast, ok := b.only(conv.Out[0], readers)
	if !ok || b.graph.Nodes[cast].Op != "Cast" || !slices.ContainsFunc(b.graph.Nodes[cast].Attrs, func(a onnx.Attr) bool {
		return a.Name == "to" && a.Int == int64(onnx.Float)
	}) {
		return c, false
	}
	product, ok := b.only(b.graph.Nodes[cast].Out[0], readers)
	if !ok || b.graph.Nodes[product].Op != "Mul" {
		return c, false
	}
	other := b.graph.Nodes[product].In[0]
	if other == b.graph.Nodes[cast].Out[0] {
		other = b.graph.Nodes[product].In[1]
	}
	for _, i := range readers[quantize.Out[1]] {
		if i < 0 || b.graph.Nodes[i].Op != "Mul" || b.graph.Nodes[i].Out[0] != other {
			continue
		}
		ws := b.graph.Nodes[i].In[0]
		if ws == quantize.Out[1] {
			ws = b.graph.Nodes[i].In[1]
		}
		one, only := b.only(other, readers)
		return chain{at, cast, i, product}, only && one == product && b.besideFilters(ws, conv.In[1])
	}
	return c, false
}

// only returns the one node that reads a value.
func (b *builder) only(value int, readers map[int][]int) (node int, ok bool) {
	r := readers[value]
	if len(r) != 1 || r[0] < 0 {
		return 0, false
	}
	return r[0], true
}

// constants8 reports whether the weights of a ConvInteger and their zero point are
// constants.
func (b *builder) constants8(conv *Node) bool {
	return b.graph.Values[conv.In[1]].Const != nil && (len(conv.In) < 4 || conv.In[3] == None || b.graph.Values[conv.In[3]].Const != nil)
}

// besideFilters reports whether a constant is one number, or one for each filter
// beside the output [N, filters, sides...].
func (b *builder) besideFilters(value, weights int) bool {
	c, w := b.graph.Values[value].Const, b.graph.Values[weights].Const.Shape
	if c == nil || c.Elem != onnx.Float || len(w) < 3 {
		return false
	}
	want := append([]int{w[0]}, slices.Repeat([]int{1}, len(w)-2)...)
	return c.Len() == 1 || slices.Equal(c.Shape, want) || slices.Equal(c.Shape, append([]int{1}, want...))
}
