package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is RotaryEmbedding: pairs of elements turned by angles that depend
// on their place in the sequence.

var rotaries = family{
	{Name: "RotaryEmbedding", Make: rotaryEmbedding, Least: 3, Most: 4, Attrs: "interleaved num_heads rotary_embedding_dim"},

	{Name: "com.microsoft.RotaryEmbedding", Make: rotaryEmbedding, Least: 3, Most: 4, Attrs: "interleaved num_heads rotary_embedding_dim scale is_packed_batching", Raise: raiseRotary},
}

// raiseRotary turns ONNX Runtime's operator into ONNX's: its places come second.
func raiseRotary(r *Raising) {
	if a := r.Take("scale"); a != nil && a.Float != 1 {
		r.Refuse("scale is %v, want 1", a.Float)
	}
	if a := r.Take("is_packed_batching"); a != nil && a.Int != 0 {
		r.Refuse("is_packed_batching is set")
	}
	if len(r.Inputs) == 4 {
		r.Inputs = []string{r.Inputs[0], r.Inputs[2], r.Inputs[3], r.Inputs[1]}
	}
}

// rotaryEmbedding is RotaryEmbedding.
func rotaryEmbedding(n *Node) Eval {
	x, cos, sin, places := n.In[0], n.In[1], n.In[2], n.In[3]
	for i := range 3 {
		n.Type(i, tensor.Floats)
	}
	n.Type(3, tensor.Integers)
	count := n.Size("num_heads", 0, 0)
	if count == 0 && len(x.Shape) == 3 && len(cos.Shape) > 0 && cos.Shape[len(cos.Shape)-1] > 0 { // as ONNX Runtime has it
		count = x.Shape[2] / (2 * cos.Shape[len(cos.Shape)-1])
	}
	h := n.headsOf(x.Shape, count)
	if n.err != nil {
		return nil
	}
	size := n.Size("rotary_embedding_dim", 0, 0)
	if size == 0 {
		size = h.size
	}
	half, rows := size/2, 0
	want := []int{x.Shape[0], h.length, half}
	if places != nil {
		if !sameShape(places.Shape, want[:2]) && !sameShape(places.Shape, []int{1}) {
			n.Fail("input 3 has shape %v, want %v", places.Shape, want[:2])
		}
		if len(cos.Shape) == 2 {
			rows = cos.Shape[0]
		}
		want = []int{rows, half}
	}
	if size > h.size || size%2 != 0 || !sameShape(cos.Shape, want) || !sameShape(sin.Shape, want) {
		n.Fail("inputs 1 and 2 have shapes %v and %v, want %v for %d elements of %d", cos.Shape, sin.Shape, want, size, h.size)
	}
	n.CountWork(x.Len(), 4)
	if !n.Result(x.Elem, x.Shape...) || n.empty() {
		return nothing
	}
	second, step := half, 1 // of a pair, from pair to pair
	if n.Int("interleaved", 0) == 1 {
		second, step = 1, 2
	}
	return inType(singleFloats, func(m *Memory, out, in []tensor.Tensor) {
		y, x, cos, sin := tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), tensor.Nth[float32](in, 1), tensor.Nth[float32](in, 2)
		copy(y, x)
		var list []int64
		if in[3].Given() {
			list = tensor.Of[int64](m.Copied(onnx.Int64, in[3]))
		}
		for s := range in[0].Shape[0] {
			for i := range h.length {
				at := s*h.length + i
				if list != nil {
					k := list[0] + int64(i) // the place of the first
					if len(list) > 1 {
						k = list[at]
					}
					if k < 0 || k >= int64(rows) {
						m.Fail("place %d of sample %d is %d, want 0 to %d", i, s, k, rows-1)
						continue
					}
					at = int(k)
				}
				c, w := cos[at*half:][:half], sin[at*half:][:half]
				for head := range h.count {
					from := s*h.sample + head*h.head + i*h.row
					for j := range half {
						p, q := from+j*step, from+second+j*step
						y[p] = float32(c[j]*x[p]) - float32(w[j]*x[q])
						y[q] = float32(w[j]*x[p]) + float32(c[j]*x[q])
					}
				}
			}
		}
	})
}
