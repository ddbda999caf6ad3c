package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is strided reads: a tensor read with its dimensions in another order,
// repeated, or along a diagonal.

// reading is the order in which elements are read: element [i, j, ...] of the
// result is element i*strides[0] + j*strides[1] + ... of the source. Dimensions
// that can be joined are.
type reading struct{ shape, strides []int }

// newReading plans to read a shape with strides.
//
//go:noinline
func newReading(shape, strides []int) (r reading) {
	for d, size := range shape {
		last := len(r.shape) - 1
		switch {
		case size == 1:
		case last >= 0 && r.strides[last] == strides[d]*size:
			r.shape[last] *= size
			r.strides[last] = strides[d]
		default:
			r.shape, r.strides = append(r.shape, size), append(r.strides, strides[d])
		}
	}
	return r
}

// plain reports whether elements are read as they lie.
func (r *reading) plain() bool {
	return len(r.shape) == 0 || len(r.shape) == 1 && r.strides[0] == 1
}

// len is how many elements are read.
func (r *reading) len() int { return tensor.Product(r.shape) }

// read returns the elements of t in the order of r: t's own, or a copy.
func read[T tensor.Wide](m *Memory, r *reading, t tensor.Tensor) []T {
	if r.plain() {
		return tensor.Of[T](t)
	}
	var size [1]int
	size[0] = r.len()
	dst := m.Tensor(t.Elem, size[:])
	r.move(dst, t)
	return tensor.Of[T](dst)
}

// move fills dst with the elements of src, of a type that arithmetic is done in,
// in the order of r.
func (r *reading) move(dst, src tensor.Tensor) {
	if dst.Elem == onnx.Float {
		readTo(tensor.BitsOf[uint32](dst), tensor.BitsOf[uint32](src), r)
	} else {
		readTo(tensor.BitsOf[uint64](dst), tensor.BitsOf[uint64](src), r)
	}
}

// readTo fills dst with the elements of src in the order of r.
func readTo[B tensor.Bits](dst, src []B, r *reading) {
	last := len(r.shape) - 1
	if last < 0 || len(dst) == 0 {
		copy(dst, src)
		return
	}
	n, step := r.shape[last], r.strides[last]
	var space [tensor.MaxRank]int
	index, at := space[:last], 0
	for o := 0; o < len(dst); o += n {
		switch line := dst[o:][:n]; step {
		case 0:
			for i, v := 0, src[at]; i < n; i++ {
				line[i] = v
			}
		case 1:
			copy(line, src[at:])
		default:
			gatherStride(line, src[at:], step)
		}
		for d := last - 1; d >= 0; d-- {
			index[d]++
			at += r.strides[d]
			if index[d] < r.shape[d] {
				break
			}
			at -= r.strides[d] * r.shape[d]
			index[d] = 0
		}
	}
}

// strided is dimensions by name: where the elements of a tensor lie.
type strided struct{ letters, sizes, strides []int }

// rowMajor names the dimensions of a tensor of a shape.
func rowMajor(letters, sizes []int) strided {
	return strided{letters, sizes, tensor.Strides(sizes)}
}

// has reports whether a dimension is there.
func (s *strided) has(letter int) bool { return contains(s.letters, letter) }

// along plans to read the dimensions of lists, one after the other; one that s
// does not have is of size 1.
func (s *strided) along(lists ...[]int) reading {
	var shape, strides []int
	for _, list := range lists {
		for _, letter := range list {
			if i := indexOf(s.letters, letter); i >= 0 {
				shape, strides = append(shape, s.sizes[i]), append(strides, s.strides[i])
			}
		}
	}
	return newReading(shape, strides)
}

// size is the product of the sizes of some dimensions.
func (s *strided) size(letters []int) int {
	n := 1
	for _, letter := range letters {
		if i := indexOf(s.letters, letter); i >= 0 {
			n *= s.sizes[i]
		}
	}
	return n
}
