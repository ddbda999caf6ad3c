package infer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/plan"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the model as its users see it, and how a file becomes one.

// Model is a loaded network. It is immutable; any number of goroutines may use
// it.
type Model struct {
	inputs, outputs, optional []Value
	metadata                  map[string]string
	classes                   int // that the metadata name, or else the graph tells; 0: unknown
	stats                     Stats
	pixels                    [2]float64 // black and white; both 0: not said by options

	graph   *graph.Graph
	weights *plan.Weights
	limits  Limits
	file    int64 // bytes of the file's constants
	seed    uint64
	batched bool            // the only open sizes are the first dimensions of inputs
	free    bool            // there are other open sizes
	single  bool            // although the batch is open, the model works for one sample only
	samples map[uint64]bool // see plan.Options

	mu       sync.Mutex
	plans    map[string]*plan.Plan // by the shapes of the inputs
	released bool                  // of weights
}

// Value describes an input or output of a model.
type Value struct {
	Name  string
	Type  string   // of its elements, as Go names it: "float32"; "float16" and "bfloat16" are bits, uint16; empty if unknown
	Shape []int    // -1 where a size is open; nil if even the number of dimensions is
	Names []string // what the file calls its open dimensions, beside Shape; empty where it does not
}

// Len is the number of elements of one sample: the product of the dimensions,
// those that are open counted as 1.
func (v *Value) Len() int {
	n := 1
	for _, d := range v.Shape {
		if d >= 0 {
			n *= d
		}
	}
	return n
}

// batched reports whether the value has as many samples as the batch.
func (v *Value) batched() bool { return len(v.Shape) > 0 && v.Shape[0] < 0 }

// open reports whether a dimension from one on is open, or all are.
func (v *Value) open(from int) bool {
	return v.Shape == nil || slices.Contains(v.Shape[min(from, len(v.Shape)):], -1)
}

// Stats says how large a model is.
type Stats struct {
	Operators    map[string]int // the nodes of the file, counted by operator
	Parameters   int64          // numbers in the floating-point initializers
	MultiplyAdds int64          // in layers, for one sample; for a fixed batch, for all of it; 0 if other sizes are open
}

// Inputs describes what the model reads, in the order of the file.
func (m *Model) Inputs() []Value { return cloneValues(m.inputs) }

// Optional describes the inputs that the file has a value for: the model computes
// with that, and they are not among Inputs, unless Options.Bind says otherwise.
func (m *Model) Optional() []Value { return cloneValues(m.optional) }

// Outputs describes what the model computes, in the order of the file. Where a
// shape depends on sizes that are open, or on what the model computes, it is as
// the file declares it.
func (m *Model) Outputs() []Value { return cloneValues(m.outputs) }

// Metadata returns a copy of what the file says about itself (metadata_props).
func (m *Model) Metadata() map[string]string { return maps.Clone(m.metadata) }

// Stats says how large the model is.
func (m *Model) Stats() Stats {
	s := m.stats
	s.Operators = maps.Clone(s.Operators)
	return s
}

func cloneValues(values []Value) []Value {
	values = slices.Clone(values)
	for i := range values {
		values[i].Shape, values[i].Names = slices.Clone(values[i].Shape), slices.Clone(values[i].Names)
	}
	return values
}

// compile loads a model. Own says that data belongs to it, and is to be freed as
// far as weights are packed. Its errors have no package prefix.
func (o Options) compile(data []byte, own bool) (m *Model, err error) {
	defer guard(&err)
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, public(err)
	}
	parameters, bytes := constantsOf(file)
	if err := o.Limits.check(len(file.Graph.Nodes), parameters); err != nil {
		return nil, err
	}
	m = &Model{metadata: make(map[string]string), limits: o.Limits, file: bytes, seed: o.Seed, pixels: o.Range, plans: make(map[string]*plan.Plan)}
	for _, p := range file.Metadata {
		m.metadata[p.Key] = p.Value
	}
	m.classes = len(m.Classes())
	if err := o.sizes(file.Graph.Inputs); err != nil {
		return nil, err
	}
	if err := m.build(file, &o, own); err != nil {
		return nil, public(err)
	}
	if m.classes == 0 && m.Conditional() {
		m.classes = classesOf(m.graph, m.graph.Inputs[1].Value)
	}
	if err := m.probe(); err != nil {
		return nil, public(err)
	}
	return m, nil
}

