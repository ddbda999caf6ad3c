package onnx

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// This file tests tensors whose elements are not all in the tensor: external and
// sparse ones.

func TestExternal(t *testing.T) {
	const most = "9223372036854775807"
	cases := []struct {
		entries []Property
		want    External
		err     string
	}{
		{[]Property{{"location", "w.bin"}}, External{"w.bin", 0, -1}, ""},
		{[]Property{{"location", "w.bin"}, {"offset", "4096"}, {"length", "12"}}, External{"w.bin", 4096, 12}, ""},
		{[]Property{{"length", "0"}, {"location", "../ä"}}, External{"../ä", 0, 0}, ""},
		{[]Property{{"location", "a"}, {"checksum", "-"}, {"other", "\xff"}, {"location", "b"}}, External{"b", 0, -1}, ""},
		{[]Property{{"location", "a"}, {"offset", most}}, External{"a", math.MaxInt64, -1}, ""},
		{nil, External{}, "does not say in which"},
		{[]Property{{"location", ""}}, External{}, "does not say in which"},
		{[]Property{{"location", "\xff"}}, External{}, "not UTF-8"},
		{[]Property{{"location", "a"}, {"offset", "-1"}}, External{}, `offset "-1", want a number`},
		{[]Property{{"location", "a"}, {"offset", "+1"}}, External{}, `"+1"`},
		{[]Property{{"location", "a"}, {"offset", "0x10"}}, External{}, `"0x10"`},
		{[]Property{{"location", "a"}, {"length", ""}}, External{}, `length "", want`},
		{[]Property{{"location", "a"}, {"length", "9223372036854775808"}}, External{}, "want a number"},
		{[]Property{{"location", "a"}, {"length", most}, {"offset", "1"}}, External{}, "beyond an int64"},
	}
	for _, c := range cases {
		var w writer
		w.int(tensorDims, 3)
		w.int(tensorType, int64(Float))
		w.text(tensorName, "w")
		for _, e := range c.entries {
			w.entry(tensorExternal, e.Key, e.Value)
		}
		w.int(tensorLocation, 1)
		x, err := UnmarshalTensor(w)
		switch format := new(FormatError); {
		case c.err != "":
			if !errors.As(err, &format) || !strings.Contains(err.Error(), c.err) {
				t.Errorf("external_data %q: %v, want a *FormatError that says %q", c.entries, err, c.err)
			}
		case err != nil || x.External == nil || *x.External != c.want || x.Raw != nil:
			t.Errorf("external_data %q: %+v, %v, want %v", c.entries, x, err, c.want)
		default:
			if _, err := x.Float32s(); err == nil {
				t.Errorf("external_data %q: Float32s succeeded without the data", c.entries)
			}
		}
	}
}

