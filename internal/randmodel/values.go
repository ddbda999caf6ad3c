package randmodel

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what nodes read: values that are there, constants and inputs.

// The types that inputs and constants are of.
var (
	floats  = []onnx.DataType{onnx.Float, onnx.Float, onnx.Float, onnx.Float, onnx.Double, onnx.Float16, onnx.BFloat16}
	singles = []onnx.DataType{onnx.Float}
	wholes  = []onnx.DataType{onnx.Int64, onnx.Int32, onnx.Int64, onnx.Uint8, onnx.Int8, onnx.Int16, onnx.Uint16, onnx.Uint32, onnx.Uint64}
	octets  = []onnx.DataType{onnx.Uint8, onnx.Int8}
	bools   = []onnx.DataType{onnx.Bool}
	numbers = slices.Concat(floats, floats, wholes)
	every   = slices.Concat(numbers, bools)
	packed  = []onnx.DataType{onnx.Int4, onnx.Uint4, onnx.Float8E4M3FN, onnx.Float8E4M3FNUZ, onnx.Float8E5M2, onnx.Float8E5M2FNUZ, onnx.Int2, onnx.Uint2, onnx.Float4E2M1, onnx.String, onnx.Complex64}
)

func (d *drawer) anyType() onnx.DataType { return one(&d.source, every...) }

// odd is true where a choice is to be bad.
func (d *drawer) odd() bool { return d.chance(d.wild) }

// dim is a size.
func (d *drawer) dim() int64 {
	switch {
	case d.chance(d.zeros):
		return 0
	case d.odd():
		return one[int64](&d.source, 0, 0, -1, -2, math.MaxInt32, 1<<24, 1<<16, 1<<20, 1<<31, 1<<33, 1<<62, math.MaxInt64, math.MinInt64, 33, 1000)
	case d.chance(10):
		return int64(d.between(7, 33))
	}
	return int64(d.between(1, 5))
}

// shape draws a shape of a rank, with the open batch first if there is one.
func (d *drawer) shape(rank int) []int64 {
	if d.odd() {
		rank = one(&d.source, 0, 1, 2, 3, 6, 7, 8, 31, 32, 33, 40)
	}
	shape := make([]int64, 0, rank)
	for k := range rank {
		n := d.dim()
		if rank > 6 && d.chance(230) {
			n = 1
		}
		if k == 0 && d.open && d.nested == 0 && d.chance(240) || d.free && d.nested == 0 && d.chance(80) {
			n = -1
		}
		shape = append(shape, n)
	}
	if d.apart && rank > 0 {
		shape[0] = -1
	}
	return shape
}

// volume is the elements of a shape; -1 if those are far too many.
func volume(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > 1<<40 || n*d > 1<<40 {
			return -1
		}
		n *= d
	}
	return n
}

// kind is a kind of numbers for a tensor.
func (d *drawer) kind() Kind {
	k := one(&d.source, Normal, Normal, Normal, Normal, Normal, Whole, Positive, Zero, Special, Special)
	if k == Special && !d.specials {
		return Normal
	}
	d.special = d.special || k == Special
	return k
}

// input adds an input of the model.
func (d *drawer) input(elem onnx.DataType, shape []int64) value {
	return d.feed(Feed{Type: elem, Kind: d.kind()}, shape)
}

func (d *drawer) feed(f Feed, shape []int64) value {
	if d.onlyConstant {
		return d.constantOf(f, fixedShape(shape))
	}
	v := value{name: d.name("x"), elem: f.Type, shape: shape}
	f.Seed = uint64(d.octet())
	d.feeds[v.name] = f
	dims := onnx.Shape(shape...)
	for k := range dims {
		if shape[k] < 0 && k > 0 {
			dims[k].Param = ""
		}
	}
	d.model.Graph.Inputs = append(d.model.Graph.Inputs, onnx.ValueInfo{Name: v.name, Type: f.Type, Shape: dims})
	d.values = append(d.values, v)
	return v
}

