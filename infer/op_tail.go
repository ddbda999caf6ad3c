package infer

import "github.com/ganlet/ganlet/internal/kernel"

// This file is what follows a layer: batch norm, a constant added, activations.

// batchNorm is BatchNormalization at inference: one multiply-add for each
// element, with the running statistics.
func batchNorm(n *node) (*value, error) {
	x := n.data(0, 0)
	if len(x.shape) < 2 {
		n.fail("input 0, %q, has shape %v, want at least 2 dimensions", n.Inputs[0], x.shape)
	}
	if n.intAttr("training_mode", 0) != 0 {
		n.fail("training_mode is set")
	}
	if n.intAttr("spatial", 1) != 1 {
		n.fail("spatial is not 1")
	}
	n.floatAttr("momentum", 0.9) // of training
	eps := n.floatAttr("epsilon", 1e-5)
	c := x.channels()
	gamma, beta, mean, variance := n.vector(1, c), n.vector(2, c), n.vector(3, c), n.vector(4, c)
	if n.err != nil {
		return nil, n.err
	}
	part := kernel.Tail{Scale: make([]float32, c), Shift: make([]float32, c)}
	kernel.NormScaleShift(part.Scale, part.Shift, gamma, beta, mean, variance, eps)
	return n.follow(x, part)
}

// add is Add of a constant, one number or one a channel.
func add(n *node) (*value, error) {
	x, c := 0, 1
	if n.in[0].constant != nil {
		x, c = 1, 0
	}
	v := n.data(x, 0)
	bias := n.perChannel(c, v)
	if n.err != nil {
		return nil, n.err
	}
	return n.follow(v, kernel.Tail{Bias: bias})
}

// activation is Relu, LeakyRelu, Tanh and Sigmoid.
func activation(n *node) (*value, error) {
	x := n.data(0, 0)
	var part kernel.Tail
	switch n.Op {
	case "Relu":
		part.Act = kernel.ReLU
	case "LeakyRelu":
		part.Act, part.Alpha = kernel.LeakyReLU, n.floatAttr("alpha", 0.01)
	case "Tanh":
		part.Act = kernel.Tanh
	case "Sigmoid":
		part.Act = kernel.Sigmoid
	}
	if n.err != nil {
		return nil, n.err
	}
	return n.follow(x, part)
}
