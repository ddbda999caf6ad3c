package infer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests what files have besides a list of nodes: subgraphs, functions,
// sequences, nodes in any order.

// graph makes a subgraph of the nodes that draw adds to a sketch of its own.
func (s *sketch) graph(inputs []string, draw func(g *sketch) []string) *onnx.Graph {
	g := &sketch{random: s.random, names: s.names + 1000}
	for _, name := range inputs {
		g.Graph.Inputs = append(g.Graph.Inputs, onnx.ValueInfo{Name: name})
	}
	for _, name := range draw(g) {
		g.Graph.Outputs = append(g.Graph.Outputs, onnx.ValueInfo{Name: name})
	}
	s.names = g.names
	return &g.Graph
}

// choice is an If on a value: x + 1, or x * 2 in another shape.
func (s *sketch) choice(cond, x string) string {
	return s.node("If", []string{cond},
		onnx.GraphAttr("then_branch", s.graph(nil, func(g *sketch) []string {
			return []string{g.node("Add", []string{x, g.weight32(1)})}
		})),
		onnx.GraphAttr("else_branch", s.graph(nil, func(g *sketch) []string {
			return []string{g.node("Mul", []string{g.node("Unsqueeze", []string{x, g.ints(0)}), g.weight32(2)})}
		})))
}

// An If is decided while loading, when sizes are known, or by what a run computes.
func TestIf(t *testing.T) {
	conditions := map[string]func(s *sketch) string{
		"of a constant": func(s *sketch) string { return s.node("Greater", []string{s.number(1), s.number(0)}) },
		"of a shape": func(s *sketch) string {
			return s.node("Equal", []string{s.node("Gather", []string{s.act("Shape", "z"), s.scalar(1)}), s.scalar(3)})
		},
		"of data": func(s *sketch) string {
			return s.node("Greater", []string{s.node("ReduceSum", []string{"z"}, onnx.IntAttr("keepdims", 0)), s.number(0)})
		},
	}
	for name, cond := range conditions {
		s := newSketch(1, 3)
		y := s.choice(cond(s), "z")
		m := load(t, s.outputs(y, s.act("Neg", y)))
		session := mustSession(t, m, 1)
		for range 3 { // plans after a cut are kept
			out := mustRun(t, session, Tensor{Name: "z", Shape: []int{1, 3}, Data: []float32{1, 2, 3}})
			sameBits(t, name, out[0].Data.([]float32), []float32{2, 3, 4})
			if name != "of data" {
				continue
			}
			out = mustRun(t, session, Tensor{Name: "z", Shape: []int{1, 3}, Data: []float32{-1, -2, -3}})
			sameBits(t, name, out[1].Data.([]float32), []float32{2, 4, 6})
			if !slices.Equal(out[1].Shape, []int{1, 1, 3}) {
				t.Errorf("%s: shape %v, want [1 1 3]", name, out[1].Shape)
			}
		}
	}
}

// doubling is a Loop that doubles x and keeps what it was, count times at the
// most and while what it has is below 100.
func (s *sketch) doubling(count, cond, x string) (last, all string) {
	body := s.graph([]string{"i", "go on", "v"}, func(g *sketch) []string {
		v := g.node("Add", []string{"v", "v"})
		most := g.node("ReduceMax", []string{v}, onnx.IntAttr("keepdims", 0))
		return []string{g.node("Less", []string{most, g.number(100)}), v, g.act("Identity", "v")}
	})
	last, all = s.name("last"), s.name("all")
	s.Graph.Nodes = append(s.Graph.Nodes, onnx.Node{Name: "loop", Op: "Loop", Inputs: []string{count, cond, x}, Outputs: []string{last, all},
		Attrs: []onnx.Attr{onnx.GraphAttr("body", body)}})
	return last, all
}

