package infer

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file turns a graph into a plan: node by node, each operator appends the
// steps that compute it, or none where a name or a constant is enough.

// The versions of the format and of its operators that we know.
const (
	firstIR, lastIR       = 3, 13
	firstOpset, lastOpset = 1, 27
)

// open stands in a shape for N, the batch. Only the first dimension can be open.
const open = -1

// none stands for a buffer that does not exist.
const none = -1

// builder is the state of compiling one model.
type builder struct {
	file   *onnx.Model
	limits limits
	opset  int
	values map[string]*value
	plan   plan
	work   int64
	bound  map[string]onnx.Tensor // inputs that are constants
	wanted []string               // inputs that an operator wanted to be constants
}

// value is a tensor of the graph: what is known of it and where it will lie.
type value struct {
	shape []int  // as ONNX says: [N, features] or [N, C, H, W]; open only at 0
	place *place // where else N is; then shape is that for N = 1
	uses  int    // how many live nodes and outputs read it

	constant *onnx.Tensor // its elements, if they are known at load
	elem     onnx.DataType
	probes   []tensor // instead, its elements for each of probeSizes
	from     []string // the graph inputs that it is computed from

	// The buffers that hold it: row by row, and with channels innermost. Either
	// may be none; where the two orders are one, they are the same buffer.
	plain, pixels int

	layer *layer // that computes it and may take in what follows, or nil

	turned *value       // whose last two dimensions it has exchanged, or nil
	late   func() error // adds the step that computes it, if there is none yet
}

// build compiles the file into m.
func (b *builder) build(m *Model) error {
	if v := b.file.IRVersion; v < firstIR || v > lastIR {
		return refuse("", "it has IR version %d, want %d to %d", v, firstIR, lastIR)
	}
	if b.opset < firstOpset || b.opset > lastOpset {
		return refuse("", "it uses opset %d, want %d to %d", b.opset, firstOpset, lastOpset)
	}
	g := &b.file.Graph
	live, uses := liveness(g)
	for i := range g.Initializers {
		t := &g.Initializers[i]
		if err := b.define(t.Name, constant(t), uses); err != nil {
			return err
		}
	}
	for _, in := range g.Inputs {
		if c := b.values[in.Name]; c != nil {
			if b.file.IRVersion <= 3 { // every initializer is an input
				continue
			}
			v, err := optional(in, c)
			if err != nil {
				return err
			}
			m.optional = append(m.optional, v)
			continue
		}
		if t, ok := b.bound[in.Name]; ok {
			t.Name = in.Name
			if err := b.define(t.Name, constant(&t), uses); err != nil {
				return err
			}
			continue
		}
		if err := b.input(m, in, uses); err != nil {
			return err
		}
	}
	for i := range g.Nodes {
		if !live[i] {
			continue
		}
		values, err := b.node(&g.Nodes[i])
		if err != nil {
			return err
		}
		from := b.from(g.Nodes[i].Inputs)
		for k, name := range g.Nodes[i].Outputs {
			if name == "" {
				continue
			}
			values[k].from = from
			if err := b.define(name, values[k], uses); err != nil {
				return err
			}
		}
	}
	for _, out := range g.Outputs {
		if err := b.output(m, out.Name); err != nil {
			return err
		}
	}
	b.plan.finish()
	m.plan = b.plan
	m.stats = b.stats(g)
	return nil
}

// optional describes an input that has the value c unless it is given another.
func optional(in onnx.ValueInfo, c *value) (Value, error) {
	v := Value{in.Name, in.Type.String(), nil}
	same := in.Type == c.elem && (in.Shape == nil || len(in.Shape) == len(c.shape))
	for i, d := range in.Shape {
		same = same && (d.Size < 0 || d.Size == int64(c.shape[i]))
		v.Shape = append(v.Shape, int(d.Size))
	}
	if !same {
		return v, refuse(in.Name, "the input's type or shape is another than that of its value, %v %v", c.elem, c.shape)
	}
	return v, nil
}

// liveness says which nodes the outputs need, and how often each value is read.
func liveness(g *onnx.Graph) (live []bool, uses map[string]int) {
	live, uses = make([]bool, len(g.Nodes)), make(map[string]int)
	for _, out := range g.Outputs {
		uses[out.Name]++
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		for _, name := range g.Nodes[i].Outputs {
			live[i] = live[i] || uses[name] > 0
		}
		if live[i] {
			for _, name := range g.Nodes[i].Inputs {
				uses[name]++
			}
		}
	}
	return live, uses
}

// from returns the graph inputs that values are computed from.
func (b *builder) from(names []string) (inputs []string) {
	for _, name := range names {
		if v := b.values[name]; v != nil {
			for _, in := range v.from {
				if !slices.Contains(inputs, in) {
					inputs = append(inputs, in)
				}
			}
		}
	}
	return inputs
}

// constant is the value of a tensor known at load.
func constant(t *onnx.Tensor) *value {
	v := &value{constant: t, elem: t.Type, plain: none, pixels: none}
	for _, d := range t.Dims {
		v.shape = append(v.shape, int(d))
	}
	return v
}

