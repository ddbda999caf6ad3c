package npy

import (
	"bytes"
	"math"
	"os"
	"reflect"
	"testing"
)

// goldens were made by NumPy: testdata/make.py.
var goldens = []struct {
	file string
	want Array
}{
	{"float16", Array{Shape: []int{2, 3}, Data: []uint16{0, 0x3c00, 0xc000, 0x3800, 0x7bff, 0x7c00}, Half: true}},
	{"float32", Array{Shape: []int{2, 3}, Data: []float32{0, 1, -2, 0.1, 3e38, float32(math.Inf(1))}}},
	{"float64", Array{Shape: []int{2}, Data: []float64{0.1, -1e300}}},
	{"int64", Array{Shape: []int{1, 1, 2}, Data: []int64{math.MinInt64, math.MaxInt64}}},
	{"int32", Array{Shape: []int{3}, Data: []int32{math.MinInt32, math.MaxInt32, 7}}},
	{"int16", Array{Shape: []int{2}, Data: []int16{math.MinInt16, math.MaxInt16}}},
	{"int8", Array{Shape: []int{2, 1}, Data: []int8{-128, 127}}},
	{"uint64", Array{Shape: []int{2}, Data: []uint64{1, math.MaxUint64}}},
	{"uint32", Array{Shape: []int{2}, Data: []uint32{1, math.MaxUint32}}},
	{"uint16", Array{Shape: []int{2}, Data: []uint16{1, math.MaxUint16}}},
	{"uint8", Array{Shape: []int{2}, Data: []uint8{0, 255}}},
	{"bool", Array{Shape: []int{3}, Data: []bool{true, false, true}}},
	{"scalar", Array{Shape: []int{}, Data: []float32{1.5}}},
	{"none", Array{Shape: []int{0, 3}, Data: []float32{}}},
	{"version2", Array{Shape: []int{2}, Data: []float32{1.5, -1}}},
}

func TestRead(t *testing.T) {
	for _, g := range goldens {
		a, err := ReadFile("testdata/"+g.file+".npy", 1<<10)
		if err != nil {
			t.Errorf("%s: %v", g.file, err)
		} else if !reflect.DeepEqual(*a, g.want) {
			t.Errorf("%s is %v, want %v", g.file, *a, g.want)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, g := range goldens {
		if g.file == "version2" {
			continue // we write version 1.0
		}
		want, err := os.ReadFile("testdata/" + g.file + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := Write(&got, &g.want); err != nil {
			t.Errorf("%s: %v", g.file, err)
		} else if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("Write(%v) = %q, want NumPy's %q", g.want, got.Bytes(), want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for file, want := range map[string]string{
		"fortran":    "array is in Fortran order, want C order",
		"bigendian":  `type ">f4" (big-endian), want <f2 <f4`,
		"object":     `type "|O" (Python objects), want`,
		"structured": "descr is a list, a structured type, want one type",
		"complex64":  `type "<c8" (not supported), want`,
		"version3":   "format version 3.0, want 1.0 or 2.0",
		"nothing":    "no such file",
	} {
		a, err := ReadFile("testdata/"+file+".npy", 1<<10)
		wantError(t, file, a, err, want)
		wantError(t, file, a, err, `npy: "testdata/`+file+`.npy": `)
	}
}
