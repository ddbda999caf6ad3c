package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Constant.

var constants = family{
	{Name: "Constant", Make: constantNode, Least: 0, Most: 0, Attrs: "value value_float value_floats value_int value_ints"},
}

// constantNode is Constant.
func constantNode(n *Node) Eval {
	if len(n.Attrs) != 1 {
		n.Fail("it has %d values, want 1", len(n.Attrs))
		return nil
	}
	t, ok := ConstantOf(&n.Attrs[0])
	if !ok {
		n.Fail("attribute %q is of type %v", n.Attrs[0].Name, n.Attrs[0].Type)
		return nil
	}
	c, err := tensor.FromFile(&t)
	if err != nil {
		n.Fail("%v", err)
		return nil
	}
	n.Result(c.Elem, c.Shape...)
	return func(m *Memory, out, _ []tensor.Tensor) {
		v, err := c.Value()
		if err != nil {
			m.Fail("%v", err)
			return
		}
		tensor.Convert(out[0], v)
	}
}

// ConstantOf returns the tensor that an attribute of a Constant stands for.
func ConstantOf(a *onnx.Attr) (t onnx.Tensor, ok bool) {
	switch {
	case a.Name == "value" && a.Type == onnx.AttrTensor:
		return *a.Tensor, true
	case a.Name == "value_float" && a.Type == onnx.AttrFloat:
		return onnx.NewFloat32("", []float32{a.Float}), true
	case a.Name == "value_floats" && a.Type == onnx.AttrFloats:
		return onnx.NewFloat32("", a.Floats, int64(len(a.Floats))), true
	case a.Name == "value_int" && a.Type == onnx.AttrInt:
		return onnx.NewInt64("", []int64{a.Int}), true
	case a.Name == "value_ints" && a.Type == onnx.AttrInts:
		return onnx.NewInt64("", a.Ints, int64(len(a.Ints))), true
	}
	return t, false
}
