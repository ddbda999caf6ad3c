package onnx

import "fmt"

// This file is the element types of tensors.

// DataType is a TensorProto.DataType.
type DataType int32

// The element types of which this package holds tensors.
const (
	Float    DataType = 1
	Uint8    DataType = 2
	Int8     DataType = 3
	Uint16   DataType = 4
	Int16    DataType = 5
	Int32    DataType = 6
	Int64    DataType = 7
	Bool     DataType = 9
	Float16  DataType = 10
	Double   DataType = 11
	Uint32   DataType = 12
	Uint64   DataType = 13
	BFloat16 DataType = 16
)

// types has a row for every type of the format; size 0 says that this package
// holds no tensor of it. The field is where a TensorProto that has no raw_data
// keeps the elements.
var types = [...]struct {
	name  string
	size  int // bytes of one element in raw_data
	field int
}{
	Float:    {"float32", 4, floatData},
	Uint8:    {"uint8", 1, int32Data},
	Int8:     {"int8", 1, int32Data},
	Uint16:   {"uint16", 2, int32Data},
	Int16:    {"int16", 2, int32Data},
	Int32:    {"int32", 4, int32Data},
	Int64:    {"int64", 8, int64Data},
	8:        {name: "string"},
	Bool:     {"bool", 1, int32Data},
	Float16:  {"float16", 2, int32Data},
	Double:   {"float64", 8, doubleData},
	Uint32:   {"uint32", 4, uint64Data},
	Uint64:   {"uint64", 8, uint64Data},
	14:       {name: "complex64"},
	15:       {name: "complex128"},
	BFloat16: {"bfloat16", 2, int32Data},
	17:       {name: "float8e4m3fn"},
	18:       {name: "float8e4m3fnuz"},
	19:       {name: "float8e5m2"},
	20:       {name: "float8e5m2fnuz"},
	21:       {name: "uint4"},
	22:       {name: "int4"},
	23:       {name: "float4e2m1"},
	24:       {name: "float8e8m0"},
	25:       {name: "uint2"},
	26:       {name: "int2"},
}

// String returns the name that Go and NumPy use: float32, int64, bool.
func (t DataType) String() string {
	if t > 0 && int(t) < len(types) {
		return types[t].name
	}
	return fmt.Sprintf("type %d", int32(t))
}

// Size returns the bytes of one element, 0 for types of which this package
// holds no tensors.
func (t DataType) Size() int {
	if t > 0 && int(t) < len(types) {
		return types[t].size
	}
	return 0
}
