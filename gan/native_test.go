package gan

import (
	"fmt"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is the yardstick of Gorgonia's own operators: a step of the dcgan of
// BenchmarkStep, of nothing else.

// BenchmarkOwnOperators is BenchmarkStep's dcgan of Gorgonia's own operators,
// solver and losses: the same layers, sizes and alternation, two graphs over the
// same weights. A transposed convolution is zeros between the pixels and a
// convolution, for there is none. There are no biases, which is to its advantage.
//
//	go test ./gan -run xxx -bench "Step|OwnOperators" -benchtime 5x
func BenchmarkOwnOperators(b *testing.B) {
	const batch = 64
	n := &native{batch: batch, seed: 1}
	gen := []tensor.Tensor{n.weights(100, 128*49), n.weights(64, 128, 4, 4), n.weights(1, 64, 4, 4), n.weights(1, 128, 1, 1), n.weights(1, 128, 1, 1), n.weights(1, 64, 1, 1), n.weights(1, 64, 1, 1)}
	dis := []tensor.Tensor{n.weights(64, 1, 4, 4), n.weights(128, 64, 4, 4), n.weights(1, 128, 7, 7), n.weights(1, 128, 1, 1), n.weights(1, 128, 1, 1)}
	real, fake := n.weights(batch, 1, 28, 28), n.weights(batch, 1, 28, 28)

	n.graph = G.NewGraph()
	g := n.bind(gen)
	images := n.generator(n.node("z", n.weights(batch, 100)), g)
	var drawn G.Value
	G.Read(images, &drawn)
	learnG := n.machine(b, n.loss(n.discriminator(images, n.bind(dis)), 1), g)
	defer learnG.Close()

	n.graph = G.NewGraph()
	d := n.bind(dis)
	onReal, onFake := n.discriminator(n.node("real", real), d), n.discriminator(n.node("fake", fake), d)
	learnD := n.machine(b, G.Must(G.Add(n.loss(onReal, 1), n.loss(onFake, 0))), d)
	defer learnD.Close()

	solver := func() G.Solver {
		return G.NewAdamSolver(G.WithLearnRate(2e-4), G.WithBeta1(.5), G.WithBeta2(.999))
	}
	adamG, adamD := solver(), solver()
	step := func(vm G.VM, solver G.Solver, params G.Nodes) {
		vm.Reset()
		if err := vm.RunAll(); err != nil {
			b.Fatal(err)
		}
		if err := solver.Step(G.NodesToValueGrads(params)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		step(learnG, adamG, g)
		copy(fake.Data().([]float32), drawn.Data().([]float32))
		step(learnD, adamD, d)
	}
	b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "images/s")
}

// native builds networks of Gorgonia's own operators.
type native struct {
	batch int
	seed  uint64
	graph *G.ExprGraph
}

// weights is a tensor of small random numbers.
func (n *native) weights(shape ...int) *tensor.Dense {
	v := make([]float32, tensor.Shape(shape).TotalSize())
	kernel.Latents(v, n.seed, 0, len(v), true)
	for i := range v {
		v[i] *= 0.02
	}
	n.seed++
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
}

func (n *native) node(name string, t tensor.Tensor) *G.Node {
	return G.NewTensor(n.graph, tensor.Float32, t.Dims(), G.WithShape(t.Shape()...), G.WithName(name), G.WithValue(t))
}

func (n *native) bind(weights []tensor.Tensor) (nodes G.Nodes) {
	for i, t := range weights {
		nodes = append(nodes, n.node(string(rune('a'+len(weights)))+string(rune('a'+i)), t))
	}
	return nodes
}

func (n *native) conv(x, w *G.Node, pad, stride int) *G.Node {
	k := w.Shape()[2]
	return G.Must(G.Conv2d(x, w, tensor.Shape{k, k}, []int{pad, pad}, []int{stride, stride}, []int{1, 1}))
}

func (n *native) norm(x, gamma, beta *G.Node) *G.Node {
	y, _, _, _, err := G.BatchNorm(x, gamma, beta, .9, 1e-5)
	return G.Must(y, err)
}

// up is a transposed convolution with a 4x4 window, stride 2 and padding 1.
func (n *native) up(x, w *G.Node) *G.Node {
	large := G.Must(G.Upsample2D(x, 2))
	shape := large.Shape()
	mask := tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
	side := shape[2]
	for i := range mask.Data().([]float32) {
		if i%side%2 == 0 && i/side%side%2 == 0 {
			mask.Data().([]float32)[i] = 1
		}
	}
	zeros := G.Must(G.HadamardProd(large, n.node(fmt.Sprintf("mask of %v", shape), mask)))
	return G.Must(G.Slice(n.conv(zeros, w, 2, 1), nil, nil, G.S(0, side), G.S(0, side)))
}

func (n *native) generator(z *G.Node, w G.Nodes) *G.Node {
	x := G.Must(G.Reshape(G.Must(G.Mul(z, w[0])), tensor.Shape{n.batch, 128, 7, 7}))
	x = G.Must(G.Rectify(n.norm(x, w[3], w[4])))
	x = G.Must(G.Rectify(n.norm(n.up(x, w[1]), w[5], w[6])))
	return G.Must(G.Tanh(n.up(x, w[2])))
}

func (n *native) discriminator(x *G.Node, w G.Nodes) *G.Node {
	x = G.Must(G.LeakyRelu(n.conv(x, w[0], 1, 2), .2))
	x = G.Must(G.LeakyRelu(n.norm(n.conv(x, w[1], 1, 2), w[3], w[4]), .2))
	return n.conv(x, w[2], 0, 1)
}

// loss is the mean cross-entropy of logits with a label.
func (n *native) loss(logits *G.Node, label int) *G.Node {
	if label == 1 {
		logits = G.Must(G.Neg(logits))
	}
	return G.Must(G.Mean(G.Must(G.Softplus(logits))))
}

func (n *native) machine(b *testing.B, loss *G.Node, params G.Nodes) G.VM {
	if _, err := G.Grad(loss, params...); err != nil {
		b.Fatal(err)
	}
	return G.NewTapeMachine(n.graph, G.BindDualValues(params...))
}
