package export

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operations to layers: it walks along the chain from z to image,
// every operation reading what the one before it made.

// chain is how far the walk has come.
type chain struct {
	layers []gan.Layer
	shape  []int // of one sample here: [F] or [C, H, W]
	norm   bool  // a batch norm can still join the last layer
	act    bool  // so can an activation
	marks  []mark
}

// A mark is an image that a residual can begin at.
type mark struct {
	name   string
	layers int // that made it
	shape  []int
}

// readLayers fills in the layers that operations describe between inputs and the
// value output; g has its latent and image shapes, and its classes, already.
func readLayers(g *gan.Generator, ops []operation, inputs []onnx.ValueInfo, output string) error {
	c := &chain{shape: []int{g.LatentDim}}
	at := inputs[0].Name
	var embed []float32
	if len(inputs) > 1 {
		var err error
		if embed, at, err = c.embedding(ops, at, inputs[1].Name); err != nil {
			return err
		}
		ops = ops[2:]
	}
	for i := range ops {
		c.mark(at)
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
	if g.Layers = c.layers; embed != nil && len(c.layers) > 0 {
		g.Layers[0].Embed = embed
	}
	return nil
}

// add adds an operation to the layers.
func (c *chain) add(op *operation) {
	switch op.kind {
	case "Gemm":
		c.dense(op)
	case "Conv", "ConvTranspose":
		c.window(op)
	case "Resize":
		c.resize(op)
	case "Add":
		c.residual(op)
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
	c.norm, c.act = true, true
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
	if d := op.same("dilations", 2, 1); d != 1 {
		op.refuse("dilations %d, want 1", d)
	}
	if k := op.same("kernel_shape", 2, l.Kernel); k != l.Kernel {
		op.refuse("kernel_shape %d, want %d as the weights have", k, l.Kernel)
	}
	c.groups(op, &l)
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

// groups reads how many groups a convolution has.
func (c *chain) groups(op *operation, l *gan.Layer) {
	groups := attr(op, "group", int64(1))
	if groups == 1 {
		return
	}
	if l.Op != gan.Conv || groups < 1 || groups > maxSide || int(groups)*l.In > maxSide {
		op.refuse("attribute %q is %d, want 1, or groups of Conv", "group", groups)
		return
	}
	l.Groups, l.In = int(groups), int(groups)*l.In
}

// mark notes where the chain is, if it is at an image.
func (c *chain) mark(name string) {
	if len(c.shape) == 3 {
		c.marks = append(c.marks, mark{name, len(c.layers), c.shape})
	}
}

// unmark forgets the images that the last layer made before something joined it.
func (c *chain) unmark() {
	for len(c.marks) > 0 && c.marks[len(c.marks)-1].layers == len(c.layers) {
		c.marks = c.marks[:len(c.marks)-1]
	}
}

// residual reads an Add of the chain's end and an image before it: the layers
// between become a body.
func (c *chain) residual(op *operation) {
	op.arity(2, 2)
	if op.err != nil {
		return
	}
	from := op.inputs[1].name
	i := len(c.marks) - 1
	for i >= 0 && c.marks[i].name != from {
		i--
	}
	if i < 0 || c.marks[i].layers == len(c.layers) {
		op.refuse("%q is no image that whole layers have made since", from)
		return
	}
	m := c.marks[i]
	if !slices.Equal(m.shape, c.shape) {
		op.refuse("it adds samples of %v to %v", c.shape, m.shape)
		return
	}
	l := gan.Layer{Op: gan.Residual, In: m.shape[0], Out: m.shape[0], H: m.shape[1], W: m.shape[2], Body: slices.Clone(c.layers[m.layers:])}
	c.layers, c.marks = c.layers[:m.layers], c.marks[:i+1]
	c.begin(l, m.shape...)
	c.norm, c.act = false, false
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

// resize reads Resize, with the attributes that Write gives it.
func (c *chain) resize(op *operation) {
	if len(op.inputs) != 3 || op.inputs[1] != nil || op.inputs[2] == nil || len(op.outputs) != 1 {
		op.refuse("want inputs X and scales, no roi and no sizes")
	}
	mode, places := attr(op, "mode", "nearest"), attr(op, "coordinate_transformation_mode", "half_pixel")
	if mode == "nearest" {
		fixed(op, "nearest_mode", "round_prefer_floor", "floor")
	}
	_, scales := constant[float32](op, 2, 1)
	if len(c.shape) != 3 {
		op.refuse("it is given samples of %v, want [C H W]", c.shape)
	}
	if op.err != nil {
		return
	}
	for kind, r := range resizings {
		if r.mode == mode && r.places == places && slices.Equal(scales, []float32{1, 1, r.scale, r.scale}) {
			l := gan.Layer{Op: kind, In: c.shape[0], Out: c.shape[0], H: c.shape[1], W: c.shape[2]}
			h, w := l.OutSize()
			if max(h, w) > maxSide {
				op.refuse("it makes images of %dx%d, want sides of 1 to %d", h, w, maxSide)
			}
			c.begin(l, l.Out, h, w)
			c.norm, c.act = false, false
			return
		}
	}
	op.refuse("mode %q, places %q and scales %v, want those of a resizing by 2 or by half", mode, places, scales)
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
	c.unmark()
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
	if !c.act {
		op.refuse("it follows no layer of a sum, or another activation")
		return
	}
	l := &c.layers[len(c.layers)-1]
	c.unmark()
	l.Act, l.Alpha = act, alpha
	c.norm, c.act = false, false
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
