package onnx

// This file is the format's messages: which fields we read or write, by their
// numbers in onnx.proto.

// message describes one message type to the decoder. Of a field that is not
// repeated, the last occurrence counts, as protocol buffers have it. If it is a
// message they would merge its occurrences; the decoder refuses those.
type message struct {
	name string
	once uint64 // bit n: field n is a message and not repeated
}

// once returns a mask of fields.
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
	modelFunctions       = 25
)

var modelMessage = message{"model", once(modelGraph)}

// OperatorSetIdProto and StringStringEntryProto.
const (
	opsetDomain  = 1
	opsetVersion = 2
	entryKey     = 1
	entryValue   = 2
)

var (
	opsetMessage    = message{"opset_import", 0}
	entryMessage    = message{"metadata_props", 0}
	externalMessage = message{"external_data", 0}
)

// FunctionProto.
const (
	functionName      = 1
	functionInput     = 4
	functionOutput    = 5
	functionParam     = 6
	functionNode      = 7
	functionOpset     = 9
	functionDomain    = 10
	functionAttrProto = 11
	functionOverload  = 13
)

var functionMessage = message{"function", 0}

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

var graphMessage = message{"graph", 0}

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

var nodeMessage = message{"node", 0}

// AttributeProto.
const (
	attrName       = 1
	attrFloat      = 2
	attrInt        = 3
	attrString     = 4
	attrTensor     = 5
	attrGraph      = 6
	attrFloats     = 7
	attrInts       = 8
	attrStrings    = 9
	attrTensors    = 10
	attrGraphs     = 11
	attrTypeProto  = 14
	attrTypeProtos = 15
	attrType       = 20
	attrRef        = 21
	attrSparse     = 22
	attrSparses    = 23
)

var attrMessage = message{"attribute", once(attrTensor, attrGraph, attrTypeProto, attrSparse)}

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

var tensorMessage = message{"tensor", once(tensorSegment)}

// SparseTensorProto.
const (
	sparseValues  = 1
	sparseIndices = 2
	sparseDims    = 3
)

var sparseMessage = message{"sparse_tensor", once(sparseValues, sparseIndices)}

// ValueInfoProto, TypeProto, its Tensor and others, TensorShapeProto and its
// Dimension.
const (
	valueName    = 1
	valueType    = 2
	typeTensor   = 1
	typeSequence = 4
	typeMap      = 5
	typeOpaque   = 7
	typeSparse   = 8
	typeOptional = 9
	typeElem     = 1
	typeShape    = 2
	shapeDim     = 1
	dimSize      = 1
	dimParam     = 2
)

// kinds are the types of values other than tensors.
var kinds = [...]string{
	typeSequence: "sequence", typeMap: "map", typeOpaque: "opaque", typeSparse: "sparse_tensor", typeOptional: "optional",
}

var (
	valueMessage  = message{"value_info", once(valueType)}
	typeMessage   = message{"type", once(typeTensor, typeSequence, typeMap, typeOpaque, typeSparse, typeOptional)}
	elemMessage   = message{"elem_type", once(typeElem)} // of a sequence or optional
	tensorTypeMsg = message{"tensor_type", once(typeShape)}
	shapeMessage  = message{"shape", 0}
	dimMessage    = message{"dim", 0}
)
