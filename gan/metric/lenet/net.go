package main

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is the network: its weights, and its graph in Gorgonia.

const (
	side     = 28         // of an image
	flat     = 64 * 8 * 8 // what the convolutions make of it
	features = 128
	classes  = 10
)

// weight is one layer's weights or biases.
type weight struct {
	name  string
	shape []int
	data  []float32
}

// newWeights draws weights and biases uniformly within 1/sqrt(inputs), as
// PyTorch does: the scale of the features, and so that of FID, depends on it.
// The order is that of the layers.
func newWeights(seed uint64) []weight {
	var all []weight
	for i, shape := range [][]int{{32, 1, 3, 3}, {64, 32, 3, 3}, {features, flat}, {classes, features}} {
		name := []string{"conv1", "conv2", "fc1", "fc2"}[i]
		w, b := make([]float32, tensor.Shape(shape).TotalSize()), make([]float32, shape[0])
		bound := float32(1 / math.Sqrt(float64(len(w)/len(b))))
		s := kernel.Stream{Seed: seed, Domain: domainWeights, Index: uint64(i)}
		for _, v := range [][]float32{w, b} {
			for j := range v {
				v[j] = s.Uniform() * bound
			}
		}
		all = append(all, weight{name + ".weight", shape, w}, weight{name + ".bias", shape[:1], b})
	}
	return all
}

// net is the network's graph for a batch.
type net struct {
	images []float32 // [batch, 28, 28, 1] in [0, 1], to be filled
	labels []int     // [batch], likewise

	params           G.Nodes
	features, logits *G.Node
	loss             *G.Node
	learn, judge     G.VM // to the loss and the gradients; to features and logits
}

func newNet(weights []weight, batch, threads int) (*net, error) {
	n := &net{images: make([]float32, batch*side*side), labels: make([]int, batch)}
	graph, env := G.NewGraph(), &op.Env{Threads: threads}
	input := func(name string, data []float32, shape ...int) *G.Node {
		return G.NewTensor(graph, tensor.Float32, len(shape), G.WithName(name), G.WithShape(shape...),
			G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))))
	}
	x := input("image", n.images, batch, side, side, 1)
	for _, w := range weights {
		n.params = append(n.params, input(w.name, w.data, w.shape...))
	}
	if err := n.layers(env, x, batch); err != nil {
		return nil, err
	}
	var err error
	if n.loss, err = op.SoftmaxCrossEntropy(env, n.logits, n.labels); err != nil {
		return nil, err
	}
	grads, err := G.Grad(n.loss, n.params...)
	if err != nil {
		return nil, err
	}
	if n.learn, err = program(graph, append(G.Nodes{n.loss}, grads...)...); err != nil {
		return nil, err
	}
	n.judge, err = program(graph, n.features, n.logits)
	return n, err
}

// layers adds the layers: those of FID-LeNet, which takes digits of 32x32
// pixels. A first convolution with a padding of 3 sees digits of 28x28 so.
func (n *net) layers(env *op.Env, x *G.Node, batch int) (err error) {
	conv := func(i, size, c, f, pad int, leaf bool) {
		if err != nil {
			return
		}
		out := size + 2*pad - 2
		l := op.Linear{N: batch, Out: tensor.Shape{batch, out, out, f}, Act: kernel.ReLU, Leaf: leaf, Geometry: kernel.Geometry{
			H: size, W: size, C: c, OH: out, OW: out, F: f, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: pad, PadLeft: pad}}
		if x, err = l.Apply(env, x, n.params[i], n.params[i+1]); err == nil {
			x, err = op.MaxPool(env, x)
		}
	}
	dense := func(i, c, f int, act kernel.Act) {
		if err != nil {
			return
		}
		l := op.Linear{N: batch, Out: tensor.Shape{batch, f}, Act: act, Geometry: kernel.Geometry{
			H: 1, W: 1, C: c, OH: 1, OW: 1, F: f, KH: 1, KW: 1, StrideH: 1, StrideW: 1}}
		x, err = l.Apply(env, x, n.params[i], n.params[i+1])
	}
	conv(0, side, 1, 32, 3, true)
	conv(2, 16, 32, 64, 1, false)
	if err == nil {
		x, err = op.ChannelsFirst(env, x, batch, 64, 8, 8)
	}
	dense(4, flat, features, kernel.ReLU)
	n.features = x
	dense(6, features, classes, kernel.Identity)
	n.logits = x
	return err
}

// program compiles the part of a graph that computes outs into a machine.
func program(g *G.ExprGraph, outs ...*G.Node) (G.VM, error) {
	prog, locations, err := G.CompileFunction(g, g.ExactSubgraphRoots(outs...).Inputs(), outs)
	if err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	return G.NewTapeMachine(g, G.WithPrecompiled(prog, locations)), nil
}

// run runs a machine once more.
func run(vm G.VM) error {
	defer vm.Reset()
	return vm.RunAll()
}
