package op

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is the linear layers: dense, convolution, transposed convolution.
// They are one op, because their gradients are each other: a convolution's
// input gradient is the transposed convolution and the reverse, and both have
// the same weight gradient; a dense layer is a convolution of 1x1 images.

// Linear describes a linear layer for a batch of N.
type Linear struct {
	N         int
	Geometry  kernel.Geometry
	Groups    int          // of channels, which Geometry is that of one of; 0 is 1
	Transpose bool         // from the small image to the large one
	Out       tensor.Shape // of the result
	Act       kernel.Act
	Alpha     float32 // LeakyReLU's slope
	Frozen    bool    // weights and bias get no gradient
	Leaf      bool    // the input gets no gradient
}

// runner is what Conv and ConvTranspose have in common.
type runner interface {
	Reserve()
	PackPart(w []float32, part, parts int)
	ScratchLen(n int) int
	Run(dst, src []float32, n int, tail *kernel.Tail, scratch []float32, part, parts int)
}

// layer packs weights and runs a convolution or a transposed one in parts.
type layer struct {
	env     *Env
	n       int
	run     runner
	scratch [][]float32
}

func (l Linear) layer(e *Env, transpose bool) *layer {
	k := &layer{env: e, n: l.N}
	switch {
	case l.Groups > 1:
		k.run = &kernel.Grouped{Geometry: l.Geometry, Groups: l.Groups, Transpose: transpose}
	case transpose:
		k.run = &kernel.ConvTranspose{Geometry: l.Geometry}
	default:
		k.run = &kernel.Conv{Geometry: l.Geometry}
	}
	return k
}

// packedAlone is how many weights are worth packing in parts.
const packedAlone = 1 << 14

// compute is dst = tail(the layer of src with weights w).
func (l *layer) compute(dst, src, w []float32, tail *kernel.Tail) {
	if l.scratch == nil {
		l.run.Reserve()
		for range max(l.env.Threads, 1) {
			l.scratch = append(l.scratch, make([]float32, l.run.ScratchLen(l.n)))
		}
	}
	if len(w) < packedAlone {
		l.run.PackPart(w, 0, 1)
	} else {
		l.env.split(func(part, parts int) { l.run.PackPart(w, part, parts) })
	}
	l.env.split(func(part, parts int) {
		l.run.Run(dst, src, l.n, tail, l.scratch[part], part, parts)
	})
}

func (l Linear) name() string {
	switch {
	case l.Transpose:
		return "convtranspose"
	case l.Geometry.H == 1 && l.Geometry.W == 1 && l.Geometry.KH == 1 && l.Geometry.KW == 1:
		return "dense"
	}
	return "conv"
}

// Apply is act(layer(x) + bias); bias may be nil.
func (l Linear) Apply(e *Env, x, w, bias *G.Node) (*G.Node, error) {
	k := l.layer(e, l.Transpose)
	ins := G.Nodes{x, w}
	if bias != nil {
		ins = append(ins, bias)
	}
	o := &Op{
		name: l.name(), shape: l.Out,
		wrt: []bool{!l.Leaf, !l.Frozen, !l.Frozen}[:len(ins)],
		run: func(out []float32, in [][]float32) error {
			tail := kernel.Tail{Act: l.Act, Alpha: l.Alpha}
			if len(in) > 2 {
				tail.Bias = in[2]
			}
			k.compute(out, in[0], in[1], &tail)
			return nil
		},
		grad: func(in G.Nodes, out, dout *G.Node) (G.Nodes, error) { return l.gradients(e, in, out, dout) },
	}
	return e.apply(o, ins...)
}