// fixedShape is a shape with Free in place of what is open.
func fixedShape(shape []int64) []int64 {
	shape = slices.Clone(shape)
	for k := range shape {
		if shape[k] == -1 {
			shape[k] = Free
		}
	}
	return shape
}

// Free is the size that open dimensions are drawn for.
const Free = 3

// constant adds a constant of random numbers. Those of large shapes have no
// elements, and are refused.
func (d *drawer) constant(elem onnx.DataType, shape ...int64) value {
	return d.constantOf(Feed{Type: elem, Kind: d.kind()}, shape)
}

func (d *drawer) constantOf(f Feed, shape []int64) value {
	f.Seed = uint64(d.octet())
	if n := volume(shape); f.Type == onnx.String && (n < 0 || n > 1<<10) { // written one by one
		f.Type = onnx.Uint8
	}
	t := onnx.Tensor{Type: f.Type, Dims: shape}
	if n := volume(shape); n >= 0 && n < 1<<14 && f.Type != onnx.String {
		t.Raw = f.raw(int(n))
	}
	if d.odd() && len(t.Raw) > 0 {
		t.Raw = t.Raw[1:]
	}
	v := value{name: d.name("c"), elem: f.Type, shape: shape, fixed: true}
	if t.Name = v.name; d.chance(24) {
		d.model.Graph.Nodes = append(d.model.Graph.Nodes, onnx.Node{Op: "Constant", Outputs: []string{v.name}, Attrs: []onnx.Attr{onnx.TensorAttr("value", t)}})
	} else {
		d.model.Graph.Initializers = append(d.model.Graph.Initializers, t)
	}
	return v
}

// weight is a constant, or sometimes an input of its shape.
func (d *drawer) weight(elem onnx.DataType, shape ...int64) value {
	for k := range shape {
		if d.odd() {
			shape[k] = d.dim()
		}
	}
	return d.weightOf(Feed{Type: elem, Kind: d.kind()}, shape)
}

func (d *drawer) weightOf(f Feed, shape []int64) value {
	if d.odd() {
		f.Type = one(&d.source, every...)
	}
	if !d.apart && d.chance(16) {
		return d.feed(f, shape)
	}
	return d.constantOf(f, shape)
}

// positive is weights above 0.
func (d *drawer) positive(elem onnx.DataType, shape ...int64) value {
	return d.weightOf(Feed{Type: elem, Kind: Positive}, shape)
}

// list is a list of integers, mostly a constant.
func (d *drawer) list(v ...int64) string {
	for k := range v {
		if d.odd() {
			v[k] = d.number()
		}
	}
	return d.weightOf(Feed{Type: onnx.Int64, Kind: Listed, List: v}, []int64{int64(len(v))}).name
}

// scalar is one integer, mostly a constant.
func (d *drawer) scalar(v int64) string {
	if d.odd() {
		v = d.number()
	}
	shape := []int64{}
	if d.chance(60) {
		shape = []int64{1}
	}
	return d.weightOf(Feed{Type: onnx.Int64, Kind: Listed, List: []int64{v}}, shape).name
}

// real is one number of a floating-point type, a constant.
func (d *drawer) real(elem onnx.DataType, of Kind) string {
	return d.weightOf(Feed{Type: elem, Kind: of}, nil).name
}

// number is an integer of any size.
func (d *drawer) number() int64 {
	return one[int64](&d.source, 0, 1, -1, 2, 3, -2, -3, 7, 255, 256, 1<<15, 1<<16, 1<<24, 1<<24+1, -1<<24, math.MaxInt32, math.MinInt32, 1<<32, 1<<40, math.MaxInt64, math.MinInt64, math.MaxInt64-1, 1<<62)
}

