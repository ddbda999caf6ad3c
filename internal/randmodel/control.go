package randmodel

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is subgraphs, functions, sequences and optional values.

var control = map[string]recipe{
	"If": func(d *drawer) {
		condition := d.constantOf(Feed{Type: onnx.Bool, Kind: Whole}, nil)
		if d.chance(128) && !d.onlyConstant {
			condition = d.feed(Feed{Type: onnx.Bool, Kind: Whole}, []int64{})
		}
		x := d.pick(every, 0, 5)
		a, b := d.body(nil, list(x)), d.body(nil, list(x))
		if a == nil || b == nil {
			return
		}
		n := min(len(a.Outputs), len(b.Outputs))
		a.Outputs, b.Outputs = a.Outputs[:n], b.Outputs[:n]
		d.node("If", list(condition), n, onnx.GraphAttr("then_branch", a), onnx.GraphAttr("else_branch", b))
	},
	"Loop": func(d *drawer) {
		state := d.pick(every, 0, 4)
		k, going := value{name: d.name("x"), elem: onnx.Int64, shape: []int64{}}, value{name: d.name("x"), elem: onnx.Bool, shape: []int64{}}
		in := state
		in.name = d.name("x")
		body := d.body([]value{k, going, in}, nil)
		if body == nil {
			return
		}
		// the state goes round as it is; what the body makes is stacked
		keep := d.name("v")
		body.Nodes = append(body.Nodes, onnx.Node{Op: "Identity", Inputs: []string{going.name}, Outputs: []string{keep}})
		next := in.name
		for _, o := range body.Outputs {
			if o.Type == in.elem && d.chance(128) {
				next = o.Name
			}
		}
		scanned := body.Outputs
		outer := d.name("v")
		body.Nodes = append(body.Nodes, onnx.Node{Op: "Identity", Inputs: []string{next}, Outputs: []string{outer}})
		body.Outputs = append([]onnx.ValueInfo{{Name: keep, Type: onnx.Bool}, {Name: outer, Type: in.elem}}, scanned...)
		count := d.scalar(int64(d.between(0, 4)))
		d.node("Loop", []string{count, one(&d.source, "", d.constantOf(Feed{Type: onnx.Bool, Kind: Listed, List: []int64{1}}, nil).name), state.name}, 1+len(scanned), onnx.GraphAttr("body", body))
	},
	"Scan": func(d *drawer) {
		x := d.pick(every, 1, 4)
		if len(x.shape) == 0 {
			return
		}
		if x.open(0) {
			x = d.constant(x.elem, fixedShape(x.shape)...)
		}
		part := value{name: d.name("x"), elem: x.elem, shape: slices.Clone(x.shape[1:])}
		body := d.body([]value{part}, nil)
		if body == nil {
			return
		}
		a := d.attrs().int("num_scan_inputs", 1)
		if d.chance(60) {
			a.ints("scan_input_directions", 1)
		}
		if d.chance(30) {
			a.ints("scan_output_directions", ones(len(body.Outputs))...).ints("scan_input_axes", 0).ints("scan_output_axes", make([]int64, len(body.Outputs))...)
		}
		d.node("Scan", list(x), len(body.Outputs), append(a.list, onnx.GraphAttr("body", body))...)
	},
	"Sequence": func(d *drawer) {
		x := d.pick(every, 0, 4)
		s := d.step("SequenceConstruct", list(x, d.same(x))[:d.between(1, 2)])
		if d.chance(30) {
			s = d.step("SequenceEmpty", nil, onnx.IntAttr("dtype", int64(x.elem)))
		}
		for range d.intN(3) {
			switch d.intN(4) {
			case 0:
				s = d.step("SequenceInsert", []string{s, x.name, d.scalar(int64(d.between(-1, 1)))}[:d.between(2, 3)])
			case 1:
				s = d.step("SequenceErase", []string{s, d.scalar(int64(d.between(-1, 0)))}[:d.between(1, 2)])
			case 2:
				s = d.step("SequenceInsert", []string{s, x.name})
			case 3:
				s = d.step(one(&d.source, "Identity", "Optional"), []string{s})
			}
		}
		d.fromSequence(s)
	},
	"SplitToSequence": func(d *drawer) {
		x := d.pick(every, 1, 4)
		in := list(x)
		switch d.intN(3) {
		case 0:
			in = append(in, d.scalar(int64(d.between(1, 3))))
		case 1:
			n := x.size(0)
			in = append(in, d.list(min(n, 1), max(n-1, 0)))
		}
		a := d.attrs().flag("keepdims").axis("axis", x)
		d.fromSequence(d.step("SplitToSequence", in, a.list...))
	},
	"SequenceMap": func(d *drawer) {
		x := d.pick(every, 0, 4)
		part := value{name: d.name("x"), elem: x.elem, shape: x.shape}
		body := d.body([]value{part}, nil)
		if body == nil {
			return
		}
		body.Outputs = body.Outputs[:1]
		s := d.step("SequenceConstruct", list(x, x)[:d.between(1, 2)])
		d.fromSequence(d.step("SequenceMap", []string{s}, onnx.GraphAttr("body", body)))
	},
	"Optional": func(d *drawer) {
		x := d.pick(every, 0, 4)
		in := list(x)
		if d.chance(20) {
			in = nil
		}
		o := d.step("Optional", in)
		d.node(one(&d.source, "OptionalHasElement", "OptionalGetElement"), []string{o}, 1)
	},
	"function": func(d *drawer) {
		x := d.pick(every, 0, 5)
		in := x
		in.name = d.name("x")
		body := d.body([]value{in}, nil)
		if body == nil {
			return
		}
		f := onnx.Function{Name: d.name("F"), Domain: "local", Opsets: slices.Clone(d.model.Opsets), Inputs: []string{in.name}}
		for _, t := range body.Initializers {
			name := t.Name
			t.Name = ""
			f.Nodes = append(f.Nodes, onnx.Node{Op: "Constant", Outputs: []string{name}, Attrs: []onnx.Attr{onnx.TensorAttr("value", t)}})
		}
		f.Nodes = append(f.Nodes, body.Nodes...)
		for _, o := range body.Outputs {
			f.Outputs = append(f.Outputs, o.Name)
		}
		var given []onnx.Attr
		for k := range f.Nodes {
			n := &f.Nodes[k]
			if len(n.Attrs) > 0 && n.Op != "Constant" && d.chance(60) {
				a := n.Attrs[0]
				n.Attrs[0] = onnx.RefAttr(a.Name, a.Type, "p")
				a.Name = "p"
				given = []onnx.Attr{a}
				if d.chance(128) {
					f.Defaults, given = given, nil
				} else {
					f.Params = []string{"p"}
				}
				break
			}
		}
		if !slices.ContainsFunc(d.model.Opsets, func(o onnx.Opset) bool { return o.Domain == "local" }) {
			d.model.Opsets = append(d.model.Opsets, onnx.Opset{Domain: "local", Version: 1})
		}
		d.model.Functions = append(d.model.Functions, f)
		d.node("local."+f.Name, list(x), len(f.Outputs), given...)
	},
}

