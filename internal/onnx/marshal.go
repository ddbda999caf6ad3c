package onnx

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file is the encoder. Fields are written in the order of their numbers,
// repeated numbers one by one and elements of tensors as raw_data, as the
// reference implementation does: equal models give equal bytes, and these are
// the bytes that onnx.helper would have written.

// Marshal encodes a model. It checks nothing; [Unmarshal] of the result does.
func Marshal(m *Model) []byte {
	w := writer{}
	w.int(modelIRVersion, m.IRVersion)
	w.optional(modelProducerName, m.ProducerName)
	w.optional(modelProducerVersion, m.ProducerVersion)
	w.optional(modelDomain, m.Domain)
	if m.ModelVersion != 0 {
		w.int(modelVersion, m.ModelVersion)
	}
	w.optional(modelDoc, m.Doc)
	w.message(modelGraph, func(w *writer) { w.graph(&m.Graph) })
	for _, o := range m.Opsets {
		w.message(modelOpsetImport, func(w *writer) {
			w.optional(opsetDomain, o.Domain)
			w.int(opsetVersion, o.Version)
		})
	}
	for _, p := range m.Metadata {
		w.message(modelMetadata, func(w *writer) {
			w.text(entryKey, p.Key)
			w.text(entryValue, p.Value)
		})
	}
	return w
}

// writer is the bytes so far.
type writer []byte

func (w *writer) int(num int, v int64) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.VarintType)
	*w = protowire.AppendVarint(*w, uint64(v))
}

func (w *writer) float(num int, v float32) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.Fixed32Type)
	*w = protowire.AppendFixed32(*w, math.Float32bits(v))
}

func (w *writer) bytes(num int, v []byte) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.BytesType)
	*w = protowire.AppendBytes(*w, v)
}

func (w *writer) text(num int, v string) {
	*w = protowire.AppendTag(*w, protowire.Number(num), protowire.BytesType)
	*w = protowire.AppendString(*w, v)
}

// optional writes a string unless it is empty.
func (w *writer) optional(num int, v string) {
	if v != "" {
		w.text(num, v)
	}
}

// message writes what body writes as a field.
func (w *writer) message(num int, body func(*writer)) {
	var inner writer
	body(&inner)
	w.bytes(num, inner)
}

func (w *writer) graph(g *Graph) {
	for i := range g.Nodes {
		w.message(graphNode, func(w *writer) { w.node(&g.Nodes[i]) })
	}
	w.optional(graphName, g.Name)
	for i := range g.Initializers {
		w.message(graphInitializer, func(w *writer) { w.tensor(&g.Initializers[i]) })
	}
	for _, list := range []struct {
		num    int
		values []ValueInfo
	}{{graphInput, g.Inputs}, {graphOutput, g.Outputs}, {graphValueInfo, g.Values}} {
		for _, v := range list.values {
			w.message(list.num, func(w *writer) { w.value(v) })
		}
	}
}

func (w *writer) node(n *Node) {
	for _, name := range n.Inputs {
		w.text(nodeInput, name)
	}
	for _, name := range n.Outputs {
		w.text(nodeOutput, name)
	}
	w.optional(nodeName, n.Name)
	w.text(nodeOp, n.Op)
	for i := range n.Attrs {
		w.message(nodeAttr, func(w *writer) { w.attr(&n.Attrs[i]) })
	}
	w.optional(nodeDomain, n.Domain)
}

func (w *writer) attr(a *Attr) {
	w.text(attrName, a.Name)
	switch a.Type {
	case AttrFloat:
		w.float(attrFloat, a.Float)
	case AttrInt:
		w.int(attrInt, a.Int)
	case AttrString:
		w.text(attrString, a.String)
	case AttrTensor:
		w.message(attrTensor, func(w *writer) { w.tensor(a.Tensor) })
	case AttrFloats:
		for _, v := range a.Floats {
			w.float(attrFloats, v)
		}
	case AttrInts:
		for _, v := range a.Ints {
			w.int(attrInts, v)
		}
	case AttrStrings:
		for _, v := range a.Strings {
			w.text(attrStrings, v)
		}
	}
	w.int(attrType, int64(a.Type))
}

func (w *writer) tensor(t *Tensor) {
	for _, n := range t.Dims {
		w.int(tensorDims, n)
	}
	w.int(tensorType, int64(t.Type))
	w.optional(tensorName, t.Name)
	w.bytes(rawData, t.Raw)
}

func (w *writer) value(v ValueInfo) {
	w.text(valueName, v.Name)
	w.message(valueType, func(w *writer) {
		w.message(typeTensor, func(w *writer) {
			w.int(typeElem, int64(v.Type))
			if v.Shape != nil {
				w.message(typeShape, func(w *writer) { w.shape(v.Shape) })
			}
		})
	})
}

func (w *writer) shape(dims []Dim) {
	for _, d := range dims {
		w.message(shapeDim, func(w *writer) {
			switch {
			case d.Param != "":
				w.text(dimParam, d.Param)
			case d.Size >= 0:
				w.int(dimSize, d.Size)
			}
		})
	}
}
