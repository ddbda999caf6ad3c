package graph

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is nodes with subgraphs: If, Loop, Scan.

// bodies are the attributes that hold the subgraphs, in the order of Node.Bodies.
var bodies = map[string][]string{"If": {"then_branch", "else_branch"}, "Loop": {"body"}, "Scan": {"body"}, "SequenceMap": {"body"}}

// control appends a node with subgraphs, or, where the condition of an If is
// known, the nodes of its branch.
func (b *builder) control(nodes []Node, n *onnx.Node, s *scope) ([]Node, error) {
	if b.depth++; b.depth > maxDepth {
		return nil, refuse(n.Label(), n.Op, "subgraphs stand in each other more than %d deep", maxDepth)
	}
	defer func() { b.depth-- }()
	made := Node{Op: n.Op, Label: n.Label()}
	for _, name := range n.Inputs {
		v, ok := s.find(name)
		if !ok && name != "" {
			return nil, b.unmade(n, name)
		}
		made.In = append(made.In, v)
	}
	var subgraphs []*onnx.Graph
	for _, name := range bodies[n.Op] {
		g := subgraph(n, name)
		if g == nil {
			return nil, refuse(n.Label(), n.Op, "it has no subgraph %q", name)
		}
		subgraphs = append(subgraphs, g)
	}
	for _, a := range n.Attrs {
		if a.Graph == nil {
			made.Attrs = append(made.Attrs, a)
		}
	}
	if n.Op == "If" {
		if branch, known, err := b.decided(&made); err != nil {
			return nil, err
		} else if known {
			return b.spliced(nodes, subgraphs[branch], n, s)
		}
	}
	if n.Op == "Scan" && s.opsets[""] < 9 {
		return nil, refuse(n.Label(), n.Op, "opset %d had another form of this operator", s.opsets[""])
	}
	for _, g := range subgraphs {
		body, err := b.body(g, n, s)
		if err != nil {
			return nil, err
		}
		made.Bodies = append(made.Bodies, body)
	}
	made.Out = b.results(n.Outputs, s)
	return append(nodes, made), nil
}

// subgraph returns an attribute of a node.
func subgraph(n *onnx.Node, name string) *onnx.Graph {
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Name == name {
			return a.Graph
		}
	}
	return nil
}

// decided returns which branch of an If is taken, if its condition is a constant.
func (b *builder) decided(n *Node) (branch int, known bool, err error) {
	if len(n.In) != 1 || n.In[0] == None {
		return 0, false, refuse(n.Label, n.Op, "it has %d inputs, want a condition", len(n.In))
	}
	c := b.graph.Values[n.In[0]].Const
	if c == nil {
		return 0, false, nil
	}
	t, err := c.Value()
	if err != nil || t.Elem != onnx.Bool || t.Len() != 1 {
		return 0, false, refuse(n.Label, n.Op, "its condition is %v %v, want one bool", c.Elem, c.Shape)
	}
	if tensor.Of[bool](t)[0] {
		return 0, true, nil
	}
	return 1, true, nil
}

// spliced appends the nodes of a branch that is always taken.
func (b *builder) spliced(nodes []Node, g *onnx.Graph, n *onnx.Node, s *scope) ([]Node, error) {
	inner := &scope{outer: s, names: make(map[string]int), opsets: s.opsets}
	if len(g.Outputs) != len(n.Outputs) {
		return nil, refuse(n.Label(), n.Op, "its branch has %d outputs, want %d", len(g.Outputs), len(n.Outputs))
	}
	if err := b.constants(g, inner, nil); err != nil {
		return nil, err
	}
	made, err := b.nodes(g.Nodes, g.Outputs, inner)
	if err != nil {
		return nil, err
	}
	for i, name := range n.Outputs {
		if name == "" {
			continue
		}
		v, ok := inner.find(g.Outputs[i].Name)
		if !ok {
			return nil, b.unmade(n, g.Outputs[i].Name)
		}
		s.names[name] = v
	}
	return append(nodes, made...), nil
}

// body is a subgraph that package plan computes, perhaps several times.
func (b *builder) body(g *onnx.Graph, n *onnx.Node, s *scope) (body Body, err error) {
	inner := &scope{outer: s, names: make(map[string]int), opsets: s.opsets}
	for _, in := range g.Inputs {
		v := b.value(in.Name, nil)
		inner.names[in.Name] = v
		body.In = append(body.In, v)
	}
	if err := b.constants(g, inner, nil); err != nil {
		return body, err
	}
	if body.Nodes, err = b.nodes(g.Nodes, g.Outputs, inner); err != nil {
		return body, err
	}
	for _, out := range g.Outputs {
		v, ok := inner.find(out.Name)
		if !ok {
			return body, b.unmade(n, out.Name)
		}
		body.Out = append(body.Out, v)
	}
	return body, nil
}
