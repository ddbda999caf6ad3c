package randmodel

import (
	"slices"
	"strconv"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is changes to a model as a whole.

// Mutate changes a model in a few ways that bytes choose. The model stays one that
// can be written, but may no longer be valid.
func Mutate(m *onnx.Model, data []byte) *Case {
	d := &drawer{source: newSource(data), book: all(), model: *m, wild: 110, specials: true, valid: true}
	count(&m.Graph, &d.names)
	for range one(&d.source, 1, 1, 1, 2, 2, 3, 5) {
		g := &d.model.Graph
		for k := d.intN(3); k > 0; k-- { // rather in a subgraph, if there is one
			if inner := d.subgraph(g); inner != nil {
				g = inner
			}
		}
		mutations[d.intN(len(mutations))](d, g)
	}
	return &Case{Model: &d.model, Special: true}
}

// count lets new names be none that are there.
func count(g *onnx.Graph, names *int) {
	*names += 1000 + len(g.Nodes)
}

// subgraph is a graph in an attribute of a node; nil if there is none.
func (d *drawer) subgraph(g *onnx.Graph) *onnx.Graph {
	for i := range g.Nodes {
		for _, a := range g.Nodes[i].Attrs {
			if a.Graph != nil && d.chance(180) {
				return a.Graph
			}
		}
	}
	return nil
}

// anyNode is a node of a graph, nil if it has none.
func (d *drawer) anyNode(g *onnx.Graph) *onnx.Node {
	if len(g.Nodes) == 0 {
		return nil
	}
	return &g.Nodes[d.intN(len(g.Nodes))]
}

// anyName is the name of any value of a graph.
func (d *drawer) anyName(g *onnx.Graph) string {
	switch k := d.intN(4); {
	case k == 0 && len(g.Initializers) > 0:
		return g.Initializers[d.intN(len(g.Initializers))].Name
	case k == 1 && len(g.Inputs) > 0:
		return g.Inputs[d.intN(len(g.Inputs))].Name
	}
	if n := d.anyNode(g); n != nil && len(n.Outputs) > 0 {
		return n.Outputs[d.intN(len(n.Outputs))]
	}
	return ""
}

var mutations = []func(d *drawer, g *onnx.Graph){
	changeOp, changeAttr, changeAttr, changeAttr, dropAttr, changeInput, changeInput, copyNode, dropNode, swapNodes,
	resizeConstant, resizeConstant, retypeConstant, flipData, flipData, constantToInput, resizeInput, resizeInput, retypeInput,
	changeOpset, wrapInIf, wrapInFunction, changeOutputs, insertNode, insertNode, changeMetadata, moreOutputs,
}

func changeOp(d *drawer, g *onnx.Graph) {
	if n := d.anyNode(g); n != nil {
		n.Domain, n.Op, _ = split(one(&d.source, d.book.names...))
	}
}

func changeAttr(d *drawer, g *onnx.Graph) {
	n := d.anyNode(g)
	if n == nil || len(n.Attrs) == 0 {
		return
	}
	a := &n.Attrs[d.intN(len(n.Attrs))]
	switch {
	case a.Type == onnx.AttrInt && d.chance(200):
		a.Int = d.near(a.Int)
	case a.Type == onnx.AttrFloat && d.chance(200):
		a.Float = d.floatOf()
	case a.Type == onnx.AttrInts && len(a.Ints) > 0 && d.chance(200):
		a.Ints = slices.Clone(a.Ints)
		k := d.intN(len(a.Ints))
		switch d.intN(4) {
		case 0:
			a.Ints = slices.Insert(a.Ints, k, d.near(a.Ints[k]))
		case 1:
			a.Ints = slices.Delete(a.Ints, k, k+1)
		default:
			a.Ints[k] = d.near(a.Ints[k])
		}
	case a.Type == onnx.AttrGraph:
	default:
		d.spoilAttr(a)
	}
}

// near is a number beside another, or any.
func (d *drawer) near(v int64) int64 {
	switch d.intN(5) {
	case 0:
		return v + 1
	case 1:
		return v - 1
	case 2:
		return 2 * v
	case 3:
		return 0
	}
	return d.number()
}

func dropAttr(d *drawer, g *onnx.Graph) {
	if n := d.anyNode(g); n != nil && len(n.Attrs) > 0 {
		k := d.intN(len(n.Attrs))
		n.Attrs = slices.Delete(slices.Clone(n.Attrs), k, k+1)
	}
}

func changeInput(d *drawer, g *onnx.Graph) {
	n := d.anyNode(g)
	if n == nil || len(n.Inputs) == 0 {
		return
	}
	n.Inputs = slices.Clone(n.Inputs)
	k := d.intN(len(n.Inputs))
	switch d.intN(6) {
	case 0:
		n.Inputs = n.Inputs[:k]
	case 1:
		n.Inputs[k] = ""
	case 2:
		j := d.intN(len(n.Inputs))
		n.Inputs[k], n.Inputs[j] = n.Inputs[j], n.Inputs[k]
	case 3:
		n.Inputs = append(n.Inputs, d.anyName(g))
	default:
		n.Inputs[k] = d.anyName(g)
	}
}

func copyNode(d *drawer, g *onnx.Graph) {
	n := d.anyNode(g)
	if n == nil {
		return
	}
	c := *n
	c.Inputs, c.Outputs = slices.Clone(n.Inputs), slices.Clone(n.Outputs)
	for k := range c.Outputs {
		old := c.Outputs[k]
		c.Outputs[k] = d.name("m")
		if reader := d.anyNode(g); reader != nil && d.chance(200) {
			reader.Inputs = slices.Clone(reader.Inputs)
			if len(reader.Inputs) > 0 {
				reader.Inputs[d.intN(len(reader.Inputs))] = c.Outputs[k]
			}
		} else if len(c.Inputs) > 0 {
			c.Inputs[0] = old // once more after itself
			renamed(g, old, c.Outputs[k])
			c.Inputs[0] = old
		}
	}
	g.Nodes = append(slices.Clone(g.Nodes), c)
}

// renamed lets all readers of a value read another.
func renamed(g *onnx.Graph, from, to string) {
	for i := range g.Nodes {
		for k, name := range g.Nodes[i].Inputs {
			if name == from {
				g.Nodes[i].Inputs = slices.Clone(g.Nodes[i].Inputs)
				g.Nodes[i].Inputs[k] = to
			}
		}
	}
	for i := range g.Outputs {
		if g.Outputs[i].Name == from {
			g.Outputs[i].Name = to
		}
	}
}

func dropNode(d *drawer, g *onnx.Graph) {
	if len(g.Nodes) < 2 {
		return
	}
	k := d.intN(len(g.Nodes))
	n := g.Nodes[k]
	g.Nodes = slices.Delete(slices.Clone(g.Nodes), k, k+1)
	if len(n.Inputs) > 0 && n.Inputs[0] != "" {
		for _, o := range n.Outputs {
			renamed(g, o, n.Inputs[0])
		}
	}
}

func swapNodes(d *drawer, g *onnx.Graph) {
	if len(g.Nodes) < 2 {
		return
	}
	i, j := d.intN(len(g.Nodes)), d.intN(len(g.Nodes))
	a, b := &g.Nodes[i], &g.Nodes[j]
	if d.chance(128) {
		a.Op, b.Op, a.Domain, b.Domain = b.Op, a.Op, b.Domain, a.Domain
	} else {
		*a, *b = *b, *a
	}
}

func insertNode(d *drawer, g *onnx.Graph) {
	from := d.anyName(g)
	if from == "" {
		return
	}
	n := onnx.Node{Inputs: []string{from}, Outputs: []string{d.name("m")}}
	ints := func(v ...int64) string {
		t := onnx.NewInt64(d.name("m"), v, int64(len(v)))
		g.Initializers = append(g.Initializers, t)
		return t.Name
	}
	switch d.intN(8) {
	case 0:
		n.Op, n.Attrs = "Cast", []onnx.Attr{onnx.IntAttr("to", int64(d.anyType()))}
	case 1:
		n.Op, n.Inputs = "Reshape", append(n.Inputs, ints(one(&d.source, []int64{-1}, []int64{0, -1}, []int64{-1, 0}, []int64{0}, ones(33), []int64{1, -1, 1})...))
	case 2:
		n.Op, n.Inputs = "Unsqueeze", append(n.Inputs, ints(d.number()))
	case 3:
		n.Op = "Transpose"
	case 4:
		n.Op, n.Inputs = "Slice", append(n.Inputs, ints(d.number()), ints(d.number()), ints(one(&d.source, int64(0), -1, 1)))
	case 5:
		n.Op, n.Inputs = "Pad", append(n.Inputs, ints(d.number(), 0, 0, d.number()))
	default:
		n.Op = one(&d.source, "Relu", "Tanh", "Identity", "Shape", "Neg", "Not", "Squeeze", "Flatten", "Softmax", "NonZero", "ReduceMax", "Sigmoid", "LeakyRelu")
	}
	renamed(g, from, n.Outputs[0])
	n.Inputs[0] = from
	g.Nodes = append(slices.Clone(g.Nodes), n)
}

func changeOutputs(d *drawer, g *onnx.Graph) {
	if len(g.Outputs) == 0 {
		return
	}
	k := d.intN(len(g.Outputs))
	switch d.intN(3) {
	case 0:
		g.Outputs = append(slices.Clone(g.Outputs), onnx.ValueInfo{Name: d.anyName(g), Type: onnx.Float})
	case 1:
		g.Outputs[k].Type, g.Outputs[k].Shape = d.anyType(), nil
	default:
		g.Outputs[k].Name, g.Outputs[k].Type = d.anyName(g), 0
	}
}

func moreOutputs(d *drawer, g *onnx.Graph) {
	if n := d.anyNode(g); n != nil {
		if len(n.Outputs) > 1 && d.chance(128) {
			n.Outputs = n.Outputs[:len(n.Outputs)-1]
			return
		}
		name := d.name("m")
		n.Outputs = append(slices.Clone(n.Outputs), name)
		g.Outputs = append(slices.Clone(g.Outputs), onnx.ValueInfo{Name: name})
	}
}

func changeOpset(d *drawer, g *onnx.Graph) {
	for k := range d.model.Opsets {
		if d.chance(128) {
			d.model.Opsets = slices.Clone(d.model.Opsets)
			d.model.Opsets[k].Version = int64(d.between(1, 28))
		}
	}
	if d.chance(30) {
		d.model.IRVersion = int64(d.between(0, 14))
	}
}

// changeMetadata says something about the model that may not be true.
func changeMetadata(d *drawer, g *onnx.Graph) {
	value := one(&d.source, "", "0", "1", "-1", "3", "1000000", "99999999999999999999", "normal", "uniform", "x", strconv.FormatInt(d.number(), 10), "Bgr8")
	for _, key := range []string{"ganlet.probe.seed", "ganlet.probe.count", "ganlet.probe.sha256", "ganlet.latent.dim", "ganlet.latent.distribution",
		"Image.NominalPixelRange", "Image.BitmapPixelFormat", "ganlet.class.0", "ganlet.class.1"} {
		if d.chance(100) && !slices.ContainsFunc(d.model.Metadata, func(p onnx.Property) bool { return p.Key == key }) {
			d.model.Metadata = append(slices.Clone(d.model.Metadata), onnx.Property{Key: key, Value: value})
		}
	}
}