// A Loop runs as often as its count and its condition say.
func TestLoop(t *testing.T) {
	for _, c := range []struct {
		count func(s *sketch) string
		x     float32
		want  []float32 // of each iteration
	}{
		{func(s *sketch) string { return s.scalar(3) }, 1, []float32{1, 2, 4}},
		{func(s *sketch) string { return "" }, 20, []float32{20, 40, 80}},
		{func(s *sketch) string { return s.scalar(1 << 40) }, 30, []float32{30, 60}},
		{func(s *sketch) string { // computed from the data
			return s.node("Cast", []string{s.node("ReduceSum", []string{"z"}, onnx.IntAttr("keepdims", 0))}, onnx.IntAttr("to", int64(onnx.Int64)))
		}, 2, []float32{2, 4}},
	} {
		s := newSketch(1, 1)
		last, all := s.doubling(c.count(s), "", "z")
		out := mustRun(t, mustSession(t, load(t, s.outputs(last, all)), 1), Tensor{Name: "z", Shape: []int{1, 1}, Data: []float32{c.x}})
		sameBits(t, "all", out[1].Data.([]float32), c.want)
		sameBits(t, "last", out[0].Data.([]float32), []float32{2 * c.want[len(c.want)-1]})
	}
}

// A loop without an end, and functions that double each other, are refused.
func TestEndless(t *testing.T) {
	s := newSketch(1, 1)
	body := s.graph([]string{"i", "go on", "v"}, func(g *sketch) []string {
		return []string{g.act("Identity", "go on"), g.act("Neg", "v")}
	})
	y := s.node("Loop", []string{"", "", "z"}, onnx.GraphAttr("body", body))
	_, err := Parse(onnx.Marshal(s.outputs(y)))
	wantError(t, err, "planning takes more than")

	s = newSketch(1, 1)
	s.Opsets = append(s.Opsets, onnx.Opset{Domain: "own", Version: 1})
	for i := range 40 {
		op, domain := "f"+string(rune('0'+i+1)), "own"
		if i == 39 {
			op, domain = "Neg", ""
		}
		s.Functions = append(s.Functions, onnx.Function{Name: "f" + string(rune('0'+i)), Domain: "own", Inputs: []string{"x"}, Outputs: []string{"y"},
			Opsets: s.Opsets, Nodes: []onnx.Node{
				{Op: op, Domain: domain, Inputs: []string{"x"}, Outputs: []string{"h"}},
				{Op: op, Domain: domain, Inputs: []string{"h"}, Outputs: []string{"y"}},
			}})
	}
	y = s.name("y")
	s.Graph.Nodes = []onnx.Node{{Op: "f0", Domain: "own", Inputs: []string{"z"}, Outputs: []string{y}}}
	_, err = Parse(onnx.Marshal(s.outputs(y)))
	wantError(t, err, "more than")

	s.Functions[39].Nodes[0].Op, s.Functions[39].Nodes[0].Domain = "f0", "own"
	_, err = Parse(onnx.Marshal(&s.Model))
	wantError(t, err, "call each other")
}

