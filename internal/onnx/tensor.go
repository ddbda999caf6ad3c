package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"
	"unsafe"
)

// This file is tensors as constants: how to make them and how to read them.

// Tensor is a TensorProto. Raw holds the elements, little-endian and row by
// row, whichever field of the file they came from; elements of less than a byte
// fill each byte from its low bits up.
//
// Raw is nil, whatever the dimensions, for String, whose elements are not kept,
// and where External is set. The caller who has read the data sets Raw then.
type Tensor struct {
	Name     string
	Type     DataType
	Dims     []int64   // empty: a scalar
	Raw      []byte    // Bytes() bytes
	External *External // nil: the data are here
}

// External is external_data: where the elements of a tensor lie, as they would
// in raw_data. Location comes from the file as it is, and may be any string.
type External struct {
	Location string // a path relative to the model's folder
	Offset   int64  // in bytes
	Length   int64  // in bytes; -1: to the end of the file
}

// NewFloat32 makes a float32 tensor of a copy of v.
func NewFloat32(name string, v []float32, dims ...int64) Tensor {
	return Tensor{Name: name, Type: Float, Dims: dims, Raw: appendFloat32s(nil, v)}
}

// NewFloat16 makes a float16 tensor of v, rounded to nearest even.
func NewFloat16(name string, v []float32, dims ...int64) Tensor {
	raw := make([]byte, 0, 2*len(v))
	for _, f := range v {
		raw = binary.LittleEndian.AppendUint16(raw, Float32ToFloat16(f))
	}
	return Tensor{Name: name, Type: Float16, Dims: dims, Raw: raw}
}

// NewInt64 makes an int64 tensor of a copy of v.
func NewInt64(name string, v []int64, dims ...int64) Tensor {
	raw := make([]byte, 0, 8*len(v))
	for _, i := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(i))
	}
	return Tensor{Name: name, Type: Int64, Dims: dims, Raw: raw}
}

// Float32s returns the elements of a float32, float16 or bfloat16 tensor as a
// new slice; the narrow types are widened exactly.
func (t *Tensor) Float32s() ([]float32, error) {
	if err := t.is(Float, Float16, BFloat16); err != nil {
		return nil, err
	}
	v := make([]float32, t.Len())
	switch t.Type {
	case Float:
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Raw[4*i:]))
		}
	case Float16:
		for i := range v {
			v[i] = Float16ToFloat32(binary.LittleEndian.Uint16(t.Raw[2*i:]))
		}
	case BFloat16:
		for i := range v {
			v[i] = BFloat16ToFloat32(binary.LittleEndian.Uint16(t.Raw[2*i:]))
		}
	}
	return v, nil
}

// Float32View is Float32s without a copy where the machine can read the elements
// as they stand in the file. The result must not be changed, and is valid as
// long as Raw.
func (t *Tensor) Float32View() ([]float32, error) {
	if t.Type != Float || !littleEndian || t.Len() == 0 || len(t.Raw) != 4*t.Len() {
		return t.Float32s() // which says what is wrong
	}
	first := unsafe.Pointer(unsafe.SliceData(t.Raw))
	if !anyAddress && uintptr(first)%4 != 0 {
		return t.Float32s()
	}
	return unsafe.Slice((*float32)(first), t.Len()), nil
}

// SetFloat32 gives t the elements v, which it may keep: they must not change.
func (t *Tensor) SetFloat32(v []float32) {
	t.Type, t.External = Float, nil
	if littleEndian && len(v) > 0 {
		t.Raw = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
		return
	}
	t.Raw = appendFloat32s(nil, v)
}

// appendFloat32s appends the bytes of v, as a file has them.
func appendFloat32s(raw []byte, v []float32) []byte {
	raw = slices.Grow(raw, 4*len(v))
	for _, f := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return raw
}

// littleEndian says that this machine orders bytes as the file does, anyAddress
// that it reads a float32 at any address.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

const anyAddress = runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"

// Float64s returns the elements of a tensor of any floating-point type as a
// new slice.
func (t *Tensor) Float64s() ([]float64, error) {
	if err := t.is(Double, Float, Float16, BFloat16); err != nil {
		return nil, err
	}
	v := make([]float64, t.Len())
	if t.Type == Double {
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(t.Raw[8*i:]))
		}
		return v, nil
	}
	narrow, err := t.Float32s()
	for i, f := range narrow {
		v[i] = float64(f)
	}
	return v, err
}

// Int64s returns the elements of a tensor of any integer type, or bool, as a
// new slice. An error says so when a uint64 does not fit.
func (t *Tensor) Int64s() ([]int64, error) {
	if err := t.is(Int64, Int32, Int16, Int8, Uint64, Uint32, Uint16, Uint8, Bool); err != nil {
		return nil, err
	}
	v := make([]int64, t.Len())
	for i := range v {
		at := t.Raw[i*t.Type.Size():]
		switch t.Type {
		case Int64, Uint64:
			v[i] = int64(binary.LittleEndian.Uint64(at))
		case Int32:
			v[i] = int64(int32(binary.LittleEndian.Uint32(at)))
		case Uint32:
			v[i] = int64(binary.LittleEndian.Uint32(at))
		case Int16:
			v[i] = int64(int16(binary.LittleEndian.Uint16(at)))
		case Uint16:
			v[i] = int64(binary.LittleEndian.Uint16(at))
		case Int8:
			v[i] = int64(int8(at[0]))
		case Uint8, Bool:
			v[i] = int64(at[0])
		}
		if t.Type == Uint64 && v[i] < 0 {
			return nil, fmt.Errorf("tensor %q: element %d, %d, is too large for int64", t.Name, i, uint64(v[i]))
		}
	}
	return v, nil
}
