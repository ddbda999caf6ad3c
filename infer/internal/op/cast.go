package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that give elements another type.

var casting = family{
	{Name: "BitCast", Make: bitCast, Least: 1, Most: 1, Attrs: "to"},
	{Name: "Cast", Make: cast, Layer: castLayer, Least: 1, Most: 1, Attrs: "to saturate round_mode", Raise: raiseCast},
	{Name: "CastLike", Make: castLike, Least: 2, Most: 2, Attrs: "saturate round_mode", ShapeOf: 2},
}

// cast is Cast between all types. To one of 16-bit floating point, it is to
// float32 and rounds; to a narrow type, to what holds it.
func cast(n *Node) Eval {
	to := onnx.DataType(n.Int("to", 0))
	return n.castTo(to)
}

// castTo makes the Eval of a cast, and declares its result.
func (n *Node) castTo(to tensor.Type) Eval {
	n.Type(0, tensor.Any)
	saturate := n.Bool("saturate", true)
	round, narrow := tensor.Halves.Has(to), tensor.Holder(to)
	elem := to
	switch {
	case round:
		elem = onnx.Float
	case narrow != 0:
		elem = narrow
	}
	if !tensor.Any.Has(elem) || narrow != 0 && !tensor.Narrowed(tensor.New(elem, 0), to, saturate) {
		n.Fail("to %v is not supported", to)
		return nil
	}
	n.Result(elem, n.In[0].Shape...)
	n.Pointwise = true
	return func(m *Memory, out, in []tensor.Tensor) {
		tensor.Convert(out[0], in[0])
		switch {
		case round:
			tensor.Round(tensor.Nth[float32](out, 0), to)
		case narrow != 0:
			tensor.Narrowed(out[0], to, saturate)
		}
	}
}

// castLayer is a cast that changes nothing.
func castLayer(n *Node) Layer {
	if onnx.DataType(n.Int("to", 0)) != n.In[0].Elem {
		return nil
	}
	return View{}
}

// typeNames are the names of types that opsets before 6 have.
var typeNames = [...]string{
	onnx.Float: "FLOAT", onnx.Uint8: "UINT8", onnx.Int8: "INT8", onnx.Uint16: "UINT16", onnx.Int16: "INT16", onnx.Int32: "INT32",
	onnx.Int64: "INT64", onnx.Bool: "BOOL", onnx.Float16: "FLOAT16", onnx.Double: "DOUBLE", onnx.Uint32: "UINT32", onnx.Uint64: "UINT64",
}

// raiseCast reads the names of types that opsets before 6 have.
func raiseCast(r *Raising) {
	a := r.Take("to")
	if a == nil || a.Type != onnx.AttrString {
		if a != nil {
			r.Set(*a)
		}
		return
	}
	to := slices.Index(typeNames[:], a.String)
	if to < 0 || a.String == "" {
		r.Refuse("it casts to %q", a.String)
	}
	r.Set(onnx.IntAttr("to", int64(to)))
}

// castLike is CastLike: Cast to the type of input 1.
func castLike(n *Node) Eval {
	n.Type(1, tensor.Any)
	return n.castTo(n.In[1].narrowOf())
}

// bitCast is BitCast: the same bits under another type of as many.
func bitCast(n *Node) Eval {
	from, to := n.Type(0, tensor.Any), tensor.Type(n.Int("to", 0))
	if !tensor.Any.Has(to) || to.Size() != from.Size() {
		n.Fail("it casts the bits of %v to %v", from, to)
	}
	n.Result(to, n.In[0].Shape...)
	return func(_ *Memory, out, in []tensor.Tensor) {
		if to == onnx.Bool {
			tensor.Convert(out[0], in[0])
			return
		}
		tensor.Copy(out[0], 0, in[0], 0, in[0].Len())
	}
}
