package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is dense layers: Gemm and MatMul with constant weights.

// denseStep is dst [rows, n] = tail(src [rows, k] x weights [k, n]).
type denseStep struct {
	layer
	k, n                 int
	weights              []float32 // until pack: element (i, j) at i*rowStride + j*colStride
	half                 []uint16  // in their place, when they are stored as float16
	rowStride, colStride int
	order                []int // which column comes at each place; nil: as they are
	packed               kernel.Packed
}

func (s *denseStep) work(n int) int64 { return volume(s.rows.of(n), s.k, s.n) }

func (s *denseStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	kernel.Gemm(dst, s.n, src, s.k, s.rows.of(r.n), &s.packed, &s.tail, part, parts)
}

// reorder makes the layer write its columns, which are planes [channels, area],
// as pixels [area, channels].
func (s *denseStep) reorder(channels, area int) {
	s.order = make([]int, 0, s.n)
	for p := range area {
		for c := range channels {
			s.order = append(s.order, c*area+p)
		}
	}
}

// pack brings the weights into the kernel's order and lets go of them.
func (s *denseStep) pack() {
	if s.order != nil {
		if s.half != nil {
			s.half = permuted(s.half, s.order, s.k, s.rowStride, s.colStride)
		} else {
			s.weights = permuted(s.weights, s.order, s.k, s.rowStride, s.colStride)
		}
		s.rowStride, s.colStride = s.n, 1
		for _, v := range []*[]float32{&s.tail.Bias, &s.tail.Scale, &s.tail.Shift} {
			if *v != nil {
				*v = permuted(*v, s.order, 1, 0, 1)
			}
		}
	}
	s.packed.Group = kernel.WideGroup
	if s.half != nil {
		s.packed.PackHalf(s.half, s.k, s.n, s.rowStride, s.colStride)
	} else {
		s.packed.Pack(s.weights, s.k, s.n, s.rowStride, s.colStride)
	}
	s.weights, s.half, s.order = nil, nil, nil
}

// permuted returns a k x len(order) matrix with its columns in another order.
func permuted[T float32 | uint16](w []T, order []int, k, rowStride, colStride int) []T {
	out := make([]T, 0, k*len(order))
	for i := range k {
		for _, j := range order {
			out = append(out, w[i*rowStride+j*colStride])
		}
	}
	return out
}

// dense appends the layer x [rows, k] times input 1, which is [k, n] or, if
// transposed, [n, k].
func (n *node) dense(x *value, transposed bool) (*value, *denseStep, error) {
	w, half := n.layerWeights(1)
	shape := n.in[1].shape
	if n.err == nil && len(shape) != 2 {
		n.fail("input 1, %q, has shape %v, want 2 dimensions", n.Inputs[1], shape)
	}
	if n.err != nil {
		return nil, nil, n.err
	}
	s := &denseStep{k: shape[0], n: shape[1], weights: w, half: half, rowStride: shape[1], colStride: 1}
	if transposed {
		s.k, s.n, s.rowStride, s.colStride = shape[1], shape[0], 1, shape[1]
	}
	if x.shape[1] != s.k || s.n == 0 {
		n.fail("inputs of shapes %v and %v do not fit", x.shape, shape)
	}
	v := &value{shape: []int{x.shape[0], s.n}, elem: x.elem, plain: none, pixels: none, layer: &s.layer}
	if n.fits(v.shape, x.rows(), s.k, s.n); n.err != nil {
		return nil, nil, n.err
	}
	src, err := n.plain(x)
	if err != nil {
		return nil, nil, err
	}
	dst := n.newBuffer(v.shape)
	v.setPlain(dst)
	s.layer = layer{link: link{src, dst}, rows: x.rows(), channels: s.n, dense: s}
	n.plan.add(s)
	return v, s, nil
}

// matMul is MatMul of [rows, k] and a constant [k, n].
func matMul(n *node) (*value, error) {
	v, _, err := n.dense(n.data(0, 2), false)
	return v, err
}

// gemm is Gemm: alpha * A * B + beta * C, with B and C constant. Alpha goes into
// the weights and beta into the bias.
func gemm(n *node) (*value, error) {
	if n.intAttr("transA", 0) != 0 {
		n.fail("transA is not supported")
	}
	alpha, beta := n.floatAttr("alpha", 1), n.floatAttr("beta", 1)
	transB := n.intAttr("transB", 0) != 0
	v, s, err := n.dense(n.data(0, 2), transB)
	if err != nil {
		return nil, err
	}
	if alpha != 1 && s.half != nil {
		s.weights, s.half = n.weights(1), nil
	}
	s.weights = scaledBy(s.weights, alpha)
	if n.in[2] != nil {
		s.tail.Bias = scaledBy(n.perChannel(2, v), beta)
	}
	return v, n.err
}

// scaledBy returns v times a factor: v itself if that is 1.
func scaledBy(v []float32, factor float32) []float32 {
	if factor == 1 {
		return v
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = x * factor
	}
	return out
}

// perChannel returns constant input i, which must broadcast along the channels
// of v only, as one number a channel.
func (n *node) perChannel(i int, v *value) []float32 {
	w, shape := n.weights(i), n.in[i].shape
	if n.err != nil {
		return nil
	}
	pad := len(v.shape) - len(shape)
	for d, size := range shape {
		if pad < 0 || size != 1 && (d+pad != 1 || size != v.channels()) {
			n.fail("input %d, %q, has shape %v, want one number, or one a channel of %v", i, n.Inputs[i], shape, v.shape)
			return nil
		}
	}
	if len(w) == v.channels() {
		return slices.Clone(w) // a view would keep the whole file in memory
	}
	wide := make([]float32, v.channels())
	for c := range wide {
		wide[c] = w[0]
	}
	return wide
}
