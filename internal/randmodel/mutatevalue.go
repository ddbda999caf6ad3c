package randmodel

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is changes to constants and inputs, and nodes that become subgraphs and
// functions.

// anyConstant is a constant of a graph, nil if it has none.
func (d *drawer) anyConstant(g *onnx.Graph) *onnx.Tensor {
	if len(g.Initializers) == 0 {
		return nil
	}
	return &g.Initializers[d.intN(len(g.Initializers))]
}

// resizeConstant gives a constant another shape, and as many elements.
func resizeConstant(d *drawer, g *onnx.Graph) {
	t := d.anyConstant(g)
	if t == nil {
		return
	}
	t.Dims = slices.Clone(t.Dims)
	k := d.intN(len(t.Dims))
	switch c := d.intN(6); {
	case c == 0 && len(t.Dims) > 0:
		t.Dims[k] = 0
		if d.chance(128) {
			t.Dims[d.intN(len(t.Dims))] = one[int64](&d.source, math.MaxInt32, 1<<33, 1<<62, 1<<24)
			t.Dims[k] = 0
		}
	case c == 1 && len(t.Dims) > 0:
		t.Dims[k] = d.near(t.Dims[k])
	case c == 2:
		t.Dims = append(t.Dims, 1)
	case c == 3 && len(t.Dims) > 1:
		slices.Reverse(t.Dims)
	case c == 4 && len(t.Dims) > 0:
		t.Dims = t.Dims[:k]
	default:
		t.Dims = append(slices.Repeat([]int64{1}, one(&d.source, 1, 5, 30, 33)), t.Dims...)
	}
	fit(t)
}

// fit gives a constant as many bytes as its shape and type want, if those are few.
func fit(t *onnx.Tensor) {
	n, bits := volume(t.Dims), int64(t.Type.Bits())
	if t.Type == onnx.String && (n < 0 || n > 1<<10) { // written one by one
		t.Type, bits = onnx.Uint8, 8
	}
	if n < 0 || bits == 0 || n > 1<<16 {
		return
	}
	want := int((n*bits + 7) / 8)
	raw := slices.Clone(t.Raw)
	for len(raw) < want && len(raw) > 0 {
		raw = append(raw, raw[:min(len(raw), want-len(raw))]...)
	}
	for len(raw) < want {
		raw = append(raw, make([]byte, want-len(raw))...)
	}
	t.Raw = raw[:want]
}

func retypeConstant(d *drawer, g *onnx.Graph) {
	if t := d.anyConstant(g); t != nil {
		t.Type = d.anyType()
		if d.chance(60) {
			t.Type = one(&d.source, packed...)
		}
		fit(t)
	}
}

// flipData changes elements of a constant.
func flipData(d *drawer, g *onnx.Graph) {
	t := d.anyConstant(g)
	if t == nil || t.Type.Size() == 0 || len(t.Raw) == 0 {
		return
	}
	raw, size := slices.Clone(t.Raw), t.Type.Size()
	n := len(raw) / size
	f := Feed{Type: t.Type, Kind: Special, Seed: uint64(d.octet())}
	new := f.raw(8)
	if len(new) < 8*size || n == 0 {
		return
	}
	for range d.between(1, 3) {
		copy(raw[d.intN(n)*size:], new[d.intN(8)*size:][:size])
	}
	if t.Type == onnx.Int64 && d.chance(128) {
		one := onnx.NewInt64("", []int64{d.number()}, 1)
		copy(raw[d.intN(n)*size:], one.Raw)
	}
	t.Raw = raw
}

// constantToInput makes a constant an input of the model, or one of both.
func constantToInput(d *drawer, g *onnx.Graph) {
	if len(g.Initializers) == 0 || g != &d.model.Graph {
		return
	}
	k := d.intN(len(g.Initializers))
	t := g.Initializers[k]
	dims := onnx.Shape(t.Dims...)
	if d.chance(60) && len(dims) > 0 {
		dims[d.intN(len(dims))] = onnx.Dim{Size: -1}
	}
	g.Inputs = append(slices.Clone(g.Inputs), onnx.ValueInfo{Name: t.Name, Type: t.Type, Shape: dims})
	if d.chance(170) {
		g.Initializers = slices.Delete(slices.Clone(g.Initializers), k, k+1)
	}
}