// define gives a value its name in the graph.
func (b *builder) define(name string, v *value, uses map[string]int) error {
	if v.constant == nil && v.probes == nil {
		if err := b.check(name, v.shape); err != nil {
			return err
		}
	}
	v.uses = uses[name]
	b.values[name] = v
	return nil
}

// input makes a graph input a value in a buffer of the caller's.
func (b *builder) input(m *Model, in onnx.ValueInfo, uses map[string]int) error {
	if !anyType.has(in.Type) {
		return refuse(in.Name, "the input's elements are %v, want float32 or another type that Go has", in.Type)
	}
	if in.Shape == nil {
		return refuse(in.Name, "the input has no shape, want a batch of samples")
	}
	v := &value{plain: none, pixels: none, elem: in.Type, from: []string{in.Name}}
	for i, d := range in.Shape {
		switch {
		case d.Size < 0 && i > 0:
			b.wanted = append(b.wanted, in.Name)
			return refuse(in.Name, "dimension %d of the input, %q, is open, want a size", i, d.Param)
		case d.Size < 0:
			v.shape = append(v.shape, open)
		case d.Size == 0 && in.Shape[0].Size < 0 || d.Size > int64(b.limits.elements):
			return refuse(in.Name, "dimension %d of the input is %d, want 1 to %d", i, d.Size, b.limits.elements)
		default:
			v.shape = append(v.shape, int(d.Size))
		}
	}
	if err := b.check(in.Name, v.shape); err != nil {
		return err
	}
	at := b.plan.buffer(buffer{size: sizeOf(v.shape), kind: callersBuffer, elem: v.elem})
	v.setPlain(at)
	b.plan.inputs = append(b.plan.inputs, at)
	m.inputs = append(m.inputs, Value{in.Name, in.Type.String(), v.shape})
	return b.define(in.Name, v, uses)
}

// refuseOutput makes the error for an output of the graph, which names the node
// that makes it.
func (b *builder) refuseOutput(name, format string, args ...any) error {
	reason := fmt.Sprintf("output %q of the graph: ", name) + fmt.Sprintf(format, args...)
	for i := range b.file.Graph.Nodes {
		if n := &b.file.Graph.Nodes[i]; slices.Contains(n.Outputs, name) {
			return &UnsupportedError{Node: n.Label(), Op: n.Op, Reason: reason}
		}
	}
	return &UnsupportedError{Node: name, Reason: reason}
}

// output makes a value a graph output: row by row, in a buffer of the caller's.
func (b *builder) output(m *Model, name string) error {
	v := b.values[name]
	if !anyType.has(v.elem) {
		return b.refuseOutput(name, "its elements are %v, want float32 or another type that Go has", v.elem)
	}
	if v.probes != nil {
		return b.refuseOutput(name, "it depends on the size of the batch, but not on its samples")
	}
	if v.apart() {
		return b.refuseOutput(name, "its first dimension is not the batch")
	}
	at, err := b.plain(v)
	if err != nil {
		return err
	}
	if buf := &b.plan.buffers[at]; buf.kind == arenaBuffer {
		buf.kind = callersBuffer
	} else { // an input, a constant, or an output already
		to := b.plan.buffer(buffer{size: buf.size, kind: callersBuffer, elem: v.elem})
		if v.elem == onnx.Float {
			b.plan.add(&copyStep{link{at, to}, b.plan.buffers[to].size})
		} else {
			s := &generalStep{eval: copyTensor, id: b.plan.general}
			s.in, s.out = []operand{{at, v.elem, v.shape}}, []operand{{to, v.elem, v.shape}}
			b.plan.general++
			b.plan.add(s)
		}
		at = to
	}
	b.plan.outputs = append(b.plan.outputs, at)
	m.outputs = append(m.outputs, Value{name, v.elem.String(), v.shape})
	return nil
}

// check refuses a value that is too large.
func (b *builder) check(name string, shape []int) error {
	n := 1
	for i, d := range shape {
		if i == 0 && d == open {
			continue
		}
		if d < 0 || d > b.limits.elements/n {
			return refuse(name, "its shape is %v, want at most %d elements a sample", shape, b.limits.elements)
		}
		n *= max(d, 1)
	}
	return nil
}

// sizeOf returns the length of a value that passed check.
func sizeOf(shape []int) size {
	n := 1
	for _, d := range shape {
		if d != open {
			n *= d
		}
	}
	if len(shape) > 0 && shape[0] == open {
		return size{perSample: n}
	}
	return size{fixed: n}
}

// stats counts what the graph consists of.
func (b *builder) stats(g *onnx.Graph) Stats {
	s := Stats{Operators: make(map[string]int), MultiplyAdds: b.work}
	for i := range g.Nodes {
		s.Operators[g.Nodes[i].Op]++
	}
	for i := range g.Initializers {
		switch t := &g.Initializers[i]; t.Type {
		case onnx.Float, onnx.Float16, onnx.BFloat16, onnx.Double:
			s.Parameters += int64(t.Len())
		}
	}
	return s
}