// build makes the graph of a file.
func (m *Model) build(file *onnx.Model, o *Options, own bool) (err error) {
	bound, open, err := o.bound(&file.Graph)
	if err != nil {
		return err
	}
	memory, _ := o.Limits.fold(m.file)
	m.graph, err = graph.Build(file, graph.Options{
		FS: o.FS, Bind: bound, Open: open, Elements: elements(memory), Nodes: o.Limits.nodes(), Budget: o.Limits.load(m.file),
	})
	if err != nil {
		return err
	}
	m.file += m.graph.External
	for _, in := range m.graph.Inputs {
		v := declared(in.Name, in.Elem, in.Shape)
		m.inputs = append(m.inputs, v)
		m.batched = m.batched || v.batched()
		m.free = m.free || v.open(1)
	}
	m.weights = plan.NewWeights(m.graph, own, !m.free)
	for _, out := range m.graph.Outputs {
		m.outputs = append(m.outputs, declared(out.Name, out.Elem, out.Shape))
	}
	for _, in := range file.Graph.Inputs {
		if _, given := bound[in.Name]; given || open[in.Name] || file.IRVersion <= 3 {
			continue
		}
		if t := constantNamed(&file.Graph, in.Name); t != nil {
			v, err := optional(in, t)
			if err != nil {
				return err
			}
			m.optional = append(m.optional, v)
		}
	}
	m.count(&file.Graph)
	return nil
}

// declared is a value as the file declares it.
func declared(name string, elem tensor.Type, shape []onnx.Dim) Value {
	v := Value{Name: name}
	if elem != 0 {
		v.Type = elem.String()
	}
	if shape != nil {
		v.Shape, v.Names = make([]int, len(shape)), make([]string, len(shape))
	}
	for i, d := range shape {
		v.Shape[i], v.Names[i] = int(max(d.Size, -1)), d.Param
	}
	return v
}

