package main

import (
	"math"
	"reflect"
	"testing"

	"github.com/ganlet/ganlet/infer"
)

// What put writes in a type, floats reads back.
func TestElements(t *testing.T) {
	for _, c := range []struct {
		typ  string
		v    float64
		want any
	}{
		{"float32", 0.1, []float32{0, 0.1}},
		{"float64", 0.1, []float64{0, 0.1}},
		{"float16", -2, []uint16{0, 0xc000}},
		{"bfloat16", -2, []uint16{0, 0xc000}},
		{"bfloat16", 1 + 1.0/256, []uint16{0, 0x3f80}}, // a tie, to even
		{"bfloat16", 1 + 3.0/256, []uint16{0, 0x3f82}},
		{"int64", -7, []int64{0, -7}},
		{"int32", -7, []int32{0, -7}},
		{"int16", -7, []int16{0, -7}},
		{"int8", -7, []int8{0, -7}},
		{"uint64", 7, []uint64{0, 7}},
		{"uint32", 7, []uint32{0, 7}},
		{"uint16", 7, []uint16{0, 7}},
		{"uint8", 7, []uint8{0, 7}},
		{"bool", 1, []bool{false, true}},
	} {
		data := zeros(c.typ, 2)
		if put(data, c.typ, 1, c.v); !reflect.DeepEqual(data, c.want) {
			t.Errorf("%v of %s is %v, want %v", c.v, c.typ, data, c.want)
		}
		if !fits(c.typ, c.v) {
			t.Errorf("%v does not fit %s", c.v, c.typ)
		}
		if got := first(data, 1); reflect.ValueOf(got).Len() != 1 {
			t.Errorf("the first of %v is %v", data, got)
		}
		dst := make([]float32, 2)
		if ok := floats(dst, data, c.typ); ok != (isFloat(c.typ) || c.typ == "uint8") || ok && math.Abs(float64(dst[1])-c.v) > 0.005 {
			t.Errorf("%s %v is %v as float32, %v", c.typ, data, dst, ok)
		}
		if floats(dst[:1], data, c.typ) {
			t.Errorf("two values of %s fit into one", c.typ)
		}
	}
	if zeros("string", 1) != nil || fits("string", 0) {
		t.Error("strings are filled with numbers")
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		typ string
		v   float64
	}{{"int64", 0.5}, {"int64", 1e300}, {"int32", 1 << 31}, {"int8", 128}, {"int8", -129}, {"uint8", -1}, {"uint8", 256}, {"uint64", -1}, {"bool", 2}} {
		if fits(c.typ, c.v) {
			t.Errorf("%v fits %s", c.v, c.typ)
		}
	}
}

func TestCutName(t *testing.T) {
	has := []infer.Value{{Name: "a"}, {Name: "a=b"}, {Name: "a=b:0"}, {Name: ""}}
	for s, want := range map[string]named{
		"a=x.npy": {"a", "x.npy"}, "a=b=x.npy": {"a=b", "x.npy"}, "a=b:0=x=.npy": {"a=b:0", "x=.npy"}, "a=b:1=x.npy": {"a", "b:1=x.npy"},
	} {
		if got, ok := cutName(s, has); !ok || got != want {
			t.Errorf("cutName(%q) = %q, %v, want %q", s, got, ok, want)
		}
	}
	if got, ok := cutName("b=x.npy", has); ok {
		t.Errorf("cutName finds %q in a model that has no b", got)
	}
}

func TestValueString(t *testing.T) {
	for want, v := range map[string]value{
		"z float32 [N, 3]":            {"z", "float32", []int{-1, 3}, nil},
		"z float32 [batch, ?, h]":     {"z", "float32", []int{-1, -1, -1}, []string{"batch", "", "h"}},
		`"z\n" of unknown type [...]`: {Name: "z\n"},
		`z float32 ["a\x1b", 2]`:      {"z", "float32", []int{-1, 2}, []string{"a\x1b", ""}},
		"n int64 []":                  {"n", "int64", []int{}, nil},
	} {
		if got := v.String(); got != want {
			t.Errorf("%#v is %s, want %s", v, got, want)
		}
	}
}
