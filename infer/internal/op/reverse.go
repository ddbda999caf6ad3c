package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is sequences of several lengths.

var sequences = family{
	{Name: "ReverseSequence", Make: reverseSequence, Least: 2, Most: 2, Attrs: "batch_axis time_axis"},
}

// reverseSequence is ReverseSequence: the first entries of each sample, as many
// as it says, in reverse order.
func reverseSequence(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Any)
	n.Type(1, tensor.TypeSet(onnx.Int64))
	if len(x.Shape) < 2 {
		n.Fail("shape is %v, want a time and a batch axis", x.Shape)
		return nil
	}
	batch, time := n.Axis(n.Int("batch_axis", 1), 2), n.Axis(n.Int("time_axis", 0), 2)
	if n.err == nil && batch == time {
		n.Fail("batch and time axis are both %d", batch)
	}
	if n.err == nil && !sameShape(n.In[1].Shape, x.Shape[batch:batch+1]) {
		n.Fail("sequence_lens have shape %v, want %v", n.In[1].Shape, x.Shape[batch:batch+1])
	}
	if n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		each := tensor.Product(in[0].Shape[2:])
		steps := [2]int{in[0].Shape[1] * each, each}
		for b, length := range tensor.Nth[int64](in, 1) {
			size := in[0].Shape[time]
			if length < 0 || length > int64(size) {
				m.Fail("sequence %d has length %d, want 0 to %d", b, length, size)
				length = 0
			}
			for k := range size {
				from := k
				if k < int(length) {
					from = int(length) - 1 - k
				}
				tensor.Copy(out[0], b*steps[batch]+k*steps[time], in[0], b*steps[batch]+from*steps[time], each)
			}
		}
	}
}