// constantNamed returns the initializer of a name, nil if there is none.
func constantNamed(g *onnx.Graph, name string) *onnx.Tensor {
	i := slices.IndexFunc(g.Initializers, func(t onnx.Tensor) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &g.Initializers[i]
}

// optional describes an input that has a value in the file.
func optional(in onnx.ValueInfo, t *onnx.Tensor) (Value, error) {
	v := declared(in.Name, in.Type, in.Shape)
	same := in.Type == t.Type && (in.Shape == nil || len(in.Shape) == len(t.Dims))
	for i, d := range in.Shape {
		same = same && (d.Size < 0 || d.Size == t.Dims[i])
	}
	if !same {
		return v, refuse(in.Name, "the input's type or shape is another than that of its value, %v %v", t.Type, t.Dims)
	}
	return v, nil
}

// count fills in what the file consists of.
func (m *Model) count(g *onnx.Graph) {
	m.stats.Operators = make(map[string]int)
	for i := range g.Nodes {
		m.stats.Operators[g.Nodes[i].Op]++
	}
	for i := range g.Initializers {
		switch t := &g.Initializers[i]; t.Type {
		case onnx.Float, onnx.Float16, onnx.BFloat16, onnx.Double:
			m.stats.Parameters += int64(t.Len())
		}
	}
}

// probe plans a model whose sizes are known but for the batch, so that what
// cannot work is refused now, and finds what of its outputs the batch changes by
// working out shapes for two other batches.
func (m *Model) probe() error {
	if m.free {
		return nil
	}
	p, err := m.plan(m.shapes(1))
	if err != nil {
		return err
	}
	if m.stats.MultiplyAdds = p.MulAdds; p.Cut() {
		return nil
	}
	if m.batched {
		two, err := m.planFor(m.shapes(2), true)
		three, err3 := m.planFor(m.shapes(3), true)
		if m.single = err != nil || err3 != nil || two.Cut() || three.Cut(); !m.single {
			m.compare(two, three)
			return m.replan()
		}
	}
	for i, v := range p.Outputs {
		m.outputs[i].become(v)
		if m.single && len(v.Shape) > 0 && v.Shape[0] == 1 {
			m.outputs[i].Shape[0] = -1
		}
	}
	return nil
}

// replan plans again what draws random numbers, now that it is known for which
// nodes that is sample by sample.
func (m *Model) replan() error {
	if len(m.samples) == 0 {
		return nil
	}
	clear(m.plans)
	_, err := m.plan(m.shapes(1))
	return err
}

// become gives a value the type and shape that a plan has found. It keeps the
// file's names of dimensions.
func (v *Value) become(found plan.Value) {
	v.Type, v.Shape = found.Elem.String(), slices.Clone(found.Shape)
	if v.Shape == nil {
		v.Shape = []int{} // a scalar
	}
	if len(v.Names) != len(v.Shape) {
		v.Names = make([]string, len(v.Shape))
	}
}

// compare finds the dimensions of outputs that differ between two plans, and
// which random nodes draw for each sample.
func (m *Model) compare(a, b *plan.Plan) {
	for i := range a.Outputs {
		m.outputs[i].become(a.Outputs[i])
		if other := b.Outputs[i].Shape; len(other) == len(m.outputs[i].Shape) {
			for d, size := range other {
				if m.outputs[i].Shape[d] != size {
					m.outputs[i].Shape[d] = -1
				}
			}
		}
	}
	m.samples = make(map[uint64]bool)
	for stream, n := range a.Draws {
		m.samples[stream] = n != b.Draws[stream]
	}
}

// shapes are those of the inputs for a batch.
func (m *Model) shapes(batch int) [][]int {
	shapes := make([][]int, len(m.inputs))
	for i := range m.inputs {
		shapes[i] = slices.Clone(m.inputs[i].Shape)
		if m.inputs[i].batched() {
			shapes[i][0] = batch
		}
	}
	return shapes
}

// maxPlans bounds the plans that a model keeps.
const maxPlans = 8

// plan returns the plan for inputs of some shapes: the one that is there, or a
// new one.
func (m *Model) plan(shapes [][]int) (*plan.Plan, error) {
	key := fmt.Sprint(shapes)
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.plans[key]; p != nil {
		return p, nil
	}
	p, err := m.planFor(shapes, false)
	if err != nil {
		return nil, err
	}
	if !m.released {
		m.weights.Release()
		m.released = true
	}
	if len(m.plans) >= maxPlans {
		clear(m.plans)
	}
	m.plans[key] = p
	return p, nil
}

// planFor makes a plan for inputs of some shapes, or only works out shapes.
func (m *Model) planFor(shapes [][]int, only bool) (*plan.Plan, error) {
	bytes, samples := int64(0), int64(1) // of inputs whose sizes are not the file's
	for i, shape := range shapes {
		n, ok := tensor.Bytes(m.graph.Inputs[i].Elem, shape, maxElements)
		if !ok {
			return nil, refuse(m.inputs[i].Name, "its shape is %v, want at most %d elements and %d dimensions", shape, maxElements, tensor.MaxRank)
		}
		if m.inputs[i].open(1) {
			bytes += n
		}
		if m.inputs[i].batched() {
			samples = max(samples, int64(shape[0]))
		}
	}
	o := m.limits.plan(m.file, bytes, samples)
	o.Weights, o.Samples, o.Shapes = m.weights, m.samples, only
	return plan.New(m.graph, shapes, o)
}

// guard makes an error of a panic: the last line of defence, so that no model can
// make this package panic.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("the model asks for what should have been refused before: %v", v)
	}
}

// errFree is the error of what needs all sizes but the batch.
var errFree = errors.New("infer: sizes of the model's inputs are open: fix them with Options.Sizes, or use Run")
