// Package onnx is the ONNX file format, both ways: [Marshal] writes a model,
// [Unmarshal] reads one. It knows the wire and the rules that hold for every
// model; it does not know what an operator means, and computes nothing.
//
// The structs hold the part of the format that ganlet uses. Unmarshal refuses
// what they cannot say and what a generator has no use for (sub-graphs, model
// functions, sparse tensors, data in other files, strings as tensor elements),
// and skips what changes no result (doc strings of nodes, annotations, fields
// newer than this package).
//
// Field numbers are those of onnx.proto, https://github.com/onnx/onnx.
package onnx

// Model is a ModelProto: a graph and what it says about itself.
type Model struct {
	IRVersion       int64 // of the file format; 7 goes with opset 13
	Opsets          []Opset
	ProducerName    string
	ProducerVersion string
	Domain          string
	ModelVersion    int64
	Doc             string
	Graph           Graph
	Metadata        []Property // keys are distinct
}

// Opset is an OperatorSetIdProto: the version of the operators of one domain.
// The default domain, "", is ONNX's own.
type Opset struct {
	Domain  string
	Version int64
}

// Property is a StringStringEntryProto of metadata_props.
type Property struct{ Key, Value string }

// Graph is a GraphProto: nodes in the order in which they can be computed.
type Graph struct {
	Name         string
	Nodes        []Node
	Initializers []Tensor
	Inputs       []ValueInfo
	Outputs      []ValueInfo
	Values       []ValueInfo // value_info: types of intermediate values, optional
}

// Node is a NodeProto: one operator applied. Inputs and outputs are names of
// values; an empty input is an optional one left out.
type Node struct {
	Name    string
	Op      string // op_type
	Domain  string
	Inputs  []string
	Outputs []string
	Attrs   []Attr
}

// ValueInfo is a ValueInfoProto of a tensor.
type ValueInfo struct {
	Name  string
	Type  DataType
	Shape []Dim // nil: rank unknown; empty: a scalar
}

// Dim is one dimension of a ValueInfo: a name (dim_param), or else a size
// (dim_value), or, when Size is -1, nothing.
type Dim struct {
	Size  int64
	Param string
}

// Shape returns fixed dimensions; -1 stands for the batch, the dimension "N".
func Shape(sizes ...int64) []Dim {
	dims := make([]Dim, len(sizes))
	for i, n := range sizes {
		dims[i].Size = n
		if n < 0 {
			dims[i] = Dim{-1, "N"}
		}
	}
	return dims
}

// Opset returns the version of the default domain's operators, 0 if the model
// does not import it.
func (m *Model) Opset() int64 {
	for _, o := range m.Opsets {
		if isDefault(o.Domain) {
			return o.Version
		}
	}
	return 0
}

// isDefault says that a domain is ONNX's own, which has two names.
func isDefault(domain string) bool { return domain == "" || domain == "ai.onnx" }
