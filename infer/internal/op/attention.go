package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is attention: softmax(scale*Q*K^T + mask) * V of each head, in float32.

var attentions = family{
	{Name: "Attention", Make: attentionNode, Least: 3, Most: 7, Attrs: "is_causal kv_num_heads q_num_heads qk_matmul_output_mode scale softcap softmax_precision"},

	{Name: "ai.onnx.preview.FlexAttention", Make: flexAttention, Least: 3, Most: 3, Attrs: "scale softmax_precision"},
}

// heads is where the matrices of each sample and head lie: [length, size], rows
// one after the other at a distance.
type heads struct {
	count, length, size int
	sample, head, row   int // distances
}

// headsOf reads a shape: [N, heads, length, size], or [N, length, heads*size].
func (n *Node) headsOf(shape []int, count int) (h heads) {
	if len(shape) == 4 {
		h = heads{count: shape[1], length: shape[2], size: shape[3], row: shape[3]}
		h.head = h.length * h.size
		h.sample = h.count * h.head
		return h
	}
	if len(shape) != 3 || count < 1 || shape[2]%count != 0 {
		n.Fail("it has an input of shape %v, want 4 dimensions, or 3 with the last in %d heads", shape, count)
		return h
	}
	h = heads{count: count, length: shape[1], size: shape[2] / count, row: shape[2]}
	h.head = h.size
	h.sample = h.length * h.row
	return h
}

// of returns the matrix of a sample and head.
//
//go:noinline
func (h *heads) of(v []float32, sample, head int) []float32 {
	return v[sample*h.sample+head*h.head:]
}

// attention is what an attention computes.
type attention struct {
	samples        int
	q, k, v, y     heads // k and v after the past ones
	newK, newV     heads
	past           int // rows of k and v before
	scale, softcap float32
	causal         bool
	mode           int // of what is kept beside the result: products, capped, masked, softmax
	mask           []int
}

// attention checks the shapes of inputs 0 to 2, of so many heads if they have
// three dimensions, and declares the result.
func (n *Node) attention(qHeads, kvHeads, past int) *attention {
	q, k, v := n.In[0], n.In[1], n.In[2]
	for i := range 3 {
		n.Type(i, tensor.Floats)
	}
	a := &attention{q: n.headsOf(q.Shape, qHeads), newK: n.headsOf(k.Shape, kvHeads), newV: n.headsOf(v.Shape, kvHeads), past: past}
	if n.err != nil {
		return nil
	}
	a.samples = q.Shape[0]
	if len(k.Shape) != len(q.Shape) || len(v.Shape) != len(q.Shape) || k.Shape[0] != a.samples || v.Shape[0] != a.samples ||
		a.newK.count != a.newV.count || a.newK.length != a.newV.length || a.q.size != a.newK.size || a.q.count != 0 && (a.newK.count == 0 || a.q.count%a.newK.count != 0) {
		n.Fail("inputs of shapes %v, %v and %v, in %d and %d heads, do not fit", q.Shape, k.Shape, v.Shape, a.q.count, a.newK.count)
		return nil
	}
	a.k, a.v = a.newK, a.newV
	y := []int{a.samples, a.q.count, a.q.length, a.newV.size}
	if len(q.Shape) == 3 {
		y = []int{a.samples, a.q.length, a.q.count * a.newV.size}
	}
	n.Result(q.Elem, y...)
	if a.y = n.headsOf(y, a.q.count); n.err != nil {
		return nil
	}
	a.scale = n.Float("scale", float32(1/math.Sqrt(float64(max(a.q.size, 1)))))
	total := past + a.newK.length
	if _, ok := tensor.Bytes(onnx.Float, []int{a.q.length, total}, n.Elements); !ok {
		n.Fail("its scores of %d by %d are more than %d elements", a.q.length, total, n.Elements)
	}
	n.CountMulAdds(a.samples, a.q.count, a.q.length, total, a.q.size+a.v.size)
	n.CountWork(a.samples, a.q.count, a.q.length, total, 10)
	return a
}

