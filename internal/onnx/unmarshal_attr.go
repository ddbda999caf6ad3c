package onnx

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file is the decoder of attributes.

// attrValues has a bit for every field of an attribute that holds a value.
var attrValues = func() (mask uint64) {
	for _, t := range attrTypes[1:] {
		mask |= 1 << t.field
	}
	return mask
}()

// attr reads an attribute of a node or function, of, which errors name.
func (d *decoder) attr(s span, of string) (a Attr) {
	var present uint64 // bit i: field i occurs
	for f := range d.fields(s) {
		if f.num < 64 {
			present |= 1 << f.num
		}
		switch f.num {
		case attrName:
			a.Name = d.text(f)
		case attrType:
			a.Type = AttrType(d.int(f))
		case attrRef:
			a.Ref = d.text(f)
		case attrStrings:
			if a.Strings == nil {
				a.Strings = room[string](d, d.tally(s)[attrStrings])
			}
			a.Strings = append(a.Strings, string(d.bytes(f)))
		default:
			d.attrValue(&a, f, of)
		}
	}
	present &= attrValues
	if a.Type == 0 && a.Ref == "" && bits.OnesCount64(present) == 1 { // before IR version 2
		a.Type = typeOfField(bits.TrailingZeros64(present))
	}
	switch {
	case a.Name == "":
		d.fail(s.from, "%q has an attribute without a name", of)
	case a.Ref != "" && !d.scope.function:
		d.fail(s.from, "%q: attribute %q refers to %q, but stands in no function", of, a.Name, a.Ref)
	case a.Type < 0 || a.Type == 0 && a.Ref == "" || int(a.Type) >= len(attrTypes):
		d.fail(s.from, "%q: attribute %q has no valid type", of, a.Name)
	case a.Ref != "":
		a = Attr{Name: a.Name, Type: a.Type, Ref: a.Ref}
	case present&^(1<<attrTypes[a.Type].field) != 0:
		d.fail(s.from, "%q: attribute %q has other values than its type, %s, says", of, a.Name, a.Type)
	case a.Type == AttrTensor && a.Tensor == nil, a.Type == AttrGraph && a.Graph == nil, a.Type == AttrSparse && a.Sparse == nil:
		d.fail(s.from, "%q: attribute %q has no %s", of, a.Name, a.Type)
	}
	return a
}

// typeOfField is the type whose values stand in a field.
func typeOfField(num int) (t AttrType) {
	for i, row := range attrTypes {
		if row.field == num {
			t = AttrType(i)
		}
	}
	return t
}

// attrValue reads the field that holds the value of an attribute other than
// strings.
func (d *decoder) attrValue(a *Attr, f field, of string) {
	switch f.num {
	case attrFloat:
		d.want(f, protowire.Fixed32Type)
		a.Float = math.Float32frombits(uint32(f.bits))
	case attrInt:
		a.Int = d.int(f)
	case attrString:
		a.String = string(d.bytes(f))
	case attrTensor:
		t := d.tensor(d.sub(f, tensorMessage))
		a.Tensor = &t
	case attrGraph:
		a.Graph = d.subgraph(f, of)
	case attrSparse:
		t := d.sparse(d.sub(f, sparseMessage))
		a.Sparse = &t
	case attrFloats:
		a.Floats = slices.Grow(a.Floats, d.count(f, protowire.Fixed32Type))
		d.numbers(f, protowire.Fixed32Type, func(b uint64) { a.Floats = append(a.Floats, math.Float32frombits(uint32(b))) })
	case attrInts:
		a.Ints = slices.Grow(a.Ints, d.count(f, protowire.VarintType))
		d.numbers(f, protowire.VarintType, func(b uint64) { a.Ints = append(a.Ints, int64(b)) })
	}
}

// subgraph reads a graph inside another.
func (d *decoder) subgraph(f field, of string) *Graph {
	if d.depth == maxDepth {
		d.refuse(of, "", "subgraphs are nested more than %d deep", maxDepth)
		return nil
	}
	d.charge(1, unsafe.Sizeof(Graph{})+unsafe.Sizeof(scope{}))
	d.depth++
	g := new(Graph)
	d.graph(g, d.sub(f, graphMessage))
	d.depth--
	return g
}
