package tensor

// This file is broadcasting: how operators walk over tensors of different
// shapes together.

// Broadcast returns the shape that tensors of these shapes have together, and
// whether there is one.
func Broadcast(shapes ...[]int) (out []int, ok bool) {
	rank := 0
	for _, s := range shapes {
		rank = max(rank, len(s))
	}
	out = make([]int, rank)
	for d := range out {
		out[d] = 1
		for _, s := range shapes {
			k := d - (rank - len(s))
			if k < 0 || s[k] == 1 {
				continue
			}
			if out[d] != 1 && out[d] != s[k] {
				return out, false
			}
			out[d] = s[k]
		}
	}
	return out, rank <= MaxRank
}

// Strides returns the distance between neighbours along each dimension.
//
//go:noinline
func Strides(shape []int) []int {
	s, n := make([]int, len(shape)), 1
	for d := len(shape) - 1; d >= 0; d-- {
		s[d] = n
		n *= shape[d]
	}
	return s
}

// Steps is 0, step, 2*step, ..., n numbers.
//
//go:noinline
func Steps(n, step int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i * step
	}
	return list
}

// Walk is the way through an output and up to three inputs together, with
// dimensions joined wherever all of them allow it.
type Walk struct {
	shape []int
	step  [3][]int // of each input, along each dimension
}

// Plan makes the walk through an output and what is broadcast to it. It reuses
// the walk's memory.
func (w *Walk) Plan(out, a, b, c []int) {
	var along [3][MaxRank]int
	for i, shape := range [3][]int{a, b, c} {
		n, pad := 1, len(out)-len(shape)
		for d := len(shape) - 1; d >= 0; d-- {
			if shape[d] != 1 {
				along[i][d+pad] = n
			}
			n *= shape[d]
		}
	}
	w.shape = w.shape[:0]
	for i := range w.step {
		w.step[i] = w.step[i][:0]
	}
	for d, size := range out {
		last := len(w.shape) - 1
		joined := last >= 0
		for i := range along {
			joined = joined && w.step[i][last] == along[i][d]*size
		}
		if joined {
			w.shape[last] *= size
		} else {
			w.shape = append(w.shape, size)
		}
		for i := range along {
			if joined {
				w.step[i][last] = along[i][d]
			} else {
				w.step[i] = append(w.step[i], along[i][d])
			}
		}
	}
	if len(w.shape) == 0 {
		w.shape = append(w.shape, 1)
		for i := range w.step {
			w.step[i] = append(w.step[i], 0)
		}
	}
}

// Line is the length of the stretches that Lines finds, and how the inputs go on.
func (w *Walk) Line() (n int, step [3]int) {
	last := len(w.shape) - 1
	return w.shape[last], [3]int{w.step[0][last], w.step[1][last], w.step[2][last]}
}

// Rows reports whether all there is is rows of input 0 as they lie beside one row of
// input 1.
func (w *Walk) Rows() bool {
	n, step := w.Line()
	return len(w.shape) == 2 && step[0] == 1 && step[1] == 1 && w.step[0][0] == n && w.step[1][0] == 0
}

// Lines calls line for every stretch of n elements of the output from o on; in
// has where the inputs start, step how they go on.
func (w *Walk) Lines(line func(o, n int, in, step [3]int)) {
	last := len(w.shape) - 1
	n, step := w.Line()
	outer := Product(w.shape[:last])
	var space [MaxRank]int
	index := space[:last]
	var in [3]int
	for o := range outer {
		if n > 0 {
			line(o*n, n, in, step)
		}
		for d := last - 1; d >= 0; d-- {
			index[d]++
			for i := range in {
				in[i] += w.step[i][d]
			}
			if index[d] < w.shape[d] {
				break
			}
			for i := range in {
				in[i] -= w.step[i][d] * w.shape[d]
			}
			index[d] = 0
		}
	}
}
