package onnx

import (
	"bytes"
	"testing"
)

// This file tests tensors of the element types that Go has not, and how large
// tensors are.

func TestBits(t *testing.T) {
	for typ, bits := range map[DataType]int{Float: 32, Bool: 8, String: 0, Complex128: 128, Float8E8M0: 8, Uint4: 4, Float4E2M1: 4, Int2: 2, 0: 0, 27: 0, -1: 0} {
		if typ.Bits() != bits || typ.Size() != bits/8 {
			t.Errorf("%v has %d bits, %d bytes, want %d, %d", typ, typ.Bits(), typ.Size(), bits, bits/8)
		}
	}
}

// Each type's elements come from raw_data as they are, and from numbers.
func TestPacked(t *testing.T) {
	cases := []struct {
		typ     DataType
		dims    []int64
		numbers []int64
		raw     []byte
	}{
		{Int4, []int64{3}, []int64{0x21, 0x0f}, []byte{0x21, 0x0f}},
		{Uint4, []int64{2, 2}, []int64{-1, 0xff}, []byte{0xff, 0xff}},
		{Uint4, []int64{1}, []int64{3}, []byte{3}},
		{Float4E2M1, []int64{4}, []int64{0x12, 0x34}, []byte{0x12, 0x34}},
		{Int2, []int64{5}, []int64{0xe4, 1}, []byte{0xe4, 1}},
		{Uint2, []int64{4}, []int64{0xe4}, []byte{0xe4}},
		{Float8E4M3FN, []int64{2}, []int64{0x38, 0xff}, []byte{0x38, 0xff}},
		{Int8, []int64{2}, []int64{-1, 0xffffffff}, []byte{0xff, 0xff}}, // a varint is cut to 32 bits
		{Int4, []int64{0}, nil, nil},
	}
	for _, c := range cases {
		var numbers, raw writer
		for _, w := range []*writer{&numbers, &raw} {
			for _, n := range c.dims {
				w.int(tensorDims, n)
			}
			w.int(tensorType, int64(c.typ))
		}
		for _, n := range c.numbers {
			numbers.int(int32Data, n)
		}
		raw.bytes(rawData, c.raw)
		for _, data := range [][]byte{numbers, raw} {
			x, err := UnmarshalTensor(data)
			if err != nil || !bytes.Equal(x.Raw, c.raw) {
				t.Errorf("%v %v: % x, %v, want % x", c.typ, c.dims, x.Raw, err, c.raw)
			}
			if n, err := x.Bytes(); err != nil || n != int64(len(c.raw)) {
				t.Errorf("%v %v: Bytes = %d, %v, want %d", c.typ, c.dims, n, err, len(c.raw))
			}
		}
	}
}

func TestComplex(t *testing.T) {
	var w writer
	w.int(tensorType, int64(Complex64))
	w.float(floatData, 1)
	w.float(floatData, 2)
	x, err := UnmarshalTensor(w)
	if want := NewFloat32("", []float32{1, 2}).Raw; err != nil || !bytes.Equal(x.Raw, want) {
		t.Errorf("complex64: % x, %v, want % x", x.Raw, err, want)
	}
}

// The numbers of strings and dimensions agree.
func TestStrings(t *testing.T) {
	for n, ok := range []bool{false, false, true, false} {
		var w writer
		w.int(tensorDims, 2)
		w.int(tensorType, int64(String))
		for range n {
			w.text(stringData, "\xff")
		}
		if x, err := UnmarshalTensor(w); (err == nil) != ok || x.Raw != nil {
			t.Errorf("%d strings: %v, want an error: %v", n, err, !ok)
		}
	}
}

func TestBytes(t *testing.T) {
	cases := []struct {
		typ  DataType
		dims []int64
		want int64 // -1: an error
	}{
		{Float, nil, 4},
		{Float, []int64{2, 3}, 24},
		{Int4, []int64{3, 3}, 5},
		{Int2, []int64{9}, 3},
		{Double, []int64{1 << 30, 1 << 30}, -1},
		{Uint8, []int64{1 << 31, 1 << 31}, 1 << 62},
		{Int4, []int64{1 << 31, 1 << 31}, 1 << 61},
		{Int4, []int64{1<<63 - 1}, 1 << 62},
		{Double, []int64{1 << 60}, -1},
		{Uint8, []int64{0, -1}, -1},
		{Uint8, []int64{1 << 62, 0}, 0},
		{String, []int64{1}, -1},
		{0, []int64{1}, -1},
	}
	for _, c := range cases {
		x := Tensor{Type: c.typ, Dims: c.dims}
		if n, err := x.Bytes(); (err != nil) != (c.want < 0) || err == nil && n != c.want {
			t.Errorf("Bytes of %v %v = %d, %v, want %d", c.typ, c.dims, n, err, c.want)
		}
	}
}
