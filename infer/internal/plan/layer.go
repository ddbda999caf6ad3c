package plan

import (
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is layers: steps that end in a kernel.Tail.

// layer is what such steps have in common.
type layer struct {
	link
	rows     int
	channels int // of the output, and of the tail's slices
	tail     kernel.Tail
	dense    *denseStep // the layer itself, if its columns can be reordered
}

// takes reports whether part can follow the layer's tail as it stands: a tail is
// a bias, then scale and shift, then an activation, each at most once.
func (l *layer) takes(part *kernel.Tail) bool {
	switch t := &l.tail; {
	case t.Act != kernel.Identity:
		return false
	case part.Bias != nil:
		return t.Bias == nil && t.Scale == nil
	case part.Scale != nil:
		return t.Scale == nil
	}
	return true
}

// take appends part to the tail.
func (l *layer) take(part *kernel.Tail) {
	if part.Bias != nil {
		l.tail.Bias = part.Bias
	}
	if part.Scale != nil {
		l.tail.Scale, l.tail.Shift = part.Scale, part.Shift
	}
	l.tail.Act, l.tail.Alpha = part.Act, part.Alpha
}

// spread repeats a value of each channel for each of the layer's columns. A
// dense layer whose output was reshaped to [N, C, H, W] has C*H*W of them.
func (l *layer) spread(v []float32) []float32 {
	if v == nil || len(v) == l.channels {
		return v
	}
	wide := make([]float32, 0, l.channels)
	for _, x := range v {
		for range l.channels / len(v) {
			wide = append(wide, x)
		}
	}
	return wide
}

// asShift turns a bias into a scale of one and a shift: fma(y, 1, b) is y + b.
func asShift(part kernel.Tail) kernel.Tail {
	part.Scale, part.Shift, part.Bias = make([]float32, len(part.Bias)), part.Bias, nil
	for i := range part.Scale {
		part.Scale[i] = 1
	}
	return part
}

// denseStep is dst [rows, n] = tail(src [rows, k] x weights [k, n]).
type denseStep struct {
	layer
	k, n    int
	weights *tensor.Const
	how     denseLayout
	shared  *Weights
	packed  *kernel.Packed
}

func (s *denseStep) work() int64 { return volume(s.rows, s.k, s.n) }

func (s *denseStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	kernel.Gemm(dst, s.n, src, s.k, s.rows, s.packed, &s.tail, part, parts)
}

// reorder makes the layer write its columns, which are planes [channels, area],
// as pixels [area, channels].
func (s *denseStep) reorder(channels, area int) { s.how.channels, s.how.area = channels, area }

// pack brings the weights into the kernel's order.
func (s *denseStep) pack() (err error) {
	if order := s.how.order(); order != nil {
		for _, v := range []*[]float32{&s.tail.Bias, &s.tail.Scale, &s.tail.Shift} {
			if *v != nil {
				*v = permuted(*v, order, 1, 0, 1)
			}
		}
	}
	s.packed, err = s.shared.dense(s.weights, s.k, s.n, s.how)
	s.weights, s.shared = nil, nil
	return err
}

// convStep is a convolution or a transposed one, of float32 or of bytes.
type convStep struct {
	layer
	each    int64 // multiply-adds of one image
	conv    convKernel
	weights func() error // packs the kernel's weights
}

// convKernel is a kernel whose weights are packed.
type convKernel interface {
	ScratchLen(n int) int
	Run(dst, src []float32, n int, tail *kernel.Tail, scratch []float32, part, parts int)
}

func (s *convStep) scratch() int { return s.conv.ScratchLen(s.rows) }
func (s *convStep) work() int64  { return int64(s.rows) * s.each }

func (s *convStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	s.conv.Run(dst, src, s.rows, &s.tail, r.scratch[part], part, parts)
}

func (s *convStep) pack() error {
	err := s.weights()
	s.weights = nil // it holds what it packed from
	return err
}

// normStep is a tail on its own, over pixels with channels innermost; of them times
// a number, if there is one.
type normStep struct {
	layer
	area  int
	times *float32 // only before a scale, without a bias
}

func (s *normStep) work() int64 { return 2 * volume(s.rows, s.area, s.channels) }

func (s *normStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.rows*s.area, part, parts)
	from, to = from*s.channels, to*s.channels
	if s.times == nil {
		copy(dst[from:to], src[from:to])
		s.tail.Apply(dst[from:to], s.channels)
		return
	}
	for i := from; i < to; i += s.channels {
		kernel.TimesMulAdd(dst[i:][:s.channels], src[i:], *s.times, s.tail.Scale, s.tail.Shift)
	}
	kernel.Activate(dst[from:to], s.tail.Act, s.tail.Alpha)
}

// instanceStep is InstanceNormalization of rows images.
type instanceStep struct {
	layer
	area int
	norm *op.InstanceNorm
}

func (s *instanceStep) scratch() int { return 4*s.channels + 16 }
func (s *instanceStep) work() int64  { return 4 * volume(s.rows, s.area, s.channels) }

func (s *instanceStep) run(r *Run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.rows, part, parts)
	for i, each := from, s.area*s.channels; i < to; i++ {
		y := dst[i*each:][:each]
		kernel.InstanceNorm(y, src[i*each:][:each], s.norm.Gamma, s.norm.Beta, s.norm.Epsilon, r.scratch[part])
		s.tail.Apply(y, s.channels)
	}
}
