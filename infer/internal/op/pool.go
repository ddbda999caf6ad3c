package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is pooling: what the nodes ask for. How windows are pooled is in
// poolline.go; maxima whose places are wanted are in unpool.go.

var pooling = family{
	{Name: "AveragePool", Make: averagePool, Least: 1, Most: 1, Attrs: poolAttrs + " count_include_pad"},
	{Name: "GlobalAveragePool", Make: globalPool, How: uint8(reduceMean), Least: 1, Most: 1},
	{Name: "GlobalLpPool", Make: globalLpPool, Least: 1, Most: 1, Attrs: "p", Raise: raiseLpPool},
	{Name: "GlobalMaxPool", Make: globalPool, How: uint8(reduceMax), Least: 1, Most: 1},
	{Name: "LpPool", Make: lpPool, Least: 1, Most: 1, Attrs: poolAttrs + " p", Raise: raiseLpPool},
	{Name: "MaxPool", Make: maxPool, Least: 1, Most: 1, Attrs: poolAttrs + " storage_order"},
}

const poolAttrs = "auto_pad ceil_mode dilations kernel_shape pads strides"

// images checks that input 0 has images of some type, with pixels.
func (n *Node) images(want tensor.Types) {
	n.Type(0, want)
	if x := n.In[0].Shape; n.err == nil && (len(x) < 3 || contains(x[2:], 0)) {
		n.Fail("input 0 has shape %v, want images", x)
	}
}

// pooled reads a pooling, and declares its first result.
func (n *Node) pooled(want tensor.Types) *window {
	if n.images(want); n.err != nil {
		return nil
	}
	x := n.In[0]
	w := n.windowOf(x.Shape[2:], nil)
	if n.err == nil {
		n.fit(w)
	}
	if n.err != nil {
		return nil
	}
	shape := append(cloneShape(x.Shape[:2]), w.sides()...)
	n.CountWork(append(joinLists(shape, w.size[:]), 2)...)
	n.Result(x.Elem, shape...)
	return w
}

// averagePool is AveragePool.
func averagePool(n *Node) Eval {
	w := n.pooled(tensor.Floats)
	p := &pool{window: w, how: poolMean, padded: n.Bool("count_include_pad", false)}
	if n.err != nil || n.empty() {
		return nothing
	}
	if w.taps() > fewTaps {
		p.how = poolWideMean
	}
	return n.poolOver(p)
}

// maxPool is MaxPool; its second output says where each maximum stood.
func maxPool(n *Node) Eval {
	w := n.pooled(tensor.Floats | tensor.TypeSet(onnx.Int8, onnx.Uint8))
	columns := n.Bool("storage_order", false)
	if n.err == nil && n.Wants(1) {
		n.Result(onnx.Int64, n.Results[0].Shape...)
	}
	if n.err != nil || n.empty() {
		return nothing
	}
	if n.Wants(1) {
		return maxPlaces(w, columns)
	}
	return n.poolOver(&pool{window: w, how: poolMax})
}

// raiseLpPool turns p, which was a float in version 1, into an integer.
func raiseLpPool(r *Raising) {
	a := r.Take("p")
	if a == nil {
		return
	}
	if a.Type == onnx.AttrFloat {
		if a.Float != float32(int64(a.Float)) {
			r.Refuse("attribute %q is %v, want a whole number", "p", a.Float)
			return
		}
		*a = onnx.IntAttr("p", int64(a.Float))
	}
	r.Set(*a)
}

// lpPool is LpPool: the p-norm of each window.
func lpPool(n *Node) Eval {
	w := n.pooled(tensor.Floats)
	p := &pool{window: w, how: poolNorm, p: n.Size("p", 1, 2)}
	if n.err != nil || n.empty() {
		return nothing
	}
	if p.p > 2 {
		n.CountWork(n.Results[0].Len(), w.taps(), 20)
	}
	return n.poolOver(p)
}

// globalLpPool is LpPool of windows that are the whole image, of any rank.
func globalLpPool(n *Node) Eval {
	p := n.Size("p", 1, 2)
	if n.images(tensor.Floats); n.err != nil {
		return nil
	}
	x := n.In[0].Shape
	w := &window{rank: 1, large: [3]int{1, 1, tensor.Product(x[2:])}, small: [3]int{1, 1, 1}, stride: [3]int{1, 1, 1}, dilation: [3]int{1, 1, 1}}
	w.size = w.large
	shape := append(cloneShape(x[:2]), ones(len(x)-2)...)
	n.CountWork(n.In[0].Len(), 20)
	if !n.Result(n.In[0].Elem, shape...) || n.empty() {
		return nothing
	}
	return n.poolOver(&pool{window: w, how: poolNorm, p: p})
}

// globalPool is GlobalAveragePool and GlobalMaxPool: one number a channel.
func globalPool(n *Node) Eval {
	how := reduction(n.how)
	x := n.In[0]
	if n.images(tensor.Floats); n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	for d := 2; d < len(shape); d++ {
		shape[d] = 1
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	n.OnPixels = reduceOver(how, tensor.Steps(len(shape)-1, 1)[1:])
	return reduceOver(how, tensor.Steps(len(shape), 1)[2:])
}