// attentionNode is Attention.
func attentionNode(n *Node) Eval {
	past := 0
	if v := n.In[4]; v != nil && len(v.Shape) == 4 {
		past = v.Shape[2]
	}
	a := n.attention(n.Size("q_num_heads", 1, 1), n.Size("kv_num_heads", 1, 1), past)
	if n.err != nil {
		return nil
	}
	a.causal, a.softcap = n.Bool("is_causal", false), n.Float("softcap", 0)
	if a.mode = n.Size("qk_matmul_output_mode", 0, 0); a.mode > 3 {
		n.Fail("qk_matmul_output_mode is %d, want 0 to 3", a.mode)
	}
	total := past + a.newK.length
	keys, values := []int{a.samples, a.newK.count, total, a.newK.size}, []int{a.samples, a.newK.count, total, a.newV.size}
	for i, want := range [][]int{{a.samples, a.newK.count, past, a.newK.size}, {a.samples, a.newK.count, past, a.newV.size}, {a.samples}} {
		if v := n.In[4+i]; v != nil && !sameShape(v.Shape, want) {
			n.Fail("input %d has shape %v, want %v", 4+i, v.Shape, want)
		}
	}
	if (n.In[4] == nil) != (n.In[5] == nil) {
		n.Fail("it has a past key or a past value, want both or neither")
	}
	n.Type(4, tensor.Floats)
	n.Type(5, tensor.Floats)
	n.Type(6, tensor.Integers)
	if mask := n.In[3]; mask != nil {
		n.Type(3, tensor.Any)
		a.mask = n.maskOf(mask.Shape, a.samples, a.q.count, a.q.length, total)
	}
	if n.In[4] != nil || n.Wants(1) || n.Wants(2) || n.Wants(3) {
		n.Result(n.In[1].Elem, keys...)
		n.Result(n.In[2].Elem, values...)
		if n.err == nil {
			a.k, a.v = n.headsOf(keys, 0), n.headsOf(values, 0)
		}
	}
	if n.Wants(3) {
		n.Result(n.In[0].Elem, a.samples, a.q.count, a.q.length, total)
	}
	if n.err != nil {
		return nil
	}
	return inType(singleFloats, a.run)
}

// maskOf checks the shape of a mask, and returns its sizes in four dimensions.
// The last may be shorter than it should.
func (n *Node) maskOf(shape []int, want ...int) []int {
	full := joinLists(ones(max(4-len(shape), 0)), shape)
	ok := len(full) == 4 && len(shape) > 0
	for d := range 4 {
		ok = ok && (d < 3 && full[d] == 1 || full[d] == want[d] || d == 3 && full[d] < want[d])
	}
	if !ok {
		n.Fail("its mask has shape %v, want %v or one that is broadcast to it", shape, want)
	}
	return full
}

// flexAttention is FlexAttention without graphs that change scores.
func flexAttention(n *Node) Eval {
	for i := range 3 {
		if len(n.In[i].Shape) != 4 {
			n.Fail("input %d has shape %v, want 4 dimensions", i, n.In[i].Shape)
			return nil
		}
	}
	a := n.attention(0, 0, 0)
	if n.err != nil {
		return nil
	}
	return inType(singleFloats, a.run)
}