func TestDense(t *testing.T) {
	values := func(v ...float32) Tensor { return NewFloat32("s", v, int64(len(v))) }
	indices := func(dims []int64, v ...int64) Tensor { return NewInt64("", v, dims...) }
	cases := []struct {
		name    string
		sparse  SparseTensor
		want    []float32
		problem string
	}{
		{"linear", SparseTensor{values(1, 2), indices([]int64{2}, 1, 5), []int64{2, 3}}, []float32{0, 1, 0, 0, 0, 2}, ""},
		{"by axis", SparseTensor{values(1, 2), indices([]int64{2, 2}, 0, 1, 1, 2), []int64{2, 3}}, []float32{0, 1, 0, 0, 0, 2}, ""},
		{"the last counts", SparseTensor{values(1, 2, 3), indices([]int64{3}, 1, 1, 0), []int64{2}}, []float32{3, 2}, ""},
		{"nothing", SparseTensor{values(), Tensor{}, []int64{2}}, []float32{0, 0}, ""},
		{"no elements", SparseTensor{values(), indices([]int64{0, 1}), []int64{0}}, []float32{}, ""},
		{"a scalar", SparseTensor{values(7), indices([]int64{1, 0}), nil}, []float32{7}, ""},
		{"int8 indices", SparseTensor{values(1), Tensor{Type: Int8, Dims: []int64{1}, Raw: []byte{1}}, []int64{2}}, []float32{0, 1}, ""},
		{"too far", SparseTensor{values(1), indices([]int64{1}, 6), []int64{2, 3}}, nil, "lies outside"},
		{"negative", SparseTensor{values(1), indices([]int64{1}, -1), []int64{2, 3}}, nil, "lies outside"},
		{"too far in a row", SparseTensor{values(1), indices([]int64{1, 2}, 0, 3), []int64{2, 3}}, nil, "lies outside"},
		{"in nothing", SparseTensor{values(1), indices([]int64{1}, 0), []int64{0}}, nil, "lies outside"},
		{"no indices", SparseTensor{values(1), Tensor{}, []int64{2}}, nil, "has indices of []"},
		{"too few indices", SparseTensor{values(1, 2), indices([]int64{1}, 0), []int64{2}}, nil, "has indices of [1]"},
		{"values of two dimensions", SparseTensor{NewFloat32("s", []float32{1}, 1, 1), indices([]int64{1}, 0), []int64{2}}, nil, "want one dimension"},
		{"float indices", SparseTensor{values(1), values(0), []int64{2}}, nil, "want int64"},
		{"values elsewhere", SparseTensor{Tensor{Type: Float, Dims: []int64{1}, External: &External{}}, indices([]int64{1}, 0), []int64{2}}, nil, "has 0 bytes"},
		{"indices elsewhere", SparseTensor{values(1), Tensor{Type: Int64, Dims: []int64{1}, External: &External{}}, []int64{2}}, nil, "has 0 bytes"},
		{"strings", SparseTensor{Tensor{Type: String, Dims: []int64{0}}, Tensor{}, []int64{2}}, nil, "not fixed"},
		{"four bits", SparseTensor{Tensor{Type: Int4, Dims: []int64{0}}, Tensor{}, []int64{2}}, nil, "cannot be made dense"},
		{"too large", SparseTensor{values(), Tensor{}, []int64{1 << 40, 1 << 40}}, nil, "too large"},
	}
	for _, c := range cases {
		x, err := c.sparse.Dense()
		if c.problem != "" {
			if err == nil || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%s: %v, want an error that says %q", c.name, err, c.problem)
			}
			continue
		}
		got, failed := x.Float32s()
		if err != nil || failed != nil || !slices.Equal(got, c.want) || x.Name != "s" || !slices.Equal(x.Dims, c.sparse.Dims) {
			t.Errorf("%s: %v of %v (%v, %v), want %v", c.name, got, x.Dims, err, failed, c.want)
		}
		if n, err := c.sparse.Bytes(); err != nil || n != int64(len(x.Raw)) {
			t.Errorf("%s: Bytes = %d, %v, want %d", c.name, n, err, len(x.Raw))
		}
	}
}

// The decoder leaves sparse tensors as they are, and checks that their parts fit.
func TestSparse(t *testing.T) {
	huge := identity("s")
	huge.Dims = []int64{1 << 20, 1 << 10}
	m := generator()
	m.Graph.Sparse = []SparseTensor{huge}
	if got := accepts(t, "huge", Marshal(m)).Graph.Sparse; !reflect.DeepEqual(got, m.Graph.Sparse) {
		t.Errorf("got %+v, want %+v", got, m.Graph.Sparse)
	}
	for want, spoil := range map[string]func(*SparseTensor){
		"has values of [2 1], want one dimension": func(s *SparseTensor) { s.Values.Dims = []int64{2, 1} },
		"has indices of [2 1], want [2] or [2 2]": func(s *SparseTensor) { s.Indices.Dims = []int64{2, 1} },
		"has a dimension of size -1":              func(s *SparseTensor) { s.Dims = []int64{-1} },
		`initializer ""`:                          func(s *SparseTensor) { s.Values.Name = "" },
	} {
		s := identity("s")
		spoil(&s)
		m.Graph.Sparse = []SparseTensor{s}
		fails[*FormatError](t, Marshal(m), want)
	}
	fails[*FormatError](t, graphOf(wire(graphSparse, "")), "a sparse tensor has no values")
}
