package infer

import (
	"encoding/binary"
	"fmt"

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
// is stored narrower. The elements may stand in the file.
func tensorOf(c *onnx.Tensor, elem onnx.DataType) (tensor, error) {
	t := tensor{elem: elem, shape: make([]int, len(c.Dims))}
	for i, d := range c.Dims {
		t.shape[i] = int(d)
	}
	if elem == onnx.Float {
		v, err := c.Float32View()
		t.data = &v
		return t, err
	}
	if n := t.len(); c.Type != elem || len(c.Raw) != n*elem.Size() {
		return t, fmt.Errorf("tensor %q is %d bytes of %v, want %d elements of %v", c.Name, len(c.Raw), c.Type, n, elem)
	}
	t.data = newData(elem, t.len())
	_, err := binary.Decode(c.Raw, binary.LittleEndian, elements(t.data))
	return t, err
}

// constantOf is the reverse of tensorOf. It may keep t's elements.
func constantOf(t tensor) *onnx.Tensor {
	c := &onnx.Tensor{Type: t.elem}
	for _, d := range t.shape {
		c.Dims = append(c.Dims, int64(d))
	}
	if t.elem == onnx.Float {
		c.SetFloat32(of[float32](t))
		return c
	}
	c.Raw, _ = binary.Append(nil, binary.LittleEndian, elements(t.data)) // fails for types that are not ours
	return c
}
