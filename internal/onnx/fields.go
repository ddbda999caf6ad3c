package onnx

// This file is the format's messages: which fields we read or write, by their
// numbers in onnx.proto, and which of them may occur only once.

// message describes one message type to the decoder.
type message struct {
	name string
	once uint64 // bit n: field n is not repeated
}

// once returns the mask of fields that are not repeated.
func once(fields ...int) (mask uint64) {
	for _, f := range fields {
		mask |= 1 << f
	}
	return mask
}

// ModelProto.
const (
	modelIRVersion       = 1
	modelProducerName    = 2
	modelProducerVersion = 3
	modelDomain          = 4
	modelVersion         = 5
	modelDoc             = 6
	modelGraph           = 7
	modelOpsetImport     = 8
	modelMetadata        = 14
	modelTraining        = 20
	modelFunctions       = 25
)

var modelMessage = message{"model", once(1, 2, 3, 4, 5, 6, 7)}

// OperatorSetIdProto and StringStringEntryProto.
const (
	opsetDomain  = 1
	opsetVersion = 2
	entryKey     = 1
	entryValue   = 2
)

var (
	opsetMessage = message{"opset_import", once(1, 2)}
	entryMessage = message{"metadata_props", once(1, 2)}
)

// GraphProto.
const (
	graphNode        = 1
	graphName        = 2
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12
	graphValueInfo   = 13
	graphSparse      = 15
)

var graphMessage = message{"graph", once(2, 10)}

// NodeProto.
const (
	nodeInput    = 1
	nodeOutput   = 2
	nodeName     = 3
	nodeOp       = 4
	nodeAttr     = 5
	nodeDomain   = 7
	nodeOverload = 8
)

var nodeMessage = message{"node", once(3, 4, 6, 7, 8)}

// AttributeProto.
const (
	attrName    = 1
	attrFloat   = 2
	attrInt     = 3
	attrString  = 4
	attrTensor  = 5
	attrFloats  = 7
	attrInts    = 8
	attrStrings = 9
	attrType    = 20
	attrRef     = 21
)

var attrMessage = message{"attribute", once(1, 2, 3, 4, 5, 13, 20, 21)}

// attrField is the field that holds the value of each attribute type.
var attrField = map[AttrType]int{
	AttrFloat: attrFloat, AttrInt: attrInt, AttrString: attrString, AttrTensor: attrTensor,
	AttrFloats: attrFloats, AttrInts: attrInts, AttrStrings: attrStrings,
}

// TensorProto.
const (
	tensorDims     = 1
	tensorType     = 2
	tensorSegment  = 3
	floatData      = 4
	int32Data      = 5
	stringData     = 6
	int64Data      = 7
	tensorName     = 8
	rawData        = 9
	doubleData     = 10
	uint64Data     = 11
	tensorExternal = 13
	tensorLocation = 14 // 1: the data lies in another file
)

var tensorMessage = message{"tensor", once(2, 3, 8, 9, 12, 14)}

// ValueInfoProto, TypeProto, its Tensor, TensorShapeProto and its Dimension.
const (
	valueName  = 1
	valueType  = 2
	typeTensor = 1
	typeElem   = 1
	typeShape  = 2
	shapeDim   = 1
	dimSize    = 1
	dimParam   = 2
)

// otherTypes are the fields of a TypeProto that is no tensor: sequence, map,
// opaque, sparse tensor, optional.
const otherTypes = 1<<4 | 1<<5 | 1<<7 | 1<<8 | 1<<9

var (
	valueMessage  = message{"value_info", once(1, 2, 3)}
	typeMessage   = message{"type", once(1, 4, 5, 6, 7, 8, 9)}
	tensorTypeMsg = message{"tensor_type", once(1, 2)}
	shapeMessage  = message{"shape", 0}
	dimMessage    = message{"dim", once(1, 2, 3)}
)
