package export

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan"
)

// This file is operations to layers: it walks along the chain from z to image,
// every operation reading what the one before it made.

// chain is how far the walk has come.
type chain struct {
	layers []gan.Layer
	shape  []int // of one sample here: [F] or [C, H, W]
	norm   bool  // a batch norm can still join the last layer
}

// readLayers fills in the layers that operations describe between the values
// input and output; g has its latent and image shapes already.
func readLayers(g *gan.Generator, ops []operation, input, output string) error {
	c := &chain{shape: []int{g.LatentDim}}
	at := input
	for i := range ops {
		op := &ops[i]
		if len(op.inputs) == 0 || op.inputs[0] == nil || op.inputs[0].name != at {
			op.refuse("it does not read %q, want one chain of nodes from input to output", at)
		}
		if op.err == nil {
			c.add(op)
		}
		if op.known(); op.err != nil {
			return op.err
		}
		at = op.outputs[0].name
	}
	if at != output {
		return fmt.Errorf("the last node makes %q, want the output %q", at, output)
	}
	if want := sampleDims(g.Shape); !slices.Equal(c.shape, want) {
		return fmt.Errorf("output %q: the layers make samples of %v, want %v as it says", output, c.shape, want)
	}
	g.Layers = c.layers
	return nil
}

// add adds an operation to the layers.
func (c *chain) add(op *operation) {
	switch op.kind {
	case "Gemm":
		c.dense(op)
	case "Conv", "ConvTranspose":
		c.window(op)
	case "BatchNormalization":
		c.batchNorm(op)
	case "Relu":
		c.activation(op, gan.ReLU)
	case "LeakyRelu":
		c.activation(op, gan.LeakyReLU)
	case "Tanh":
		c.activation(op, gan.Tanh)
	case "Sigmoid":
		c.activation(op, gan.Sigmoid)
	case "Reshape":
		c.reshape(op)
	default:
		op.refuse("the operator is not supported")
	}
}

// begin adds a layer, whose samples have this shape.
func (c *chain) begin(l gan.Layer, shape ...int) {
	l.Act = gan.Identity
	c.layers = append(c.layers, l)
	c.shape = shape
	c.norm = true
}

// dense reads Gemm.
func (c *chain) dense(op *operation) {
	op.arity(2, 3)
	fixed(op, "transA", int64(0), 0)
	fixed(op, "transB", int64(0), 1)
	fixed(op, "alpha", float32(1), 1)
	fixed(op, "beta", float32(1), 1)
	shape, weight := constant[float32](op, 1, 2)
	l := gan.Layer{Op: gan.Dense, Out: shape[0], In: shape[1], Weight: weight}
	if !slices.Equal(c.shape, []int{l.In}) {
		op.refuse("it is given samples of %v, want [%d]", c.shape, l.In)
	}
	if len(op.inputs) == 3 {
		if bias := op.vector(2, l.Out); !isNoBias(bias) {
			l.Bias = bias
		}
	}
	c.begin(l, l.Out)
}

// window reads Conv and ConvTranspose.
func (c *chain) window(op *operation) {
	op.arity(2, 3)
	shape, weight := constant[float32](op, 1, 4)
	if shape[2] != shape[3] {
		op.refuse("a window of %dx%d, want a square", shape[2], shape[3])
	}
	l := gan.Layer{Op: gan.LayerOp(op.kind), Out: shape[0], In: shape[1], Kernel: shape[2], Weight: weight}
	if l.Op == gan.ConvTranspose {
		l.In, l.Out = l.Out, l.In
		if p := op.same("output_padding", 2, 0); p != 0 {
			op.refuse("output_padding %d, want 0", p)
		}
	}
	fixed(op, "auto_pad", "NOTSET", "NOTSET")
	fixed(op, "group", int64(1), 1)
	if d := op.same("dilations", 2, 1); d != 1 {
		op.refuse("dilations %d, want 1", d)
	}
	if k := op.same("kernel_shape", 2, l.Kernel); k != l.Kernel {
		op.refuse("kernel_shape %d, want %d as the weights have", k, l.Kernel)
	}
	l.Stride, l.Pad = op.same("strides", 2, 1), op.same("pads", 4, 0)
	if l.Stride < 1 {
		op.refuse("strides %d, want 1 or more", l.Stride)
	}
	if len(c.shape) != 3 || c.shape[0] != l.In {
		op.refuse("it is given samples of %v, want [%d H W]", c.shape, l.In)
	}
	if len(op.inputs) == 3 {
		l.Bias = op.vector(2, l.Out)
	}
	if op.err != nil {
		return
	}
	l.H, l.W = c.shape[1], c.shape[2]
	h, w := side(&l, l.H), side(&l, l.W)
	if h < 1 || w < 1 || h > maxSide || w > maxSide {
		op.refuse("it makes images of %dx%d, want sides of 1 to %d", h, w, maxSide)
	}
	c.begin(l, l.Out, h, w)
}

// side is the height or width that a layer makes of one.
func side(l *gan.Layer, n int) int {
	if l.Op == gan.ConvTranspose {
		return (n-1)*l.Stride - 2*l.Pad + l.Kernel
	}
	if n += 2*l.Pad - l.Kernel; n < 0 {
		return 0
	}
	return n/l.Stride + 1
}

// batchNorm reads BatchNormalization, which joins the layer before it.
func (c *chain) batchNorm(op *operation) {
	op.arity(5, 5)
	fixed(op, "training_mode", int64(0), 0)
	attr(op, "momentum", float32(0)) // of training
	eps := attr(op, "epsilon", float32(1e-5))
	if !c.norm {
		op.refuse("it does not follow a layer's sum at once")
	}
	if op.err != nil {
		return
	}
	l := &c.layers[len(c.layers)-1]
	l.Norm = &gan.Norm{Gamma: op.vector(1, l.Out), Beta: op.vector(2, l.Out), Mean: op.vector(3, l.Out), Var: op.vector(4, l.Out), Eps: eps}
	c.norm = false
}

// activation reads an activation, which joins the layer before it.
func (c *chain) activation(op *operation, act gan.Act) {
	op.arity(1, 1)
	alpha := float32(0)
	if act == gan.LeakyReLU {
		alpha = attr(op, "alpha", float32(0.01))
	}
	if len(c.layers) == 0 || c.layers[len(c.layers)-1].Act != gan.Identity {
		op.refuse("it follows no layer, or another activation")
		return
	}
	l := &c.layers[len(c.layers)-1]
	l.Act, l.Alpha = act, alpha
	c.norm = false
}

// reshape reads Reshape between features and images.
func (c *chain) reshape(op *operation) {
	op.arity(2, 2)
	fixed(op, "allowzero", int64(0), 0)
	_, to := constant[int64](op, 1, 1)
	if op.err != nil {
		return
	}
	if len(to) != 2 && len(to) != 4 || to[0] != 0 && to[0] != -1 {
		op.refuse("shape %v, want [0 F] or [0 C H W]", to)
		return
	}
	shape, before, after := []int{}, 1, 1
	for _, n := range c.shape {
		before *= n
	}
	for _, n := range to[1:] {
		if n < 1 || n > maxSide {
			op.refuse("shape %v, want sizes of 1 to %d after the first", to, maxSide)
			return
		}
		shape = append(shape, int(n))
		after *= int(n)
	}
	if before != after {
		op.refuse("shape %v, want one for samples of %v", to, c.shape)
	}
	c.shape = shape
	c.norm = false
}
