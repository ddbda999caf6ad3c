package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file turns layers into Gorgonia nodes.

// A mode is what a network's graph is for.
type mode struct {
	sampling bool // batch norm with running statistics; its weights get no gradient
	frozen   bool // weights get no gradient
	leaf     bool // the input gets no gradient
	groups   int  // of batch norm
	// observe is told of each batch norm's statistics; it may be nil.
	observe func(n *Norm, mean, variance []float32)
	passed  *[]pass  // gets a pass for each layer; it may be nil
	masks   masks    // of the layers' outputs, as far as there are some
	labels  []int    // of a conditional generator's samples
	styling *styling // of a generator with styles; nil: without noise, as trained
}

// A pass is the nodes of a layer that a tangent follows.
type pass struct {
	weight, out *G.Node
	mask        *G.Node // of out; nil: none
	body        []pass  // of a residual
	table       *G.Node // of a projection; nil: none
}

// graph is one Gorgonia graph of a fixed batch. Weights are not copied: nodes
// of several graphs hold the same slices.
type graph struct {
	*G.ExprGraph
	env op.Env
	n   int // samples of the batch
}

func newGraph(n, threads int, hold *bool) *graph {
	return &graph{ExprGraph: G.NewGraph(), n: n, env: op.Env{Threads: threads, Hold: hold}}
}

// input is a node that holds data, of the given shape, under a unique name.
func (g *graph) input(name string, data []float32, shape ...int) *G.Node {
	return G.NewTensor(g.ExprGraph, tensor.Float32, len(shape), G.WithName(name), G.WithShape(shape...),
		G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))))
}

// weightShape is the shape of a layer's weights.
func (l *Layer) weightShape() []int {
	switch l.Op {
	case Conv:
		return []int{l.Out, l.In / l.groups(), l.Kernel, l.Kernel}
	case ConvTranspose:
		return []int{l.In, l.Out, l.Kernel, l.Kernel}
	}
	return []int{l.Out, l.In}
}