// pick is a value of one of some types and of a rank from least to most: one that
// is there, the later the more likely, or a new one.
func (d *drawer) pick(types []onnx.DataType, least, most int) value {
	if d.odd() {
		types, least, most = every, 0, 40
	}
	fits := func(v *value) bool {
		return slices.Contains(types, v.elem) && len(v.shape) >= least && len(v.shape) <= most && !v.fixed
	}
	for range 2 {
		at := len(d.values) - 1
		for at > 0 && d.chance(70) {
			at--
		}
		for ; at >= 0; at-- {
			if fits(&d.values[at]) {
				return d.values[at]
			}
		}
	}
	if v, ok := d.turned(types, least, most); ok {
		return v
	}
	elem := one(&d.source, types...)
	shape := d.shape(d.between(least, min(most, max(least, 5))))
	if d.chance(20) && !d.apart {
		return d.constant(elem, fixedShape(shape)...)
	}
	return d.input(elem, shape)
}

// turned makes a value of a wanted type and rank of the last one, by a Cast or a
// Reshape.
func (d *drawer) turned(types []onnx.DataType, least, most int) (value, bool) {
	if len(d.values) == 0 || d.chance(100) {
		return value{}, false
	}
	v := d.values[len(d.values)-1]
	if !slices.Contains(types, v.elem) {
		elem := one(&d.source, types...)
		name := d.name("v")
		d.append(onnx.Node{Op: "Cast", Inputs: []string{v.name}, Outputs: []string{name}, Attrs: []onnx.Attr{onnx.IntAttr("to", int64(elem))}})
		v.name, v.elem = name, elem
		d.values = append(d.values, v)
	}
	if most == 0 || d.apart && most == 1 {
		return v, false
	}
	shape := slices.Clone(v.shape)
	for len(shape) < least {
		shape = append(shape, 1)
	}
	if len(shape) > most {
		rest := max(most-1, 0)
		n := volume(shape[rest:])
		shape = append(shape[:rest:rest], n)
	}
	if len(shape) == len(v.shape) {
		return v, true
	}
	to := slices.Clone(shape)
	for k := range to {
		if to[k] < 0 && k < len(v.shape) {
			to[k] = 0
		}
	}
	name := d.name("v")
	list := d.constantOf(Feed{Type: onnx.Int64, Kind: Listed, List: to}, []int64{int64(len(to))})
	d.append(onnx.Node{Op: "Reshape", Inputs: []string{v.name, list.name}, Outputs: []string{name}})
	v.name, v.shape = name, shape
	d.values = append(d.values, v)
	return v, true
}

func (d *drawer) append(n onnx.Node) { d.model.Graph.Nodes = append(d.model.Graph.Nodes, n) }

// like is a value that broadcasts with another of the same type.
func (d *drawer) like(x value) value {
	for _, v := range slices.Backward(d.values) {
		if v.elem == x.elem && d.chance(120) && fitsWith(v.shape, x.shape) {
			return v
		}
	}
	shape := slices.Clone(x.shape)
	for k := range shape {
		if shape[k] < 0 || d.chance(60) {
			shape[k] = 1
		}
	}
	for len(shape) > 0 && (shape[0] == 1 || d.odd()) && d.chance(128) {
		shape = shape[1:]
	}
	return d.weight(x.elem, shape...)
}

// fitsWith reports whether shapes broadcast.
func fitsWith(a, b []int64) bool {
	for k := 1; k <= min(len(a), len(b)); k++ {
		x, y := a[len(a)-k], b[len(b)-k]
		if x != y && x != 1 && y != 1 {
			return false
		}
	}
	return true
}

// same is a value of the type and shape of another.
func (d *drawer) same(x value) value {
	for _, v := range slices.Backward(d.values) {
		if v.elem == x.elem && d.chance(120) && slices.Equal(v.shape, x.shape) {
			return v
		}
	}
	if slices.Contains(x.shape, -1) {
		return d.input(x.elem, slices.Clone(x.shape))
	}
	return d.weight(x.elem, slices.Clone(x.shape)...)
}

// open reports whether dimension k is.
func (v *value) open(k int) bool { return k < len(v.shape) && v.shape[k] < 0 }

// size is dimension k of a value, counted from the end if negative; what is open
// is Free.
func (v *value) size(k int) int64 {
	if k < 0 {
		k += len(v.shape)
	}
	if k < 0 || k >= len(v.shape) {
		return 1
	}
	if v.shape[k] < 0 {
		return Free
	}
	return v.shape[k]
}
