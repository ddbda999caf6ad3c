// Package onnx is the ONNX file format, both ways: [Marshal] writes a model,
// [Unmarshal] reads one. It knows the wire and the rules that hold for every
// model; it does not know what an operator means, and computes nothing.
//
// The structs hold what inference needs: graphs and subgraphs, model functions,
// constants of every element type, dense, sparse or in another file. Unmarshal
// takes operators of any domain and nodes in any order, and opens no other
// file; what to do with those is the caller's part. It skips what changes no
// result: training information, doc strings except the model's, annotations,
// metadata except the model's, and fields newer than this package. The elements
// of string tensors are counted and not kept. Of an attribute that is a TypeProto
// or a list of tensors, graphs, sparse tensors or TypeProtos, only the name and
// the type are kept.
//
// Field numbers are those of onnx.proto, https://github.com/onnx/onnx, of
// November 2025 (IR version 13).
package onnx

// Model is a ModelProto: a graph and what it says about itself.
type Model struct {
	IRVersion       int64   // of the file format; 7 goes with opset 13
	Opsets          []Opset // domains are distinct
	ProducerName    string
	ProducerVersion string
	Domain          string
	ModelVersion    int64
	Doc             string
	Graph           Graph
	Metadata        []Property // keys are distinct
	Functions       []Function // domain, name and overload are distinct
}

// Opset is an OperatorSetIdProto: the version of the operators of one domain.
// The default domain, "", is ONNX's own.
type Opset struct {
	Domain  string
	Version int64
}

// Property is a StringStringEntryProto of metadata_props.
type Property struct{ Key, Value string }

// Graph is a GraphProto. Every value has one maker: a node, an input, or an
// initializer, which may be the value of an input that is not given. Nodes may
// stand in any order, even in a cycle.
type Graph struct {
	Name         string
	Nodes        []Node
	Initializers []Tensor
	Sparse       []SparseTensor // sparse_initializer; the name is Values.Name
	Inputs       []ValueInfo
	Outputs      []ValueInfo
	Values       []ValueInfo // value_info: types of intermediate values, optional
}

// Function is a FunctionProto: an operator defined by nodes. A node calls it by
// domain, name and overload. Its nodes see no values of the model's graph.
type Function struct {
	Name     string
	Domain   string
	Overload string
	Inputs   []string
	Outputs  []string
	Params   []string // names of attributes without a default
	Defaults []Attr   // attributes with one
	Nodes    []Node   // in any order
	Opsets   []Opset  // what its nodes use; domains are distinct
}

// Node is a NodeProto: one operator applied. Inputs and outputs are names of
// values; an empty input is an optional one left out.
type Node struct {
	Name     string
	Op       string // op_type
	Domain   string // of the operator
	Overload string // tells functions of one name apart
	Inputs   []string
	Outputs  []string
	Attrs    []Attr // names are distinct
}

// Label names a node for people: its name or that of its first output.
func (n *Node) Label() string {
	if n.Name == "" && len(n.Outputs) > 0 {
		return n.Outputs[0]
	}
	return n.Name
}

// ValueInfo is a ValueInfoProto: the type of a value, as far as the file says it.
type ValueInfo struct {
	Name  string
	Type  DataType // 0: unknown
	Shape []Dim    // nil: rank unknown; empty: a scalar

	// Kind is empty for a tensor or an unknown type, else "sequence", "optional",
	// "map", "sparse_tensor" or "opaque". Type and Shape are those of the tensors
	// in a sequence or optional.
	Kind string
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
		if IsDefault(o.Domain) {
			return o.Version
		}
	}
	return 0
}

// IsDefault reports whether a domain is ONNX's own, which has two names.
func IsDefault(domain string) bool { return domain == "" || domain == "ai.onnx" }
