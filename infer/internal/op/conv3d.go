package op

import "github.com/ganlet/ganlet/internal/kernel"

// This file is convolutions in three dimensions, made of those in two.

// slicedConv is either convolution of [D, H, W, C] with weights
// [F, C, KD, KH, KW]. A slice of the output is the sum, ascending over the
// window's depth, of convolutions of the input's slices that reach it.
type slicedConv struct {
	window     *window
	transposed bool
	in, out    planes
	depth      []ConvKernel // for each place of the window's depth
}

// planes is a volume as its slices: how many, their pixels, their channels.
type planes struct{ n, area, channels int }

func (s *planes) len() int { return s.area * s.channels }

// newSliced makes a convolution of small images with so many filters and large
// ones with so many channels, from a kernel for slices.
func newSliced(w *window, transposed bool, filters, channels int, slice func() ConvKernel) *slicedConv {
	s := &slicedConv{window: w, transposed: transposed}
	s.in, s.out = planes{w.large[0], w.large[1] * w.large[2], channels}, planes{w.small[0], w.small[1] * w.small[2], filters}
	if transposed {
		s.in, s.out = s.out, s.in
	}
	for range w.size[0] {
		s.depth = append(s.depth, slice())
	}
	return s
}

func (s *slicedConv) Pack(w []float32) {
	for k, c := range s.depth {
		c.Pack(atDepth(s, w, k))
	}
}

func (s *slicedConv) PackHalf(w []uint16) {
	for k, c := range s.depth {
		c.PackHalf(atDepth(s, w, k))
	}
}

// atDepth returns the weights at place k of the window's depth.
func atDepth[T float32 | uint16](s *slicedConv, w []T, k int) (flat []T) {
	area := s.window.size[1] * s.window.size[2]
	for at := k * area; at < len(w); at += area * len(s.depth) {
		flat = append(flat, w[at:at+area]...)
	}
	return flat
}

func (s *slicedConv) ScratchLen(int) int { return s.out.len() + s.depth[0].ScratchLen(1) }

func (s *slicedConv) Run(dst, src []float32, n int, tail *kernel.Tail, scratch []float32, part, parts int) {
	more, scratch := scratch[:s.out.len()], scratch[s.out.len():]
	from, to := kernel.Share(n*s.out.n, part, parts)
	for i := from; i < to; i++ {
		sum, first := dst[i*s.out.len():][:s.out.len()], true
		for k, c := range s.depth {
			at, ok := s.reads(i%s.out.n, k)
			if !ok {
				continue
			}
			slice := src[(i/s.out.n*s.in.n+at)*s.in.len():][:s.in.len()]
			if first {
				c.Run(sum, slice, 1, nil, scratch, 0, 1)
			} else {
				c.Run(more, slice, 1, nil, scratch, 0, 1)
				kernel.AddTo(sum, more)
			}
			first = false
		}
		if first {
			clear(sum)
		}
		tail.Apply(sum, s.out.channels)
	}
}

// reads returns which slice of the input place k of the window's depth brings to
// a slice of the output.
func (s *slicedConv) reads(slice, k int) (at int, ok bool) {
	stride, before, tap := s.window.stride[0], s.window.before[0], k*s.window.dilation[0]
	if !s.transposed {
		at = slice*stride - before + tap
	} else if at = slice + before - tap; at%stride != 0 {
		return 0, false
	} else {
		at /= stride
	}
	return at, at >= 0 && at < s.in.n
}
