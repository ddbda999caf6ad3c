package onnx

import "slices"

// This file is the decoder of what is said about values: their types and shapes.

func (d *decoder) value(s span) (v ValueInfo) {
	d.item()
	var typ span
	for f := range d.fields(s) {
		switch f.num {
		case valueName:
			v.Name = d.text(f)
		case valueType:
			typ = d.sub(f, typeMessage)
		}
	}
	if v.Name == "" {
		d.fail(s.from, "a value has no name")
	}
	for f := range d.fields(typ) {
		switch {
		case f.num == typeTensor:
			d.tensorType(&v, d.sub(f, tensorTypeMsg))
		case f.num < 64 && otherTypes>>f.num&1 != 0:
			d.refuse(v.Name, "", "it is a sequence, map, optional or sparse value, want a tensor")
		}
	}
	return v
}

func (d *decoder) tensorType(v *ValueInfo, s span) {
	for f := range d.fields(s) {
		switch f.num {
		case typeElem:
			v.Type = DataType(d.int(f))
			if v.Type < 0 || int(v.Type) >= len(types) {
				d.fail(f.at, "value %q has element %v, which ONNX does not know", v.Name, v.Type)
			}
		case typeShape:
			v.Shape = d.shape(v.Name, d.sub(f, shapeMessage))
		}
	}
}

// shape returns the dimensions, never nil.
func (d *decoder) shape(name string, s span) []Dim {
	dims := []Dim{}
	for f := range d.fields(s) {
		if f.num == shapeDim {
			dims = append(dims, d.dim(name, d.sub(f, dimMessage)))
			if d.item(); len(dims) > maxRank {
				d.refuse(name, "", "it has more than %d dimensions", maxRank)
			}
		}
	}
	return slices.Clip(dims)
}

func (d *decoder) dim(name string, s span) Dim {
	dim, size := Dim{Size: -1}, false
	for f := range d.fields(s) {
		switch f.num {
		case dimSize:
			if dim.Size, size = d.int(f), true; dim.Size < 0 {
				d.fail(f.at, "value %q has a dimension of size %d", name, dim.Size)
			}
		case dimParam:
			dim.Param = d.text(f)
		}
	}
	if size && dim.Param != "" {
		d.fail(s.from, "value %q has a dimension with both a size and a name", name)
	}
	return dim
}
