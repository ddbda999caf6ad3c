package plan

import (
	"errors"
	"math"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is one node becoming a constant, a layer or a general step.

// visit plans a node of the graph: it gives its results their numbers.
func visit(b *builder, i *graph.Node) error {
	in := make([]*value, len(i.In))
	for k, number := range i.In {
		var err error
		if in[k], err = b.lookup(number); err != nil {
			return err
		}
	}
	if special := specialOf(i.Op, in); special != nil {
		return special(b, i, in)
	}
	for k, v := range in {
		if v != nil && (v.isList || v.absent) {
			return fail(i, "input %d is no tensor", k)
		}
	}
	wants := make([]bool, len(i.Out))
	for k, number := range i.Out {
		wants[k] = number != graph.None
	}
	out, err := b.node(i, in, wants)
	if err != nil {
		return err
	}
	for k, number := range i.Out {
		if number != graph.None {
			b.define(number, out[k])
		}
	}
	return nil
}

// node plans a node of some inputs and returns its results.
func (b *builder) node(g *graph.Node, in []*value, wants []bool) ([]*value, error) {
	if g.Row == nil {
		return nil, fail(g, "this operator is not supported")
	}
	n := &node{builder: b, in: in}
	n.Node = op.Node{In: make([]*op.Value, 0, len(in)), Op: g.Op, Label: g.Label, Attrs: g.Attrs, Outs: wants, Elements: b.options.Elements}
	for _, v := range in {
		if v == nil {
			n.In = append(n.In, nil)
			continue
		}
		v.Turnable = v.turned != nil
		n.In = append(n.In, &v.Value)
	}
	n.Name = func(i int) string {
		if i < len(g.In) {
			return b.name(g.In[i])
		}
		return ""
	}
	if g.Row.Random {
		n.Stream = g.Stream + b.drawn[g.Stream]<<32
		n.Samples = b.options.Samples[g.Stream]
	}
	eval, err := n.Prepare(g.Row)
	var unknown *op.Unknown
	if errors.As(err, &unknown) {
		return nil, &needs{in[unknown.Input]}
	}
	if err != nil {
		return nil, err
	}
	if g.Row.Random {
		b.drawn[g.Stream]++
		b.plan.draws(g.Stream, n.Results[0].Shape)
	}
	if n.AllKnown(g.Row) {
		return n.constants(eval, n.layer(g.Row))
	}
	b.plan.MulAdds = sum(b.plan.MulAdds, n.MulAdds)
	b.plan.Work = sum(b.plan.Work, n.Cost())
	for i := range n.Results {
		if err := b.charge(g.Label, n.Results[i].Elem, n.Results[i].Shape); err != nil {
			return nil, err
		}
		n.out = append(n.out, &value{Value: n.Results[i], plain: none, pixels: none})
	}
	if b.options.Shapes {
		return n.out, nil
	}
	if b.options.Plain {
		return n.out, n.general(eval, g.Row.ShapeOf)
	}
	switch l := n.layer(g.Row).(type) {
	case op.View:
		v, err := b.view(in[0], n.Results[0].Shape)
		return []*value{v}, err
	case *op.Tail:
		if of := in[l.Of]; !l.One || of.layer != nil || of.pixels != none {
			v, err := b.follow(of, l.Tail)
			return []*value{v}, err
		} // a number for all elements brings no image into another order
	case *op.Dense:
		return n.out, n.dense(l)
	case *op.Convolution:
		weights := n.in[1].Const
		return n.out, n.convolution(l.Kernel, l.Bias, func() error { return b.options.Weights.conv(l.Kernel, weights, l.Layout) })
	case *op.ComputedConvolution:
		return n.out, n.computedConvolution(l)
	case *op.IntegerConvolution:
		weights := n.in[1].Const
		return n.out, n.convolution(l.Kernel, nil, func() error { return b.options.Weights.bytes(l.Kernel, weights, l.Layout) })
	case *op.InstanceNorm:
		return n.out, n.instanceNorm(l)
	}
	return n.out, n.general(eval, g.Row.ShapeOf)
}

// layer is what the node is besides a plain function, nil if it is nothing else.
func (n *node) layer(row *op.Op) op.Layer {
	if row.Layer == nil {
		return nil
	}
	return row.Layer(&n.Node)
}

// name is that of a value, for people.
func (b *builder) name(number int) string {
	if number != graph.None && number < len(b.graph.Values) {
		return b.graph.Values[number].Name
	}
	return ""
}

// node is a node being planned.
type node struct {
	*builder
	op.Node
	in, out []*value
}

// sum adds without running over.
func sum(a, b int64) int64 {
	if c := a + b; c >= 0 {
		return c
	}
	return 1<<63 - 1
}

// constants computes a node whose inputs are known.
func (n *node) constants(eval op.Eval, layer op.Layer) ([]*value, error) {
	consts, err := n.Fold(eval, layer, n.fold)
	if err != nil {
		return nil, err
	}
	for _, c := range consts {
		n.out = append(n.out, known(c))
	}
	return n.out, nil
}

// dense appends a dense layer.
func (n *node) dense(l *op.Dense) error {
	x, w, out := n.in[0], n.in[1].Shape, n.out[0]
	s := &denseStep{k: w[0], n: w[1], weights: n.in[1].Const, shared: n.options.Weights}
	if l.Transposed {
		s.k, s.n = w[1], w[0]
	}
	s.how = denseLayout{transposed: l.Transposed, alpha: math.Float32bits(l.Alpha)}
	src, err := n.rowsOf(x)
	if err != nil {
		return err
	}
	dst := n.plan.buffer(onnx.Float, out.Shape)
	out.setPlain(dst)
	s.layer = layer{link: link{src, dst}, rows: x.Shape[0], channels: s.n, dense: s}
	s.tail.Bias = l.Bias
	out.layer = &s.layer
	n.plan.add(s)
	return n.chargePacked(n.in[1], s.n)
}

// chargePacked takes the memory of weights with so many columns, which are packed
// 16 wide; some are packed as sums, too.
func (n *node) chargePacked(w *value, columns int) error {
	wide := int64(columns+15) &^ 15
	if err := n.fold.Bytes(9 * int64(w.Len()) / int64(columns) * wide); err != nil {
		return n.Refuse("packing its weights of shape %v: %v", w.Shape, err)
	}
	return nil
}

// convolution appends a convolution by a kernel.
func (n *node) convolution(k convKernel, bias []float32, pack func() error) error {
	x, w, out := n.in[0], n.in[1], n.out[0]
	src, err := n.pixelsOf(x)
	if err != nil {
		return err
	}
	dst := n.plan.buffer(onnx.Float, out.Shape)
	s := &convStep{conv: k, weights: pack, each: n.MulAdds / int64(x.Shape[0])}
	s.layer = layer{link: link{src, dst}, rows: x.Shape[0], channels: out.Shape[1]}
	s.tail.Bias = bias
	out.layer = &s.layer
	out.setPixels(dst)
	n.plan.add(s)
	return n.chargePacked(w, out.Shape[1])
}

// instanceNorm appends an InstanceNormalization.
func (n *node) instanceNorm(l *op.InstanceNorm) error {
	x, out := n.in[0], n.out[0]
	src, err := n.pixelsOf(x)
	if err != nil {
		return err
	}
	dst := n.plan.buffer(onnx.Float, out.Shape)
	i := x.image()
	s := &instanceStep{layer: layer{link: link{src, dst}, rows: i.rows, channels: i.channels}, area: i.area, norm: l}
	out.layer = &s.layer
	out.setPixels(dst)
	n.plan.add(s)
	return nil
}

// follow returns v followed by part, which has a value for each of v's channels:
// as part of the layer that computes v if nothing else reads v, or else as a
// step of its own.
func (b *builder) follow(v *value, part kernel.Tail) (*value, error) {
	out := &value{Value: v.Value, plain: v.plain, pixels: v.pixels, layer: v.layer}
	out.Turnable = false
	l, i := v.layer, v.image()
	perChannel := part.Bias != nil || part.Scale != nil
	fits := l != nil && (!perChannel || l.channels == i.channels || l.dense != nil)
	if part.Bias != nil && !(fits && v.uses == 1 && l.takes(&part)) {
		part = asShift(part) // the same sum, where there may be one already
	}
	if fits && v.uses == 1 && l.takes(&part) {
		part.Bias, part.Scale, part.Shift = l.spread(part.Bias), l.spread(part.Scale), l.spread(part.Shift)
		l.take(&part)
		return out, nil
	}
	if !perChannel {
		return out, b.activate(v, out, part)
	}
	src, err := b.pixelsOf(v)
	if err != nil {
		return nil, err
	}
	dst := b.plan.buffer(onnx.Float, v.Shape)
	s := &normStep{layer: layer{link: link{src, dst}, rows: i.rows, channels: i.channels, tail: part}, area: i.area}
	b.plan.add(s)
	out.layer, out.plain, out.pixels = &s.layer, none, none
	out.setPixels(dst)
	return out, nil
}

// activate makes out = act(v) by a step of its own, in the order that v lies in.
func (b *builder) activate(v, out *value, part kernel.Tail) error {
	if err := b.lay(v); err != nil {
		return err
	}
	dst := b.plan.buffer(onnx.Float, v.Shape)
	src := v.plain
	out.layer, out.plain, out.pixels = nil, none, none
	if src == none {
		src = v.pixels
		out.setPixels(dst)
	} else {
		out.setPlain(dst)
	}
	b.plan.add(&activationStep{link{src, dst}, v.Len(), part.Act, part.Alpha})
	return nil
}

// draws notes how many samples a stream of random numbers is drawn for.
func (p *Plan) draws(stream uint64, shape []int) {
	if p.Draws == nil {
		p.Draws = make(map[uint64]int)
	}
	if len(shape) > 0 {
		p.Draws[stream] = shape[0]
	}
}
