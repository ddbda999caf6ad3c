package tensor

import (
	"unsafe"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is tensor data whatever its type. What only moves elements, or makes
// room for them, needs no more than their size: written once for each Go type, it
// would be most of this package's code. A slice of any type has the same header,
// so a pointer to one is read as a pointer to a slice of a type of that size.

// header returns the slice behind data as one of bytes that has as many elements,
// which are not all of its memory, and their size.
//
//go:noinline
func header(data any) (slice *[]byte, size int) {
	switch d := data.(type) {
	case *[]float32:
		return (*[]byte)(unsafe.Pointer(d)), 4
	case *[]float64:
		return (*[]byte)(unsafe.Pointer(d)), 8
	case *[]int64:
		return (*[]byte)(unsafe.Pointer(d)), 8
	case *[]int32:
		return (*[]byte)(unsafe.Pointer(d)), 4
	case *[]int16:
		return (*[]byte)(unsafe.Pointer(d)), 2
	case *[]int8:
		return (*[]byte)(unsafe.Pointer(d)), 1
	case *[]uint64:
		return (*[]byte)(unsafe.Pointer(d)), 8
	case *[]uint32:
		return (*[]byte)(unsafe.Pointer(d)), 4
	case *[]uint16:
		return (*[]byte)(unsafe.Pointer(d)), 2
	case *[]uint8:
		return d, 1
	}
	return (*[]byte)(unsafe.Pointer(data.(*[]bool))), 1
}

// typed is the reverse of header: data of a type.
func typed(elem Type, slice []byte) any {
	p := unsafe.Pointer(&slice)
	switch elem {
	case onnx.Float:
		return (*[]float32)(p)
	case onnx.Double:
		return (*[]float64)(p)
	case onnx.Int64:
		return (*[]int64)(p)
	case onnx.Int32:
		return (*[]int32)(p)
	case onnx.Int16:
		return (*[]int16)(p)
	case onnx.Int8:
		return (*[]int8)(p)
	case onnx.Uint64:
		return (*[]uint64)(p)
	case onnx.Uint32:
		return (*[]uint32)(p)
	case onnx.Uint16, onnx.Float16, onnx.BFloat16:
		return (*[]uint16)(p)
	case onnx.Uint8:
		return (*[]uint8)(p)
	}
	return (*[]bool)(p)
}

// Bits is the unsigned integers that stand for elements of their size.
type Bits interface {
	uint64 | uint32 | uint16 | uint8
}

// BitsOf returns the elements of a tensor of any type as integers of their size.
// Bools must stay bools.
func BitsOf[B Bits](t Tensor) []B {
	slice, size := header(t.Data)
	if size != int(unsafe.Sizeof(*new(B))) {
		panic("tensor: elements of another size")
	}
	return (*(*[]B)(unsafe.Pointer(slice)))[:t.Len()]
}

// Seen is the same elements as those of another type of the same size.
func Seen[T, B Element](v []B) []T {
	if unsafe.Sizeof(*new(T)) != unsafe.Sizeof(*new(B)) {
		panic("tensor: elements of another size")
	}
	return *(*[]T)(unsafe.Pointer(&v))
}

// bytesOf returns the memory of n elements behind data, from one on.
func bytesOf(data any, first, n int) []byte {
	slice, size := header(data)
	part := (*slice)[:first+n] // or panic
	return unsafe.Slice(unsafe.SliceData(part), (first+n)*size)[first*size:]
}

// Make returns memory for n elements, as Tensor.Data wants it.
func Make(elem Type, n int) any { return typed(elem, zeros(n, max(elem.Size(), 1))) }

// zeros makes n elements of a size.
func zeros(n, size int) []byte {
	words := make([]uint64, (n*size+7)/8) // aligned for all types
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// Resize makes data, as of Make, n zeros, reusing its memory where that suffices.
func Resize(data any, n int) {
	slice, size := header(data)
	if cap(*slice) < n {
		*slice = zeros(n, size)
		return
	}
	*slice = (*slice)[:n]
	clear(bytesOf(data, 0, n))
}

// Cut lets the slice behind to be n elements of the one behind from, of the same
// type, from one on; nil if from is nil.
func Cut(to, from any, first, n int) {
	slice, _ := header(to)
	if from == nil {
		*slice = nil
		return
	}
	*slice = unsafe.Slice(unsafe.SliceData(bytesOf(from, first, n)), n)
}

// Place returns data of n elements at an offset in bytes of a block, which must
// be aligned to the type.
func Place(block []uint64, offset int, elem Type, n int) any {
	if elem == onnx.Bool || n == 0 {
		return Make(elem, n) // a bool has values that other bytes are not
	}
	all := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(block))), 8*len(block))
	part := all[offset:][:n*elem.Size()]
	return typed(elem, unsafe.Slice(unsafe.SliceData(part), n))
}

// Copy copies n elements of src, from one on, to dst, of the same type.
func Copy(dst Tensor, to int, src Tensor, from, n int) {
	copy(bytesOf(dst.Data, to, n), bytesOf(src.Data, from, n))
}
