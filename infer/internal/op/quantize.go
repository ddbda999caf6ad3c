package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is integers that stand for floats, and floats of 8 bits and fewer.

var quantization = family{
	{Name: "DequantizeLinear", Make: dequantize, Least: 2, Most: 3, Attrs: "axis block_size output_dtype", Raise: raiseQuantize},
	{Name: "QuantizeLinear", Make: quantize, Least: 2, Most: 3, Attrs: "axis block_size output_dtype precision saturate", Raise: raiseQuantize},
}

// raiseQuantize drops the axis of opsets before 13, which know none.
func raiseQuantize(r *Raising) {
	if r.Version < 13 {
		r.Take("axis")
	}
}

// bytes8 are the types of 8 bits.
const bytes8 = tensor.Types(1<<onnx.Int8 | 1<<onnx.Uint8)

// scales is which scale belongs to which element of [outer, axis, inner]: the one
// that there is; that of its place along the axis; or, with blocks, that of
// [outer, blocks, inner].
type scales struct {
	outer, axis, inner int
	block              int // how many along the axis have one scale; 0: no blocks
	one                bool
}

// scales checks scale and zero point, inputs 1 and 2.
func (n *Node) scales() (s scales) {
	x, scale, zero := n.In[0], n.In[1], n.In[2]
	block := n.Size("block_size", 0, 0)
	if zero != nil && !sameShape(zero.Shape, scale.Shape) && !(scale.one() && zero.one()) {
		n.Fail("scale and zero point have shapes %v and %v", scale.Shape, zero.Shape)
	}
	if n.err == nil && scale.one() && block == 0 {
		return scales{outer: 1, axis: 1, inner: x.Len(), one: true}
	}
	axis := n.Axis(n.Int("axis", 1), len(x.Shape))
	if n.err != nil {
		return s
	}
	want := []int{x.Shape[axis]}
	if block > 0 {
		want = cloneShape(x.Shape)
		want[axis] = (x.Shape[axis] + block - 1) / block
	}
	if !sameShape(scale.Shape, want) {
		n.Fail("scale has shape %v, want %v for axis %d of %v", scale.Shape, want, axis, x.Shape)
	}
	return scales{tensor.Product(x.Shape[:axis]), x.Shape[axis], tensor.Product(x.Shape[axis+1:]), block, false}
}

// lines calls f for stretches of n elements from one on, whose scales are from k
// on, step apart: 0 or 1.
func (s *scales) lines(f func(from, n, k, step int)) {
	if s.block == 0 && s.inner == 1 && !s.one {
		for o := range s.outer {
			f(o*s.axis, s.axis, 0, 1)
		}
		return
	}
	block, blocks := 1, s.axis
	if s.block > 0 {
		block, blocks = s.block, (s.axis+s.block-1)/s.block
	}
	for o := range s.outer {
		for b := range blocks {
			from, few := (o*s.axis+b*block)*s.inner, min(block, s.axis-b*block)
			switch {
			case s.block == 0:
				f(from, s.inner, b, 0)
			case s.inner == 1:
				f(from, few, o*blocks+b, 0)
			default:
				for i := range few {
					f(from+i*s.inner, s.inner, (o*blocks+b)*s.inner, 1)
				}
			}
		}
	}
}

// narrowOf is the type of an input as the file has it.
func (v *Value) narrowOf() tensor.Type {
	if v.Const != nil && v.Const.Narrow != 0 {
		return v.Const.Narrow
	}
	return v.Elem
}

// quantize is QuantizeLinear: x / scale rounded to even, plus the zero point.
func quantize(n *Node) Eval {
	n.Type(0, tensor.TypeSet(onnx.Float, onnx.Double, onnx.Int32))
	n.Type(1, tensor.TypeSet(onnx.Float))
	to := onnx.DataType(n.Int("output_dtype", 0))
	if n.In[2] != nil {
		if from := n.In[2].narrowOf(); to == 0 || to == from {
			to = from
		} else {
			n.Fail("the zero point is %v, want %v", from, to)
		}
	} else if to == 0 {
		to = onnx.Uint8
	}
	if p := onnx.DataType(n.Int("precision", 0)); p != 0 && p != onnx.Float {
		n.Fail("a precision of %v is not supported", p)
	}
	saturate := n.Bool("saturate", true)
	s := n.scales()
	elem := tensor.Holder(to)
	if elem == 0 {
		elem = to
	}
	low, high, ok := tensor.IntegerRange(to)
	if float := elem == onnx.Float && to != onnx.Float; !ok && !(float && tensor.RoundNarrow(nil, to, saturate)) {
		n.Fail("to %v is not supported", to)
	}
	if !n.Result(elem, n.In[0].Shape...) || n.empty() {
		return nothing
	}
	switch elem {
	case onnx.Float:
		n.CountWork(16, n.In[0].Len())
		return s.quantizeFloats(to, saturate)
	case onnx.Int8, onnx.Uint8:
		return s.quantizeBytes(low, high)
	}
	return s.quantizeWords(float64(low), float64(high))
}

// quantizeBytes is quantize to integers of up to 8 bits.
func (s scales) quantizeBytes(low, high int) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		x, zeros := tensor.Of[float32](m.float32s(in[0])), m.zeros(in)
		scale, y := tensor.Nth[float32](in, 1), tensor.Bytes8(out[0])
		s.lines(func(from, n, k, step int) {
			if step == 0 {
				kernel.Quantize(y[from:][:n], x[from:], scale[k], kernel.Narrow{Low: int32(low), High: int32(high), Zero: zeros[k]})
				return
			}
			for i, v := range x[from:][:n] {
				y[from+i] = uint8(rounded(v/scale[k+i], float64(zeros[k+i]), float64(low), float64(high)))
			}
		})
	}
}

