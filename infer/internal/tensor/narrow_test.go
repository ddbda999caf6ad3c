package tensor

import (
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// Constants of narrow types, by the definitions of their types.
func TestNarrowConstants(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		elem Type
		raw  []byte
		want any
	}{
		{onnx.Uint4, []byte{0x21, 0xf3, 0x07}, []uint8{1, 2, 3, 15, 7}},
		{onnx.Int4, []byte{0x21, 0xf8, 0x07}, []int8{1, 2, -8, -1, 7}},
		{onnx.Uint2, []byte{0b11100100, 0b10}, []uint8{0, 1, 2, 3, 2}},
		{onnx.Int2, []byte{0b11100100, 0b10}, []int8{0, 1, -2, -1, -2}},
		{onnx.Float4E2M1, []byte{0x21, 0xf7, 0x0d}, []float32{.5, 1, 6, -6, -3}},
		{onnx.Float8E4M3FN, []byte{0x01, 0x38, 0xfe, 0x7f, 0x80}, []float32{0x1p-9, 1, -448, nan, 0}},
		{onnx.Float8E4M3FNUZ, []byte{0x01, 0x40, 0xff, 0x80, 0}, []float32{0x1p-10, 1, -240, nan, 0}},
		{onnx.Float8E5M2, []byte{0x01, 0x3c, 0xfb, 0x7d, 0x7c}, []float32{0x1p-16, 1, -57344, nan, inf}},
		{onnx.Float8E5M2FNUZ, []byte{0x01, 0x40, 0xff, 0x80, 0}, []float32{0x1p-17, 1, -57344, nan, 0}},
		{onnx.Float8E8M0, []byte{0, 127, 254, 255, 130}, []float32{0x1p-127, 1, 0x1p127, nan, 8}},
	} {
		k, err := FromFile(&onnx.Tensor{Type: c.elem, Dims: []int64{5}, Raw: c.raw})
		if err != nil {
			t.Error(err)
			continue
		}
		v, err := k.Value()
		if err != nil || k.Narrow != c.elem {
			t.Errorf("%v: error %v, narrow %v", c.elem, err, k.Narrow)
		}
		switch want := c.want.(type) {
		case []uint8:
			if got := Of[uint8](v); !slices.Equal(got, want) {
				t.Errorf("%v % x = %v, want %v", c.elem, c.raw, got, want)
			}
		case []int8:
			if got := Of[int8](v); !slices.Equal(got, want) {
				t.Errorf("%v % x = %v, want %v", c.elem, c.raw, got, want)
			}
		case []float32:
			if got := Of[float32](v); !slices.EqualFunc(got, want, func(x, y float32) bool { return x == y || x != x && y != y }) {
				t.Errorf("%v % x = %v, want %v", c.elem, c.raw, got, want)
			}
		}
	}
	if _, err := FromFile(&onnx.Tensor{Type: onnx.Int4, Dims: []int64{5}, Raw: make([]byte, 2)}); err == nil {
		t.Error("a constant of too few bytes is taken")
	}
}

// Every number of a type rounds to itself, and what lies between to the nearer.
func TestRoundNarrow(t *testing.T) {
	for i, m := range minifloats {
		elem := Type(i)
		if m.largest == 0 || m.unsigned {
			continue
		}
		for code := range m.largest {
			x, y := float32(m.size(code)), float32(m.size(code+1))
			v := []float32{x, -y, x + (y-x)*.49, x + (y-x)*.51, x + (y-x)/2, float32(m.size(m.largest) * 1.01)}
			RoundNarrow(v, elem, true)
			even := x
			if code&1 != 0 {
				even = y
			}
			if want := []float32{x, -y, x, y, even, float32(m.size(m.largest))}; !slices.Equal(v, want) {
				t.Fatalf("%v of code %d rounds to %v, want %v", elem, code, v, want)
			}
		}
	}
	inf := float32(math.Inf(1))
	v := []float32{1e6, 1e6, -1e6}
	RoundNarrow(v[:1], onnx.Float8E4M3FN, false)
	RoundNarrow(v[1:], onnx.Float8E5M2, false)
	if v[0] == v[0] || v[1] != inf || v[2] != -inf {
		t.Errorf("what is too large becomes %v, want NaN, +Inf, -Inf", v)
	}
}
