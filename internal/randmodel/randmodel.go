// Package randmodel draws random ONNX models and changes real ones, to find files
// that make package infer panic, hang, take too much, or compute something
// else than it should. It is for tests, and for programs that compare.
//
// [Draw] makes a graph of all operators, most of them used as they are meant to
// be, some not: zero and huge sizes, odd ranks, wrong types, special numbers,
// attributes of any kind. [Mutate] changes a model as a whole: it never breaks the
// file format itself, which the fuzzing of package onnx does.
//
// Equal bytes give equal models, as long as the operators' recipes stay as they
// are and the package under test takes the same models (see [Look]). A model that
// shows a bug is kept as a file or a test of its own, not as a seed.
package randmodel

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// Look asks the package under test for the outputs of a model, in their order,
// which need be known only in part. Draw looks at what it has drawn so far, after
// each node, so that the next fits.
type Look func(*onnx.Model) ([]Value, error)

// Value is a type and a shape.
type Value struct {
	Type  onnx.DataType
	Shape []int64 // -1: open; nil: unknown
}

// Case is a model and what its inputs are to be.
type Case struct {
	Model *onnx.Model
	Feeds map[string]Feed // of the inputs, by name

	Apart   bool // each sample of the open batch depends on no other
	Special bool // there are NaN, infinities or denormals among constants or inputs
	Valid   bool // Look took it

	Ops []string // the recipes that its nodes were drawn by, each once
}

// Draw draws a model by bytes: eight of them are a seed, more are choices. Seed n
// starts with operator n, as far as it can, so that as many seeds as there are
// operators have them all.
func Draw(data []byte, look Look) *Case {
	d := newDrawer(data, look)
	for range d.count() {
		if !d.grow() {
			break
		}
	}
	d.end()
	return &Case{Model: &d.model, Feeds: d.feeds, Apart: d.apart, Special: d.special, Valid: d.valid, Ops: d.ops}
}

// drawer is a model being drawn.
type drawer struct {
	source
	book  *book
	look  Look
	model onnx.Model
	feeds map[string]Feed

	values []value // that nodes may read
	made   []value // by the nodes being drawn, of unknown type
	names  int
	ops    []string

	firstOp string // to be drawn first; empty: any

	// What kind of model it is.
	wild, zeros  int // chances of 256 that a choice is bad, that a size is 0
	open, free   bool
	apart        bool
	specials     bool // allowed
	special      bool // drawn
	valid        bool
	nested       int // depth of subgraphs
	onlyConstant bool
}

// value is a value of the graph.
type value struct {
	name  string
	elem  onnx.DataType
	shape []int64 // -1: open
	fixed bool    // an initializer
}

func newDrawer(data []byte, look Look) *drawer {
	d := &drawer{source: newSource(data), book: all(), look: look, feeds: make(map[string]Feed), valid: true}
	d.model.IRVersion = 10
	d.model.Graph.Name = "random"
	version := int64(17)
	switch k := d.intN(16); {
	case k < 3:
		version = int64(d.between(6, 27))
	case k < 10:
		version = int64(d.between(18, 26))
	default:
		version = int64(d.between(13, 17))
	}
	d.model.Opsets = []onnx.Opset{{Version: version}, {Domain: "com.microsoft", Version: 1}, {Domain: "ai.onnx.ml", Version: 3}, {Domain: "ai.onnx.preview", Version: 1}}
	d.wild = one(&d.source, 0, 0, 0, 2, 10, 40)
	d.zeros = one(&d.source, 0, 0, 0, 8, 60)
	d.open = d.chance(170)
	d.free = d.chance(20)
	d.apart = d.open && !d.free && d.wild == 0 && d.chance(220)
	d.specials = d.chance(80)
	if len(data) == 8 {
		d.firstOp = d.book.names[d.seed%uint64(len(d.book.names))]
		d.apart = d.apart && slices.Contains(apartNames, d.firstOp)
	}
	if d.wild > 0 && d.chance(10) {
		d.model.IRVersion = int64(d.between(0, 14))
	}
	d.input(d.first())
	return d
}

// first is the type and shape of the first input.
func (d *drawer) first() (onnx.DataType, []int64) {
	elem := onnx.Float
	if d.chance(60) {
		elem = d.anyType()
	}
	return elem, d.shape(d.between(1, 5))
}

// count is how many nodes there are to be.
func (d *drawer) count() int {
	n := 1
	for n < 12 && d.chance(180) {
		n++
	}
	return n
}

// version is that of ONNX's own operators.
func (d *drawer) version() int64 { return d.model.Opsets[0].Version }