// A function is computed where it is called, with the attributes of the call.
func TestFunctions(t *testing.T) {
	s := newSketch(-1, 3)
	own := onnx.Opset{Domain: "own", Version: 1}
	s.Opsets = append(s.Opsets, own)
	s.Functions = []onnx.Function{
		{Name: "Leak", Domain: "own", Inputs: []string{"x", "by"}, Outputs: []string{"y", "unused"}, Params: []string{"slope"}, Opsets: s.Opsets[:1],
			Nodes: []onnx.Node{ // in no order
				{Op: "Mul", Inputs: []string{"h", "by"}, Outputs: []string{"y"}},
				{Op: "LeakyRelu", Inputs: []string{"x"}, Outputs: []string{"h"}, Attrs: []onnx.Attr{onnx.RefAttr("alpha", onnx.AttrFloat, "slope")}},
				{Op: "Unheard", Inputs: []string{"x"}, Outputs: []string{"unused"}},
			}},
		{Name: "Twice", Domain: "own", Inputs: []string{"x"}, Outputs: []string{"y"}, Defaults: []onnx.Attr{onnx.FloatAttr("slope", 0.5)}, Opsets: s.Opsets,
			Nodes: []onnx.Node{
				{Op: "Constant", Outputs: []string{"two"}, Attrs: []onnx.Attr{onnx.FloatAttr("value_float", 2)}},
				{Op: "Leak", Domain: "own", Inputs: []string{"x", "two"}, Outputs: []string{"h", ""}, Attrs: []onnx.Attr{onnx.RefAttr("slope", onnx.AttrFloat, "slope")}},
				{Op: "Leak", Domain: "own", Inputs: []string{"h", "two"}, Outputs: []string{"y"}, Attrs: []onnx.Attr{onnx.FloatAttr("slope", 1)}},
			}},
		{Name: "Uncalled", Domain: "own", Outputs: []string{"y"}, Nodes: []onnx.Node{{Op: "Unheard", Domain: "of", Outputs: []string{"y"}}}},
	}
	s.Graph.Nodes = []onnx.Node{
		{Op: "Twice", Domain: "own", Inputs: []string{"z"}, Outputs: []string{"a"}},
		{Op: "Twice", Domain: "own", Inputs: []string{"z"}, Outputs: []string{"b"}, Attrs: []onnx.Attr{onnx.FloatAttr("slope", 0.25)}},
	}
	out := mustRun(t, mustSession(t, load(t, s.outputs("a", "b")), 2), Tensor{Name: "z", Shape: []int{1, 3}, Data: []float32{1, -1, -8}})
	sameBits(t, "a", out[0].Data.([]float32), []float32{4, -2, -16})
	sameBits(t, "b", out[1].Data.([]float32), []float32{4, -1, -8})
}

// Nodes may stand in any order; one that needs itself is a broken file.
func TestOrder(t *testing.T) {
	s := newSketch(-1, 2)
	y := s.act("Neg", s.act("Abs", s.act("Relu", "z")))
	slices.Reverse(s.Graph.Nodes)
	out := mustRun(t, mustSession(t, load(t, s.outputs(y)), 1), Tensor{Name: "z", Shape: []int{1, 2}, Data: []float32{-3, 4}})
	if got := out[0].Data.([]float32); !slices.Equal(got, []float32{0, -4}) {
		t.Errorf("got %v, want [0 -4]", got)
	}
	s.Graph.Nodes[2].Inputs = []string{y}
	_, err := Parse(onnx.Marshal(&s.Model))
	var format *FormatError
	if !errors.As(err, &format) || !strings.Contains(err.Error(), "needs its own result") {
		t.Errorf("a cycle: %v, want a *FormatError", err)
	}
}

// A deep chain of nodes, in the reverse order, loads in no time and on no stack.
func TestLongChain(t *testing.T) {
	const n = 50_000
	s := newSketch(1, 1)
	y := "z"
	for range n {
		y = s.act("Neg", y)
	}
	slices.Reverse(s.Graph.Nodes)
	m, err := Options{Limits: Limits{Nodes: n}}.Parse(onnx.Marshal(s.outputs(y)))
	if err != nil {
		t.Fatal(err)
	}
	out := mustRun(t, mustSession(t, m, 1), Tensor{Name: "z", Shape: []int{1, 1}, Data: []float32{1}})
	if got := out[0].Data.([]float32)[0]; got != 1 {
		t.Errorf("got %v, want 1", got)
	}
}

// When the context is done, a run ends.
func TestRunContext(t *testing.T) {
	m := load(t, sketches["mlp"]())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := mustSession(t, m, 1).Run(ctx, latents(m, 1))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want context.Canceled", err)
	}
}

// A session in use says so.
func TestBusy(t *testing.T) {
	m := load(t, sketches["mlp"]())
	s := mustSession(t, m, 1)
	s.busy.Store(true)
	err := s.Generate(make([]float32, 60), make([]float32, 7))
	wantError(t, err, "in use by another goroutine")
}