// resizeInput gives an input another shape.
func resizeInput(d *drawer, g *onnx.Graph) {
	if len(g.Inputs) == 0 {
		return
	}
	in := &g.Inputs[d.intN(len(g.Inputs))]
	in.Shape = slices.Clone(in.Shape)
	k := d.intN(len(in.Shape))
	switch c := d.intN(7); {
	case c == 0 && len(in.Shape) > 0:
		in.Shape[k] = onnx.Dim{Size: -1, Param: one(&d.source, "N", "", "M")}
	case c == 1 && len(in.Shape) > 0:
		in.Shape[k] = onnx.Dim{Size: one[int64](&d.source, 0, 1, 2, 3, 7, math.MaxInt32, 1<<20, 1<<40)}
	case c == 2:
		in.Shape = append(in.Shape, onnx.Dim{Size: 1})
	case c == 3 && len(in.Shape) > 0:
		in.Shape = in.Shape[:len(in.Shape)-1]
	case c == 4:
		in.Shape = nil
	case c == 5 && len(in.Shape) > 1:
		in.Shape[0], in.Shape[len(in.Shape)-1] = in.Shape[len(in.Shape)-1], in.Shape[0]
	case len(in.Shape) > 0:
		in.Shape[0] = onnx.Dim{Size: int64(d.between(0, 3))}
	}
}

func retypeInput(d *drawer, g *onnx.Graph) {
	if len(g.Inputs) > 0 {
		g.Inputs[d.intN(len(g.Inputs))].Type = d.anyType()
	}
}

// wrapInIf puts a node into both branches of an If, whose condition is a constant
// or an input.
func wrapInIf(d *drawer, g *onnx.Graph) {
	n := d.anyNode(g)
	if n == nil || len(n.Outputs) == 0 {
		return
	}
	branch := func() *onnx.Graph {
		inner := *n
		inner.Outputs = nil
		body := &onnx.Graph{Name: "body"}
		for range n.Outputs {
			name := d.name("m")
			inner.Outputs = append(inner.Outputs, name)
			body.Outputs = append(body.Outputs, onnx.ValueInfo{Name: name})
		}
		body.Nodes = []onnx.Node{inner}
		return body
	}
	condition := d.name("m")
	if d.chance(128) || g != &d.model.Graph {
		g.Initializers = append(slices.Clone(g.Initializers), onnx.Tensor{Name: condition, Type: onnx.Bool, Dims: []int64{}, Raw: []byte{byte(d.intN(2))}})
	} else {
		g.Inputs = append(slices.Clone(g.Inputs), onnx.ValueInfo{Name: condition, Type: onnx.Bool, Shape: []onnx.Dim{}})
	}
	*n = onnx.Node{Name: d.name("m"), Op: "If", Inputs: []string{condition}, Outputs: n.Outputs,
		Attrs: []onnx.Attr{onnx.GraphAttr("then_branch", branch()), onnx.GraphAttr("else_branch", branch())}}
}

// wrapInFunction makes a node the only one of a function.
func wrapInFunction(d *drawer, g *onnx.Graph) {
	n := d.anyNode(g)
	if n == nil || slices.ContainsFunc(n.Attrs, func(a onnx.Attr) bool { return a.Graph != nil || a.Ref != "" }) {
		return
	}
	inner := *n
	f := onnx.Function{Name: d.name("F"), Domain: "mutant", Opsets: slices.Clone(d.model.Opsets)}
	inner.Inputs, inner.Outputs = nil, nil
	var given []string
	for _, name := range n.Inputs {
		if name == "" {
			inner.Inputs = append(inner.Inputs, "")
			continue
		}
		f.Inputs = append(f.Inputs, d.name("m"))
		inner.Inputs, given = append(inner.Inputs, f.Inputs[len(f.Inputs)-1]), append(given, name)
	}
	for range n.Outputs {
		name := d.name("m")
		f.Outputs, inner.Outputs = append(f.Outputs, name), append(inner.Outputs, name)
	}
	f.Nodes = []onnx.Node{inner}
	if !slices.ContainsFunc(d.model.Opsets, func(o onnx.Opset) bool { return o.Domain == "mutant" }) {
		d.model.Opsets = append(slices.Clone(d.model.Opsets), onnx.Opset{Domain: "mutant", Version: 1})
	}
	d.model.Functions = append(slices.Clone(d.model.Functions), f)
	*n = onnx.Node{Name: d.name("m"), Op: f.Name, Domain: "mutant", Inputs: given, Outputs: n.Outputs}
}
