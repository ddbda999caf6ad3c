package main

import (
	"math"
	"reflect"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is tensors of all element types: filled with numbers, and read as
// float32.

// isFloat reports whether a type, as infer.Value names it, is of floating point.
func isFloat(typ string) bool {
	return typ == "float32" || typ == "float64" || typ == "float16" || typ == "bfloat16"
}

// isInteger reports whether a type is of integers.
func isInteger(typ string) bool {
	switch typ {
	case "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8":
		return true
	}
	return false
}

// zeros returns n zeros of a type, as infer.Tensor has them; nil of a type that
// cannot be filled.
func zeros(typ string, n int) any {
	switch typ {
	case "float32":
		return make([]float32, n)
	case "float64":
		return make([]float64, n)
	case "int64":
		return make([]int64, n)
	case "int32":
		return make([]int32, n)
	case "int16":
		return make([]int16, n)
	case "int8":
		return make([]int8, n)
	case "uint64":
		return make([]uint64, n)
	case "uint32":
		return make([]uint32, n)
	case "uint16", "float16", "bfloat16":
		return make([]uint16, n)
	case "uint8":
		return make([]uint8, n)
	case "bool":
		return make([]bool, n)
	}
	return nil
}

// put sets element i of data of a type.
func put(data any, typ string, i int, v float64) {
	switch d := data.(type) {
	case []float32:
		d[i] = float32(v)
	case []float64:
		d[i] = v
	case []int64:
		d[i] = int64(v)
	case []int32:
		d[i] = int32(v)
	case []int16:
		d[i] = int16(v)
	case []int8:
		d[i] = int8(v)
	case []uint64:
		d[i] = uint64(v)
	case []uint32:
		d[i] = uint32(v)
	case []uint16:
		d[i] = bits16(typ, v)
	case []uint8:
		d[i] = uint8(v)
	case []bool:
		d[i] = v != 0
	}
}

// bits16 is a number as one of the types that take 16 bits.
func bits16(typ string, v float64) uint16 {
	switch typ {
	case "float16":
		return onnx.Float32ToFloat16(float32(v))
	case "bfloat16":
		return onnx.Float32ToBFloat16(float32(v))
	}
	return uint16(v)
}

// fits reports whether a type holds the number v: an integer type only whole ones
// in its range, bool 0 and 1.
func fits(typ string, v float64) bool {
	one := zeros(typ, 1)
	if one == nil || isFloat(typ) {
		return one != nil
	}
	if typ == "bool" {
		return v == 0 || v == 1
	}
	if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return false
	}
	e := reflect.ValueOf(one).Index(0)
	if e.CanUint() {
		return v >= 0 && !e.OverflowUint(uint64(v))
	}
	return !e.OverflowInt(int64(v))
}

// fill sets all n elements of data of a type.
func fill(data any, typ string, n int, v float64) {
	for i := range n {
		put(data, typ, i, v)
	}
}

// first is the first n elements of data.
func first(data any, n int) any {
	if all, ok := data.([]float32); ok {
		return all[:n]
	}
	return reflect.ValueOf(data).Slice(0, n).Interface()
}

// floats writes elements of a type of floating point, or of uint8, to dst, as
// many as it has, and reports whether data has as many of such.
func floats(dst []float32, data any, typ string) bool {
	if data == nil || reflect.ValueOf(data).Len() != len(dst) {
		return false
	}
	switch d := data.(type) {
	case []float32:
		copy(dst, d)
	case []float64:
		for i, v := range d {
			dst[i] = float32(v)
		}
	case []uint8:
		for i, v := range d {
			dst[i] = float32(v)
		}
	case []uint16:
		for i, v := range d {
			switch typ {
			case "float16":
				dst[i] = onnx.Float16ToFloat32(v)
			case "bfloat16":
				dst[i] = onnx.BFloat16ToFloat32(v)
			default:
				return false
			}
		}
	default:
		return false
	}
	return true
}
