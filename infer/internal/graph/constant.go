package graph

import (
	"fmt"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is constants: initializers, sparse ones, Constant nodes.

// constants gives numbers to the constants of a graph, except some.
func (b *builder) constants(g *onnx.Graph, s *scope, except map[string]bool) error {
	for i := range g.Initializers {
		if t := &g.Initializers[i]; !except[t.Name] {
			if err := b.constant(s, t); err != nil {
				return err
			}
		}
	}
	for i := range g.Sparse {
		t := &g.Sparse[i]
		if except[t.Values.Name] {
			continue
		}
		dense, err := b.dense(t)
		if err != nil {
			return err
		}
		if err := b.constant(s, dense); err != nil {
			return err
		}
	}
	return nil
}

// dense widens a sparse constant.
func (b *builder) dense(t *onnx.SparseTensor) (*onnx.Tensor, error) {
	bytes, err := t.Bytes()
	if err == nil {
		err = b.options.Budget.Bytes(bytes)
	}
	if err != nil {
		return nil, refuse(t.Values.Name, "", "%v", err)
	}
	dense, err := t.Dense()
	if err != nil {
		return nil, refuse(t.Values.Name, "", "%v", err)
	}
	return &dense, nil
}

// constant gives a constant its number. What has elements of a type that nothing
// computes with is a value nobody makes: refused where it is read.
func (b *builder) constant(s *scope, t *onnx.Tensor) error {
	joined, err := b.files.join(t)
	if err != nil {
		return err
	}
	if joined != t {
		b.graph.External += int64(len(joined.Raw))
		t = joined
	}
	c, err := tensor.FromFile(t)
	if err != nil {
		s.names[t.Name] = b.value(fmt.Sprintf("%s (%v)", t.Name, err), nil)
		return nil
	}
	s.names[t.Name] = b.value(t.Name, c)
	return nil
}

// literal is Constant.
func (b *builder) literal(n *onnx.Node, s *scope) error {
	if len(n.Attrs) != 1 || len(n.Outputs) != 1 {
		return refuse(n.Label(), n.Op, "it has %d values and %d outputs, want one each", len(n.Attrs), len(n.Outputs))
	}
	a := &n.Attrs[0]
	t, ok := op.ConstantOf(a)
	switch {
	case a.Type == onnx.AttrSparse:
		dense, err := b.dense(a.Sparse)
		if err != nil {
			return err
		}
		t = *dense
	case !ok: // a string: refused where it is read
		s.names[n.Outputs[0]] = b.value(n.Label(), nil)
		return nil
	}
	t.Name = n.Outputs[0]
	return b.constant(s, &t)
}
