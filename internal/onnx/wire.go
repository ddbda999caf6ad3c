package onnx

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// This file is the decoder's lower half: fields of protocol-buffer messages,
// with bounds. Nothing in it knows what a field means.

// decoder walks over one input. The first failure stays in err, and every
// method does nothing after it.
type decoder struct {
	buf   []byte
	err   error
	items int    // entries charged so far
	spent int64  // bytes of their structs
	depth int    // of subgraphs around what is read
	scope *scope // the names of the graph or function that is read
}

// span is a stretch of the input that holds one message.
type span struct {
	message
	from, to int
}

// field is one field as it stands in the input.
type field struct {
	of       message
	num      int
	typ      protowire.Type
	at       int    // offset of its tag
	bits     uint64 // the value, if it is a varint or of fixed length
	from, to int    // where the value lies, if it is bytes
}

// fail records a FormatError, unless something failed before.
func (d *decoder) fail(offset int, format string, args ...any) {
	if d.err == nil {
		d.err = &FormatError{offset, fmt.Sprintf(format, args...)}
	}
}

// refuse records an UnsupportedError, unless something failed before.
func (d *decoder) refuse(node, op, format string, args ...any) {
	if d.err == nil {
		d.err = &UnsupportedError{node, op, fmt.Sprintf(format, args...)}
	}
}

// fields yields the fields of a message, in the order of the input.
func (d *decoder) fields(m span) iter.Seq[field] {
	return func(yield func(field) bool) {
		var seen uint64
		for at := m.from; at < m.to && d.err == nil; {
			f, next := d.field(m, at)
			if d.err != nil {
				return
			}
			if f.num < 64 && m.once>>f.num&1 != 0 {
				if seen>>f.num&1 != 0 {
					d.fail(at, "%s: field %d occurs twice", m.name, f.num)
					return
				}
				seen |= 1 << f.num
			}
			if !yield(f) {
				return
			}
			at = next
		}
	}
}

// field reads the field at offset at, and returns the offset of the next one.
func (d *decoder) field(m span, at int) (f field, next int) {
	b := d.buf[at:m.to]
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		d.fail(at, "%s: bad field tag: %v", m.name, protowire.ParseError(n))
		return f, at
	}
	f = field{of: m.message, num: int(num), typ: typ, at: at}
	b = b[n:]
	v := n
	switch typ {
	case protowire.VarintType:
		f.bits, n = protowire.ConsumeVarint(b)
	case protowire.Fixed32Type:
		var bits uint32
		bits, n = protowire.ConsumeFixed32(b)
		f.bits = uint64(bits)
	case protowire.Fixed64Type:
		f.bits, n = protowire.ConsumeFixed64(b)
	case protowire.BytesType:
		var size uint64
		if size, n = protowire.ConsumeVarint(b); n >= 0 {
			if left := len(b) - n; size > uint64(left) {
				d.fail(at, "%s: field %d is %d bytes long, %d are left: the file is cut short or damaged", m.name, num, size, left)
				return f, at
			}
			f.from = at + v + n
			f.to = f.from + int(size)
			n += int(size)
		}
	default:
		d.fail(at, "%s: field %d has wire type %d, which ONNX does not use", m.name, num, typ)
		return f, at
	}
	if n < 0 {
		d.fail(at, "%s: field %d: %v", m.name, num, protowire.ParseError(n))
		return f, at
	}
	return f, at + v + n
}

// want fails unless the field has the wire type.
func (d *decoder) want(f field, t protowire.Type) bool {
	if f.typ != t {
		d.fail(f.at, "%s: field %d has wire type %d, want %d", f.of.name, f.num, f.typ, t)
	}
	return d.err == nil
}

// int reads a varint as the signed integer that it stands for.
func (d *decoder) int(f field) int64 {
	d.want(f, protowire.VarintType)
	return int64(f.bits)
}

// bytes returns a part of the input.
func (d *decoder) bytes(f field) []byte {
	if !d.want(f, protowire.BytesType) {
		return nil
	}
	return d.buf[f.from:f.to:f.to]
}

// text returns a string field that names something. It must be UTF-8.
func (d *decoder) text(f field) string {
	b := d.bytes(f)
	if !utf8.Valid(b) {
		d.fail(f.at, "%s: field %d is not UTF-8", f.of.name, f.num)
	}
	return string(b)
}

// prose returns a string field that only people read. What is not UTF-8 in it is
// replaced.
func (d *decoder) prose(f field) string {
	return strings.ToValidUTF8(string(d.bytes(f)), string(utf8.RuneError))
}

// sub returns the message that a field holds.
func (d *decoder) sub(f field, m message) span {
	d.want(f, protowire.BytesType)
	return span{m, f.from, f.to}
}

// numbers calls each with every number of a repeated field, packed or not, that
// holds numbers of wire type t.
func (d *decoder) numbers(f field, t protowire.Type, each func(bits uint64)) {
	if f.typ != protowire.BytesType {
		if d.want(f, t) {
			each(f.bits)
		}
		return
	}
	for b := d.buf[f.from:f.to]; len(b) > 0 && d.err == nil; {
		var bits uint64
		var n int
		switch t {
		case protowire.VarintType:
			bits, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			bits = uint64(v)
		default:
			bits, n = protowire.ConsumeFixed64(b)
		}
		if n < 0 {
			d.fail(f.to-len(b), "%s: packed field %d: %v", f.of.name, f.num, protowire.ParseError(n))
			return
		}
		each(bits)
		b = b[n:]
	}
}

// count returns how many numbers numbers would yield, for well-formed input.
func (d *decoder) count(f field, t protowire.Type) int {
	if f.typ != protowire.BytesType {
		return 1
	}
	switch t {
	case protowire.Fixed32Type:
		return (f.to - f.from) / 4
	case protowire.Fixed64Type:
		return (f.to - f.from) / 8
	}
	n := 0
	for _, b := range d.buf[f.from:f.to] {
		if b < 0x80 { // the last byte of a varint
			n++
		}
	}
	return n
}
