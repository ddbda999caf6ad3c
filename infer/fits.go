package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is which nodes the layers take; the general path takes the others.

// computedFloats says that input i is float32 that a step computes, and not empty.
func (n *node) computedFloats(i int) bool {
	v := n.in[i]
	return v.constant == nil && v.probes == nil && v.elem == onnx.Float && !slices.Contains(v.shape, 0)
}

// constantFloats says that input i is left out or a constant that layers read.
func (n *node) constantFloats(i int) bool {
	v := n.in[i]
	return v == nil || v.constant != nil && v.elem == onnx.Float
}

func notProbed(n *node) bool { return n.in[0].probes == nil }

func activationFits(n *node) bool { return n.computedFloats(0) }

// broadcastsPerChannel says that input i has one number, or one a channel of v.
func (n *node) broadcastsPerChannel(i int, v *value) bool {
	shape := n.in[i].shape
	pad := len(v.shape) - len(shape)
	for d, size := range shape {
		if pad < 0 || size != 1 && (d+pad != 1 || size != v.channels()) {
			return false
		}
	}
	return len(v.shape) > 1
}

func addFits(n *node) bool {
	x, c := 0, 1
	if n.in[0].constant != nil {
		x, c = 1, 0
	}
	v := n.in[x]
	one := product(n.in[c].shape) == 1 && v.layer == nil && v.plain != none // no reason to bring it into another order
	return n.computedFloats(x) && n.constantFloats(c) && n.broadcastsPerChannel(c, v) && !one
}

func batchNormFits(n *node) bool {
	known := n.computedFloats(0)
	for i := 1; i < 5; i++ {
		known = known && n.constantFloats(i)
	}
	return known && len(n.in[0].shape) > 1 && n.intAttr("training_mode", 0) == 0 && n.intAttr("spatial", 1) == 1
}

func instanceNormFits(n *node) bool {
	return n.computedFloats(0) && n.constantFloats(1) && n.constantFloats(2) && len(n.in[0].shape) > 2
}

func castFits(n *node) bool {
	x, to := n.in[0], onnx.DataType(n.intAttr("to", 0))
	narrow := x.elem == onnx.Float16 || x.elem == onnx.BFloat16
	return x.probes == nil && to == onnx.Float && (x.elem == onnx.Float || narrow && x.constant != nil)
}

func flattenFits(n *node) bool {
	x, axis := n.in[0], n.intAttr("axis", 1)
	if axis < 0 {
		axis += int64(len(x.shape))
	}
	return x.probes == nil && (axis == 1 || len(x.shape) == 0 || x.shape[0] != open)
}

// convFits says so of convolutions without groups, and in up to two dimensions of
// those of wide groups and of each channel on its own.
func convFits(n *node) bool {
	w, groups := n.in[1].shape, n.intAttr("group", 1)
	return n.computedFloats(0) && n.constantFloats(1) && n.constantFloats(2) &&
		len(w) >= 3 && len(w) <= 5 && len(n.in[0].shape) == len(w) &&
		(groups == 1 || n.Op == "Conv" && len(w) < 5 && (w[1] == 1 && int64(w[0]) == groups || wideGroups(w[0], groups)))
}

// wideGroups says that filters make so many groups of a kernel's width.
func wideGroups(filters int, groups int64) bool {
	return groups > 1 && int64(filters)%groups == 0 && int64(filters)/groups >= kernel.GroupWidth
}

func matMulFits(n *node) bool {
	return n.computedFloats(0) && n.constantFloats(1) && len(n.in[0].shape) == 2 && len(n.in[1].shape) == 2
}

func gemmFits(n *node) bool {
	if n.in[2] != nil && len(n.in[1].shape) == 2 {
		width := n.in[1].shape[1]
		if n.intAttr("transB", 0) != 0 {
			width = n.in[1].shape[0]
		}
		if !n.constantFloats(2) || !n.broadcastsPerChannel(2, &value{shape: []int{open, width}}) {
			return false
		}
	}
	return matMulFits(n) && n.intAttr("transA", 0) == 0
}

// unaryAny is Identity of what no view can say.
func unaryAny(n *node) evaluate {
	n.result(n.elem(0, anyType), n.in[0].shape...)
	return copyTensor
}
