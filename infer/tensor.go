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
