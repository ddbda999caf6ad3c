package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that compute nothing: other shapes, other names, other
// types of constants.

// identity gives a value a second name.
func identity(n *node) (*value, error) { return n.view(n.in[0], n.in[0].shape) }

// flatten is Flatten: all dimensions before axis become one, and all after it.
func flatten(n *node) (*value, error) {
	x := n.in[0]
	rank, axis := len(x.shape), int(n.intAttr("axis", 1))
	if axis < 0 {
		axis += rank
	}
	if axis < 0 || axis > rank {
		n.fail("axis is out of range for shape %v", x.shape)
	}
	if axis != 1 && rank > 0 && x.shape[0] == open {
		n.fail("axis is %d: the batch must stay on its own", axis)
	}
	if n.err != nil {
		return nil, n.err
	}
	product := func(dims []int) int {
		p := 1
		for _, d := range dims {
			p *= d
		}
		return p
	}
	if axis == 1 {
		return n.view(x, []int{x.shape[0], product(x.shape[1:])})
	}
	return n.view(x, []int{product(x.shape[:axis]), product(x.shape[axis:])})
}

// reshape is Reshape to a known shape: 0 keeps a dimension, -1 is what is left.
// The batch, if open, must stay the first dimension.
func reshape(n *node) (*value, error) {
	shape := n.reshaped()
	if n.err != nil {
		return nil, n.err
	}
	return n.view(n.in[0], shape)
}

// reshapeKnown is Reshape of shapes that depend on the batch.
func reshapeKnown(n *node) evaluate {
	n.result(n.in[0].elem, n.reshaped()...)
	return copyTensor
}

// reshaped reads the shape that Reshape asks for.
func (n *node) reshaped() []int {
	x, want := n.in[0], n.sizes(1)
	if n.err != nil {
		return nil
	}
	keep := n.intAttr("allowzero", 0) == 0
	shape, ok := reshaped(x.shape, want)
	if len(x.shape) == 0 || x.shape[0] != open {
		shape, ok = reshapedFixed(x.shape, want, keep)
	} else if !keep && slices.Contains(want, 0) {
		ok = false
	}
	if !ok {
		n.fail("cannot reshape %v to %v; the batch must stay the first dimension", x.shape, want)
	}
	return shape
}

// reshapedFixed works out the shape that want stands for where there is no batch.
func reshapedFixed(from []int, want []int64, keep bool) (to []int, ok bool) {
	total, others, rest := product(from), 1, -1
	for i, d := range want {
		switch {
		case d == 0 && keep && i < len(from):
			d = int64(from[i])
		case d == 0 && keep:
			return nil, false
		case d == -1 && rest < 0:
			rest = i
			to = append(to, 0)
			continue
		}
		if d < 0 || d > maxAttr || d > 0 && total > 0 && others > total/int(d) {
			return nil, false
		}
		if total > 0 || d == 0 {
			others *= int(d)
		}
		to = append(to, int(d))
	}
	if rest >= 0 {
		if others == 0 || total%others != 0 || total == 0 && !keep {
			return nil, false
		}
		to[rest], others = total/others, total
	}
	if total == 0 {
		return to, slices.Contains(to, 0)
	}
	return to, product(to) == total
}

// reshaped works out the shape that want stands for where the batch is open.
func reshaped(from []int, want []int64) (to []int, ok bool) {
	free := len(from) > 0 && from[0] == open
	left, rest := 1, -1 // elements to distribute; where -1 stands
	for i, d := range from {
		if !(free && i == 0) {
			left *= d
		}
	}
	for i, d := range want {
		size := int(d)
		switch {
		case d == batchSize && i == 0 && free:
			size = open
		case d == 0 && i < len(from):
			size = from[i]
		case d == -1 && rest < 0:
			size, rest = 1, i
		case d < 1 || d > int64(left):
			return nil, false
		}
		to = append(to, size)
		if free && i == 0 {
			if size != open && rest != 0 {
				return nil, false // a number in place of the batch
			}
			continue
		}
		if size < 1 || left%size != 0 {
			return nil, false
		}
		left /= size
	}
	switch {
	case free && rest == 0: // the -1 is the batch, if all else fits
		to[0] = open
	case rest >= 0:
		to[rest], left = left, 1
	}
	return to, left == 1 && (!free || len(to) > 0 && to[0] == open)
}

// constantNode is Constant.
func constantNode(n *node) (*value, error) {
	if len(n.Attrs) != 1 {
		return nil, n.refuse("it has %d values, want 1", len(n.Attrs))
	}
	var t onnx.Tensor
	switch a := &n.Attrs[0]; {
	case a.Name == "value" && a.Type == onnx.AttrTensor:
		t = *a.Tensor
	case a.Name == "value_float" && a.Type == onnx.AttrFloat:
		t = onnx.NewFloat32("", []float32{a.Float})
	case a.Name == "value_floats" && a.Type == onnx.AttrFloats:
		t = onnx.NewFloat32("", a.Floats, int64(len(a.Floats)))
	case a.Name == "value_int" && a.Type == onnx.AttrInt:
		t = onnx.NewInt64("", []int64{a.Int})
	case a.Name == "value_ints" && a.Type == onnx.AttrInts:
		t = onnx.NewInt64("", a.Ints, int64(len(a.Ints)))
	default:
		return nil, n.refuse("attribute %q is of type %v", a.Name, a.Type)
	}
	t.Name = n.Outputs[0]
	return constant(&t), nil
}

// cast is Cast to float32 of float32, or of a constant of a narrower float, which
// stays as it is and is widened where it is used.
func cast(n *node) (*value, error) {
	x, to := n.in[0], onnx.DataType(n.intAttr("to", 0))
	narrow := x.elem == onnx.Float16 || x.elem == onnx.BFloat16
	if to != onnx.Float || x.elem != onnx.Float && !(narrow && x.constant != nil) {
		n.fail("from %v to %v is not supported", x.elem, to)
	}
	if n.err != nil {
		return nil, n.err
	}
	v, err := n.view(x, x.shape)
	if err == nil {
		v.elem = onnx.Float
	}
	return v, err
}
