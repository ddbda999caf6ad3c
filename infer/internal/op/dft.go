package op

import (
	"math/bits"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is DFT and STFT: Fourier transforms along an axis, whole or by frames.
// The last dimension of their tensors is real and imaginary part, or only the
// real one.

var fouriers = family{
	{Name: "DFT", Make: dft, Least: 1, Most: 3, Attrs: "inverse onesided", Raise: raiseDFT},
	{Name: "STFT", Make: stft, Least: 2, Most: 4, Attrs: "onesided"},
}

// raiseDFT turns the axis, an attribute up to opset 19, into an input.
func raiseDFT(r *Raising) {
	if r.Version >= 20 {
		return
	}
	axis := int64(1)
	if a := r.Take("axis"); a != nil {
		axis = a.Int
	}
	r.Input(2, r.Constant(onnx.NewInt64("", []int64{axis})))
}

// length returns input i, one number that must be known, from 1 on.
func (n *Node) length(i int) int {
	n.Type(i, tensor.Integers)
	v := n.One(i)
	if n.err == nil && (v < 1 || v > float64(n.Elements)) {
		n.Fail("input %d is %v, want 1 to %d", i, v, n.Elements)
	}
	if n.err != nil {
		return 1
	}
	return int(v)
}

// parts is how many numbers an element has: 1 for real ones, 2 for complex.
func (n *Node) parts(shape []int) int {
	if rank := len(shape); rank < 2 || shape[rank-1] != 1 && shape[rank-1] != 2 {
		n.Fail("input 0 has shape %v, want at least 2 dimensions, the last 1 or 2", shape)
		return 1
	}
	return shape[len(shape)-1]
}

// maxFourier bounds the length of a transform, whose tables take 160 bytes for
// each element at the most.
const maxFourier = 1 << 20

// countFourier checks the length of transforms, and counts their work.
func (n *Node) countFourier(lanes, length int) {
	if length > maxFourier {
		n.Fail("it transforms %d elements, want at most %d", length, maxFourier)
		return
	}
	size := roomFor(length)
	n.CountWork(lanes, size, 6*bits.Len(uint(size)))
	if size > length {
		n.CountWork(lanes, size, 6*bits.Len(uint(size)))
	}
	n.CountWork(size, 100) // the tables
}

// dft is DFT.
func dft(n *Node) Eval {
	x := n.In[0].Shape
	elem := n.Type(0, tensor.Floats)
	parts, axis := n.parts(x), int64(-2)
	if n.In[2] != nil {
		if list := n.Ints(2); len(list) == 1 {
			axis = list[0]
		} else if n.err == nil {
			n.Fail("input 2 has shape %v, want one axis", n.In[2].Shape)
		}
	}
	d := n.Axis(axis, len(x))
	if n.err == nil && d == len(x)-1 {
		n.Fail("axis %d is that of real and imaginary parts", axis)
	}
	if n.err != nil {
		return nil
	}
	inverse, half := n.Bool("inverse", false), n.Bool("onesided", false)
	length := x[d]
	if inverse && half {
		length = 2 * (x[d] - 1)
	}
	if n.In[1] != nil {
		length = n.length(1)
	}
	shape := cloneShape(x)
	shape[d], shape[len(x)-1] = length, 2
	switch {
	case half && inverse:
		shape[len(x)-1] = 1
	case half:
		shape[d] = length/2 + 1
	}
	if n.err == nil && length < 1 {
		n.Fail("it transforms %d elements, want 1 or more", length)
	}
	if !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	outer, inner := tensor.Product(x[:d]), tensor.Product(x[d+1:len(x)-1])
	n.countFourier(outer*inner, length)
	plan := once(func() *fourier { return newFourier(length) })
	return func(m *Memory, out, in []tensor.Tensor) {
		f := plan()
		src, dst, room := m.Copied(onnx.Double, in[0]), m.Tensor(onnx.Double, shape), m.complexes(f.size)
		for o := range outer {
			for i := range inner {
				from := signal{tensor.Of[float64](src)[(o*x[d]*inner+i)*parts:], x[d], inner * parts, parts == 2}
				to := signal{tensor.Of[float64](dst)[(o*shape[d]*inner+i)*shape[len(x)-1]:], shape[d], inner * shape[len(x)-1], !(half && inverse)}
				from.read(room.upTo(length))
				switch {
				case half && inverse:
					mirror(room.upTo(length))
					f.inverse(room)
				case inverse:
					f.inverse(room)
				default:
					f.transform(room)
				}
				to.write(room)
			}
		}
		tensor.Convert(out[0], dst)
	}
}

// signal is numbers along an axis, at a distance.
type signal struct {
	v       []float64
	n, step int
	complex bool
}

// read reads a signal, with zeros behind it.
func (s *signal) read(x complexes) {
	clear(x.re)
	clear(x.im)
	for k := range min(s.n, len(x.re)) {
		if x.re[k] = s.v[k*s.step]; s.complex {
			x.im[k] = s.v[k*s.step+1]
		}
	}
}

// write writes a signal.
func (s *signal) write(x complexes) {
	for k := range s.n {
		if s.v[k*s.step] = x.re[k]; s.complex {
			s.v[k*s.step+1] = x.im[k]
		}
	}
}

// mirror makes the second half of a transform of real numbers from the first.
func mirror(x complexes) {
	n := len(x.re)
	x.im[0] = 0
	if n%2 == 0 {
		x.im[n/2] = 0
	}
	for k := 1; k <= (n-1)/2; k++ {
		x.re[n-k], x.im[n-k] = x.re[k], -x.im[k]
	}
}

// complexes returns memory for n complex numbers.
func (m *Memory) complexes(n int) complexes {
	v := tensor.Of[float64](m.Tensor(onnx.Double, []int{2 * n}))
	return complexes{v[:n], v[n:]}
}

// stft is STFT: the transforms of frames of a signal, times a window.
func stft(n *Node) Eval {
	x := n.In[0].Shape
	elem := n.Type(0, tensor.Floats)
	if len(x) == 2 { // real numbers, as ONNX Runtime takes them, too
		x = append(cloneShape(x), 1)
	}
	parts := n.parts(x)
	if len(x) != 3 {
		n.Fail("input 0 has shape %v, want 3 dimensions", x)
	}
	if n.err != nil {
		return nil
	}
	step, length := n.length(1), x[1]
	if v := n.In[2]; v != nil {
		if n.Type(2, tensor.TypeSet(elem)); len(v.Shape) != 1 {
			n.Fail("input 2 has shape %v, want a list", v.Shape)
			return nil
		}
		length = v.Shape[0]
	}
	if n.In[3] != nil {
		length = n.length(3)
	}
	if n.err == nil && (length < 1 || length > x[1]) {
		n.Fail("its frames have %d elements, want 1 to the signal's %d", length, x[1])
	}
	if n.err != nil {
		return nil
	}
	frames, bins := 1+(x[1]-length)/step, length
	if n.Bool("onesided", true) {
		bins = length/2 + 1
	}
	if !n.Result(elem, x[0], frames, bins, 2) || n.empty() {
		return nothing
	}
	n.countFourier(x[0]*frames, length)
	plan := once(func() *fourier { return newFourier(length) })
	return func(m *Memory, out, in []tensor.Tensor) {
		f := plan()
		src, dst, room := m.Copied(onnx.Double, in[0]), m.Tensor(onnx.Double, out[0].Shape), m.complexes(f.size)
		var window []float64
		if in[2].Given() {
			window = tensor.Of[float64](m.Copied(onnx.Double, in[2]))
		}
		for i := range x[0] * frames {
			at := i/frames*x[1] + i%frames*step
			from := signal{tensor.Of[float64](src)[at*parts:], length, parts, parts == 2}
			from.read(room.upTo(length))
			if window != nil {
				for k := range length {
					w := 0.0
					if k < len(window) {
						w = window[k]
					}
					room.re[k] *= w
					room.im[k] *= w
				}
			}
			f.transform(room)
			to := signal{tensor.Of[float64](dst)[i*bins*2:], bins, 2, true}
			to.write(room)
		}
		tensor.Convert(out[0], dst)
	}
}
