package export

import (
	"errors"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the labels of a conditional generator, written and read: a row of
// the embedding for each, joined to z.

// The names of the nodes. The table is named after the node that reads it.
const (
	embedName  = "embed"
	latentName = "latent" // z and a row
)

// embed adds the input label and the nodes that join its row of a table to the
// chain, which is at z.
func (b *builder) embed(table []float32, classes int) {
	b.Inputs = append(b.Inputs, onnx.ValueInfo{Name: labelName, Type: onnx.Int64, Shape: onnx.Shape(-1)})
	weight := b.constant(embedName+".weight", table, int64(classes), int64(len(table)/classes))
	b.Nodes = append(b.Nodes, onnx.Node{
		Name: embedName, Op: "Gather", Inputs: []string{weight, labelName}, Outputs: []string{embedName}, Attrs: []onnx.Attr{onnx.IntAttr("axis", 0)},
	})
	b.node(latentName, "Concat", []string{embedName}, onnx.IntAttr("axis", 1))
}

// embedding reads these nodes, the first two, and returns the table and the value
// that the chain has come to.
func (c *chain) embedding(ops []operation, z, label string) (table []float32, at string, err error) {
	if len(ops) < 2 || ops[0].kind != "Gather" || ops[1].kind != "Concat" {
		return nil, "", errors.New("the first nodes of a model with labels are others than Gather and Concat")
	}
	gather, concat := &ops[0], &ops[1]
	gather.arity(2, 2)
	fixed(gather, "axis", int64(0), 0)
	shape, table := constant[float32](gather, 0, 2)
	gather.reads(1, label)
	if gather.known(); gather.err != nil {
		return nil, "", gather.err
	}
	concat.arity(2, 2)
	fixed(concat, "axis", int64(0), 1)
	concat.reads(0, z)
	concat.reads(1, gather.outputs[0].name)
	if concat.known(); concat.err != nil {
		return nil, "", concat.err
	}
	c.shape = []int{c.shape[0] + shape[1]}
	return table, concat.outputs[0].name, nil
}

// reads fails unless input i is the value of that name.
func (op *operation) reads(i int, name string) {
	if op.err == nil && op.inputs[i].name != name {
		op.refuse("input %d is %q, want %q", i, op.inputs[i].name, name)
	}
}
