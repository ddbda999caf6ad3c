package plan

import (
	"fmt"

	"github.com/ganlet/ganlet/infer/internal/budget"
	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the state of making a plan: values by number, and what is left to
// do.

// Options says what a plan may take and how it is made.
type Options struct {
	Elements   int   // of one value
	Memory     int64 // bytes of a run, its inputs and outputs included
	Values     int64 // bytes of all values of a run, as if none shared memory
	Work       int64 // operations of a run
	FoldMemory int64 // bytes of constants computed while planning
	FoldWork   int64 // operations for them

	Weights *Weights
	Samples map[uint64]bool // streams of random nodes whose results have the batch first
	Shapes  bool            // only shapes are wanted: the plan cannot run
	Plain   bool            // no layers: every node by its plain function, for tests
}

// builder is the state of making one plan.
type builder struct {
	graph   *graph.Graph
	options Options
	plan    *Plan
	env     map[int]*value // by the graph's numbers, and more beyond those
	next    int            // the first number that is free
	uses    []int          // how often the graph's values are read
	todo    []item         // the next one last
	fold    *budget.Budget
	drawn   map[uint64]uint64 // how often each stream of random numbers was planned
	visit   visitor
}

// visitor plans a node.
type visitor func(b *builder, n *graph.Node) error

// value is a tensor, or a list of such, as far as it is known.
type value struct {
	op.Value
	uses int // how many nodes and outputs read it

	// The buffers that hold it: row by row, and with channels innermost. Either
	// may be none; where the two orders are one, they are the same buffer.
	plain, pixels int

	layer  *layer       // that computes it and may take in what follows, or nil
	turned *value       // whose last two dimensions it has exchanged, or nil
	late   func() error // adds the step that computes it, if there is none yet

	list   []*value // of a sequence
	isList bool
	absent bool // it is an optional without a value
}

func newBuilder(g *graph.Graph, o Options, visit visitor) *builder {
	b := &builder{graph: g, options: o, plan: new(Plan), env: make(map[int]*value), next: len(g.Values), drawn: make(map[uint64]uint64), visit: visit}
	b.fold = budget.New("planning", o.FoldMemory, o.FoldWork)
	b.uses = make([]int, len(g.Values))
	count(g.Nodes, b.uses, 1)
	for _, out := range g.Outputs {
		b.uses[out.Value]++
	}
	return b
}

// count adds up how often nodes read each value; what a subgraph reads of what is
// around it counts twice, because it may be computed several times.
func count(nodes []graph.Node, uses []int, times int) {
	for i := range nodes {
		n := &nodes[i]
		for k, v := range n.In {
			if v != graph.None && !(n.Row != nil && n.Row.ShapeOf>>k&1 != 0) {
				uses[v] += times
			}
		}
		for _, body := range n.Bodies {
			count(body.Nodes, uses, 2)
			for _, v := range body.Out {
				uses[v] += 2
			}
		}
	}
}

// item is something left to do.
type item interface {
	do(b *builder) error
	reads(add func(number int)) // the values it needs
}

func (b *builder) push(i item) { b.todo = append(b.todo, i) }

// nodeItem is a node of the graph.
type nodeItem struct{ *graph.Node }

func (i nodeItem) do(b *builder) error { return b.visit(b, i.Node) }

func (i nodeItem) reads(add func(int)) { nodeReads(i.Node, add) }

// each calls add for all numbers of some lists.
func each(add func(int), lists ...[]int) {
	for _, list := range lists {
		for _, v := range list {
			add(v)
		}
	}
}

func nodeReads(n *graph.Node, add func(int)) {
	each(add, n.In)
	for k := range n.Bodies {
		for j := range n.Bodies[k].Nodes {
			nodeReads(&n.Bodies[k].Nodes[j], add)
		}
		each(add, n.Bodies[k].Out)
	}
}

// needs is the error of an item that must know a value.
type needs struct{ value *value }

func (*needs) Error() string { return "a value must be known" }

// define gives a value its number.
func (b *builder) define(number int, v *value) {
	if number == graph.None {
		return
	}
	if number < len(b.uses) {
		v.uses = b.uses[number]
	}
	b.env[number] = v
}

// lookup returns the value of a number, nil for None.
func (b *builder) lookup(number int) (*value, error) {
	if number == graph.None {
		return nil, nil
	}
	if v := b.env[number]; v != nil {
		return v, nil
	}
	if number < len(b.graph.Values) {
		if c := b.graph.Values[number].Const; c != nil {
			v := known(c)
			b.define(number, v)
			return v, nil
		}
		return nil, refuse(b.graph.Values[number].Name, "it is not computed, or its elements are of a type that nothing takes")
	}
	return nil, refuse("", "value %d is not computed", number)
}

// known is the value of a constant.
func known(c *tensor.Const) *value {
	return &value{Value: op.Value{Elem: c.Elem, Shape: c.Shape, Const: c}, plain: none, pixels: none}
}

// input makes an input of the graph a value in a buffer of the caller's.
func (b *builder) input(number int, name string, elem tensor.Type, shape []int) error {
	if err := b.charge(name, elem, shape); err != nil {
		return err
	}
	v := &value{Value: op.Value{Elem: elem, Shape: shape}, plain: none, pixels: none}
	at := b.plan.buffer(elem, shape)
	b.plan.buffers[at].kind = callersBuffer
	v.setPlain(at)
	b.plan.inputs = append(b.plan.inputs, at)
	b.define(number, v)
	return nil
}

// charge takes the memory of a value.
func (b *builder) charge(name string, elem tensor.Type, shape []int) error {
	bytes, ok := tensor.Bytes(elem, shape, b.options.Elements)
	if !ok {
		return refuse(name, "its shape is %v, want at most %d elements and %d dimensions", shape, b.options.Elements, tensor.MaxRank)
	}
	b.plan.Values += bytes
	if b.plan.Values > b.options.Values {
		return refuse(name, "with its shape %v, the values of a run take more than %d bytes", shape, b.options.Values)
	}
	return nil
}

// refuse makes the error for something that this package does not take.
func refuse(node, format string, args ...any) error {
	return &onnx.UnsupportedError{Node: node, Reason: fmt.Sprintf(format, args...)}
}
