package onnx

// This file is the attributes of nodes.

// AttrType is an AttributeProto.AttributeType: which field of an Attr counts.
type AttrType int32

// The attribute types that this package holds. Graphs, sparse tensors, types
// and lists of tensors are refused.
const (
	AttrFloat   AttrType = 1
	AttrInt     AttrType = 2
	AttrString  AttrType = 3
	AttrTensor  AttrType = 4
	AttrFloats  AttrType = 6
	AttrInts    AttrType = 7
	AttrStrings AttrType = 8
)

// attrNames has the format's names, also of what is refused.
var attrNames = [...]string{
	1: "float", 2: "int", 3: "string", 4: "tensor", 5: "graph", 6: "floats", 7: "ints", 8: "strings",
	9: "tensors", 10: "graphs", 11: "sparse_tensor", 12: "sparse_tensors", 13: "type_proto", 14: "type_protos",
}

// String returns the format's name of the type, in lower case.
func (t AttrType) String() string {
	if t > 0 && int(t) < len(attrNames) {
		return attrNames[t]
	}
	return "undefined"
}

// Attr is an AttributeProto: a name and the one field that Type points to.
type Attr struct {
	Name    string
	Type    AttrType
	Float   float32
	Int     int64
	String  string
	Tensor  *Tensor
	Floats  []float32
	Ints    []int64
	Strings []string
}

// IntAttr makes an attribute of one integer.
func IntAttr(name string, v int64) Attr { return Attr{Name: name, Type: AttrInt, Int: v} }

// IntsAttr makes an attribute of a list of integers.
func IntsAttr(name string, v ...int64) Attr { return Attr{Name: name, Type: AttrInts, Ints: v} }

// FloatAttr makes an attribute of one float32.
func FloatAttr(name string, v float32) Attr { return Attr{Name: name, Type: AttrFloat, Float: v} }

// FloatsAttr makes an attribute of a list of float32.
func FloatsAttr(name string, v ...float32) Attr {
	return Attr{Name: name, Type: AttrFloats, Floats: v}
}

// StringAttr makes an attribute of a string.
func StringAttr(name, v string) Attr { return Attr{Name: name, Type: AttrString, String: v} }

// TensorAttr makes an attribute of a tensor.
func TensorAttr(name string, v Tensor) Attr { return Attr{Name: name, Type: AttrTensor, Tensor: &v} }
