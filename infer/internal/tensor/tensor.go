// Package tensor holds values as operators see them: elements of one type, row
// by row in ONNX's order, under a shape of numbers. It converts between types,
// walks over tensors of different shapes together, and moves elements.
package tensor

import (
	"github.com/ganlet/ganlet/internal/onnx"
)

// Type is an element type.
type Type = onnx.DataType

// Tensor is elements and their shape. Data points to a slice of the Go type that
// Elem names (*[]float32, *[]bool, ...; *[]uint16 for float16 and bfloat16, as
// bits). Data is nil for an optional input that is left out. The elements
// belong to whoever made them; operators write to no input.
type Tensor struct {
	Elem  Type
	Shape []int
	Data  any
}

// Element is the Go types that tensors hold.
type Element interface {
	float32 | float64 | int64 | int32 | int16 | int8 | uint64 | uint32 | uint16 | uint8 | bool
}

// Wide is the types that arithmetic is done in. Narrower integers are widened.
type Wide interface{ float32 | float64 | int64 }

// MaxRank bounds the dimensions of a tensor.
const MaxRank = 32

// Of returns the elements of a tensor.
//
//go:noinline
func Of[T Element](t Tensor) []T { return (*t.Data.(*[]T))[:t.Len()] }

// Nth returns the elements of tensor i of a list.
//
//go:noinline
func Nth[T Element](list []Tensor, i int) []T {
	t := &list[i]
	return (*t.Data.(*[]T))[:t.Len()]
}

// Len is the number of elements.
//
//go:noinline
func (t *Tensor) Len() int { return Product(t.Shape) }

// Given reports whether the tensor is not an optional input left out.
func (t *Tensor) Given() bool { return t.Data != nil }

// Product multiplies sizes whose product is known to fit.
//
//go:noinline
func Product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Bytes returns the memory that elements of a shape take, and whether that is a
// number: no size is negative or above limit, and neither is their product. A
// shape with a zero is bounded all the same, size by size.
func Bytes(elem Type, shape []int, limit int) (bytes int64, ok bool) {
	n, empty := int64(1), false
	for _, d := range shape {
		switch {
		case d < 0 || d > limit:
			return 0, false
		case d == 0:
			empty = true
		case n > int64(limit)/int64(d):
			return 0, false
		default:
			n *= int64(d)
		}
	}
	if empty {
		return 0, len(shape) <= MaxRank
	}
	return n * int64(max(elem.Size(), 1)), len(shape) <= MaxRank
}

// New makes a tensor of zeros.
func New(elem Type, shape ...int) Tensor {
	return Tensor{elem, shape, Make(elem, Product(shape))}
}

// From makes a tensor of elements, which it keeps.
func From[T Element](elem Type, v []T, shape ...int) Tensor { return Tensor{elem, shape, &v} }

// Types is a set of element types.
type Types uint32

// TypeSet makes a set.
//
//go:noinline
func TypeSet(list ...Type) (s Types) {
	for _, t := range list {
		s |= 1 << t
	}
	return s
}

// Has reports whether t is in the set.
//
//go:noinline
func (s Types) Has(t Type) bool { return t >= 0 && t < 32 && s>>t&1 != 0 }

// The sets that operators take. Float16 and bfloat16 are in none: values of
// those types are computed as float32, see package graph.
const (
	Floats   = Types(1<<onnx.Float | 1<<onnx.Double)
	Integers = Types(1<<onnx.Int64 | 1<<onnx.Int32 | 1<<onnx.Int16 | 1<<onnx.Int8 |
		1<<onnx.Uint64 | 1<<onnx.Uint32 | 1<<onnx.Uint16 | 1<<onnx.Uint8)
	Numbers  = Floats | Integers
	Booleans = Types(1 << onnx.Bool)
	Any      = Numbers | Booleans
	Halves   = Types(1<<onnx.Float16 | 1<<onnx.BFloat16)
	Stored   = Any | Halves // what memory can hold
)
