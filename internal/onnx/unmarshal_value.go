package onnx

import "unsafe"

// This file is the decoder of what is said about values: their types and shapes.

// value reads what is said of an input or output.
func (d *decoder) value(s span) (v ValueInfo) {
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
		if f.num == typeTensor || f.num < len(kinds) && kinds[f.num] != "" {
			v = ValueInfo{Name: v.Name} // of two types, the last counts
			d.valueType(&v, f)
		}
	}
	return v
}

// hint appends what is said of an intermediate value. That only repeats what the
// nodes imply, so what cannot be read is left out.
func (d *decoder) hint(list []ValueInfo, s span) []ValueInfo {
	v := d.value(s)
	if d.err != nil {
		d.err = nil
		return list
	}
	return append(list, v)
}

// valueType reads a type from a field of a TypeProto.
func (d *decoder) valueType(v *ValueInfo, f field) {
	if f.num != typeTensor {
		v.Kind = kinds[f.num]
	}
	switch f.num {
	case typeTensor, typeSparse:
		d.tensorType(v, d.sub(f, tensorTypeMsg))
	case typeSequence, typeOptional:
		for e := range d.fields(d.sub(f, elemMessage)) {
			if e.num == typeElem {
				d.elemType(v, d.sub(e, typeMessage))
			}
		}
	}
}

// elemType reads the type in a sequence or optional, if it is a tensor.
func (d *decoder) elemType(v *ValueInfo, s span) {
	for f := range d.fields(s) {
		if f.num == typeTensor {
			d.tensorType(v, d.sub(f, tensorTypeMsg))
		}
	}
}

func (d *decoder) tensorType(v *ValueInfo, s span) {
	for f := range d.fields(s) {
		switch f.num {
		case typeElem:
			v.Type = DataType(d.int(f))
			if v.Type != 0 && !v.Type.known() {
				d.fail(f.at, "value %q has element %v, which ONNX does not know", v.Name, v.Type)
			}
		case typeShape:
			v.Shape = d.shape(v.Name, d.sub(f, shapeMessage))
		}
	}
}

// shape returns the dimensions, never nil.
func (d *decoder) shape(name string, s span) []Dim {
	n := d.tally(s)[shapeDim]
	if n > maxRank {
		d.refuse(name, "", "it has %d dimensions, more than %d", n, maxRank)
		return nil
	}
	if !d.charge(n, unsafe.Sizeof(Dim{})) {
		return nil
	}
	dims := make([]Dim, 0, n)
	for f := range d.fields(s) {
		if f.num == shapeDim {
			dims = append(dims, d.dim(name, d.sub(f, dimMessage)))
		}
	}
	return dims
}

// dim reads a dimension, whose size or name counts, whichever comes last. Some
// exporters write a negative size for an open one.
func (d *decoder) dim(name string, s span) Dim {
	dim := Dim{Size: -1}
	for f := range d.fields(s) {
		switch f.num {
		case dimSize:
			dim = Dim{Size: max(d.int(f), -1)}
			if dim.Size > maxSize {
				d.refuse(name, "", "it has a dimension of size %d, more than %d", dim.Size, maxSize)
			}
		case dimParam:
			dim = Dim{Size: -1, Param: d.text(f)}
		}
	}
	return dim
}
