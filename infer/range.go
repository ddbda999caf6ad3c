package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is guessing the range of a generator's images from its last
// operators.

// guessRange returns the least and the largest number that the first output can
// be, if its last operators say so: Sigmoid, Tanh, Clip and their like, perhaps
// scaled and moved by constants.
func (m *Model) guessRange() (low, high float64, ok bool) {
	if len(m.graph.Outputs) == 0 {
		return 0, 0, false
	}
	value := m.graph.Outputs[0].Value
	var scales []*graph.Node // from the output backwards
	for range 64 {
		n := maker(m.graph, value)
		if n == nil || len(n.In) == 0 {
			return 0, 0, false
		}
		if low, high, ok = bounds(m.graph, n); ok {
			break
		}
		switch n.Op {
		case "Add", "Sub", "Mul", "Div":
			x := 0
			if m.graph.Values[n.In[0]].Const != nil {
				x = 1
			}
			value, scales = n.In[x], append(scales, n)
		case "Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Cast", "_Narrow", "_Widen", "Slice", "DepthToSpace", "Neg":
			if n.Op == "Neg" {
				scales = append(scales, n)
			}
			value = n.In[0]
		default:
			return 0, 0, false
		}
	}
	if !ok {
		return 0, 0, false
	}
	for _, n := range slices.Backward(scales) {
		if low, high, ok = scaled(m.graph, n, low, high); !ok {
			return 0, 0, false
		}
	}
	return low, high, low < high
}

// maker returns the node that makes a value.
func maker(g *graph.Graph, value int) *graph.Node {
	for i := range g.Nodes {
		if slices.Contains(g.Nodes[i].Out, value) {
			return &g.Nodes[i]
		}
	}
	return nil
}

// bounds returns what a node's result lies between, if its operator says so.
func bounds(g *graph.Graph, n *graph.Node) (low, high float64, ok bool) {
	switch n.Op {
	case "Sigmoid", "HardSigmoid", "Softmax":
		return 0, 1, true
	case "Tanh", "Sin", "Cos":
		return -1, 1, true
	case "Clip":
		if len(n.In) < 3 {
			return 0, 0, false
		}
		low, ok = number(g, n.In[1])
		high, has := number(g, n.In[2])
		return low, high, ok && has
	}
	return 0, 0, false
}

// number returns a value that is one constant number.
func number(g *graph.Graph, value int) (x float64, ok bool) {
	if value == graph.None {
		return 0, false
	}
	c := g.Values[value].Const
	if c == nil || c.Len() != 1 || !tensor.Numbers.Has(c.Elem) {
		return 0, false
	}
	t, err := c.Value()
	if err != nil {
		return 0, false
	}
	wide := tensor.New(onnx.Double, t.Shape...)
	tensor.Convert(wide, t)
	x = tensor.Of[float64](wide)[0]
	return x, !math.IsNaN(x) && !math.IsInf(x, 0)
}

// scaled returns what the result of simple arithmetic with a constant lies
// between.
func scaled(g *graph.Graph, n *graph.Node, low, high float64) (float64, float64, bool) {
	if n.Op == "Neg" {
		return -high, -low, true
	}
	c, ok := number(g, n.In[1])
	swapped := false
	if !ok {
		c, ok = number(g, n.In[0])
		swapped = true
	}
	if !ok || n.Op == "Div" && (swapped || c == 0) {
		return 0, 0, false
	}
	f := func(x float64) float64 {
		switch n.Op {
		case "Add":
			return x + c
		case "Mul":
			return float64(x * c)
		case "Div":
			return x / c
		}
		if swapped {
			return c - x
		}
		return x - c
	}
	a, b := f(low), f(high)
	return min(a, b), max(a, b), true
}
