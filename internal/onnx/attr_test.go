package onnx

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// This file tests attributes by themselves.

// unmarshalAttr reads an attribute, of a node in a function or not.
func unmarshalAttr(data []byte, function bool) (Attr, error) {
	d := &decoder{buf: data}
	d.enter()
	d.scope.function = function
	a := d.attr(span{attrMessage, 0, len(data)}, "node")
	return a, d.err
}

// Without a type, that of the only value counts.
func TestAttrWithoutType(t *testing.T) {
	x, g, s := NewInt64("", []int64{1}, 1), nested(0, "x"), identity("s")
	for _, want := range []Attr{
		FloatAttr("a", 0.5), IntAttr("a", 3), StringAttr("a", "s"), TensorAttr("a", x), GraphAttr("a", g),
		FloatsAttr("a", 1, 2), IntsAttr("a", 1, 2), {Name: "a", Type: AttrStrings, Strings: []string{"x", "y"}}, {Name: "a", Type: AttrSparse, Sparse: &s},
	} {
		var w writer
		w.text(attrName, "a")
		if w.attrValue(&want); want.Sparse != nil {
			w.message(attrSparse, func(w *writer) { w.sparse(&s) })
		}
		if got, err := unmarshalAttr(w, false); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s without a type: %+v, %v, want %+v", want.Type, got, err, want)
		}
	}
	var w writer
	w.text(attrName, "a")
	w.text(attrTypeProto, "")
	if got, err := unmarshalAttr(w, false); err != nil || got.Type != AttrTypeProto {
		t.Errorf("type_proto without a type: %+v, %v", got, err)
	}
}

// Each case is the fields after the name.
func TestAttrErrors(t *testing.T) {
	cases := []struct {
		want string
		body func(*writer)
	}{
		{`no valid type`, func(w *writer) {}},
		{`no valid type`, func(w *writer) { w.int(attrType, 15) }},
		{`no valid type`, func(w *writer) { w.int(attrInt, 1); w.float(attrFloat, 1) }},
		{`other values than its type, int, says`, func(w *writer) { w.int(attrType, 2); w.float(attrFloat, 1) }},
		{`other values than its type, tensor, says`, func(w *writer) { w.int(attrType, 4); w.bytes(attrTypeProto, nil) }},
		{`has no tensor`, func(w *writer) { w.int(attrType, int64(AttrTensor)) }},
		{`has no graph`, func(w *writer) { w.int(attrType, int64(AttrGraph)) }},
		{`has no sparse_tensor`, func(w *writer) { w.int(attrType, int64(AttrSparse)) }},
		{`in no function`, func(w *writer) { w.int(attrType, 1); w.text(attrRef, "alpha") }},
	}
	for _, c := range cases {
		var w writer
		w.text(attrName, "a")
		c.body(&w)
		_, err := unmarshalAttr(w, false)
		if format := new(FormatError); !errors.As(err, &format) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want a *FormatError that says %q", err, c.want)
		}
	}
}

// A reference has no value, and the type that it says.
func TestAttrRef(t *testing.T) {
	var unknown writer
	unknown.attr(&Attr{Name: "a", Type: 15, Ref: "b"})
	if _, err := unmarshalAttr(unknown, true); err == nil {
		t.Error("a reference of type 15 is accepted")
	}
	for _, want := range []Attr{RefAttr("a", AttrInt, "b"), RefAttr("a", 0, "b")} {
		var w writer
		w.attr(&want)
		w.int(attrInt, 5)
		if got, err := unmarshalAttr(w, true); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}
