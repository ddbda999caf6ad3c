package plan

import (
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is convolutions whose weights are computed: a step packs them into
// kernels of the run's, another convolves.

// packStep packs weights: its src are sets of them, its dst is nothing but what
// the convolution waits for.
type packStep struct {
	link
	id, sets, len int // len of all sets
	kernel        func() op.ComputedKernel
}

// kernels makes those of one run. All such steps of a run pack into the same memory:
// each is followed by its convolution.
func (s *packStep) kernels(room *rooms) []op.ComputedKernel {
	room.next = 0
	list := make([]op.ComputedKernel, s.sets)
	for i := range list {
		list[i] = s.kernel()
		list[i].ReserveIn(room.take)
	}
	return list
}

// rooms is memory that is handed out anew for each step.
type rooms struct {
	all  [][]float32
	next int
}

func (r *rooms) take(n int) []float32 {
	if r.next == len(r.all) {
		r.all = append(r.all, nil)
	}
	if len(r.all[r.next]) < n {
		r.all[r.next] = kernel.Make[float32](n)
	}
	r.next++
	return r.all[r.next-1][:n:n]
}

func (s *packStep) work() int64 { return int64(s.len) }

func (s *packStep) run(r *Run, part, parts int) {
	_, src := s.of(r)
	kernels := r.kernels[s.id]
	if len(kernels) == 1 {
		kernels[0].PackPart(src, part, parts)
		return
	}
	each := s.len / s.sets
	from, to := kernel.Share(s.sets, part, parts)
	for i := from; i < to; i++ {
		kernels[i].PackPart(src[i*each:], 0, 1)
	}
}

// computedStep convolves images, each with weights of its own or all with the same.
type computedStep struct {
	layer
	packed  *packStep
	each    int64 // multiply-adds of one image
	in, out int   // the lengths of an image
	room    int
}

func (s *computedStep) reads() []int { return []int{s.src, s.packed.dst} }
func (s *computedStep) scratch() int { return s.room }
func (s *computedStep) work() int64  { return int64(s.rows) * s.each }

func (s *computedStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	kernels := r.kernels[s.packed.id]
	if len(kernels) == 1 {
		kernels[0].Run(dst, src, s.rows, &s.tail, r.scratch[part], part, parts)
		return
	}
	for i, k := range kernels {
		k.Run(dst[i*s.out:][:s.out], src[i*s.in:][:s.in], 1, &s.tail, r.scratch[part], part, parts)
	}
}

// computedConvolution appends the steps of a convolution whose weights are computed.
// Sets of weights are images: [1, sets*channels, ...] is seen as [sets, channels,
// ...].
func (n *node) computedConvolution(l *op.ComputedConvolution) error {
	x, w, out := n.in[0], n.in[1], n.out[0]
	y, rows := out, x.Shape[0]
	if l.Sets > 1 {
		rows = l.Sets
		var err error
		if x, err = n.view(x, append([]int{rows, l.Channels}, x.Shape[2:]...)); err != nil {
			return err
		}
		y = &value{Value: op.Value{Elem: out.Elem, Shape: append([]int{rows, l.Filters}, out.Shape[2:]...)}, plain: none, pixels: none}
	}
	src, err := n.pixelsOf(x)
	if err != nil {
		return err
	}
	weights, err := n.rowsOf(w)
	if err != nil {
		return err
	}
	if err := n.chargePacked(w, w.Shape[0]); err != nil {
		return err
	}
	p := &packStep{link: link{weights, n.plan.buffer(onnx.Float, []int{1})}, id: n.plan.packing, sets: l.Sets, len: w.Len(), kernel: l.Kernel}
	n.plan.packing++
	n.plan.add(p)
	dst := n.plan.buffer(onnx.Float, y.Shape)
	s := &computedStep{packed: p, each: n.MulAdds / int64(rows), in: x.Len() / rows, out: y.Len() / rows, room: l.Kernel().ScratchLen(rows)}
	s.layer = layer{link: link{src, dst}, rows: rows, channels: l.Filters}
	y.layer = &s.layer
	y.setPixels(dst)
	n.plan.add(s)
	if l.Sets == 1 {
		s.tail.Bias = l.Bias
		return nil
	}
	v, err := n.view(y, out.Shape)
	if err == nil && l.Bias != nil {
		v, err = n.follow(v, kernel.Tail{Bias: l.Bias})
	}
	n.out[0] = v
	return err
}
