package onnx

// This file is the decoder of graphs and nodes.

func (d *decoder) graph(g *Graph, s span) {
	outer := d.enter()
	n := d.tally(s)
	g.Nodes = room[Node](d, n[graphNode])
	g.Initializers = room[Tensor](d, n[graphInitializer])
	g.Sparse = room[SparseTensor](d, n[graphSparse])
	g.Inputs = room[ValueInfo](d, n[graphInput])
	g.Outputs = room[ValueInfo](d, n[graphOutput])
	g.Values = room[ValueInfo](d, n[graphValueInfo])
	outputs := make(map[string]bool)
	for f := range d.fields(s) {
		switch f.num {
		case graphNode:
			g.Nodes = append(g.Nodes, d.node(d.sub(f, nodeMessage), f.at))
		case graphName:
			g.Name = d.text(f)
		case graphInitializer:
			t := d.tensor(d.sub(f, tensorMessage))
			g.Initializers = append(g.Initializers, t)
			d.initializer(t.Name, f)
		case graphSparse:
			t := d.sparse(d.sub(f, sparseMessage))
			g.Sparse = append(g.Sparse, t)
			d.initializer(t.Values.Name, f)
		case graphInput:
			v := d.value(d.sub(f, valueMessage))
			g.Inputs = append(g.Inputs, v)
			if !d.makes(v.Name, byInput) {
				d.fail(f.at, "input %q: the name is taken", v.Name)
			}
		case graphOutput:
			v := d.value(d.sub(f, valueMessage))
			g.Outputs = append(g.Outputs, v)
			if outputs[v.Name] {
				d.fail(f.at, "output %q is listed twice", v.Name)
			}
			outputs[v.Name] = true
			d.reads(v.Name, read{f.at, true})
		case graphValueInfo:
			g.Values = d.hint(g.Values, d.sub(f, valueMessage))
		}
	}
	if len(g.Outputs) == 0 {
		d.fail(s.from, "the graph has no output")
	}
	d.leave(outer)
}

// initializer notes that an initializer makes a value.
func (d *decoder) initializer(name string, f field) {
	if !d.makes(name, byInitializer) || name == "" {
		d.fail(f.at, "initializer %q: the name is empty or taken", name)
	}
}

// node reads a node, whose field begins at an offset.
func (d *decoder) node(s span, at int) Node {
	count := d.tally(s)
	n := d.nodeNames(s, count)
	n.Attrs = room[Attr](d, count[nodeAttr])
	if n.Op == "" {
		d.fail(at, "node %q has no operator", n.Label())
	}
	for _, name := range n.Inputs {
		if name != "" {
			d.reads(name, read{at, false})
		}
	}
	for _, name := range n.Outputs {
		if name != "" && !d.makes(name, byNode) {
			d.fail(at, "node %q (%s) makes %q, which exists already", n.Label(), n.Op, name)
		}
	}
	if count[nodeAttr] == 0 {
		return n
	}
	names := make(map[string]bool)
	for f := range d.fields(s) {
		if f.num == nodeAttr {
			a := d.attr(d.sub(f, attrMessage), n.Label())
			n.Attrs = append(n.Attrs, a)
			d.once(names, a.Name, n.Label(), f)
		}
	}
	return n
}

// nodeNames reads all of a node but its attributes. Count is the tally of s.
func (d *decoder) nodeNames(s span, count [32]int) (n Node) {
	n.Inputs = room[string](d, count[nodeInput])
	n.Outputs = room[string](d, count[nodeOutput])
	for f := range d.fields(s) {
		switch f.num {
		case nodeInput:
			n.Inputs = append(n.Inputs, d.text(f))
		case nodeOutput:
			n.Outputs = append(n.Outputs, d.text(f))
		case nodeName:
			n.Name = d.text(f)
		case nodeOp:
			n.Op = d.text(f)
		case nodeDomain:
			n.Domain = d.text(f)
		case nodeOverload:
			n.Overload = d.text(f)
		}
	}
	return n
}

// once puts the name of an attribute into a set, and fails if it is there.
func (d *decoder) once(set map[string]bool, name, of string, f field) {
	if set[name] {
		d.fail(f.at, "%q has attribute %q twice", of, name)
	}
	set[name] = true
}
