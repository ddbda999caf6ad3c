package onnx

import (
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file is the decoder's upper half: the messages that make up a model,
// except tensors.

// Unmarshal reads a model and checks what holds for every model: that names
// are there and made once, that nodes come after what they read, that tensors
// have as many bytes as their dimensions ask for.
//
// Tensors' Raw points into data wherever the file stores elements as they are,
// so data must not change while the model is in use. Memory beyond that stays
// within a small multiple of len(data).
//
// The error is a *FormatError or an *UnsupportedError.
func Unmarshal(data []byte) (*Model, error) {
	d := &decoder{buf: data}
	m := new(Model)
	places := d.model(m, span{modelMessage, 0, len(data)})
	if d.err == nil {
		d.check(m, places)
	}
	if d.err != nil {
		return nil, d.err
	}
	return m, nil
}

// places remembers where nodes and tensors start, for errors found later.
type places struct{ nodes, initializers []int }

func (d *decoder) model(m *Model, s span) (p places) {
	graph := false
	for f := range d.fields(s) {
		switch f.num {
		case modelIRVersion:
			m.IRVersion = d.int(f)
		case modelProducerName:
			m.ProducerName = d.text(f)
		case modelProducerVersion:
			m.ProducerVersion = d.text(f)
		case modelDomain:
			m.Domain = d.text(f)
		case modelVersion:
			m.ModelVersion = d.int(f)
		case modelDoc:
			m.Doc = d.text(f)
		case modelGraph:
			graph = true
			p = d.graph(&m.Graph, d.sub(f, graphMessage))
		case modelOpsetImport:
			d.item()
			m.Opsets = append(m.Opsets, d.opset(d.sub(f, opsetMessage)))
		case modelMetadata:
			d.item()
			m.Metadata = append(m.Metadata, d.property(d.sub(f, entryMessage)))
		case modelTraining:
			d.refuse("", "", "it has training_info")
		case modelFunctions:
			d.refuse("", "", "it defines functions of its own")
		}
	}
	if !graph {
		d.fail(s.to, "there is no graph")
	}
	return p
}

func (d *decoder) opset(s span) (o Opset) {
	for f := range d.fields(s) {
		switch f.num {
		case opsetDomain:
			o.Domain = d.text(f)
		case opsetVersion:
			o.Version = d.int(f)
		}
	}
	return o
}

func (d *decoder) property(s span) (p Property) {
	for f := range d.fields(s) {
		switch f.num {
		case entryKey:
			p.Key = d.text(f)
		case entryValue:
			p.Value = d.text(f)
		}
	}
	return p
}

func (d *decoder) graph(g *Graph, s span) (p places) {
	for f := range d.fields(s) {
		switch f.num {
		case graphNode:
			d.item()
			p.nodes = append(p.nodes, f.at)
			g.Nodes = append(g.Nodes, d.node(d.sub(f, nodeMessage)))
		case graphName:
			g.Name = d.text(f)
		case graphInitializer:
			d.item()
			p.initializers = append(p.initializers, f.at)
			g.Initializers = append(g.Initializers, d.tensor(d.sub(f, tensorMessage)))
		case graphInput:
			g.Inputs = append(g.Inputs, d.value(d.sub(f, valueMessage)))
		case graphOutput:
			g.Outputs = append(g.Outputs, d.value(d.sub(f, valueMessage)))
		case graphValueInfo:
			g.Values = append(g.Values, d.value(d.sub(f, valueMessage)))
		case graphSparse:
			d.refuse("", "", "it has sparse initializers")
		}
	}
	return p
}

func (d *decoder) node(s span) (n Node) {
	overload := ""
	for f := range d.fields(s) {
		switch f.num {
		case nodeInput:
			d.item()
			n.Inputs = append(n.Inputs, d.text(f))
		case nodeOutput:
			d.item()
			n.Outputs = append(n.Outputs, d.text(f))
		case nodeName:
			n.Name = d.text(f)
		case nodeOp:
			n.Op = d.text(f)
		case nodeDomain:
			n.Domain = d.text(f)
		case nodeOverload:
			overload = d.text(f)
		}
	}
	if n.Op == "" {
		d.fail(s.from, "node %q has no operator", n.Label())
	}
	if !isDefault(n.Domain) || overload != "" {
		d.refuse(n.Label(), n.Op, "operator of the foreign domain %q", n.Domain)
	}
	// Attributes last, so that what is refused in them is refused by node.
	var names map[string]bool
	for f := range d.fields(s) {
		if f.num != nodeAttr {
			continue
		}
		d.item()
		a := d.attr(d.sub(f, attrMessage), &n)
		if names[a.Name] {
			d.fail(f.at, "node %q has attribute %q twice", n.Label(), a.Name)
		}
		if names == nil {
			names = make(map[string]bool)
		}
		names[a.Name] = true
		n.Attrs = append(n.Attrs, a)
	}
	return n
}

// Label names a node for people: its name or that of its first output.
func (n *Node) Label() string {
	if n.Name == "" && len(n.Outputs) > 0 {
		return n.Outputs[0]
	}
	return n.Name
}

func (d *decoder) attr(s span, n *Node) (a Attr) {
	values := 0 // bit i: field i occurs
	for f := range d.fields(s) {
		if f.num < 63 {
			values |= 1 << f.num
		}
		switch f.num {
		case attrName:
			a.Name = d.text(f)
		case attrType:
			a.Type = AttrType(d.int(f))
		case attrFloat:
			d.want(f, protowire.Fixed32Type)
			a.Float = math.Float32frombits(uint32(f.bits))
		case attrInt:
			a.Int = d.int(f)
		case attrString:
			a.String = string(d.bytes(f))
		case attrTensor:
			t := d.tensor(d.sub(f, tensorMessage))
			a.Tensor = &t
		case attrFloats:
			a.Floats = slices.Grow(a.Floats, d.count(f, protowire.Fixed32Type))
			d.numbers(f, protowire.Fixed32Type, func(b uint64) { a.Floats = append(a.Floats, math.Float32frombits(uint32(b))) })
		case attrInts:
			a.Ints = slices.Grow(a.Ints, d.count(f, protowire.VarintType))
			d.numbers(f, protowire.VarintType, func(b uint64) { a.Ints = append(a.Ints, int64(b)) })
		case attrStrings:
			d.item()
			a.Strings = append(a.Strings, string(d.bytes(f)))
		case attrRef:
			d.refuse(n.Label(), n.Op, "attribute %q refers to a function's", a.Name)
		}
	}
	want, ok := attrField[a.Type]
	switch {
	case a.Name == "":
		d.fail(s.from, "node %q has an attribute without a name", n.Label())
	case a.Type < 1 || int(a.Type) >= len(attrNames):
		d.fail(s.from, "node %q: attribute %q has no valid type", n.Label(), a.Name)
	case !ok:
		d.refuse(n.Label(), n.Op, "attribute %q is of type %s", a.Name, a.Type)
	case values&^(1<<want)&attrValues != 0:
		d.fail(s.from, "node %q: attribute %q has other values than its type, %s, says", n.Label(), a.Name, a.Type)
	case a.Type == AttrTensor && a.Tensor == nil:
		d.fail(s.from, "node %q: attribute %q has no tensor", n.Label(), a.Name)
	}
	return a
}

// attrValues has a bit for every field of an attribute that holds a value.
const attrValues = 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<7 | 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<14 | 1<<15 | 1<<22 | 1<<23
