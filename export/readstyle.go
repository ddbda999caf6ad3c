package export

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"gorgonia.org/tensor"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the way in of generators of styles. Their graph is no chain, so it is
// not followed: constants are found by the names that Write gave them. Then the
// generator's graph is made anew and must be the file's.

// named are the operations of a graph and the constants that they read.
type named struct {
	ops       map[string]*operation
	constants map[string]tensor.Tensor
	noise     []int // values that stand in for each noise input
	err       error // the first thing that was not found
}

// readStyled fills in the layers of a generator of styles.
func readStyled(g *gan.Generator, ops []operation, m *onnx.Model) error {
	if v := m.Opset(); v != opset {
		return fmt.Errorf("the model has optional inputs and uses version %d of ONNX's operators, want %d", v, opset)
	}
	n := named{ops: make(map[string]*operation), constants: make(map[string]tensor.Tensor)}
	for i := range ops {
		n.ops[ops[i].label] = &ops[i]
		for _, v := range ops[i].inputs {
			if v != nil && !v.varies && v.tensor != nil {
				n.constants[v.name] = v.tensor
			}
		}
	}
	for _, t := range m.Graph.Initializers {
		if t.Name == fmt.Sprint(noiseName, len(n.noise)) {
			n.noise = append(n.noise, t.Len())
		}
	}
	for i := 0; n.constants[fmt.Sprintf("dense%d.weight", i)] != nil; i++ {
		g.Layers = append(g.Layers, n.dense(fmt.Sprintf("dense%d", i)))
	}
	g.Layers = append(g.Layers, n.synthesis(fmt.Sprintf("synthesis%d", len(g.Layers)), g.Shape))
	if len(g.Classes) > 0 {
		_, g.Layers[0].Embed = n.tensor(embedName+".weight", 2)
	}
	if n.err != nil {
		return n.err
	}
	if err := g.Validate(); err != nil {
		return err
	}
	half := slices.ContainsFunc(m.Graph.Nodes, func(n onnx.Node) bool { return n.Op == "Cast" })
	return sameGraph(&m.Graph, newGraph(g, half))
}

// sameGraph reports the first node in which a graph differs from the one wanted.
func sameGraph(g *onnx.Graph, want onnx.Graph) error {
	if bytes.Equal(onnx.Marshal(&onnx.Model{Graph: *g}), onnx.Marshal(&onnx.Model{Graph: want})) {
		return nil
	}
	for i := range min(len(g.Nodes), len(want.Nodes)) {
		if n := &g.Nodes[i]; !reflect.DeepEqual(*n, want.Nodes[i]) {
			return &onnx.UnsupportedError{Node: n.Label(), Op: n.Op, Reason: fmt.Sprintf("want node %q (%s), as in every file of a generator of styles", want.Nodes[i].Label(), want.Nodes[i].Op)}
		}
	}
	return errors.New("the model has other inputs, constants or nodes than its generator of styles")
}

// tensor is a constant of so many dimensions: ones, and no values, if it is not there.
func (n *named) tensor(name string, dims int) (shape []int, v []float32) {
	t := n.constants[name]
	if t != nil {
		v, _ = t.Data().([]float32)
		shape = t.Shape()
	}
	if v == nil || len(shape) != dims || slices.Max(shape) > maxSide {
		if n.err == nil {
			n.err = fmt.Errorf("the model has optional inputs, but no constant %q of %d dimensions that a generator of styles has", name, dims)
		}
		return slices.Repeat([]int{1}, dims), nil
	}
	return shape, slices.Clone(v)
}

// act is the activation that follows a layer.
func (n *named) act(name string, l *gan.Layer) {
	l.Act = gan.Identity
	op := n.ops[name+".act"]
	if op == nil {
		return
	}
	switch op.kind {
	case "LeakyRelu":
		l.Act = gan.LeakyReLU
		l.Alpha, _ = op.attrs["alpha"].(float32)
	default:
		for act, kind := range actOps {
			if kind == op.kind {
				l.Act = act
			}
		}
	}
}

func (n *named) dense(name string) gan.Layer {
	shape, weight := n.tensor(name+".weight", 2)
	l := gan.Layer{Op: gan.Dense, Out: shape[0], In: shape[1], Weight: weight, Normalize: n.constants[name+".part"] != nil}
	if _, bias := n.tensor(name+".bias", 1); !isNoBias(bias) {
		l.Bias = bias
	}
	n.act(name, &l)
	return l
}

func (n *named) synthesis(name string, s gan.Shape) gan.Layer {
	l := gan.Layer{Op: gan.Synthesis, Out: s.C, H: s.H, W: s.W}
	_, l.Mean = n.tensor("style.mean", 1)
	l.In = len(l.Mean)
	n.act(name, &l)
	channels, h, w := 0, 0, 0
	for i := 0; n.err == nil; i++ {
		at := func(op gan.LayerOp) string { return fmt.Sprintf("%s.%s%d", name, layerNames[op], i) }
		b := gan.Layer{Op: gan.Nearest, Act: gan.Identity}
		switch {
		case n.constants[at(gan.Constant)] != nil:
			b.Op = gan.Constant
			var shape []int
			shape, b.Weight = n.tensor(at(b.Op), 4)
			channels, h, w = shape[1], shape[2], shape[3]
		case n.constants[at(gan.Conv)+".weight"] != nil:
			b = n.convolution(at(gan.Conv))
		case n.ops[at(gan.Bilinear)] != nil:
			b.Op = gan.Bilinear
		case n.ops[at(gan.Nearest)] == nil:
			return l
		}
		b.H, b.W = h, w
		if b.Op != gan.Conv {
			b.In, b.Out = channels, channels
		}
		if b.Style == nil || !b.Style.Image {
			channels = b.Out
		}
		if b.Style != nil && !b.Style.Image { // or the graph made anew might be much larger than the file
			if len(n.noise) == 0 || n.noise[0] != h*w {
				n.err = cmp.Or(n.err, fmt.Errorf("%q has no noise of %dx%d", at(b.Op), h, w))
				return l
			}
			n.noise = n.noise[1:]
		}
		if h, w = b.OutSize(); h > maxSide || w > maxSide {
			n.err = fmt.Errorf("%q makes images of %dx%d, want sides of 1 to %d", name, h, w, maxSide)
		}
		l.Body = append(l.Body, b)
	}
	return l
}

// convolution is a modulated convolution, without the sizes of its images.
func (n *named) convolution(name string) gan.Layer {
	shape, weight := n.tensor(name+".weight", 4)
	style, styleWeight := n.tensor(name+".style.weight", 2)
	l := gan.Layer{Op: gan.Conv, Out: shape[0], In: shape[1], Kernel: shape[2], Stride: 1, Pad: (shape[2] - 1) / 2, Weight: weight}
	_, bias := n.tensor(name+".style.bias", 1)
	l.Style = &gan.Style{Dim: style[1], Weight: styleWeight, Bias: bias, Image: n.constants[name+".strength"] == nil}
	if l.Style.Image {
		_, l.Bias = n.tensor(name+".bias", 1)
	} else {
		_, l.Bias = n.tensor(name+".bias", 4)
		_, l.Style.Noise = n.tensor(name+".strength", 1)
	}
	n.act(name, &l)
	return l
}
