package tensor

import (
	"unsafe"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is tensor data as Go slices of callers.

// Slice returns the slice behind data.
func Slice(data any) any {
	switch d := data.(type) {
	case *[]float32:
		return *d
	case *[]float64:
		return *d
	case *[]int64:
		return *d
	case *[]int32:
		return *d
	case *[]int16:
		return *d
	case *[]int8:
		return *d
	case *[]uint64:
		return *d
	case *[]uint32:
		return *d
	case *[]uint16:
		return *d
	case *[]uint8:
		return *d
	}
	return *data.(*[]bool)
}

// Pointer is the reverse of Slice: data of elements of a type, and their number.
// It returns nil for a slice of another type.
func Pointer(slice any, elem Type) (data any, n int) {
	var first unsafe.Pointer
	var is Type
	switch v := slice.(type) {
	case []float32:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Float
	case []float64:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Double
	case []int64:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Int64
	case []int32:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Int32
	case []int16:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Int16
	case []int8:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Int8
	case []uint64:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Uint64
	case []uint32:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Uint32
	case []uint16:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Uint16
		if Halves.Has(elem) {
			is = elem
		}
	case []uint8:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Uint8
	case []bool:
		first, n, is = unsafe.Pointer(unsafe.SliceData(v)), len(v), onnx.Bool
	}
	if is == 0 || is != elem {
		return nil, 0
	}
	return typed(elem, unsafe.Slice((*byte)(first), n)), n
}
