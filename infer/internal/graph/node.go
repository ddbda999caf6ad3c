package graph

import (
	"slices"
	"strconv"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is nodes on their way: calls of functions inlined, versions raised.

// maxDepth bounds functions that call functions, and subgraphs of subgraphs.
const maxDepth = 64

// nodeBytes is about the memory that a node takes.
const nodeBytes = 512

// nodes returns the nodes of a list that some values need, in order, and gives
// their results numbers.
func (b *builder) nodes(list []onnx.Node, wanted []onnx.ValueInfo, s *scope) (nodes []Node, err error) {
	sorted, cycle := order(list, wanted)
	if cycle != "" {
		return nil, &onnx.FormatError{Reason: "node " + strconv.Quote(cycle) + " needs its own result"}
	}
	if s.outer == nil && s.attrs == nil {
		nodes = b.graph.Nodes // which widen inputs
	}
	for _, i := range sorted {
		if nodes, err = b.node(nodes, &list[i], s); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// node appends what a node of the file becomes.
func (b *builder) node(nodes []Node, file *onnx.Node, s *scope) ([]Node, error) {
	if b.made++; b.made > b.options.Nodes {
		return nil, refuse("", "", "it has more than %d nodes, functions inlined", b.options.Nodes)
	}
	if err := b.options.Budget.Bytes(nodeBytes); err != nil {
		return nil, refuse(file.Label(), file.Op, "%v", err)
	}
	n := *file
	n.Inputs, n.Outputs = slices.Clone(n.Inputs), slices.Clone(n.Outputs)
	var err error
	if n.Attrs, err = b.attrs(file, s); err != nil {
		return nil, err
	}
	if f := b.functions[functionKey(n.Domain, n.Op, n.Overload)]; f != nil {
		return b.call(nodes, f, &n, s)
	}
	if onnx.IsDefault(n.Domain) {
		n.Domain = ""
		switch n.Op {
		case "Constant":
			return nodes, b.literal(&n, s)
		case "If", "Loop", "Scan", "SequenceMap":
			return b.control(nodes, &n, s)
		}
	}
	return b.operator(nodes, &n, s)
}

// attrs is a node's attributes, those of the function that it stands in put in
// place of references. One that the call does not give is left out.
func (b *builder) attrs(n *onnx.Node, s *scope) (attrs []onnx.Attr, err error) {
	for _, a := range n.Attrs {
		if a.Ref == "" {
			attrs = append(attrs, a)
			continue
		}
		var of *onnx.Attr
		for at := s; at != nil && of == nil; at = at.outer {
			of = at.attrs[a.Ref]
		}
		if of == nil {
			continue
		}
		given := *of
		given.Name = a.Name
		if a.Type != 0 && given.Type != a.Type {
			return nil, refuse(n.Label(), n.Op, "attribute %q refers to %q of type %v, want %v", a.Name, a.Ref, given.Type, a.Type)
		}
		attrs = append(attrs, given)
	}
	return attrs, nil
}

func functionKey(domain, name, overload string) string {
	if onnx.IsDefault(domain) {
		domain = ""
	}
	return domain + "\x00" + name + "\x00" + overload
}

// call appends the nodes of a function for one call.
func (b *builder) call(nodes []Node, f *onnx.Function, n *onnx.Node, s *scope) ([]Node, error) {
	if b.depth++; b.depth > maxDepth {
		return nil, refuse(n.Label(), n.Op, "functions call each other more than %d deep", maxDepth)
	}
	defer func() { b.depth-- }()
	if len(n.Inputs) > len(f.Inputs) || len(n.Outputs) > len(f.Outputs) {
		return nil, refuse(n.Label(), n.Op, "it has %d inputs and %d outputs, the function %d and %d", len(n.Inputs), len(n.Outputs), len(f.Inputs), len(f.Outputs))
	}
	inner := &scope{names: make(map[string]int), opsets: versions(f.Opsets), attrs: make(map[string]*onnx.Attr)}
	if len(f.Opsets) == 0 {
		inner.opsets = s.opsets
	}
	for i := range f.Defaults {
		inner.attrs[f.Defaults[i].Name] = &f.Defaults[i]
	}
	for i := range n.Attrs {
		inner.attrs[n.Attrs[i].Name] = &n.Attrs[i]
	}
	for i, name := range f.Inputs {
		inner.names[name] = None
		if i < len(n.Inputs) && n.Inputs[i] != "" {
			v, ok := s.find(n.Inputs[i])
			if !ok {
				return nil, b.unmade(n, n.Inputs[i])
			}
			inner.names[name] = v
		}
	}
	var wanted []onnx.ValueInfo
	for i, name := range n.Outputs {
		if name != "" {
			wanted = append(wanted, onnx.ValueInfo{Name: f.Outputs[i]})
		}
	}
	made, err := b.nodes(f.Nodes, wanted, inner)
	if err != nil {
		return nil, err
	}
	for i, name := range n.Outputs {
		if name == "" {
			continue
		}
		v, ok := inner.find(f.Outputs[i])
		if !ok {
			return nil, refuse(n.Label(), n.Op, "the function does not make its output %q", f.Outputs[i])
		}
		s.names[name] = v
	}
	return append(nodes, made...), nil
}

// operator appends a node of an operator, raised to its newest version, or
// computes it if its inputs are constants.
func (b *builder) operator(nodes []Node, n *onnx.Node, s *scope) ([]Node, error) {
	row := op.Lookup(n.Domain, n.Op)
	if row != nil && row.Raise != nil {
		var before []onnx.Node
		r := &op.Raising{Node: n, Version: int(s.opsets[n.Domain])}
		r.Fresh = func() string {
			b.fresh++
			return "\x00" + strconv.Itoa(b.fresh)
		}
		r.Constant = func(t onnx.Tensor) string {
			t.Name = r.Fresh()
			if err := b.constant(s, &t); err != nil {
				r.Refuse("%v", err)
			}
			return t.Name
		}
		r.Add = func(first onnx.Node) { before = append(before, first) }
		if row.Raise(r); r.Err() != nil {
			return nil, r.Err()
		}
		for i := range before {
			var err error
			if nodes, err = b.operator(nodes, &before[i], s); err != nil {
				return nil, err
			}
		}
		row = op.Lookup(n.Domain, n.Op)
	}
	made := Node{Op: n.Op, Label: n.Label(), Row: row, Attrs: n.Attrs, In: make([]int, 0, len(n.Inputs))}
	if n.Domain != "" {
		made.Op = n.Domain + "." + n.Op
	}
	for _, name := range n.Inputs {
		v, ok := s.find(name)
		if !ok && name != "" {
			return nil, b.unmade(n, name)
		}
		made.In = append(made.In, v)
	}
	if row != nil && row.Random {
		made.Stream = b.streams
		b.streams++
	}
	if folded, err := b.fold(&made, n.Outputs, s); folded || err != nil {
		return nodes, err
	}
	made.Out = b.results(n.Outputs, s)
	return append(nodes, made), nil
}

// results gives numbers to the outputs of a node.
func (b *builder) results(names []string, s *scope) []int {
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = None
		if name != "" {
			out[i] = b.value(name, nil)
			s.names[name] = out[i]
		}
	}
	return out
}

// fold computes a node whose inputs are all constants.
func (b *builder) fold(made *Node, outputs []string, s *scope) (folded bool, err error) {
	if made.Row == nil || made.Row.Random {
		return false, nil
	}
	n := &op.Node{Op: made.Op, Label: made.Label, Attrs: made.Attrs, Elements: b.options.Elements}
	n.Name = func(i int) string {
		if i < len(made.In) && made.In[i] != None {
			return b.graph.Values[made.In[i]].Name
		}
		return ""
	}
	for _, v := range made.In {
		if v == None {
			n.In = append(n.In, nil)
			continue
		}
		c := b.graph.Values[v].Const
		if c == nil {
			return false, nil
		}
		n.In = append(n.In, &op.Value{Elem: c.Elem, Shape: c.Shape, Const: c})
	}
	for _, name := range outputs {
		n.Outs = append(n.Outs, name != "")
	}
	eval, err := n.Prepare(made.Row)
	if err != nil {
		return false, err
	}
	var layer op.Layer
	if made.Row.Layer != nil {
		layer = made.Row.Layer(n)
	}
	consts, err := n.Fold(eval, layer, b.options.Budget)
	if err != nil {
		return false, err
	}
	for i, name := range outputs {
		if name != "" {
			s.names[name] = b.value(name, consts[i])
		}
	}
	return true, nil
}