// fromSequence makes a tensor of a sequence.
func (d *drawer) fromSequence(s string) {
	switch d.intN(4) {
	case 0:
		d.node("SequenceLength", []string{s}, 1)
	case 1:
		a := d.attrs().flag("new_axis").int("axis", int64(d.between(-1, 1)))
		d.node("ConcatFromSequence", []string{s}, 1, a.list...)
	default:
		d.node("SequenceAt", []string{s, d.scalar(int64(d.between(-1, 0)))}, 1)
	}
}

// body draws a subgraph with some inputs of its own, which may read values from
// around it; nil if nothing comes of it.
func (d *drawer) body(inputs []value, around []string) *onnx.Graph {
	if d.nested > 1 {
		return nil
	}
	inner := &drawer{source: d.source, book: d.book, look: d.look, feeds: make(map[string]Feed), names: d.names, wild: d.wild / 2, zeros: d.zeros,
		specials: d.specials, nested: d.nested + 1, onlyConstant: true, valid: true}
	inner.model.IRVersion, inner.model.Opsets = d.model.IRVersion, slices.Clone(d.model.Opsets)
	inner.model.Graph.Name = "body"
	for _, v := range inputs {
		inner.enter(v)
	}
	own := len(inner.model.Graph.Inputs)
	for _, v := range d.values {
		if slices.Contains(around, v.name) || d.chance(30) && !v.fixed && around != nil {
			inner.enter(v)
		}
	}
	if len(inner.values) == 0 {
		inner.values = append(inner.values, inner.constant(onnx.Float, 2, 3))
	}
	for range inner.between(1, 3) {
		inner.grow()
	}
	inner.end()
	d.at, d.names, d.special = inner.at, inner.names, d.special || inner.special
	for _, op := range inner.ops {
		d.ops = with(d.ops, op)
	}
	g := &inner.model.Graph
	if len(inner.model.Functions) > 0 || len(g.Nodes) == 0 {
		return nil
	}
	g.Inputs = g.Inputs[:own]
	return g
}

// enter lets a value be read as an input.
func (d *drawer) enter(v value) {
	for _, have := range d.values {
		if have.name == v.name {
			return
		}
	}
	d.model.Graph.Inputs = append(d.model.Graph.Inputs, onnx.ValueInfo{Name: v.name, Type: v.elem, Shape: onnx.Shape(v.shape...)})
	d.values = append(d.values, v)
}
