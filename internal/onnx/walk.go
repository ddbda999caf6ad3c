package onnx

// This file is the way through a model: its graph, its subgraphs, its functions.

// Walk calls graph for the model's graph and every subgraph, those in functions
// too, and node for every node: a graph comes before its nodes, and a node before
// its subgraphs.
func (m *Model) Walk(graph func(*Graph), node func(*Node)) {
	m.Graph.Walk(graph, node)
	for i := range m.Functions {
		walk(m.Functions[i].Nodes, graph, node)
	}
}

// Walk does so for one graph and what stands in it.
func (g *Graph) Walk(graph func(*Graph), node func(*Node)) {
	graph(g)
	walk(g.Nodes, graph, node)
}

func walk(nodes []Node, graph func(*Graph), node func(*Node)) {
	for i := range nodes {
		node(&nodes[i])
		for k := range nodes[i].Attrs {
			if g := nodes[i].Attrs[k].Graph; g != nil {
				g.Walk(graph, node)
			}
		}
	}
}