// geometry is the layer, or one of its groups, as its kernel sees it.
func (l *Layer) geometry() kernel.Geometry {
	if l.Op == Dense {
		return kernel.Geometry{H: 1, W: 1, C: l.In, OH: 1, OW: 1, F: l.Out, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
	}
	h, w := l.OutSize()
	k := kernel.Geometry{KH: l.Kernel, KW: l.Kernel, StrideH: l.Stride, StrideW: l.Stride, PadTop: l.Pad, PadLeft: l.Pad}
	if l.Op == Conv {
		k.H, k.W, k.C, k.OH, k.OW, k.F = l.H, l.W, l.In/l.groups(), h, w, l.Out/l.groups()
	} else {
		k.OH, k.OW, k.F, k.H, k.W, k.C = l.H, l.W, l.In, h, w, l.Out
	}
	return k
}

var kernelAct = map[Act]kernel.Act{
	Identity: kernel.Identity, ReLU: kernel.ReLU, LeakyReLU: kernel.LeakyReLU, Tanh: kernel.Tanh, Sigmoid: kernel.Sigmoid,
}

// network adds layers to the graph and returns their output and the nodes of
// their trained parameters, in the order of params. Between layers, images are
// [N, H, W, C]; features, and the images that Dense layers take and make, are
// [N, F] with F in [C, H, W] order.
func (g *graph) network(name string, x *G.Node, layers []Layer, m mode) (out *G.Node, params G.Nodes, err error) {
	for i := range layers {
		l := &layers[i]
		at := fmt.Sprintf("%s.%d", name, i)
		if x, err = g.between(x, layers, i); err != nil {
			return nil, nil, err
		}
		if l.group > 0 {
			if x, err = op.Deviation(&g.env, x, l.group); err != nil {
				return nil, nil, err
			}
		}
		var table *G.Node
		if l.Embed != nil {
			if x, table, err = g.embed(at, x, l, m); err != nil {
				return nil, nil, err
			}
			m.leaf = m.leaf && m.frozen // the table's gradient passes here
		}
		done, p, err := g.add(at, x, l, m)
		if err != nil {
			return nil, nil, err
		}
		if l.projection != nil {
			if done.out, table, err = g.project(at, done.out, x, l.projection, m.frozen); err != nil {
				return nil, nil, err
			}
			done.table = table
		}
		x, params = done.out, append(params, p...)
		if table != nil {
			params = append(params, table)
		}
		m.leaf = false
		if i < len(m.masks) {
			done.mask = g.input(at+".mask", m.masks[i], x.Shape()...)
			if x, err = op.Mask(&g.env, x, done.mask, 0); err != nil {
				return nil, nil, err
			}
		}
		if m.passed != nil {
			*m.passed = append(*m.passed, done)
		}
	}
	return x, params, nil
}

// tangent adds the derivative of layers, without batch norm, along v, at the
// values that v's samples passed with, after from others. It is differentiable
// by the weights where activations are of straight pieces; a leaf v gets no
// gradient.
func (g *graph) tangent(v *G.Node, layers []Layer, passed []pass, from int, leaf bool) (*G.Node, error) {
	var err error
	for i := range layers {
		l := &layers[i]
		if v, err = g.between(v, layers, i); err != nil {
			return nil, err
		}
		if l.Op.resizes() {
			if v, err = g.resize(l).Apply(&g.env, v); err != nil {
				return nil, err
			}
			continue
		}
		if l.Op == Residual {
			along, err := g.tangent(v, l.Body, passed[i].body, from, leaf && i == 0)
			if err != nil {
				return nil, err
			}
			if v, err = op.Add(&g.env, v, along); err != nil {
				return nil, err
			}
			continue
		}
		features := v
		lin := g.linear(l)
		lin.Act, lin.Leaf = kernel.Identity, leaf && i == 0
		if v, err = lin.Apply(&g.env, v, passed[i].weight, nil); err != nil {
			return nil, err
		}
		if v, err = op.Tangent(&g.env, kernelAct[l.Act], l.Alpha, passed[i].out, from*l.outLen(), v); err != nil {
			return nil, err
		}
		if mask := passed[i].mask; mask != nil {
			if v, err = op.Mask(&g.env, v, mask, from*l.outLen()); err != nil {
				return nil, err
			}
		}
		if p := l.projection; p != nil {
			if v, err = op.Projection(&g.env, v, features, passed[i].table, p.labels, false); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// linear is a layer's linear part and activation for the graph's batch.
func (g *graph) linear(l *Layer) op.Linear {
	h, w := l.OutSize()
	shape := tensor.Shape{g.n, h, w, l.Out}
	if l.Op == Dense {
		shape = tensor.Shape{g.n, l.Out}
	}
	return op.Linear{N: g.n, Geometry: l.geometry(), Groups: l.Groups, Transpose: l.Op == ConvTranspose, Out: shape, Act: kernelAct[l.Act], Alpha: l.Alpha}
}

// resize is a layer without weights for the graph's batch.
func (g *graph) resize(l *Layer) op.Resize {
	h, w := l.OutSize()
	return op.Resize{N: g.n, H: l.H, W: l.W, C: l.In, OutH: h, OutW: w, Linear: l.Op != Nearest}
}

// between changes the order of an image's values where layer i wants another
// than the layer before it makes.
func (g *graph) between(x *G.Node, layers []Layer, i int) (*G.Node, error) {
	if i == 0 {
		return x, nil
	}
	before, l := &layers[i-1], &layers[i]
	h, w := before.OutSize()
	switch {
	case before.Op == Dense && !l.isFlat() && l.In > 1 && l.H*l.W > 1:
		return op.ChannelsLast(&g.env, x, g.n, l.In, l.H, l.W)
	case before.Op != Dense && l.Op == Dense && before.Out > 1 && h*w > 1:
		return op.ChannelsFirst(&g.env, x, g.n, before.Out, h, w)
	}
	return x, nil
}

// add adds one layer of any kind and returns its nodes and its trained parameters.
func (g *graph) add(name string, x *G.Node, l *Layer, m mode) (pass, G.Nodes, error) {
	switch {
	case l.Op.resizes():
		y, err := g.resize(l).Apply(&g.env, x)
		return pass{out: y}, nil, err
	case l.Op == Residual:
		return g.residual(name, x, l, m)
	case l.Op == Synthesis:
		return g.synthesis(name, x, l, m)
	case l.Normalize:
		var err error
		if x, err = op.Normalize(&g.env, x); err != nil {
			return pass{}, nil, err
		}
	}
	trained, w, err := g.weight(name, l, m.frozen)
	if err != nil {
		return pass{}, nil, fmt.Errorf("gan: %s: %w", name, err)
	}
	y, p, err := g.layer(name, x, w, l, m)
	if err != nil {
		return pass{}, nil, fmt.Errorf("gan: %s: %w", name, err)
	}
	return pass{weight: w, out: y}, append(G.Nodes{trained}, p...), nil
}

// residual adds a layer with a body.
func (g *graph) residual(name string, x *G.Node, l *Layer, m mode) (pass, G.Nodes, error) {
	var body []pass
	m.passed, m.masks = &body, nil
	y, params, err := g.network(name, x, l.Body, m)
	if err != nil {
		return pass{}, nil, err
	}
	y, err = op.Add(&g.env, x, y)
	return pass{out: y, body: body}, params, err
}

// layer adds one layer with weights w and returns its output and its other
// trained parameters.
func (g *graph) layer(name string, x, w *G.Node, l *Layer, m mode) (*G.Node, G.Nodes, error) {
	lin := g.linear(l)
	lin.Frozen, lin.Leaf = m.frozen, m.leaf
	var params G.Nodes
	var bias *G.Node
	if l.Bias != nil {
		bias = g.input(name+".bias", l.Bias, l.Out)
		params = append(params, bias)
	}
	if l.Norm == nil {
		y, err := lin.Apply(&g.env, x, w, bias)
		return y, params, err
	}
	gamma, beta := g.input(name+".gamma", l.Norm.Gamma, l.Out), g.input(name+".beta", l.Norm.Beta, l.Out)
	params = append(params, gamma, beta)
	if m.sampling {
		norm := [4]*G.Node{gamma, beta, g.input(name+".mean", l.Norm.Mean, l.Out), g.input(name+".var", l.Norm.Var, l.Out)}
		y, err := lin.ApplyNorm(&g.env, x, w, bias, norm, l.Norm.Eps)
		return y, params, err
	}
	lin.Act = kernel.Identity
	y, err := lin.Apply(&g.env, x, w, bias)
	if err != nil {
		return nil, nil, err
	}
	n := op.Norm{Groups: m.groups, Eps: l.Norm.Eps, Act: kernelAct[l.Act], Alpha: l.Alpha, Frozen: m.frozen}
	if m.observe != nil {
		n.Observe = func(mean, variance []float32) { m.observe(l.Norm, mean, variance) }
	}
	y, err = n.Apply(&g.env, y, gamma, beta)
	return y, params, err
}

// params are the trained parameters of layers in the order of network's nodes.
func params(layers []Layer) (p [][]float32) {
	for _, l := range Each(layers) {
		if l.Weight != nil {
			p = append(p, l.Weight)
		}
		if l.Bias != nil {
			p = append(p, l.Bias)
		}
		if l.Norm != nil {
			p = append(p, l.Norm.Gamma, l.Norm.Beta)
		}
		if l.Embed != nil {
			p = append(p, l.Embed)
		}
		if y := l.Style; y != nil {
			p = append(p, y.Weight, y.Bias)
			if y.Noise != nil {
				p = append(p, y.Noise)
			}
		}
		if l.projection != nil {
			p = append(p, l.projection.table)
		}
	}
	return p
}

// Parameters is how many numbers of the layer are learnt, those of its body not
// counted.
func (l *Layer) Parameters() (n int) {
	own := *l
	own.Body = nil
	for _, p := range params([]Layer{own}) {
		n += len(p)
	}
	return n
}

// clone copies layers with all their slices.
func clone(layers []Layer) []Layer {
	c := append([]Layer(nil), layers...)
	dup := func(x []float32) []float32 {
		if x == nil {
			return nil
		}
		return append(make([]float32, 0, len(x)), x...)
	}
	for i := range c {
		l := &c[i]
		l.Weight, l.Bias, l.Embed, l.Mean = dup(l.Weight), dup(l.Bias), dup(l.Embed), dup(l.Mean)
		if y := l.Style; y != nil {
			l.Style = &Style{Dim: y.Dim, Weight: dup(y.Weight), Bias: dup(y.Bias), Image: y.Image, Noise: dup(y.Noise)}
		}
		if n := l.Norm; n != nil {
			l.Norm = &Norm{Gamma: dup(n.Gamma), Beta: dup(n.Beta), Mean: dup(n.Mean), Var: dup(n.Var), Eps: n.Eps}
		}
		if l.Body != nil {
			l.Body = clone(l.Body)
		}
		if p := l.projection; p != nil {
			l.projection = &projection{table: dup(p.table), labels: p.labels}
		}
	}
	return c
}

// program compiles the part of the graph that computes outs into a machine.
func (g *graph) program(outs ...*G.Node) (G.VM, error) {
	prog, locations, err := G.CompileFunction(g.ExprGraph, g.ExactSubgraphRoots(outs...).Inputs(), outs)
	if err != nil {
		return nil, fmt.Errorf("gan: compile: %w", err)
	}
	return G.NewTapeMachine(g.ExprGraph, G.WithPrecompiled(prog, locations)), nil
}

// run runs a machine once more.
func run(vm G.VM) error {
	defer vm.Reset()
	return vm.RunAll()
}
