package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is nodes becoming general steps.

// newGeneral makes a general step.
func (b *builder) newGeneral(label, name string, eval op.Eval, in, out []operand) *generalStep {
	s := &generalStep{eval: eval, in: in, out: out, id: b.plan.general, node: label, op: name}
	b.plan.general++
	return s
}

// general plans the node by its function.
func (n *node) general(eval op.Eval, shapeOf uint) error {
	step := func() error { return n.generalStep(eval, shapeOf) }
	if v := n.out[0]; n.Turned && len(n.out) == 1 {
		v.turned, v.late = n.in[0], step // a product may take it as it was
		return nil
	}
	return step()
}

// generalStep appends the step that computes the node's results.
// Of the inputs that shapeOf has bits of, only the shape is read.
func (n *node) generalStep(eval op.Eval, shapeOf uint) error {
	if !slices.ContainsFunc(n.out, func(v *value) bool { return v.Len() > 0 }) {
		eval = nothing
	}
	pixels := n.wantsPixels()
	if pixels && n.OnPixels != nil {
		eval = n.OnPixels
	}
	var in, out []operand
	for i, v := range n.In {
		o := operand{buffer: none}
		if v != nil && shapeOf>>i&1 != 0 {
			o.elem, o.shape = v.Elem, v.Shape
		} else if v != nil {
			var err error
			if o, err = n.operand(i, pixels && (i == 0 || n.Pointwise)); err != nil {
				return err
			}
		}
		in = append(in, o)
	}
	for _, v := range n.out {
		at, shape := n.plan.buffer(v.Elem, v.Shape), v.Shape
		if pixels && v.Elem == onnx.Float {
			v.setPixels(at)
			shape = tensor.ByPixels(shape, len(shape))
		} else {
			v.setPlain(at)
		}
		out = append(out, operand{at, v.Elem, shape})
	}
	s := n.newGeneral(n.Label, n.Op, eval, in, out)
	if shapeOf == 0 && n.elementwise() {
		s.some, s.each = n.Lanes, n.out[0].Len()
	}
	if !n.options.Plain {
		s.product, s.softmax = n.Product, n.Softmax
	}
	n.plan.add(s)
	return nil
}

// elementwise reports whether each element of the node's result, of float32,
// depends on those at its place alone, and on single numbers.
func (n *node) elementwise() bool {
	if n.Lanes == nil || n.OnPixels != nil || len(n.In) > 3 || len(n.out) != 1 || n.out[0].Elem != onnx.Float {
		return false
	}
	return !slices.ContainsFunc(n.In, func(v *op.Value) bool {
		return v != nil && (v.Elem != onnx.Float || v.Len() != 1 && !slices.Equal(v.Shape, n.out[0].Shape))
	})
}

// operand is input i, with channels innermost or row by row.
func (n *node) operand(i int, pixels bool) (operand, error) {
	v := n.in[i]
	if n.ReadsTurned && i == 1 {
		v = v.turned
	}
	if !pixels {
		at, err := n.rowsOf(v)
		return operand{at, v.Elem, v.Shape}, err
	}
	rank := len(n.out[0].Shape)
	lie := n.rowsOf
	if len(v.Shape) == rank && v.Elem == onnx.Float {
		lie = n.pixelsOf
	}
	at, err := lie(v)
	return operand{at, v.Elem, tensor.ByPixels(v.Shape, rank)}, err
}

// wantsPixels reports whether the step should run with channels innermost: an
// operator on each element where an input lies so and all others can, or one
// that has a way of its own for it.
func (n *node) wantsPixels() bool {
	if n.OnPixels != nil {
		return n.in[0].onPixels() || n.Grows && n.in[0].Elem == onnx.Float
	}
	rank := len(n.out[0].Shape)
	fits := n.Pointwise && rank > 2 && slices.ContainsFunc(n.in, (*value).onPixels)
	for _, v := range n.in {
		fits = fits && v.fitsPixels(rank)
	}
	for _, v := range n.out {
		fits = fits && len(v.Shape) == rank && v.Elem == onnx.Float
	}
	return fits
}

// onPixels reports whether v lies with channels innermost only.
func (v *value) onPixels() bool {
	return v != nil && len(v.Shape) > 2 && v.pixels != none && v.plain == none
}

// fitsPixels reports whether v can be read with channels innermost beside images
// of a rank: it is one, or the same in both orders.
func (v *value) fitsPixels(rank int) bool {
	if v == nil {
		return true
	}
	if len(v.Shape) > rank || slices.Contains(v.Shape, 0) {
		return false
	}
	p := tensor.ByPixels(v.Shape, rank)
	return p[rank-1] == 1 || tensor.Product(p[1:rank-1]) == 1 || len(v.Shape) == rank && v.Elem == onnx.Float
}
