package onnx

import (
	"math"
	"testing"
)

// This file tests the half-precision float, exhaustively where it can.

// Every half-precision float survives widening and narrowing, and so does every
// value halfway to its neighbour, or just beside that, as it should.
func TestFloat16(t *testing.T) {
	for i := range 1 << 16 {
		h := uint16(i)
		f := Float16ToFloat32(h)
		if got := Float32ToFloat16(f); got != h && f == f {
			t.Errorf("Float32ToFloat16(%v) = %#04x, want %#04x", f, got, h)
		}
		if f != f && Float32ToFloat16(f)&0x7e00 != 0x7e00 {
			t.Errorf("Float32ToFloat16(NaN) = %#04x, want a NaN", Float32ToFloat16(f))
		}
		if h&0x7fff >= 0x7c00 {
			continue
		}
		sign, exp, frac := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
		want := sign * math.Ldexp(frac, -24)
		if exp > 0 {
			want = sign * math.Ldexp(1024+frac, exp-25)
		}
		if float64(f) != want {
			t.Errorf("Float16ToFloat32(%#04x) = %v, want %v", h, f, want)
		}
		next := Float16ToFloat32(h + 1)
		if h&0x7fff == 0x7bff {
			next = float32(sign * 65536)
		}
		half := (f + next) / 2 // exact in float32
		even := h + h&1
		if got := Float32ToFloat16(half); got != even {
			t.Errorf("Float32ToFloat16(%v) = %#04x, want the even %#04x", half, got, even)
		}
		if got := Float32ToFloat16(math.Nextafter32(half, f)); got != h {
			t.Errorf("Float32ToFloat16(just under %v) = %#04x, want %#04x", half, got, h)
		}
		if got := Float32ToFloat16(math.Nextafter32(half, next)); got != h+1 {
			t.Errorf("Float32ToFloat16(just over %v) = %#04x, want %#04x", half, got, h+1)
		}
	}
	for _, f := range []float32{1e30, math.MaxFloat32, float32(math.Inf(1))} {
		if got := Float32ToFloat16(-f); got != 0xfc00 {
			t.Errorf("Float32ToFloat16(%v) = %#04x, want minus infinity", -f, got)
		}
	}
}

func TestAccessors(t *testing.T) {
	half := NewFloat16("half", []float32{0.1, -2}, 2)
	if v, err := half.Float32s(); err != nil || v[0] != 0.099975586 || v[1] != -2 {
		t.Errorf("Float32s = %v, %v, want [0.099975586 -2]", v, err)
	}
	big := Tensor{Name: "big", Type: Uint64, Raw: []byte{0, 0, 0, 0, 0, 0, 0, 0x80}}
	if _, err := big.Int64s(); err == nil {
		t.Error("Int64s of 1<<63 succeeded, want an error")
	}
	if _, err := big.Float32s(); err == nil {
		t.Error("Float32s of a uint64 tensor succeeded, want an error")
	}
	short := Tensor{Name: "short", Type: Float, Dims: []int64{2}, Raw: []byte{0, 0, 0, 0}}
	if _, err := short.Float32s(); err == nil {
		t.Error("Float32s of a short tensor succeeded, want an error")
	}
	signed := Tensor{Name: "signed", Type: Int16, Dims: []int64{2}, Raw: []byte{0xff, 0xff, 1, 0}}
	if v, err := signed.Int64s(); err != nil || v[0] != -1 || v[1] != 1 {
		t.Errorf("Int64s = %v, %v, want [-1 1]", v, err)
	}
}

// Every bfloat16 comes back, and what lies between two goes to the nearer, or to
// the even one.
func TestBFloat16(t *testing.T) {
	for bits := range 1 << 16 {
		f := BFloat16ToFloat32(uint16(bits))
		if got := Float32ToBFloat16(f); f == f && got != uint16(bits) || f != f && BFloat16ToFloat32(got) == BFloat16ToFloat32(got) {
			t.Fatalf("%#x becomes %v and %#x", bits, f, got)
		}
	}
	for bits, want := range map[uint32]uint16{0x3f808000: 0x3f80, 0x3f808001: 0x3f81, 0x3f818000: 0x3f82, 0x7f7fffff: 0x7f80, 0x7f800001: 0x7fc0} {
		if got := Float32ToBFloat16(math.Float32frombits(bits)); got != want {
			t.Errorf("%#x becomes %#x, want %#x", bits, got, want)
		}
	}
}
