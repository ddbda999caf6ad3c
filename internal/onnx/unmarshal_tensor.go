package onnx

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file is the decoder of tensors. A first pass reads everything but the
// elements and counts those; only then, when dimensions, type and data are
// known to agree, is memory for them allocated, if it must be at all.

// elements is what the first pass finds out about a tensor's data.
type elements struct {
	field  int   // the data field in use, 0: none
	pieces int   // how often it occurs
	count  int   // how many elements, or for raw_data bytes
	last   field // its last occurrence
}

// UnmarshalTensor reads a tensor that is alone in a file, a TensorProto, as test
// data of ONNX are. Its errors and its use of data are those of [Unmarshal].
func UnmarshalTensor(data []byte) (Tensor, error) {
	d := &decoder{buf: data}
	t := d.tensor(span{tensorMessage, 0, len(data)})
	return t, d.err
}

func (d *decoder) tensor(s span) (t Tensor) {
	var e elements
	external, segment := false, false
	for f := range d.fields(s) {
		switch f.num {
		case tensorDims:
			t.Dims = d.addDims(t.Dims, f)
		case tensorType:
			t.Type = DataType(d.int(f))
		case tensorName:
			t.Name = d.text(f)
		case tensorSegment:
			segment = true
		case tensorLocation:
			external = d.int(f) == 1
		case floatData, int32Data, stringData, int64Data, doubleData, uint64Data, rawData:
			d.countElements(&e, f)
		}
	}
	if !t.Type.known() {
		d.fail(s.from, "tensor %q has %v, which ONNX does not know", t.Name, t.Type)
	}
	if segment {
		d.refuse(t.Name, "", "the tensor is stored in segments")
	}
	n := d.size(t.Dims, t.Name, s)
	switch {
	case d.err != nil:
	case external:
		t.External = d.external(t.Name, s)
	case t.Type == String:
		if e.count != int(n) || n > 0 && e.field != stringData {
			d.fail(s.from, "tensor %q has %d strings, want %d for %v", t.Name, e.count, n, t.Dims)
		}
	default:
		d.fill(&t, e, s)
	}
	return t
}

// fill sets Raw from the fields that the first pass found.
func (d *decoder) fill(t *Tensor, e elements, s span) {
	size, _ := t.Bytes() // size has checked it
	want, field := size/t.Type.stored(), types[t.Type].field
	switch {
	case size > maxBytes:
		d.fail(s.from, "tensor %q of %v is larger than a model can be", t.Name, t.Dims)
	case size == 0 && e.count == 0:
	case e.field == rawData:
		if t.Raw = d.bytes(e.last); int64(len(t.Raw)) != size {
			d.fail(s.from, "tensor %q has %d bytes of data, want %d for %v %v", t.Name, len(t.Raw), size, t.Type, t.Dims)
		}
	case int64(e.count) != want:
		d.fail(s.from, "tensor %q has %d elements, want %d for %v", t.Name, e.count, want, t.Dims)
	case e.field != field:
		d.fail(s.from, "tensor %q of type %v has its data in field %d, want %d", t.Name, t.Type, e.field, field)
	case e.inPlace(int(size)):
		t.Raw = d.bytes(e.last)
	default:
		t.Raw = make([]byte, 0, size)
		for f := range d.fields(s) {
			if f.num == e.field {
				d.numbers(f, wireType(f.num), func(b uint64) { d.addElement(t, f, b) })
			}
		}
	}
}

// addDims appends dimensions, and at most one more than a tensor may have.
func (d *decoder) addDims(dims []int64, f field) []int64 {
	d.numbers(f, protowire.VarintType, func(b uint64) {
		if len(dims) <= maxRank {
			dims = append(dims, int64(b))
		}
	})
	return dims
}

// size returns the product of the dimensions of a tensor, after checking each.
func (d *decoder) size(dims []int64, name string, s span) int64 {
	if len(dims) > maxRank {
		d.refuse(name, "", "the tensor has more than %d dimensions", maxRank)
	}
	for _, n := range dims {
		switch {
		case n < 0:
			d.fail(s.from, "tensor %q has a dimension of size %d", name, n)
		case n > maxSize:
			d.refuse(name, "", "the tensor has a dimension of size %d, more than %d", n, maxSize)
		}
	}
	n, ok := product(dims, maxSize)
	if !ok {
		d.refuse(name, "", "the tensor of %v has more than %d elements", dims, maxSize)
	}
	return n
}

// countElements notes one occurrence of a data field.
func (d *decoder) countElements(e *elements, f field) {
	n := 1
	switch f.num {
	case stringData: // one element, even if empty
		d.bytes(f)
	case rawData:
		n = len(d.bytes(f))
	default:
		n = d.count(f, wireType(f.num))
	}
	if n == 0 {
		return // an empty field is as good as none
	}
	if e.field != 0 && e.field != f.num {
		d.fail(f.at, "a tensor has its data both in field %d and in field %d", e.field, f.num)
	}
	if f.num == rawData {
		e.count = 0 // not repeated: the last counts
	}
	e.field, e.last = f.num, f
	e.pieces++
	e.count += n
}

// inPlace says that the data are one packed field of size bytes of floats, which
// then stands in the input as raw_data would.
func (e *elements) inPlace(size int) bool {
	floats := e.field == floatData || e.field == doubleData
	return floats && e.pieces == 1 && e.last.typ == protowire.BytesType && e.last.to-e.last.from == size
}

// wireType is that of one element of a data field.
func wireType(num int) protowire.Type {
	switch num {
	case floatData:
		return protowire.Fixed32Type
	case doubleData:
		return protowire.Fixed64Type
	case stringData:
		return protowire.BytesType
	}
	return protowire.VarintType
}

// addElement appends what was stored as one number.
func (d *decoder) addElement(t *Tensor, f field, bits uint64) {
	v, fits := int64(bits), true
	if f.num == int32Data {
		v = int64(int32(bits)) // protocol buffers drop the other bits
	}
	switch t.Type {
	case Uint32:
		fits = bits>>32 == 0
	case Int16:
		fits = v == int64(int16(v))
	case Int8:
		fits = v == int64(int8(v))
	case Uint16, Float16, BFloat16:
		fits = v>>16 == 0
	case Uint8, Float8E4M3FN, Float8E4M3FNUZ, Float8E5M2, Float8E5M2FNUZ, Float8E8M0:
		fits = v>>8 == 0
	case Uint4, Int4, Float4E2M1, Uint2, Int2: // a byte, signed or not
		fits = v>>8 == 0 || v == int64(int8(v))
	case Bool:
		fits = v>>1 == 0
	}
	if !fits {
		d.fail(f.at, "tensor %q has the element %d, too large for %v", t.Name, v, t.Type)
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v))
	t.Raw = append(t.Raw, b[:t.Type.stored()]...)
}
