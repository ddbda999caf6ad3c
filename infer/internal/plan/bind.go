package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is a plan getting memory.

// Block is memory that runs of several plans use in turn.
type Block struct{ words []uint64 }

// grown returns the block's memory, with room for so many bytes.
func (b *Block) grown(bytes int) []uint64 {
	if n := (bytes + 7) / 8; n > len(b.words) {
		b.words = kernel.Room[uint64](n)
	}
	return b.words
}

// Bind gives a plan memory: the block's, and some of its own. When the block
// grows for another plan, the run keeps the memory that it has.
func (p *Plan) Bind(block *Block) *Run {
	r := &Run{plan: p, floats: make([][]float32, len(p.buffers)), data: make([]any, len(p.buffers)), pad: new(op.Scratchpad)}
	words := block.grown(p.block)
	for i := range p.buffers {
		b, data := &p.buffers[i], any(nil)
		switch {
		case b.kind == callersBuffer || !b.used():
			data = tensor.Make(b.elem, 0)
		case b.kind == constantBuffer:
			data = b.data
		case b.kind == ownBuffer:
			data = tensor.Make(b.elem, b.len)
		default:
			data = tensor.Place(words, b.offset, b.elem, b.len)
		}
		if b.elem == onnx.Float {
			r.floats[i] = *data.(*[]float32)
			data = &r.floats[i]
		}
		r.data[i] = data
	}
	r.general = make([]arguments, p.general)
	r.kernels = make([][]op.ComputedKernel, p.packing)
	var packing rooms
	for _, s := range p.steps {
		switch s := s.(type) {
		case *generalStep:
			r.general[s.id] = arguments{r.tensors(s.out), r.tensors(s.in), *op.NewMemory(r.pad)}
		case *packStep:
			r.kernels[s.id] = s.kernels(&packing)
		}
	}
	r.Workers(1)
	return r
}

func (r *Run) tensors(list []operand) (tensors []tensor.Tensor) {
	for _, o := range list {
		t := tensor.Tensor{Elem: o.elem, Shape: slices.Clone(o.shape)}
		if o.buffer != none {
			t.Data = r.data[o.buffer]
		}
		tensors = append(tensors, t)
	}
	return tensors
}

// Workers makes sure that there is scratch memory for each of a number of
// workers.
func (r *Run) Workers(n int) {
	for len(r.scratch) < n {
		r.scratch = append(r.scratch, kernel.Room[float32](r.plan.scratch))
	}
}
