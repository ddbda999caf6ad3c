package graph

import (
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is a model's graph on its way: its inputs, constants and outputs.

// The versions of the format and of its operators that we know.
const (
	firstIR, lastIR = 1, 13
	lastOpset       = 27
)

// Build makes the graph of a model simple. Its constants may stand in the
// model's bytes. Errors are an *onnx.FormatError, an *onnx.UnsupportedError or
// of opening files.
func Build(m *onnx.Model, o Options) (*Graph, error) {
	if v := m.IRVersion; v < firstIR || v > lastIR {
		return nil, refuse("", "", "it has IR version %d, want %d to %d", v, firstIR, lastIR)
	}
	b := &builder{options: o, model: m, files: files{fsys: o.FS}, functions: make(map[string]*onnx.Function)}
	for i := range m.Functions {
		f := &m.Functions[i]
		b.functions[functionKey(f.Domain, f.Name, f.Overload)] = f
	}
	if v := versions(m.Opsets)[""]; v > lastOpset {
		return nil, refuse("", "", "it uses opset %d, want at most %d", v, lastOpset)
	}
	root := &scope{names: make(map[string]int), opsets: versions(m.Opsets)}
	if err := b.inputs(root); err != nil {
		return nil, err
	}
	var err error
	if b.graph.Nodes, err = b.nodes(m.Graph.Nodes, m.Graph.Outputs, root); err != nil {
		return nil, err
	}
	if err := b.outputs(root); err != nil {
		return nil, err
	}
	b.fuse()
	b.prune()
	return &b.graph, nil
}

// prune lets go of constants that no node and no output reads.
func (b *builder) prune() {
	read := make([]bool, len(b.graph.Values))
	marked(b.graph.Nodes, read)
	for _, out := range b.graph.Outputs {
		read[out.Value] = true
	}
	for i, r := range read {
		if !r {
			b.graph.Values[i].Const = nil
		}
	}
}

// marked notes what nodes read.
func marked(nodes []Node, read []bool) {
	for i := range nodes {
		for _, v := range nodes[i].In {
			if v != None {
				read[v] = true
			}
		}
		for _, body := range nodes[i].Bodies {
			marked(body.Nodes, read)
			for _, v := range body.Out {
				if v != None {
					read[v] = true
				}
			}
		}
	}
}

// inputs gives numbers to the model's inputs and constants.
func (b *builder) inputs(s *scope) error {
	g := &b.model.Graph
	constants := make(map[string]bool)
	for i := range g.Initializers {
		constants[g.Initializers[i].Name] = true
	}
	for i := range g.Sparse {
		constants[g.Sparse[i].Values.Name] = true
	}
	open := make(map[string]bool)
	for _, in := range g.Inputs {
		t, bound := b.options.Bind[in.Name]
		switch {
		case bound:
			t.Name = in.Name
			if err := b.constant(s, &t); err != nil {
				return err
			}
			open[in.Name] = true
		case constants[in.Name] && !b.options.Open[in.Name]:
		default:
			open[in.Name] = true
			if err := b.input(s, in); err != nil {
				return err
			}
		}
	}
	return b.constants(g, s, open)
}

// input makes an input of the model a value.
func (b *builder) input(s *scope, in onnx.ValueInfo) error {
	if in.Kind != "" || !tensor.Stored.Has(in.Type) {
		kind := in.Kind
		if kind == "" {
			kind = in.Type.String()
		}
		return refuse(in.Name, "", "the input is %s, want a tensor of float32 or another type that Go has", kind)
	}
	v := b.value(in.Name, nil)
	b.graph.Inputs = append(b.graph.Inputs, Input{in.Name, in.Type, in.Shape, v})
	if tensor.Halves.Has(in.Type) {
		wide := b.value(in.Name, nil)
		b.graph.Nodes = append(b.graph.Nodes, Node{Op: "_Widen", Label: in.Name, Row: op.Lookup("", "_Widen"), In: []int{v}, Out: []int{wide}})
		v = wide
	}
	s.names[in.Name] = v
	return nil
}

// outputs finds what the model computes.
func (b *builder) outputs(s *scope) error {
	for _, out := range b.model.Graph.Outputs {
		v, ok := s.find(out.Name)
		if !ok || v == None {
			return refuse(out.Name, "", "nothing makes this output of the graph")
		}
		if out.Kind != "" {
			return refuse(out.Name, "", "the output is a %s, want a tensor", out.Kind)
		}
		if tensor.Halves.Has(out.Type) && !b.isInput(v) {
			half := b.value(out.Name, nil)
			b.graph.Nodes = append(b.graph.Nodes, Node{Op: "_Narrow", Label: out.Name, Row: op.Lookup("", "_Narrow"), In: []int{v}, Out: []int{half},
				Attrs: []onnx.Attr{onnx.IntAttr("to", int64(out.Type))}})
			v = half
		}
		b.graph.Outputs = append(b.graph.Outputs, Output{out.Name, out.Type, out.Shape, v})
	}
	return nil
}

func (b *builder) isInput(value int) bool {
	for _, in := range b.graph.Inputs {
		if in.Value == value {
			return true
		}
	}
	return false
}