// quantizeWords is quantize to integers of 16 bits.
func (s scales) quantizeWords(low, high float64) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		x, zeros := tensor.Of[float32](m.float32s(in[0])), m.zeros(in)
		scale, wide := tensor.Nth[float32](in, 1), m.Tensor(onnx.Int64, out[0].Shape)
		y := tensor.Of[int64](wide)
		s.lines(func(from, n, k, step int) {
			for i, v := range x[from:][:n] {
				y[from+i] = rounded(v/scale[k+i*step], float64(zeros[k+i*step]), low, high)
			}
		})
		tensor.Convert(out[0], wide)
	}
}

// quantizeFloats is quantize to floats of 8 bits or fewer.
func (s scales) quantizeFloats(to tensor.Type, saturate bool) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		x, y := tensor.Of[float32](m.float32s(in[0])), tensor.Nth[float32](out, 0)
		scale, zeros := tensor.Nth[float32](in, 1), []float32(nil)
		if in[2].Given() {
			zeros = tensor.Nth[float32](in, 2)
		}
		s.lines(func(from, n, k, step int) {
			for i, v := range x[from:][:n] {
				y[from+i] = v / scale[k+i*step]
				if zeros != nil {
					y[from+i] += zeros[k+i*step]
				}
			}
		})
		tensor.RoundNarrow(y, to, saturate)
	}
}

// rounded is v rounded to even, plus zero, clipped; NaN becomes the lowest.
func rounded(v float32, zero, low, high float64) int64 {
	q := math.RoundToEven(float64(v)) + zero
	if !(low < q) {
		q = low
	}
	if !(q < high) {
		q = high
	}
	return int64(q)
}

// float32s is t as float32: itself or a copy.
func (m *Memory) float32s(t tensor.Tensor) tensor.Tensor {
	if t.Elem == onnx.Float {
		return t
	}
	return m.Copied(onnx.Float, t)
}

// zeros are the zero points of input 2, one for each scale; zeros if it is left out.
func (m *Memory) zeros(in []tensor.Tensor) []int32 {
	zeros := m.Tensor(onnx.Int32, in[1].Shape)
	if in[2].Given() {
		tensor.Convert(zeros, in[2])
	}
	return tensor.Of[int32](zeros)
}

// dequantize is DequantizeLinear: (x - zero point) * scale.
func dequantize(n *Node) Eval {
	elem := n.Type(0, bytes8|tensor.TypeSet(onnx.Int16, onnx.Uint16, onnx.Int32, onnx.Float))
	n.Type(1, tensor.TypeSet(onnx.Float))
	if n.In[2] != nil && n.In[2].Elem != elem {
		n.Fail("the zero point is %v, want %v", n.In[2].Elem, elem)
	}
	to := onnx.DataType(n.Int("output_dtype", 0))
	round := tensor.Halves.Has(to)
	if to != 0 && to != onnx.Float && !round {
		n.Fail("to %v is not supported", to)
	}
	s := n.scales()
	if !n.Result(onnx.Float, n.In[0].Shape...) || n.empty() {
		return nothing
	}
	eval := s.dequantizeAny
	switch {
	case bytes8.Has(elem):
		eval = s.dequantizeBytes
	case elem == onnx.Float:
		eval = s.dequantizeFloats
	}
	if !round {
		return eval
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		eval(m, out, in)
		tensor.Round(tensor.Nth[float32](out, 0), to)
	}
}

// dequantizeBytes is dequantize of integers of up to 8 bits.
func (s scales) dequantizeBytes(m *Memory, out, in []tensor.Tensor) {
	x, y := tensor.Bytes8(in[0]), tensor.Nth[float32](out, 0)
	scale, zeros, signed := tensor.Nth[float32](in, 1), m.zeros(in), in[0].Elem == onnx.Int8
	s.lines(func(from, n, k, step int) {
		if step == 0 {
			kernel.Dequantize(y[from:][:n], x[from:], scale[k], zeros[k], signed)
			return
		}
		for i, b := range x[from:][:n] {
			v := int32(b)
			if signed {
				v = int32(int8(b))
			}
			y[from+i] = float32(v-zeros[k+i]) * scale[k+i]
		}
	})
}

// dequantizeAny is dequantize of integers of any type.
func (s scales) dequantizeAny(m *Memory, out, in []tensor.Tensor) {
	y, scale, zeros := tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 1), m.zeros(in)
	var wide [pieceLen]int64
	s.lines(func(from, n, k, step int) {
		for at := 0; at < n; at += pieceLen {
			piece := wide[:min(pieceLen, n-at)]
			tensor.Widen(piece, in[0], from+at)
			for i, v := range piece {
				j := k + (at+i)*step
				y[from+at+i] = float32(v-int64(zeros[j])) * scale[j]
			}
		}
	})
}

// dequantizeFloats is dequantize of floats of 8 bits or fewer.
func (s scales) dequantizeFloats(m *Memory, out, in []tensor.Tensor) {
	x, y, scale := tensor.Nth[float32](in, 0), tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 1)
	zeros := tensor.Of[float32](m.Tensor(onnx.Float, in[1].Shape))
	if in[2].Given() {
		zeros = tensor.Nth[float32](in, 2)
	}
	s.lines(func(from, n, k, step int) {
		for i, v := range x[from:][:n] {
			y[from+i] = (v - zeros[k+i*step]) * scale[k+i*step]
		}
	})
}
