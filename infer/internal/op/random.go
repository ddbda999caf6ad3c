package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that draw random numbers. ONNX leaves the generator
// open: here it is that of latents, kernel.Latents, so that results are the same
// on every CPU, and a sample's do not depend on what is computed beside it.

var random = family{
	{Name: "Bernoulli", Make: bernoulli, Least: 1, Most: 1, Attrs: "dtype seed", Random: true},
	{Name: "RandomNormal", Make: randomOf, How: 1, Attrs: "dtype mean scale seed shape", Random: true},
	{Name: "RandomNormalLike", Make: randomLike, How: 1, Least: 1, Most: 1, Attrs: "dtype mean scale seed", ShapeOf: 1, Random: true},
	{Name: "RandomUniform", Make: randomOf, Attrs: "dtype high low seed shape", Random: true},
	{Name: "RandomUniformLike", Make: randomLike, Least: 1, Most: 1, Attrs: "dtype high low seed", ShapeOf: 1, Random: true},
}

// streamOf returns the seed of the node's numbers: the session's seed, the node's
// stream and the bits of its own seed, if it has one, mixed one after the other.
func (n *Node) streamOf(seed uint64) uint64 {
	own := uint64(0)
	for _, a := range n.Attrs {
		if a.Name == "seed" {
			own = 1<<32 | uint64(math.Float32bits(a.Float)) + uint64(a.Int)<<33
		}
	}
	return mixed(mixed(mixed(seed)+n.Stream) + own)
}

// mixed is the finisher of SplitMix64 (Steele, Lea and Flood, 2014).
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw fills dst, which has a shape, with standard normal numbers, or with
// uniform ones: multiples of 2^-24 from 0 to below 1. Element j of sample i is
// number j of stream i.
func (n *Node) draw(m *Memory, dst []float32, shape []int, normal bool) {
	first, each := uint64(0), len(dst)
	switch {
	case n.Samples && len(shape) > 0:
		first, each = m.First, len(dst)/max(shape[0], 1)
	case m.Whole:
		first = m.First
	}
	kernel.Latents(dst, n.streamOf(m.Seed), first, each, normal)
	if !normal {
		for i, v := range dst {
			dst[i] = (v + 1) / 2
		}
	}
}

// numbers makes of draws what an operator's attributes ask for.
type numbers struct {
	normal bool
	attrs  [2]string // of the factor and what is added; of a range, its end and its start
	defs   [2]float32
}

// numbersOf is the uniform numbers and the normal ones.
var numbersOf = [...]numbers{
	{false, [2]string{"high", "low"}, [2]float32{1, 0}},
	{true, [2]string{"scale", "mean"}, [2]float32{1, 0}},
}

// randomOf is an operator whose result has the shape of an attribute.
func randomOf(n *Node) Eval {
	var shape []int
	if !n.Has("shape") {
		n.Fail("shape is not given")
	}
	for _, d := range n.List("shape") {
		if d < 0 || d > int64(n.Elements) {
			n.Fail("shape is %v, want sizes from 0 to %d", n.List("shape"), n.Elements)
			d = 0
		}
		shape = append(shape, int(d))
	}
	return n.random(onnx.Float, shape)
}

// randomLike is an operator whose result has the shape of its input, and its type
// unless that is given.
func randomLike(n *Node) Eval { return n.random(n.Type(0, tensor.Any), n.In[0].Shape) }

func (n *Node) random(def tensor.Type, shape []int) Eval {
	what := numbersOf[n.how]
	stored := tensor.Type(n.Int("dtype", int64(def)))
	elem := n.typeOf("dtype", def)
	a, b := n.Float(what.attrs[0], what.defs[0]), n.Float(what.attrs[1], what.defs[1])
	if n.err == nil && !tensor.Floats.Has(elem) {
		n.Fail("dtype is %v, want a type of floating point", elem)
	}
	if n.err != nil || !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	n.CountWork(n.Results[0].Len(), 16)
	return func(m *Memory, out, _ []tensor.Tensor) {
		single := out[0]
		if elem == onnx.Double {
			single = m.Tensor(onnx.Float, out[0].Shape)
		}
		v := tensor.Of[float32](single)
		n.draw(m, v, out[0].Shape, what.normal)
		if elem == onnx.Double {
			tensor.Convert(out[0], single)
			scaleDraws(tensor.Nth[float64](out, 0), float64(a), float64(b), what.normal)
			return
		}
		scaleDraws(v, a, b, what.normal)
		if tensor.Halves.Has(stored) {
			tensor.Round(v, stored)
		}
	}
}

// scaleDraws brings normal numbers to a scale a and a mean b, or uniform ones to
// the range from b to below a.
func scaleDraws[T float](v []T, a, b T, normal bool) {
	if normal {
		for i, x := range v {
			v[i] = T(x*a) + b
		}
		return
	}
	for i, x := range v {
		if v[i] = T(x*(a-b)) + b; v[i] >= a && b < a { // rounded up
			v[i] = b
		}
	}
}

// bernoulli is Bernoulli: 1 with the probability of each element, else 0.
func bernoulli(n *Node) Eval {
	x := n.In[0]
	elem := n.typeOf("dtype", n.Type(0, tensor.Floats))
	if n.CountWork(x.Len(), 8); n.err != nil || !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		draws := m.Tensor(onnx.Float, in[0].Shape)
		v := tensor.Of[float32](draws)
		n.draw(m, v, in[0].Shape, false)
		for i, p := range tensor.Of[float64](m.as(double, in[0])) {
			is := float32(0)
			if float64(v[i]) < p {
				is = 1
			}
			v[i] = is
		}
		tensor.Convert(out[0], draws)
	}
}
