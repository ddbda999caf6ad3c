package infer

import (
	"encoding/binary"
	"math"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is tensors of the general path: elements of any type that we
// compute with, row by row, in ONNX's order.

// tensor is a value as a general operator sees it: all its sizes are numbers.
type tensor struct {
	elem  onnx.DataType
	shape []int
	data  any // *[]float32, *[]bool, ...; nil: an input left out
}

// element is the types that tensors hold.
type element interface {
	float32 | float64 | int64 | int32 | int8 | uint8 | bool
}

// wide is the types that arithmetic is done in: narrower integers are widened.
type wide interface{ float32 | float64 | int64 }

// of returns the elements of a tensor.
func of[T element](t tensor) []T { return (*t.data.(*[]T))[:t.len()] }

func (t tensor) len() int    { return product(t.shape) }
func (t tensor) given() bool { return t.data != nil }

// product multiplies sizes that are known to have a product.
func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// types is a set of element types.
type types uint32

func typeSet(list ...onnx.DataType) (s types) {
	for _, t := range list {
		s |= 1 << t
	}
	return s
}

func (s types) has(t onnx.DataType) bool { return t >= 0 && t < 32 && s>>t&1 != 0 }

var (
	floats   = typeSet(onnx.Float, onnx.Double)
	integers = typeSet(onnx.Int64, onnx.Int32, onnx.Int8, onnx.Uint8)
	numbers  = floats | integers
	booleans = typeSet(onnx.Bool)
	anyType  = numbers | booleans
)

// newData returns memory for n elements.
func newData(elem onnx.DataType, n int) any {
	switch elem {
	case onnx.Float:
		return ptr(make([]float32, n))
	case onnx.Double:
		return ptr(make([]float64, n))
	case onnx.Int64:
		return ptr(make([]int64, n))
	case onnx.Int32:
		return ptr(make([]int32, n))
	case onnx.Int8:
		return ptr(make([]int8, n))
	case onnx.Uint8:
		return ptr(make([]uint8, n))
	}
	return ptr(make([]bool, n))
}

func ptr[T any](v T) *T { return &v }

func newTensor(elem onnx.DataType, shape ...int) tensor {
	return tensor{elem, shape, newData(elem, product(shape))}
}

// tensorOf reads a constant as elements of a type: its own, or float32 where it
// is stored narrower.
func tensorOf(c *onnx.Tensor, elem onnx.DataType) (tensor, error) {
	t := tensor{elem: elem, shape: make([]int, len(c.Dims))}
	for i, d := range c.Dims {
		t.shape[i] = int(d)
	}
	var err error
	switch elem {
	case onnx.Float:
		var v []float32
		v, err = c.Float32s()
		t.data = &v
	case onnx.Double:
		var v []float64
		v, err = c.Float64s()
		t.data = &v
	case onnx.Int64:
		var v []int64
		v, err = c.Int64s()
		t.data = &v
	default:
		var v []int64
		v, err = c.Int64s()
		t.data = newData(elem, len(v))
		if err == nil {
			convert(t, tensor{onnx.Int64, t.shape, &v})
		}
	}
	return t, err
}

// constantOf is the reverse of tensorOf.
func constantOf(t tensor) *onnx.Tensor {
	c := &onnx.Tensor{Type: t.elem, Raw: make([]byte, 0, t.len()*t.elem.Size())}
	for _, d := range t.shape {
		c.Dims = append(c.Dims, int64(d))
	}
	switch t.elem {
	case onnx.Float:
		for _, v := range of[float32](t) {
			c.Raw = binary.LittleEndian.AppendUint32(c.Raw, math.Float32bits(v))
		}
	case onnx.Double:
		for _, v := range of[float64](t) {
			c.Raw = binary.LittleEndian.AppendUint64(c.Raw, math.Float64bits(v))
		}
	case onnx.Int64:
		for _, v := range of[int64](t) {
			c.Raw = binary.LittleEndian.AppendUint64(c.Raw, uint64(v))
		}
	case onnx.Int32:
		for _, v := range of[int32](t) {
			c.Raw = binary.LittleEndian.AppendUint32(c.Raw, uint32(v))
		}
	case onnx.Int8:
		for _, v := range of[int8](t) {
			c.Raw = append(c.Raw, byte(v))
		}
	case onnx.Uint8:
		c.Raw = append(c.Raw, of[uint8](t)...)
	case onnx.Bool:
		for _, v := range of[bool](t) {
			b := byte(0)
			if v {
				b = 1
			}
			c.Raw = append(c.Raw, b)
		}
	}
	return c
}

// convert writes src's elements to dst as Go converts them: towards zero, around
// where an integer is too narrow, and bool as 0 and 1.
func convert(dst, src tensor) {
	if dst.elem == src.elem {
		copySame(dst, src)
		return
	}
	switch src.elem {
	case onnx.Float:
		convertTo(dst, of[float32](src))
	case onnx.Double:
		convertTo(dst, of[float64](src))
	case onnx.Int64:
		convertTo(dst, of[int64](src))
	case onnx.Int32:
		convertTo(dst, of[int32](src))
	case onnx.Int8:
		convertTo(dst, of[int8](src))
	case onnx.Uint8:
		convertTo(dst, of[uint8](src))
	case onnx.Bool:
		switch v := of[bool](src); dst.elem {
		case onnx.Bool:
			copy(of[bool](dst), v)
		case onnx.Float:
			fromBools(of[float32](dst), v)
		case onnx.Double:
			fromBools(of[float64](dst), v)
		case onnx.Int64:
			fromBools(of[int64](dst), v)
		case onnx.Int32:
			fromBools(of[int32](dst), v)
		case onnx.Int8:
			fromBools(of[int8](dst), v)
		case onnx.Uint8:
			fromBools(of[uint8](dst), v)
		}
	}
}

func fromBools[T float32 | float64 | int64 | int32 | int8 | uint8](dst []T, src []bool) {
	for i, b := range src {
		dst[i] = 0
		if b {
			dst[i] = 1
		}
	}
}

func convertTo[S float32 | float64 | int64 | int32 | int8 | uint8](dst tensor, src []S) {
	switch dst.elem {
	case onnx.Float:
		for i, d := 0, of[float32](dst); i < len(d); i++ {
			d[i] = float32(src[i])
		}
	case onnx.Double:
		for i, d := 0, of[float64](dst); i < len(d); i++ {
			d[i] = float64(src[i])
		}
	case onnx.Int64:
		for i, d := 0, of[int64](dst); i < len(d); i++ {
			d[i] = integer(src[i])
		}
	case onnx.Int32:
		for i, d := 0, of[int32](dst); i < len(d); i++ {
			d[i] = int32(integer(src[i]))
		}
	case onnx.Int8:
		for i, d := 0, of[int8](dst); i < len(d); i++ {
			d[i] = int8(integer(src[i]))
		}
	case onnx.Uint8:
		for i, d := 0, of[uint8](dst); i < len(d); i++ {
			d[i] = uint8(integer(src[i]))
		}
	case onnx.Bool:
		for i, d := 0, of[bool](dst); i < len(d); i++ {
			d[i] = src[i] != 0
		}
	}
}

func copySame(dst, src tensor) {
	switch dst.elem {
	case onnx.Float:
		copy(of[float32](dst), of[float32](src))
	case onnx.Double:
		copy(of[float64](dst), of[float64](src))
	case onnx.Int64:
		copy(of[int64](dst), of[int64](src))
	case onnx.Int32:
		copy(of[int32](dst), of[int32](src))
	case onnx.Int8:
		copy(of[int8](dst), of[int8](src))
	case onnx.Uint8:
		copy(of[uint8](dst), of[uint8](src))
	case onnx.Bool:
		copy(of[bool](dst), of[bool](src))
	}
}

// integer converts to int64, the same on every CPU also where a float is NaN or
// too large.
func integer[S float32 | float64 | int64 | int32 | int8 | uint8](v S) int64 {
	if v != v || S(1)/2 == 0 { // NaN, or an integer
		if v != v {
			return 0
		}
		return int64(v)
	}
	switch f := float64(v); {
	case f >= 1<<63:
		return math.MaxInt64
	case f < -1<<63:
		return math.MinInt64
	}
	return int64(v)
}

// wider is the type that elements of a type are computed in.
func wider(t onnx.DataType) onnx.DataType {
	if t == onnx.Float || t == onnx.Double {
		return t
	}
	return onnx.Int64
}

// widened returns t in the type it is computed in: itself or a copy.
func (m *memory) widened(t tensor) tensor {
	if !t.given() || t.elem == wider(t.elem) {
		return t
	}
	return m.copied(wider(t.elem), t)
}

// inWide runs f on widened inputs, and narrows what it makes.
func inWide(f evaluate) evaluate {
	return func(m *memory, out, in []tensor) {
		all := true
		for _, t := range in {
			all = all && (!t.given() || t.elem == wider(t.elem))
		}
		for _, t := range out {
			all = all && t.elem == wider(t.elem)
		}
		if all {
			f(m, out, in)
			return
		}
		m.in, m.out = append(m.in[:0], in...), append(m.out[:0], out...)
		wideIn, wideOut := m.in, m.out
		for i, t := range in {
			wideIn[i] = m.widened(t)
		}
		for i, t := range out {
			if t.elem != wider(t.elem) {
				wideOut[i] = m.tensor(wider(t.elem), t.shape)
			}
		}
		f(m, wideOut, wideIn)
		for i, t := range out {
			if t.elem != wideOut[i].elem {
				convert(t, wideOut[i])
			}
		}
	}
}
