package onnx

import "fmt"

// This file is the element types of tensors.

// DataType is a TensorProto.DataType; the zero value is an unknown type.
type DataType int32

// The element types of the format.
const (
	Float          DataType = 1
	Uint8          DataType = 2
	Int8           DataType = 3
	Uint16         DataType = 4
	Int16          DataType = 5
	Int32          DataType = 6
	Int64          DataType = 7
	String         DataType = 8
	Bool           DataType = 9
	Float16        DataType = 10
	Double         DataType = 11
	Uint32         DataType = 12
	Uint64         DataType = 13
	Complex64      DataType = 14
	Complex128     DataType = 15
	BFloat16       DataType = 16
	Float8E4M3FN   DataType = 17
	Float8E4M3FNUZ DataType = 18
	Float8E5M2     DataType = 19
	Float8E5M2FNUZ DataType = 20
	Uint4          DataType = 21
	Int4           DataType = 22
	Float4E2M1     DataType = 23
	Float8E8M0     DataType = 24
	Uint2          DataType = 25
	Int2           DataType = 26
)

// types has a row for every type of the format. The field is where a
// TensorProto without raw_data keeps the elements.
var types = [...]struct {
	name  string
	bits  int // of one element in raw_data; 0: no fixed size
	field int
}{
	Float:          {"float32", 32, floatData},
	Uint8:          {"uint8", 8, int32Data},
	Int8:           {"int8", 8, int32Data},
	Uint16:         {"uint16", 16, int32Data},
	Int16:          {"int16", 16, int32Data},
	Int32:          {"int32", 32, int32Data},
	Int64:          {"int64", 64, int64Data},
	String:         {"string", 0, stringData},
	Bool:           {"bool", 8, int32Data},
	Float16:        {"float16", 16, int32Data},
	Double:         {"float64", 64, doubleData},
	Uint32:         {"uint32", 32, uint64Data},
	Uint64:         {"uint64", 64, uint64Data},
	Complex64:      {"complex64", 64, floatData},
	Complex128:     {"complex128", 128, doubleData},
	BFloat16:       {"bfloat16", 16, int32Data},
	Float8E4M3FN:   {"float8e4m3fn", 8, int32Data},
	Float8E4M3FNUZ: {"float8e4m3fnuz", 8, int32Data},
	Float8E5M2:     {"float8e5m2", 8, int32Data},
	Float8E5M2FNUZ: {"float8e5m2fnuz", 8, int32Data},
	Uint4:          {"uint4", 4, int32Data},
	Int4:           {"int4", 4, int32Data},
	Float4E2M1:     {"float4e2m1", 4, int32Data},
	Float8E8M0:     {"float8e8m0", 8, int32Data},
	Uint2:          {"uint2", 2, int32Data},
	Int2:           {"int2", 2, int32Data},
}

// String returns the name that Go and NumPy use: float32, int64, bool.
func (t DataType) String() string {
	if t.known() {
		return types[t].name
	}
	return fmt.Sprintf("type %d", int32(t))
}

// Bits returns the bits of one element: 4 or 2 for the types of which a byte
// holds several elements, 0 for String and for unknown types.
func (t DataType) Bits() int {
	if t.known() {
		return types[t].bits
	}
	return 0
}

// Size returns the bytes of one element, 0 where that is no whole number of
// bytes or not known.
func (t DataType) Size() int { return t.Bits() / 8 }

// known reports whether ONNX defines the type.
func (t DataType) known() bool { return t > 0 && int(t) < len(types) }

// stored returns the bytes in raw_data of one number of the typed field: a part
// of a complex number, an element, or a byte of several elements.
func (t DataType) stored() int64 {
	switch t {
	case Complex64, Complex128:
		return int64(t.Size()) / 2
	}
	return max(int64(t.Size()), 1)
}
