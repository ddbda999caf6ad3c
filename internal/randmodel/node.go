package randmodel

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is nodes and their attributes.

// node adds a node with so many outputs, and returns their names. Sometimes it is
// not what its operator wants.
func (d *drawer) node(op string, inputs []string, outputs int, attrs ...onnx.Attr) []string {
	n := onnx.Node{Name: d.name("n"), Op: op, Inputs: inputs, Attrs: attrs}
	if domain, name, ok := split(op); ok {
		n.Domain, n.Op = domain, name
	}
	if d.odd() {
		d.spoil(&n)
	}
	var made []string
	for range outputs {
		v := value{name: d.name("v")}
		n.Outputs, made = append(n.Outputs, v.name), append(made, v.name)
		d.made = append(d.made, v)
	}
	d.append(n)
	return made
}

// step adds a node of one output that only the recipe reads.
func (d *drawer) step(op string, inputs []string, attrs ...onnx.Attr) string {
	before := len(d.made)
	name := d.node(op, inputs, 1, attrs...)[0]
	d.made = d.made[:before]
	return name
}

// split cuts the domain off an operator's name.
func split(op string) (domain, name string, ok bool) {
	for k := len(op) - 1; k >= 0; k-- {
		if op[k] == '.' {
			return op[:k], op[k+1:], true
		}
	}
	return "", op, false
}

// spoil makes a node a bad one.
func (d *drawer) spoil(n *onnx.Node) {
	switch d.intN(9) {
	case 0:
		if len(n.Inputs) > 0 {
			n.Inputs = n.Inputs[:len(n.Inputs)-1]
		}
	case 1:
		n.Inputs = append(slices.Clone(n.Inputs), d.values[d.intN(len(d.values))].name)
	case 2:
		if len(n.Inputs) > 0 {
			n.Inputs[d.intN(len(n.Inputs))] = ""
		}
	case 3:
		slices.Reverse(n.Inputs)
	case 4, 5, 6:
		for k := range n.Inputs {
			if d.chance(100) {
				n.Inputs[k] = d.values[d.intN(len(d.values))].name
			}
		}
	case 7:
		for k := range n.Attrs {
			d.spoilAttr(&n.Attrs[k])
		}
	case 8:
		a := onnx.Attr{Name: one(&d.source, "axis", "axes", "alpha", "to", "mode", "unknown")}
		d.spoilAttr(&a)
		if !slices.ContainsFunc(n.Attrs, func(b onnx.Attr) bool { return b.Name == a.Name }) {
			n.Attrs = append(n.Attrs, a)
		}
	}
}

// spoilAttr gives an attribute a value of any kind.
func (d *drawer) spoilAttr(a *onnx.Attr) {
	name := a.Name
	switch d.intN(8) {
	case 0, 1:
		*a = onnx.IntAttr(name, d.number())
	case 2:
		*a = onnx.FloatAttr(name, d.floatOf())
	case 3, 4:
		list := make([]int64, d.intN(7))
		for k := range list {
			list[k] = d.number()
		}
		*a = onnx.IntsAttr(name, list...)
	case 5:
		*a = onnx.StringAttr(name, one(&d.source, "", "reflect", "linear", "SAME_UPPER", "\x00", "none"))
	case 6:
		*a = onnx.FloatsAttr(name, d.floatOf(), d.floatOf())
	case 7:
		*a = onnx.TensorAttr(name, onnx.NewInt64("", []int64{d.number()}, 1))
	}
}

// floatOf is a float of any size.
func (d *drawer) floatOf() float32 {
	d.special = true
	return one[float32](&d.source, 0, 1, -1, 0.5, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e-40, math.MaxFloat32, -1e10, 1e-5)
}

// attrs collects the attributes of a node: each is given or not.
type attrs struct {
	d    *drawer
	list []onnx.Attr
}

func (d *drawer) attrs() *attrs { return &attrs{d: d} }

// often is the chance of 256 that an optional attribute is given.
const often = 110

func (a *attrs) must(attr onnx.Attr) *attrs {
	d := a.d
	switch {
	case !d.odd():
	case attr.Type == onnx.AttrInt:
		attr.Int = d.number()
	case attr.Type == onnx.AttrFloat:
		attr.Float = d.floatOf()
	case attr.Type == onnx.AttrInts && len(attr.Ints) > 0:
		attr.Ints = slices.Clone(attr.Ints)
		attr.Ints[d.intN(len(attr.Ints))] = d.number()
		if d.chance(40) {
			attr.Ints = attr.Ints[1:]
		}
	default:
		d.spoilAttr(&attr)
	}
	a.list = append(a.list, attr)
	return a
}

func (a *attrs) ints(name string, v ...int64) *attrs { return a.must(onnx.IntsAttr(name, v...)) }
func (a *attrs) int(name string, v int64) *attrs     { return a.must(onnx.IntAttr(name, v)) }

// maybe gives an attribute or does not.
func (a *attrs) maybe(name string, least, most int) *attrs {
	if a.d.chance(often) {
		a.int(name, int64(a.d.between(least, most)))
	}
	return a
}

func (a *attrs) flag(names ...string) *attrs {
	for _, name := range names {
		a.maybe(name, 0, 1)
	}
	return a
}

func (a *attrs) float(names ...string) *attrs {
	for _, name := range names {
		if a.d.chance(often) {
			a.must(onnx.FloatAttr(name, one(&a.d.source, float32(0.5), 1, 2, 0.1, 0, -0.5, 1e-3)))
		}
	}
	return a
}

// epsilon is a small positive number.
func (a *attrs) epsilon() *attrs {
	if a.d.chance(often) {
		a.must(onnx.FloatAttr("epsilon", one(&a.d.source, float32(1e-5), 1e-3, 0.1)))
	}
	return a
}

func (a *attrs) word(name string, words ...string) *attrs {
	if a.d.chance(often) {
		a.must(onnx.StringAttr(name, one(&a.d.source, words...)))
	}
	return a
}

// axis gives an axis of x, never the batch where samples are to stay apart.
func (a *attrs) axis(name string, x value) *attrs {
	if a.d.chance(200) {
		a.int(name, a.d.axis(x))
	}
	return a
}

// axis is an axis of x.
func (d *drawer) axis(x value) int64 {
	rank := len(x.shape)
	if d.odd() {
		return one(&d.source, int64(rank), int64(-rank-1), d.number())
	}
	first := 0
	if d.apart {
		first = min(1, rank)
	}
	k := int64(first + d.intN(rank-first))
	if d.chance(90) {
		k -= int64(rank)
	}
	return k
}

// axes are some axes of x, each once.
func (d *drawer) axes(x value) (list []int64) {
	for k := range x.shape {
		if k == 0 && (d.apart || x.shape[0] < 0 && d.chance(200)) {
			continue
		}
		if d.chance(110) {
			axis := int64(k)
			if d.chance(60) {
				axis -= int64(len(x.shape))
			}
			list = append(list, axis)
		}
	}
	if d.odd() {
		list = append(list, d.number(), d.axis(x))
	}
	return list
}

// on is an axis counted from the front.
func on(axis int64, x value) int {
	if axis < 0 {
		axis += int64(len(x.shape))
	}
	if axis < 0 || axis >= int64(len(x.shape)) {
		return 0
	}
	return int(axis)
}
