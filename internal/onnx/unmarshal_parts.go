package onnx

import (
	"math"
	"strconv"
)

// This file is the decoder of tensors whose elements are not all here: those in
// another file, and sparse ones.

// external reads where the data of a tensor lie.
func (d *decoder) external(name string, s span) *External {
	e := External{Length: -1}
	for f := range d.fields(s) {
		if f.num != tensorExternal {
			continue
		}
		var key, value field
		for g := range d.fields(d.sub(f, externalMessage)) {
			switch g.num {
			case entryKey:
				key = g
			case entryValue:
				value = g
			}
		}
		if key.num == 0 || value.num == 0 {
			continue
		}
		switch key := string(d.bytes(key)); key {
		case "location":
			e.Location = d.text(value)
		case "offset":
			e.Offset = d.decimal(name, key, value)
		case "length":
			e.Length = d.decimal(name, key, value)
		}
	}
	switch {
	case e.Location == "":
		d.fail(s.from, "tensor %q lies in another file, but external_data does not say in which", name)
	case e.Length > math.MaxInt64-e.Offset:
		d.fail(s.from, "tensor %q: external_data has an end beyond an int64", name)
	}
	return &e
}

// decimal reads a number that is written as text.
func (d *decoder) decimal(name, key string, f field) int64 {
	text := string(d.bytes(f))
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		d.fail(f.at, "tensor %q: external_data has %s %.40q, want a number of bytes", name, key, text)
	}
	return int64(n)
}

// sparse reads a sparse tensor and leaves it sparse.
func (d *decoder) sparse(s span) (t SparseTensor) {
	values := false
	for f := range d.fields(s) {
		switch f.num {
		case sparseValues:
			values = true
			t.Values = d.tensor(d.sub(f, tensorMessage))
		case sparseIndices:
			t.Indices = d.tensor(d.sub(f, tensorMessage))
		case sparseDims:
			t.Dims = d.addDims(t.Dims, f)
		}
	}
	if !values {
		d.fail(s.from, "a sparse tensor has no values")
	}
	d.size(t.Dims, t.Values.Name, s)
	if err := t.agree(); err != nil {
		d.fail(s.from, "%v", err)
	}
	return t
}
