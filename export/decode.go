package export

import (
	"fmt"
	"math"

	onnxgo "github.com/owulveryck/onnx-go"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/simple"
	"gorgonia.org/tensor"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is onnx-go's side: a Backend that computes nothing and writes down
// the operations in the order in which onnx-go replays them.

// decode has onnx-go decode a model, whose nodes give the operations their
// names. The decoder panics on some models that it cannot take; here that is
// an error.
func decode(m *onnx.Model) (ops []operation, err error) {
	defer func() {
		if p := recover(); p != nil {
			ops, err = nil, fmt.Errorf("onnx-go cannot decode the model: %v", p)
		}
	}()
	b := &backend{WeightedDirectedGraph: simple.NewWeightedDirectedGraph(math.Inf(1), math.Inf(1))}
	decoder := onnxgo.NewModel(b)
	if err := decoder.UnmarshalBinary(onnx.Marshal(m)); err != nil {
		return nil, fmt.Errorf("onnx-go cannot decode the model: %w", err)
	}
	for _, id := range decoder.Input {
		b.Node(id).(*value).varies = true
	}
	for i := range b.ops {
		b.ops[i].label = m.Graph.Nodes[i].Label() // onnx-go has dropped it
	}
	return b.ops, nil
}

// operation is one node of the model.
type operation struct {
	label   string // the node's name
	kind    string // the operator
	attrs   map[string]any
	inputs  []*value // nil: left out
	outputs []*value
	err     error // the first thing wrong with it
}

// value is a value of the model.
type value struct {
	id     int64
	name   string
	tensor tensor.Tensor // of a constant
	varies bool          // an input, or made by an operation
}

// ID, SetName and GetName, SetTensor and GetTensor are what onnx-go asks of a
// graph's node.
func (v *value) ID() int64                       { return v.id }
func (v *value) SetName(name string)             { v.name = name }
func (v *value) GetName() string                 { return v.name }
func (v *value) SetTensor(t tensor.Tensor) error { v.tensor = t; return nil }
func (v *value) GetTensor() tensor.Tensor        { return v.tensor }

// backend is an onnxgo.Backend. Edges of its graph go from what an operation
// makes to what it reads; their weights are the inputs' places.
type backend struct {
	*simple.WeightedDirectedGraph
	ops []operation
}

var _ onnxgo.Backend = (*backend)(nil)

// NewNode makes a node for a value.
func (b *backend) NewNode() graph.Node { return &value{id: b.WeightedDirectedGraph.NewNode().ID()} }

// ApplyOperation writes an operation down.
func (b *backend) ApplyOperation(o onnxgo.Operation, outputs ...graph.Node) error {
	op := operation{kind: o.Name, attrs: o.Attributes}
	for _, n := range outputs {
		v := n.(*value)
		v.varies = true
		op.outputs = append(op.outputs, v)
	}
	if len(outputs) > 0 {
		id := outputs[0].ID()
		for to := b.From(id); to.Next(); {
			place, _ := b.Weight(id, to.Node().ID())
			for len(op.inputs) <= int(place) {
				op.inputs = append(op.inputs, nil)
			}
			if v := to.Node().(*value); v.name != "" {
				op.inputs[int(place)] = v
			}
		}
	}
	b.ops = append(b.ops, op)
	return nil
}