// run computes an attention. Inputs after the third, and outputs after the first,
// may be missing.
func (a *attention) run(m *Memory, out, in []tensor.Tensor) {
	q, k, v := tensor.Nth[float32](in, 0), tensor.Nth[float32](in, 1), tensor.Nth[float32](in, 2)
	var mask, past tensor.Tensor
	var lengths []int64
	if len(in) > 3 {
		mask = a.masks(m, in[3])
		if past = in[4]; in[6].Given() {
			lengths = tensor.Of[int64](m.Copied(onnx.Int64, in[6]))
		}
	}
	if len(out) > 1 {
		a.joinPast(out[1], past, k, &a.k, &a.newK)
		k = tensor.Nth[float32](out, 1)
		if past.Given() {
			past = in[5]
		}
		a.joinPast(out[2], past, v, &a.v, &a.newV)
		v = tensor.Nth[float32](out, 2)
	}
	var kept []float32
	if len(out) > 3 {
		kept = tensor.Nth[float32](out, 3)
	}
	y, total := tensor.Nth[float32](out, 0), a.past+a.newK.length
	if total == 0 {
		clear(y)
		return
	}
	scores := tensor.Of[float32](m.Tensor(onnx.Float, []int{a.q.length, total}))
	if len(scores) == 0 {
		return
	}
	group := a.q.count / max(a.k.count, 1)
	keys, values := &m.pad.turns[0], &m.pad.turns[1]
	for s := range a.samples {
		for h := range a.q.count {
			if h%group == 0 {
				keys.Pack(a.k.of(k, s, h/group), a.k.size, total, 1, a.k.row)
				values.Pack(a.v.of(v, s, h/group), total, a.v.size, a.v.row, 1)
			}
			if a.q.size > 0 {
				kernel.Gemm(scores, total, a.q.of(q, s, h), a.q.row, a.q.length, keys, nil, 0, 1)
			} else {
				clear(scores)
			}
			save := []float32(nil)
			if kept != nil {
				save = kept[(s*a.q.count+h)*len(scores):][:len(scores)]
			}
			for i := range a.q.length {
				row := scores[i*total:][:total]
				a.weigh(row, s, h, i, mask, lengths, piece(save, i, a.q.length))
			}
			if a.v.size > 0 {
				kernel.Gemm(a.y.of(y, s, h), a.y.row, scores, total, a.q.length, values, nil, 0, 1)
			}
		}
	}
}

// weigh turns a row of products into weights.
func (a *attention) weigh(row []float32, sample, head, line int, mask tensor.Tensor, lengths []int64, save []float32) {
	kernel.MulNumber(row, row, a.scale)
	keep := func(mode int) {
		if a.mode == mode {
			copy(save, row)
		}
	}
	keep(0)
	if a.softcap > 0 {
		kernel.DivNumber(row, row, a.softcap)
		kernel.Activate(row, kernel.Tanh, 0)
		kernel.MulNumber(row, row, a.softcap)
	}
	keep(1)
	if mask.Given() {
		at := 0
		for d, i := range [3]int{sample, head, line} {
			at = at * a.mask[d]
			if a.mask[d] > 1 {
				at += i
			}
		}
		n := a.mask[3]
		kernel.AddTo(row[:n], tensor.Of[float32](mask)[at*n:])
		hide(row[n:])
	}
	if a.causal {
		hide(row[min(len(row), a.past+line+1):])
	}
	if lengths != nil {
		hide(row[min(max(lengths[sample], 0), int64(len(row))):])
	}
	keep(2)
	kernel.Softmax(row, 1, len(row))
	keep(3)
}

func hide(scores []float32) {
	for j := range scores {
		scores[j] = float32(math.Inf(-1))
	}
}

// masks returns a mask as numbers to add.
func (a *attention) masks(m *Memory, mask tensor.Tensor) tensor.Tensor {
	if !mask.Given() || mask.Elem == onnx.Float {
		return mask
	}
	numbers := m.Copied(onnx.Float, mask)
	if mask.Elem == onnx.Bool {
		to := tensor.Of[float32](numbers)
		for i, v := range to {
			if to[i] = 0; v == 0 {
				to[i] = float32(math.Inf(-1))
			}
		}
	}
	return numbers
}

// joinPast writes past rows and new ones to all.
func (a *attention) joinPast(out, past tensor.Tensor, v []float32, all, added *heads) {
	to := tensor.Of[float32](out)
	for s := range a.samples {
		for h := range all.count {
			dst := all.of(to, s, h)
			if past.Given() {
				n := a.past * all.size
				copy(dst[:n], tensor.Of[float32](past)[(s*all.count+h)*n:])
				dst = dst[n:]
			}
			src := added.of(v, s, h)
			for i := range added.length {
				copy(dst[i*all.size:][:all.size], src[i*added.row:])
			}
		}
	}
}
