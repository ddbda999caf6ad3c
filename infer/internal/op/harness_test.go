package op

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file computes nodes one by one, by their rows alone: the reference that
// the planner is held against.

// interpret computes a graph whose nodes are in order.
func interpret(m *onnx.Model, inputs map[string]tensor.Tensor) (outputs []tensor.Tensor, err error) {
	values := make(map[string]tensor.Tensor)
	narrow := make(map[string]tensor.Type) // the types of constants and inputs that have such
	names := 0
	define := func(t *onnx.Tensor) error {
		c, err := tensor.FromFile(t)
		if err != nil {
			return &onnx.UnsupportedError{Node: t.Name, Reason: err.Error()}
		}
		values[t.Name], err = c.Value()
		narrow[t.Name] = c.Narrow
		return err
	}
	for i := range m.Graph.Initializers {
		if err := define(&m.Graph.Initializers[i]); err != nil {
			return nil, err
		}
	}
	for _, in := range m.Graph.Inputs {
		if tensor.Holder(in.Type) != 0 {
			narrow[in.Name] = in.Type
		}
	}
	for name, t := range inputs {
		if tensor.Halves.Has(t.Elem) {
			wide := tensor.New(onnx.Float, t.Shape...)
			tensor.Convert(wide, t)
			t = wide
		}
		values[name] = t
	}
	var compute func(file onnx.Node) error
	compute = func(file onnx.Node) error {
		version := m.Opset()
		for _, o := range m.Opsets {
			if o.Domain == file.Domain {
				version = o.Version
			}
		}
		file.Inputs, file.Outputs, file.Attrs = slices.Clone(file.Inputs), slices.Clone(file.Outputs), slices.Clone(file.Attrs)
		fresh := func() string { names++; return fmt.Sprint("fresh ", names) }
		r := &Raising{Node: &file, Version: int(version), Fresh: fresh}
		r.Constant = func(t onnx.Tensor) string {
			t.Name = fresh()
			if err := define(&t); err != nil {
				r.Refuse("%v", err)
			}
			return t.Name
		}
		r.Add = func(n onnx.Node) {
			if err := compute(n); err != nil {
				r.Refuse("%v", err)
			}
		}
		row := Lookup(file.Domain, file.Op)
		if row == nil {
			return &onnx.UnsupportedError{Node: file.Label(), Op: file.Op, Reason: "this operator is not supported"}
		}
		if row.Raise != nil {
			if row.Raise(r); r.Err() != nil {
				return r.Err()
			}
			row = Lookup(file.Domain, file.Op)
		}
		n := &Node{Op: file.Op, Label: file.Label(), Attrs: file.Attrs, Elements: 1 << 24}
		var in []tensor.Tensor
		for _, name := range file.Inputs {
			if name == "" {
				n.In, in = append(n.In, nil), append(in, tensor.Tensor{})
				continue
			}
			t, ok := values[name]
			if !ok {
				return &onnx.UnsupportedError{Node: file.Label(), Op: file.Op, Reason: "it reads " + name}
			}
			c := tensor.Known(name, t)
			c.Narrow = narrow[name]
			n.In, in = append(n.In, &Value{Elem: t.Elem, Shape: t.Shape, Const: c}), append(in, t)
		}
		for _, name := range file.Outputs {
			n.Outs = append(n.Outs, name != "")
		}
		eval, err := n.Prepare(row)
		if err != nil {
			return err
		}
		for len(in) < len(n.In) {
			in = append(in, tensor.Tensor{})
		}
		in = in[:len(n.In)]
		var out []tensor.Tensor
		elements := 0
		for _, v := range n.Results {
			out = append(out, tensor.New(v.Elem, v.Shape...))
			elements += v.Len()
		}
		pad := new(Scratchpad)
		m := NewMemory(pad)
		if m.Begin(); elements > 0 {
			eval(m, out, in)
		}
		if pad.Err != nil {
			return pad.Err
		}
		for i, name := range file.Outputs {
			if name != "" {
				values[name] = out[i]
			}
		}
		return nil
	}
	for i := range m.Graph.Nodes {
		if err := compute(m.Graph.Nodes[i]); err != nil {
			return nil, err
		}
	}
	for _, o := range m.Graph.Outputs {
		t, ok := values[o.Name]
		if !ok {
			return nil, fmt.Errorf("nothing made output %q", o.Name)
		}
		if tensor.Halves.Has(o.Type) && t.Elem == onnx.Float {
			half := tensor.New(o.Type, t.Shape...)
			tensor.Convert(half, t)
			t = half
		}
		outputs = append(outputs, t)
	}
	return outputs, nil
}

// node computes one operator of a version on tensors, and returns its outputs.
func node(version int64, op string, outputs int, attrs []onnx.Attr, inputs ...tensor.Tensor) ([]tensor.Tensor, error) {
	return nodeOf("", version, op, outputs, attrs, inputs...)
}

// nodeOf is node for an operator of a domain.
func nodeOf(domain string, version int64, op string, outputs int, attrs []onnx.Attr, inputs ...tensor.Tensor) ([]tensor.Tensor, error) {
	m := &onnx.Model{Opsets: []onnx.Opset{{Domain: domain, Version: version}}}
	n := onnx.Node{Op: op, Domain: domain, Attrs: attrs}
	in := make(map[string]tensor.Tensor)
	for i, t := range inputs {
		name := ""
		if t.Given() {
			name = fmt.Sprint("in", i)
			in[name] = t
		}
		n.Inputs = append(n.Inputs, name)
	}
	for i := range outputs {
		name := fmt.Sprint("out", i)
		n.Outputs = append(n.Outputs, name)
		m.Graph.Outputs = append(m.Graph.Outputs, onnx.ValueInfo{Name: name})
	}
	m.Graph.Nodes = []onnx.Node{n}
	return interpret(m, in)
}

// f32 and i64 make tensors.
func f32(shape []int, v ...float32) tensor.Tensor { return tensor.From(onnx.Float, v, shape...) }
func i64(shape []int, v ...int64) tensor.Tensor   { return tensor.From(onnx.Int64, v, shape...) }

// same fails unless a node's first output is want.
func same(t *testing.T, got []tensor.Tensor, err error, want tensor.Tensor) {
	t.Helper()
	if err == nil {
		err = conformance.Differ(got[0], want, 1e-5, 1e-6)
	}
	if err != nil {
		t.Errorf("%v", err)
	}
}

// bothOrders computes a node by its function for images row by row, and by that
// for channels innermost, which must have the same bits.
func bothOrders(t *testing.T, name string, n *Node, x tensor.Tensor) {
	t.Helper()
	turned := func(x tensor.Tensor) tensor.Tensor {
		got, err := node(13, "Transpose", 1, []onnx.Attr{onnx.IntsAttr("perm", 0, 2, 3, 1)}, x)
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	eval, err := n.Prepare(Lookup("", n.Op))
	if err != nil {
		t.Fatal(err)
	}
	plain, pixels := tensor.New(onnx.Float, n.Results[0].Shape...), tensor.New(onnx.Float, tensor.ByPixels(n.Results[0].Shape, 4)...)
	m := NewMemory(new(Scratchpad))
	m.Begin()
	eval(m, []tensor.Tensor{plain}, []tensor.Tensor{x})
	m.Begin()
	n.OnPixels(m, []tensor.Tensor{pixels}, []tensor.Tensor{turned(x)})
	if want := turned(plain); !slices.Equal(tensor.Of[float32](pixels), tensor.Of[float32](want)) {
		t.Errorf("%s on pixels = %v, want %v", name, tensor.Of[float32](pixels), tensor.Of[float32](want))
	}
}