// grow draws a node, or a few that belong together; false says that the model is
// to end.
func (d *drawer) grow() bool {
	for i := range 6 {
		before := d.mark()
		op := d.recipe()
		if d.firstOp != "" && len(d.ops) == 0 && i < 5 {
			op = d.firstOp
		}
		found, ok := d.drawn(op)
		if ok {
			d.ops = with(d.ops, op)
			d.values = append(d.values, found...)
			return true
		}
		if d.wild > 0 && d.nested == 0 && d.chance(40) {
			d.valid = false
			for _, v := range d.made {
				d.model.Graph.Outputs = append(d.model.Graph.Outputs, onnx.ValueInfo{Name: v.name, Type: onnx.Float})
			}
			return false
		}
		d.back(before)
	}
	return false
}

// with appends a word that is not there yet.
func with(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

// drawn draws an operator, and looks at what comes of it.
func (d *drawer) drawn(op string) (found []value, ok bool) {
	d.made = nil
	at := len(d.model.Graph.Nodes)
	d.book.of[op](d)
	if len(d.made) == 0 || d.apart && !d.keepsApart(at) {
		return nil, false
	}
	m := d.model
	m.Graph.Outputs = nil
	for _, v := range d.made {
		m.Graph.Outputs = append(m.Graph.Outputs, onnx.ValueInfo{Name: v.name})
	}
	got, err := d.look(&m)
	if err != nil {
		return nil, false
	}
	half := d.half(at)
	for i, v := range d.made {
		v.elem, v.shape = got[i].Type, got[i].Shape
		if v.elem == onnx.Float && half != 0 {
			v.elem = half
		}
		if v.elem != 0 && v.shape != nil {
			found = append(found, v)
		}
		if d.apart && !d.batched(&v) {
			return nil, false
		}
	}
	return found, len(found) > 0
}

// half is the 16-bit type that the last node's results have, by its inputs or its
// attribute "to"; 0 if they have none. The package under test computes such values
// in float32, and may say that they are.
func (d *drawer) half(from int) onnx.DataType {
	if from >= len(d.model.Graph.Nodes) {
		return 0
	}
	n := &d.model.Graph.Nodes[len(d.model.Graph.Nodes)-1]
	for _, a := range n.Attrs {
		if t := onnx.DataType(a.Int); a.Name == "to" || a.Name == "dtype" || a.Name == "output_dtype" || a.Name == "output_datatype" {
			if t == onnx.Float16 || t == onnx.BFloat16 {
				return t
			}
			return 0
		}
	}
	for _, v := range d.values {
		if (v.elem == onnx.Float16 || v.elem == onnx.BFloat16) && slices.Contains(n.Inputs, v.name) && n.Op != "DequantizeLinear" && n.Op != "CastLike" {
			return v.elem
		}
	}
	return 0
}

// batched reports whether a value has the open batch first, and nothing else open.
func (d *drawer) batched(v *value) bool {
	return len(v.shape) > 0 && v.shape[0] < 0 && !slices.Contains(v.shape[1:], -1)
}

// place is how much there was of a model.
type place struct {
	nodes, initializers, inputs, values, functions int
	special                                        bool
}

func (d *drawer) mark() place {
	g := &d.model.Graph
	return place{len(g.Nodes), len(g.Initializers), len(g.Inputs), len(d.values), len(d.model.Functions), d.special}
}

func (d *drawer) back(p place) {
	g := &d.model.Graph
	g.Nodes, g.Initializers, g.Inputs = g.Nodes[:p.nodes], g.Initializers[:p.initializers], g.Inputs[:p.inputs]
	d.values, d.model.Functions, d.special = d.values[:p.values], d.model.Functions[:p.functions], p.special
}

// end declares the outputs: what nobody reads, the last first, three at the most.
func (d *drawer) end() {
	g := &d.model.Graph
	if len(g.Outputs) > 0 {
		return
	}
	read := make(map[string]bool)
	for i := range g.Nodes {
		for _, name := range g.Nodes[i].Inputs {
			read[name] = true
		}
	}
	for _, v := range slices.Backward(d.values) {
		if !read[v.name] && !v.fixed && len(g.Outputs) < 3 || len(g.Outputs) == 0 {
			g.Outputs = append(g.Outputs, onnx.ValueInfo{Name: v.name, Type: v.elem})
		}
	}
}

// name returns a new name.
func (d *drawer) name(prefix string) string {
	d.names++
	return fmt.Sprintf("%s%d", prefix, d.names)
}
