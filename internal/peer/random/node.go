package main

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file is the node that the two sides differ on.

// find looks for the first node that differs alone, on the inputs that infer computes for it.
func (r *result) find(file *onnx.Model, inputs []infer.Tensor, loose bool) {
	whole := *file
	whole.Graph.Outputs = nil
	for i := range file.Graph.Nodes {
		for _, name := range file.Graph.Nodes[i].Outputs {
			alone := whole
			alone.Graph.Outputs = []onnx.ValueInfo{{Name: name}}
			if _, err := infer.Parse(onnx.Marshal(&alone)); err == nil {
				whole.Graph.Outputs = append(whole.Graph.Outputs, onnx.ValueInfo{Name: name})
			}
		}
	}
	values, err := inferred(&whole, inputs)
	if err != nil {
		r.Says = fmt.Sprintf("%s; its values: %v", r.Says, err)
		return
	}
	for _, in := range inputs {
		values[in.Name] = in
	}
	for i := range file.Graph.Nodes {
		n := &file.Graph.Nodes[i]
		one, args := single(file, n, values)
		got, err := inferred(one, args)
		if err != nil {
			continue
		}
		want, err := runtime(one, args)
		if err != nil {
			continue
		}
		special := loose || slices.ContainsFunc(args, odd) || slices.ContainsFunc(one.Graph.Initializers, func(t onnx.Tensor) bool { return len(t.Raw) == 0 })
		for _, name := range n.Outputs {
			if err := compare(got[name], want[name], special); err != nil {
				r.Op, r.Says, r.Node = operators(file, n), err.Error(), describe(one, args)
				return
			}
		}
	}
	r.Outcome = sum
}

// operators names a node's operator, and those of its function or subgraphs.
func operators(file *onnx.Model, n *onnx.Node) string {
	text := label(n)
	for i := range file.Functions {
		if f := &file.Functions[i]; f.Domain == n.Domain && f.Name == n.Op {
			text = "function"
			for k := range f.Nodes {
				text += " " + operators(file, &f.Nodes[k])
			}
		}
	}
	for _, a := range n.Attrs {
		if a.Graph == nil {
			continue
		}
		for k := range a.Graph.Nodes {
			text += " " + operators(file, &a.Graph.Nodes[k])
		}
	}
	return text
}

func label(n *onnx.Node) string {
	if n.Domain == "" {
		return n.Op
	}
	return n.Domain + "." + n.Op
}

// single is a model of one node, whose inputs are values that are there.
func single(file *onnx.Model, n *onnx.Node, values map[string]infer.Tensor) (*onnx.Model, []infer.Tensor) {
	one := *file
	one.Graph = onnx.Graph{Name: "single", Nodes: []onnx.Node{*n}}
	for _, name := range n.Outputs {
		one.Graph.Outputs = append(one.Graph.Outputs, onnx.ValueInfo{Name: name})
	}
	read := make(map[string]bool)
	reads(n, read)
	var args []infer.Tensor
	for i := range file.Graph.Initializers {
		if t := file.Graph.Initializers[i]; read[t.Name] {
			one.Graph.Initializers = append(one.Graph.Initializers, t)
			delete(read, t.Name)
		}
	}
	for i := range file.Graph.Nodes {
		if c := file.Graph.Nodes[i]; c.Op == "Constant" && read[c.Outputs[0]] {
			one.Graph.Nodes = append([]onnx.Node{c}, one.Graph.Nodes...)
			delete(read, c.Outputs[0])
		}
	}
	for name := range read {
		t, ok := values[name]
		if !ok {
			continue
		}
		dims := make([]int64, len(t.Shape))
		for k, d := range t.Shape {
			dims[k] = int64(d)
		}
		args = append(args, t)
		one.Graph.Inputs = append(one.Graph.Inputs, onnx.ValueInfo{Name: name, Type: typeOf(t.Data), Shape: onnx.Shape(dims...)})
	}
	return &one, args
}

// reads marks what a node and its subgraphs read.
func reads(n *onnx.Node, read map[string]bool) {
	for _, name := range n.Inputs {
		read[name] = true
	}
	for _, a := range n.Attrs {
		if a.Graph == nil {
			continue
		}
		for i := range a.Graph.Nodes {
			reads(&a.Graph.Nodes[i], read)
		}
	}
}

func typeOf(data any) onnx.DataType {
	for t := range onnx.BFloat16 {
		f := randmodel.Feed{Type: t}
		if t != onnx.Float16 && t.Bits() > 0 && t < onnx.Complex64 && fmt.Sprintf("%T", f.Data(0)) == fmt.Sprintf("%T", data) {
			return t
		}
	}
	return 0
}

// describe is a node, its attributes and inputs, for people.
func describe(m *onnx.Model, args []infer.Tensor) string {
	text := fmt.Sprintf("opset %d", m.Opset())
	nodes := m.Graph.Nodes
	for i := range m.Functions {
		if f := &m.Functions[i]; slices.ContainsFunc(m.Graph.Nodes, func(n onnx.Node) bool { return n.Op == f.Name }) {
			nodes = slices.Concat(nodes, f.Nodes)
		}
	}
	for i := range nodes {
		n := &nodes[i]
		text += fmt.Sprintf("\n  %s %q", label(n), n.Inputs)
		for _, a := range n.Attrs {
			text += " " + a.Name + "=" + valueText(&a)
		}
	}
	for i := range m.Graph.Initializers {
		t := &m.Graph.Initializers[i]
		text += fmt.Sprintf("\n  %s = %v %v % x", t.Name, t.Type, t.Dims, t.Raw[:min(len(t.Raw), 64)])
	}
	for _, t := range args {
		text += fmt.Sprintf("\n  %s = %.400s", t.Name, fmt.Sprintf("%v %T%v", t.Shape, t.Data, t.Data))
	}
	return text
}

// valueText is the value of an attribute.
func valueText(a *onnx.Attr) string {
	switch a.Type {
	case onnx.AttrInt:
		return fmt.Sprint(a.Int)
	case onnx.AttrFloat:
		return fmt.Sprint(a.Float)
	case onnx.AttrInts:
		return fmt.Sprint(a.Ints)
	case onnx.AttrFloats:
		return fmt.Sprint(a.Floats)
	case onnx.AttrString:
		return a.String
	case onnx.AttrStrings:
		return fmt.Sprint(a.Strings)
	case onnx.AttrTensor:
		return fmt.Sprintf("%v %v % x", a.Tensor.Type, a.Tensor.Dims, a.Tensor.Raw[:min(len(a.Tensor.Raw), 64)])
	case onnx.AttrGraph:
		return fmt.Sprintf("%d nodes", len(a.Graph.Nodes))
	}
	return a.Type.String()
}
