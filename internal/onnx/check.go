package onnx

// This file is the rules between the parts of a model: names and order.

// check fails unless every value is made once, before it is read. P says where
// nodes and initializers stand in the input.
func (d *decoder) check(m *Model, p places) {
	if m.Opset() == 0 {
		d.fail(0, "opset_import does not say which version of ONNX's operators it uses")
	}
	domains := make(map[string]bool)
	for _, o := range m.Opsets {
		name := o.Domain
		if isDefault(name) {
			name = ""
		}
		if domains[name] {
			d.fail(0, "opset_import names domain %q twice", o.Domain)
		}
		domains[name] = true
	}
	keys := make(map[string]bool)
	for _, e := range m.Metadata {
		if keys[e.Key] {
			d.fail(0, "metadata_props has key %q twice", e.Key)
		}
		keys[e.Key] = true
	}
	d.checkNames(&m.Graph, p)
}

// checkNames follows the values through the graph.
func (d *decoder) checkNames(g *Graph, p places) {
	made := make(map[string]bool) // values that exist so far; true: by an initializer
	for i := range g.Initializers {
		name := g.Initializers[i].Name
		if _, twice := made[name]; twice || name == "" {
			d.fail(p.initializers[i], "initializer %q: the name is empty or taken", name)
		}
		made[name] = true
	}
	for _, v := range g.Inputs {
		// Up to IR 3 initializers are inputs too: their values when none is given.
		if constant, twice := made[v.Name]; twice && !constant {
			d.fail(0, "input %q: the name is taken", v.Name)
		}
		made[v.Name] = false
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		for _, name := range n.Inputs {
			if _, ok := made[name]; !ok && name != "" {
				d.fail(p.nodes[i], "node %q (%s) reads %q, which nothing before it makes", n.Label(), n.Op, name)
			}
		}
		for _, name := range n.Outputs {
			if _, twice := made[name]; twice {
				d.fail(p.nodes[i], "node %q (%s) makes %q, which exists already", n.Label(), n.Op, name)
			}
			if name != "" {
				made[name] = false
			}
		}
	}
	outputs := make(map[string]bool)
	for _, v := range g.Outputs {
		if _, ok := made[v.Name]; !ok || outputs[v.Name] {
			d.fail(0, "output %q: nothing makes it, or it is listed twice", v.Name)
		}
		outputs[v.Name] = true
	}
	if len(g.Outputs) == 0 {
		d.fail(0, "the graph has no output")
	}
}
