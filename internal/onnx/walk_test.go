package onnx

import (
	"slices"
	"testing"
)

// Walk meets subgraphs of subgraphs, and those of functions.
func TestWalk(t *testing.T) {
	inner := &Graph{Name: "inner", Nodes: []Node{{Op: "Neg"}}}
	branch := &Graph{Name: "branch", Nodes: []Node{{Op: "If", Attrs: []Attr{GraphAttr("then_branch", inner)}}, {Op: "Abs"}}}
	m := &Model{
		Graph:     Graph{Name: "main", Nodes: []Node{{Op: "Relu"}, {Op: "Loop", Attrs: []Attr{IntAttr("k", 1), GraphAttr("body", branch)}}, {Op: "Tanh"}}},
		Functions: []Function{{Nodes: []Node{{Op: "Exp"}, {Op: "Scan", Attrs: []Attr{GraphAttr("body", inner)}}}}},
	}
	var met []string
	m.Walk(func(g *Graph) { met = append(met, g.Name) }, func(n *Node) { met = append(met, n.Op) })
	want := []string{"main", "Relu", "Loop", "branch", "If", "inner", "Neg", "Abs", "Tanh", "Exp", "Scan", "inner", "Neg"}
	if !slices.Equal(met, want) {
		t.Errorf("Walk meets %v, want %v", met, want)
	}
}
