package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is windows in one, two or three dimensions, of pooling and
// convolutions. All are seen as three-dimensional.

// window is how a window moves over an image. Large is the side of the image it
// moves over, small that of what comes out; a transposed convolution goes the
// other way.
type window struct {
	rank                                                int
	large, small, size, stride, dilation, before, after [3]int
}

// reach is how far the taps along an axis reach.
func (w *window) reach(d int) int { return (w.size[d]-1)*w.dilation[d] + 1 }

// taps is the number of taps of the window.
func (w *window) taps() int { return w.size[0] * w.size[1] * w.size[2] }

// alone says that a convolution is of one channel, in lines that fill vectors.
func (w *window) alone(channels, filters int) bool {
	return channels*filters == 1 && w.small[2] >= 16 && w.rank < 3
}

// windowOf reads the attributes of a window over dimensions of a size; kernel
// may be nil: then kernel_shape says it.
func (n *Node) windowOf(sizes, kernel []int) *window {
	rank := len(sizes)
	if rank < 1 || rank > 3 {
		n.Fail("there are %d dimensions to a window, want 1 to 3", rank)
		return nil
	}
	ones, zeros := ones(rank), make([]int, 2*rank)
	if kernel == nil {
		if !n.Has("kernel_shape") {
			n.Fail("it has no kernel_shape")
			return nil
		}
		kernel = n.bounded("kernel_shape", 1, ones...)
	} else if k := n.bounded("kernel_shape", 1, kernel...); !sameShape(k, kernel) {
		n.Fail("kernel_shape is %v, but the weights have %v", k, kernel)
	}
	strides, dilations := n.bounded("strides", 1, ones...), n.bounded("dilations", 1, ones...)
	pads := n.bounded("pads", 0, zeros...)
	w := &window{rank: rank}
	for d := range 3 {
		w.large[d], w.small[d], w.size[d], w.stride[d], w.dilation[d] = 1, 1, 1, 1, 1
		if k := d - (3 - rank); k >= 0 {
			w.large[d], w.size[d], w.stride[d], w.dilation[d] = sizes[k], kernel[k], strides[k], dilations[k]
			w.before[d], w.after[d] = pads[k], pads[k+rank]
		}
		if span(w.size[d], w.dilation[d]) > maxAttr || w.size[d] < 1 {
			n.Fail("its window reaches over %d elements, want 1 to %d", span(w.size[d], w.dilation[d]), maxAttr)
		}
	}
	if _, ok := tensor.Bytes(onnx.Float, w.size[:], n.Elements); !ok {
		n.Fail("its window of %v has more than %d elements", kernel, n.Elements)
	}
	if n.err != nil {
		return nil
	}
	return w
}

// fit sets small, for windows over large, with pads as auto_pad says.
func (n *Node) fit(w *window) {
	auto := n.String("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	up := n.Int("ceil_mode", 0) != 0
	for d := 3 - w.rank; d < 3; d++ {
		switch auto {
		case "VALID":
			w.before[d], w.after[d] = 0, 0
		case "SAME_UPPER", "SAME_LOWER":
			out := (w.large[d] + w.stride[d] - 1) / w.stride[d]
			total := max((out-1)*w.stride[d]+w.reach(d)-w.large[d], 0)
			w.before[d], w.after[d] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.before[d], w.after[d] = w.after[d], w.before[d]
			}
		}
		room := w.large[d] + w.before[d] + w.after[d] - w.reach(d)
		if room < 0 {
			n.side(0)
			return
		}
		w.small[d] = room/w.stride[d] + 1
		if up && room%w.stride[d] != 0 && w.small[d]*w.stride[d] < w.large[d]+w.before[d] {
			w.small[d]++ // the last window starts in the image and ends beyond it
		}
	}
}

// place is where tap k of a window at a place falls in a plane of large, and
// whether it falls in it.
func (w *window) place(at [3]int, k int) (i int, inside bool) {
	tap := [3]int{k / w.size[2] / w.size[1], k / w.size[2] % w.size[1], k % w.size[2]}
	inside = true
	for d := range 3 {
		p := at[d] + tap[d]*w.dilation[d]
		inside = inside && p >= 0 && p < w.large[d]
		i = i*w.large[d] + p
	}
	return i, inside
}

// sides is small without the dimensions that only we see.
//
//go:noinline
func (w *window) sides() []int { return w.small[3-w.rank:] }

// grow sets large and the pads for windows that come from small.
func (n *Node) grow(w *window) {
	auto := n.String("auto_pad", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
	more := n.bounded("output_padding", 0, make([]int, w.rank)...)
	var shape []int
	if n.Has("output_shape") {
		list := n.List("output_shape")
		if len(list) == w.rank+2 {
			list = list[2:]
		}
		for _, d := range list {
			shape = append(shape, n.side(d))
		}
		if len(shape) != w.rank {
			n.Fail("output_shape is %v, want %d numbers", list, w.rank)
		}
	}
	for k := range w.rank {
		if n.err != nil {
			return
		}
		d := k + 3 - w.rank
		full := int64(w.small[d]-1)*int64(w.stride[d]) + int64(w.reach(d)) + int64(more[k])
		same := auto == "SAME_UPPER" || auto == "SAME_LOWER"
		want := int64(w.small[d]) * int64(w.stride[d])
		if shape != nil {
			want = int64(shape[k])
		}
		switch {
		case shape != nil || same:
			total := max(full-want, 0)
			w.before[d] = int(total - total/2)
			if auto == "SAME_UPPER" {
				w.before[d] = int(total / 2)
			}
			w.large[d] = n.side(want)
		case auto == "VALID":
			w.before[d] = 0
			w.large[d] = n.side(full)
		default:
			w.large[d] = n.side(full - int64(w.before[d]) - int64(w.after[d]))
		}
	}
}

// side checks one side of an image that a window makes.
//
//go:noinline
func (n *Node) side(length int64) int {
	if length < 1 || length > int64(n.Elements) {
		n.Fail("an image side comes out as %d, want 1 to %d", length, n.Elements)
		return 1
	}
	return int(length)
}

// span is how far the taps of a window reach.
func span(k, dilation int) int64 { return int64(k-1)*int64(dilation) + 1 }
