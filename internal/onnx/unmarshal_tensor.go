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
	for f := range d.fields(s) {
		switch f.num {
		case tensorDims:
			d.numbers(f, protowire.VarintType, func(b uint64) { d.addDim(&t, f, int64(b)) })
		case tensorType:
			t.Type = DataType(d.int(f))
		case tensorName:
			t.Name = d.text(f)
		case tensorSegment:
			d.refuse(t.Name, "", "the tensor is stored in segments")
		case tensorExternal:
			d.refuse(t.Name, "", "the tensor's data lies in another file")
		case tensorLocation:
			if d.int(f) != 0 {
				d.refuse(t.Name, "", "the tensor's data lies in another file")
			}
		case floatData, int32Data, stringData, int64Data, doubleData, uint64Data, rawData:
			d.countElements(&e, f)
		}
	}
	if d.err != nil {
		return t
	}
	want := d.wantElements(&t, s)
	switch {
	case d.err != nil:
	case want == 0 && e.count == 0:
	case e.field == rawData:
		if t.Raw = d.bytes(e.last); len(t.Raw) != want*t.Type.Size() {
			d.fail(s.from, "tensor %q has %d bytes of data, want %d for %v %v", t.Name, len(t.Raw), want*t.Type.Size(), t.Type, t.Dims)
		}
	case e.count != want:
		d.fail(s.from, "tensor %q has %d elements, want %d for %v", t.Name, e.count, want, t.Dims)
	case e.field != types[t.Type].field:
		d.fail(s.from, "tensor %q of type %v has its data in field %d, want %d", t.Name, t.Type, e.field, types[t.Type].field)
	case e.inPlace(want * t.Type.Size()):
		t.Raw = d.bytes(e.last)
	default:
		t.Raw = make([]byte, 0, want*t.Type.Size())
		for f := range d.fields(s) {
			if f.num == e.field {
				d.numbers(f, wireType(f.num), func(b uint64) { d.addElement(&t, f, b) })
			}
		}
	}
	return t
}

func (d *decoder) addDim(t *Tensor, f field, n int64) {
	if t.Dims = append(t.Dims, n); len(t.Dims) > maxRank {
		d.refuse(t.Name, "", "the tensor has more than %d dimensions", maxRank)
	}
	if n < 0 {
		d.fail(f.at, "tensor %q has a dimension of size %d", t.Name, n)
	}
}

// countElements notes one occurrence of a data field.
func (d *decoder) countElements(e *elements, f field) {
	n := 1
	switch f.num {
	case stringData: // one element, even if empty
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

// wantElements returns the product of the dimensions, after checking that the
// tensor is one that this package holds.
func (d *decoder) wantElements(t *Tensor, s span) int {
	if t.Type < 1 || int(t.Type) >= len(types) {
		d.fail(s.from, "tensor %q has %v, which ONNX does not know", t.Name, t.Type)
		return 0
	}
	if t.Type.Size() == 0 {
		d.refuse(t.Name, "", "the tensor's elements are of type %v", t.Type)
		return 0
	}
	n, ok := product(t.Dims, maxBytes/t.Type.Size())
	if !ok {
		d.fail(s.from, "tensor %q of %v is larger than a model can be", t.Name, t.Dims)
	}
	return n
}

// product multiplies dimensions, none negative; it fails above limit.
func product(dims []int64, limit int) (n int, ok bool) {
	p := uint64(1)
	for _, d := range dims {
		if d == 0 {
			return 0, true
		}
	}
	for _, d := range dims {
		if uint64(d) > uint64(limit)/p {
			return 0, false
		}
		p *= uint64(d)
	}
	return int(p), true
}

// addElement appends one element that was stored as a number.
func (d *decoder) addElement(t *Tensor, f field, bits uint64) {
	fits := true
	v := int64(bits)
	switch t.Type {
	case Int64, Uint64, Double:
		t.Raw = binary.LittleEndian.AppendUint64(t.Raw, bits)
		return
	case Uint32:
		fits = bits>>32 == 0
	case Int32:
		fits = v == int64(int32(v))
	case Int16:
		fits = v == int64(int16(v))
	case Int8:
		fits = v == int64(int8(v))
	case Uint16, Float16, BFloat16:
		fits = bits>>16 == 0
	case Uint8:
		fits = bits>>8 == 0
	case Bool:
		fits = bits <= 1
	}
	if !fits {
		d.fail(f.at, "tensor %q has the element %d, too large for %v", t.Name, v, t.Type)
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], bits)
	t.Raw = append(t.Raw, b[:t.Type.Size()]...)
}
