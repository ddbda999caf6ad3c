package onnx

// This file is the encoder of models and graphs. Fields are written in the order
// of their numbers, repeated numbers one by one and elements of tensors as
// raw_data, as the reference implementation does: equal models give equal bytes,
// and these are the bytes that onnx.helper would have written.

// Marshal encodes a model. It checks nothing; [Unmarshal] of the result does, and
// returns an equal model if it is one that Unmarshal could have returned. A
// tensor of strings is written with as many empty ones.
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
	w.opsets(modelOpsetImport, m.Opsets)
	for _, p := range m.Metadata {
		w.entry(modelMetadata, p.Key, p.Value)
	}
	for i := range m.Functions {
		w.message(modelFunctions, func(w *writer) { w.function(&m.Functions[i]) })
	}
	return w
}

func (w *writer) opsets(num int, list []Opset) {
	for _, o := range list {
		w.message(num, func(w *writer) {
			w.optional(opsetDomain, o.Domain)
			w.int(opsetVersion, o.Version)
		})
	}
}

func (w *writer) function(f *Function) {
	w.text(functionName, f.Name)
	w.texts(functionInput, f.Inputs)
	w.texts(functionOutput, f.Outputs)
	w.texts(functionParam, f.Params)
	for i := range f.Nodes {
		w.message(functionNode, func(w *writer) { w.node(&f.Nodes[i]) })
	}
	w.opsets(functionOpset, f.Opsets)
	w.optional(functionDomain, f.Domain)
	for i := range f.Defaults {
		w.message(functionAttrProto, func(w *writer) { w.attr(&f.Defaults[i]) })
	}
	w.optional(functionOverload, f.Overload)
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
	for i := range g.Sparse {
		w.message(graphSparse, func(w *writer) { w.sparse(&g.Sparse[i]) })
	}
}

func (w *writer) node(n *Node) {
	w.texts(nodeInput, n.Inputs)
	w.texts(nodeOutput, n.Outputs)
	w.optional(nodeName, n.Name)
	w.text(nodeOp, n.Op)
	for i := range n.Attrs {
		w.message(nodeAttr, func(w *writer) { w.attr(&n.Attrs[i]) })
	}
	w.optional(nodeDomain, n.Domain)
	w.optional(nodeOverload, n.Overload)
}
