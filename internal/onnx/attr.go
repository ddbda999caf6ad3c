package onnx

// This file is the attributes of nodes.

// AttrType is an AttributeProto.AttributeType: which field of an Attr counts.
type AttrType int32

// The attribute types of the format. Of the types without a field in Attr, only
// the type is kept.
const (
	AttrFloat      AttrType = 1
	AttrInt        AttrType = 2
	AttrString     AttrType = 3
	AttrTensor     AttrType = 4
	AttrGraph      AttrType = 5
	AttrFloats     AttrType = 6
	AttrInts       AttrType = 7
	AttrStrings    AttrType = 8
	AttrTensors    AttrType = 9  // no field
	AttrGraphs     AttrType = 10 // no field
	AttrSparse     AttrType = 11
	AttrSparses    AttrType = 12 // no field
	AttrTypeProto  AttrType = 13 // no field
	AttrTypeProtos AttrType = 14 // no field
)

// attrTypes has the format's names, and the field of an AttributeProto that
// holds a value of the type.
var attrTypes = [...]struct {
	name  string
	field int
}{
	AttrFloat:      {"float", attrFloat},
	AttrInt:        {"int", attrInt},
	AttrString:     {"string", attrString},
	AttrTensor:     {"tensor", attrTensor},
	AttrGraph:      {"graph", attrGraph},
	AttrFloats:     {"floats", attrFloats},
	AttrInts:       {"ints", attrInts},
	AttrStrings:    {"strings", attrStrings},
	AttrTensors:    {"tensors", attrTensors},
	AttrGraphs:     {"graphs", attrGraphs},
	AttrSparse:     {"sparse_tensor", attrSparse},
	AttrSparses:    {"sparse_tensors", attrSparses},
	AttrTypeProto:  {"type_proto", attrTypeProto},
	AttrTypeProtos: {"type_protos", attrTypeProtos},
}

// String returns the format's name of the type, in lower case.
func (t AttrType) String() string {
	if t > 0 && int(t) < len(attrTypes) {
		return attrTypes[t].name
	}
	return "undefined"
}

// Attr is an AttributeProto: a name and the one field that Type points to, or
// the name of an attribute to take the value from.
type Attr struct {
	Name    string
	Type    AttrType
	Float   float32
	Int     int64
	String  string
	Tensor  *Tensor
	Graph   *Graph // a subgraph: its nodes may read values of the graphs around it
	Floats  []float32
	Ints    []int64
	Strings []string
	Sparse  *SparseTensor

	// Ref is empty, or the attribute has no value of its own: it takes that of
	// the attribute Ref of the node that calls the function. Type may be 0 then.
	// Only nodes of functions, and of their subgraphs, have such attributes.
	Ref string
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

// GraphAttr makes an attribute of a subgraph.
func GraphAttr(name string, g *Graph) Attr { return Attr{Name: name, Type: AttrGraph, Graph: g} }

// RefAttr makes an attribute of a function's node that refers to the attribute
// ref of the function.
func RefAttr(name string, t AttrType, ref string) Attr { return Attr{Name: name, Type: t, Ref: ref} }