// ApplyNorm is the layer at sampling time with batch norm after the sum; norm
// is gamma, beta, mean and variance. Only the input has a gradient.
func (l Linear) ApplyNorm(e *Env, x, w, bias *G.Node, norm [4]*G.Node, eps float32) (*G.Node, error) {
	k := l.layer(e, l.Transpose)
	ins := append(G.Nodes{x, w}, norm[:]...)
	if bias != nil {
		ins = append(ins, bias)
	}
	c := norm[0].Shape().TotalSize()
	tail := kernel.Tail{Scale: make([]float32, c), Shift: make([]float32, c), Act: l.Act, Alpha: l.Alpha}
	o := &Op{
		name: l.name() + "+norm", shape: l.Out,
		wrt: append([]bool{!l.Leaf}, make([]bool, len(ins)-1)...),
		run: func(out []float32, in [][]float32) error {
			kernel.NormScaleShift(tail.Scale, tail.Shift, in[2], in[3], in[4], in[5], eps)
			if len(in) > 6 {
				tail.Bias = in[6]
			}
			k.compute(out, in[0], in[1], &tail)
			return nil
		},
		grad: func(in G.Nodes, out, dout *G.Node) (G.Nodes, error) {
			dins := make(G.Nodes, len(in))
			dnorm, err := activationGrad(e, l.Act, l.Alpha, out, dout)
			if err != nil {
				return nil, err
			}
			dsum, err := scaleRows(e, dnorm, tail.Scale)
			if err == nil {
				dins[0], err = l.inputGrad(e, in[0], in[1], dsum)
			}
			return dins, err
		},
	}
	return e.apply(o, ins...)
}

// scaleRows multiplies each row of x by scale, which the forward run has filled.
func scaleRows(e *Env, x *G.Node, scale []float32) (*G.Node, error) {
	return e.apply(&Op{name: "norm/dsum", shape: x.Shape().Clone(), run: func(out []float32, in [][]float32) error {
		for i := 0; i < len(out); i += len(scale) {
			for j, s := range scale {
				out[i+j] = in[0][i+j] * s
			}
		}
		return nil
	}}, x)
}

// gradients adds the nodes of the layer's gradient.
func (l Linear) gradients(e *Env, in G.Nodes, out, dout *G.Node) (dins G.Nodes, err error) {
	dins = make(G.Nodes, len(in))
	dsum, err := activationGrad(e, l.Act, l.Alpha, out, dout)
	if err != nil {
		return nil, err
	}
	if !l.Leaf {
		if dins[0], err = l.inputGrad(e, in[0], in[1], dsum); err != nil {
			return nil, err
		}
	}
	if l.Frozen {
		return dins, nil
	}
	if dins[1], err = l.weightGrad(e, in[0], in[1], dsum); err != nil {
		return nil, err
	}
	if len(in) > 2 {
		dins[2], err = sumRows(e, dsum, in[2])
	}
	return dins, err
}

// inputGrad is the gradient of x from that of the layer's sum.
func (l Linear) inputGrad(e *Env, x, w, dsum *G.Node) (*G.Node, error) {
	k := l.layer(e, !l.Transpose)
	o := &Op{name: l.name() + "/dx", shape: x.Shape().Clone(), run: func(out []float32, in [][]float32) error {
		k.compute(out, in[0], in[1], nil)
		return nil
	}}
	return e.apply(o, dsum, w)
}

func (l Linear) weightGrad(e *Env, x, w, dsum *G.Node) (*G.Node, error) {
	run, room := l.weightGradKernel()
	var scratch [][]float32
	o := &Op{name: l.name() + "/dw", shape: w.Shape().Clone(), run: func(out []float32, in [][]float32) error {
		if scratch == nil {
			for range max(e.Threads, 1) {
				scratch = append(scratch, make([]float32, room))
			}
		}
		large, small := in[0], in[1]
		if l.Transpose {
			large, small = small, large
		}
		e.split(func(part, parts int) { run(out, large, small, l.N, scratch[part], part, parts) })
		return nil
	}}
	return e.apply(o, x, dsum)
}

// weightGradKernel is the kernel of weightGrad and the length of its scratch.
func (l Linear) weightGradKernel() (run func(dw, large, small []float32, n int, scratch []float32, part, parts int), room int) {
	if l.Groups > 1 {
		g := &kernel.GroupedGradWeights{Geometry: l.Geometry, Groups: l.Groups}
		return g.Run, g.ScratchLen(l.N)
	}
	g := &kernel.GradWeights{Geometry: l.Geometry}
	return g.Run, g.ScratchLen()
}

// sumRows sums x over everything but its innermost axis; like is the result's
// shape.
func sumRows(e *Env, x, like *G.Node) (*G.Node, error) {
	o := &Op{name: "sumrows", shape: like.Shape().Clone(), run: func(out []float32, in [][]float32) error {
		if len(in[0])%len(out) != 0 {
			return fmt.Errorf("%d values do not make rows of %d", len(in[0]), len(out))
		}
		kernel.SumRows(out, in[0])
		return nil
	}}
	return e.apply(o, x)
}
