package op

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

func i32(shape []int, v ...int32) tensor.Tensor {
	return tensor.From(onnx.Int32, v, shape...)
}

// quantizeCases are computed with NumPy: clip(rint(x/scale) + zero).
var quantizeCases = []struct {
	name           string
	attrs          []onnx.Attr
	x, scale, zero tensor.Tensor
	want           tensor.Tensor
}{
	{"one scale, ties to even", nil, f32([]int{6}, 0, .5, 1.5, -1, 300, float32(math.NaN())), f32(nil, 1), u8(nil, 1), u8([]int{6}, 1, 1, 3, 0, 255, 0)},
	{"no zero point", nil, f32([]int{1, 3}, 2, 4.9, -1), f32([]int{1}, 2), tensor.Tensor{}, u8([]int{1, 3}, 1, 2, 0)},
	{"output_dtype", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Int8))}, f32([]int{2}, 500, -500), f32(nil, 1), tensor.Tensor{}, i8([]int{2}, 127, -128)},
	{"an axis", []onnx.Attr{onnx.IntAttr("axis", -2)}, f32([]int{2, 4}, 1.25, -2.5, 3, 100, .5, -7, 2.5, -.75), f32([]int{2}, .5, 2), u8([]int{2}, 0, 0),
		u8([]int{2, 4}, 2, 0, 6, 200, 0, 0, 1, 0)},
	{"the last axis", nil, f32([]int{2, 2}, 1, 2, 3, 4), f32([]int{2}, 1, .5), i8([]int{2}, 0, -1), i8([]int{2, 2}, 1, 3, 3, 7)},
	{"blocks", []onnx.Attr{onnx.IntAttr("block_size", 2)}, f32([]int{2, 4}, 1.25, -2.5, 3, 100, .5, -7, 2.5, -.75), f32([]int{2, 2}, .5, .25, 1, 2), i8([]int{2, 2}, 3, -4, 0, 1),
		i8([]int{2, 4}, 5, -2, 8, 127, 0, -7, 2, 1)},
	{"blocks of the first axis", []onnx.Attr{onnx.IntAttr("block_size", 2), onnx.IntAttr("axis", 0)}, f32([]int{3, 2}, 1, 2, 3, 4, 5, 6), f32([]int{2, 2}, 1, .5, 5, 3), u8([]int{2, 2}, 0, 0, 0, 9),
		u8([]int{3, 2}, 1, 4, 3, 8, 1, 11)},
	{"int16", nil, f32([]int{3}, 5, -40000, 40000), f32(nil, 1), tensor.From(onnx.Int16, []int16{-2}), tensor.From(onnx.Int16, []int16{3, -32768, 32767}, 3)},
	{"int32 to uint16", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Uint16))}, i32([]int{2}, 7, 1<<20), f32(nil, 2), tensor.Tensor{}, tensor.From(onnx.Uint16, []uint16{4, 65535}, 2)},
	{"int4", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Int4))}, f32([]int{4}, 7, 8, -8, -9), f32(nil, 1), tensor.Tensor{}, i8([]int{4}, 7, 7, -8, -8)},
	{"float8", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Float8E4M3FN))}, f32([]int{4}, 2.1, 1000, -.06, 17), f32(nil, 2), tensor.Tensor{}, f32([]int{4}, 1, 448, -.029296875, 8)},
	{"nothing", nil, f32([]int{0, 3}), f32(nil, 1), u8(nil, 1), u8([]int{0, 3})},
	{"a scalar", nil, f32(nil, 3), f32(nil, 1), u8(nil, 1), u8(nil, 4)},
}

func TestQuantizeLinear(t *testing.T) {
	for _, c := range quantizeCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := node(25, "QuantizeLinear", 1, c.attrs, c.x, c.scale, c.zero)
			same(t, got, err, c.want)
		})
	}
}

func TestDequantizeLinear(t *testing.T) {
	blocks := []onnx.Attr{onnx.IntAttr("block_size", 2)}
	for _, c := range []struct {
		name           string
		attrs          []onnx.Attr
		x, scale, zero tensor.Tensor
		want           tensor.Tensor
	}{
		{"one scale", nil, u8([]int{3}, 0, 3, 255), f32(nil, 2), u8(nil, 128), f32([]int{3}, -256, -250, 254)},
		{"an axis", nil, i8([]int{1, 2, 2}, 0, 3, -128, 127), f32([]int{2}, 2, .5), i8([]int{2}, 1, 0), f32([]int{1, 2, 2}, -2, 4, -64, 63.5)},
		{"blocks", blocks, i8([]int{2, 4}, 5, -2, 8, 127, 0, -7, 2, 1), f32([]int{2, 2}, .5, .25, 1, 2), i8([]int{2, 2}, 3, -4, 0, 1), f32([]int{2, 4}, 1, -2.5, 3, 32.75, 0, -7, 2, 0)},
		{"a block that is not full", blocks, i8([]int{1, 3}, 1, 2, 3), f32([]int{1, 2}, 1, 10), tensor.Tensor{}, f32([]int{1, 3}, 1, 2, 30)},
		{"int32", nil, i32([]int{2}, -5, 1<<24), f32(nil, .5), tensor.Tensor{}, f32([]int{2}, -2.5, 1<<23)},
		{"uint16", nil, tensor.From(onnx.Uint16, []uint16{0, 65535}, 2), f32([]int{1}, 2), tensor.From(onnx.Uint16, []uint16{32767}, 1), f32([]int{2}, -65534, 65536)},
		{"float8", nil, f32([]int{2}, .5, -448), f32(nil, 2), tensor.Tensor{}, f32([]int{2}, 1, -896)},
		{"rounded to bfloat16", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.BFloat16))}, u8([]int{1}, 255), f32(nil, 1.1), tensor.Tensor{}, f32([]int{1}, 280)},
		{"nothing", nil, u8([]int{2, 0}), f32([]int{0}), tensor.Tensor{}, f32([]int{2, 0})},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := node(25, "DequantizeLinear", 1, c.attrs, c.x, c.scale, c.zero)
			same(t, got, err, c.want)
		})
	}
}

func TestQuantizeRefuses(t *testing.T) {
	x, one := f32([]int{2, 3}, 1, 2, 3, 4, 5, 6), f32(nil, 1)
	for _, c := range []struct {
		op, want string
		attrs    []onnx.Attr
		in       []tensor.Tensor
	}{
		{"QuantizeLinear", "scale has shape [2], want [3]", nil, []tensor.Tensor{x, f32([]int{2}, 1, 1)}},
		{"QuantizeLinear", "scale has shape [2 1], want [2 2]", []onnx.Attr{onnx.IntAttr("block_size", 2)}, []tensor.Tensor{x, f32([]int{2, 1}, 1, 1)}},
		{"QuantizeLinear", "axis 2 is out of range", []onnx.Attr{onnx.IntAttr("axis", 2)}, []tensor.Tensor{x, f32([]int{3}, 1, 1, 1)}},
		{"QuantizeLinear", `attribute "block_size" is -1`, []onnx.Attr{onnx.IntAttr("block_size", -1)}, []tensor.Tensor{x, one}},
		{"QuantizeLinear", "to int64 is not supported", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Int64))}, []tensor.Tensor{x, one}},
		{"QuantizeLinear", "the zero point is int8, want uint8", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Uint8))}, []tensor.Tensor{x, one, i8(nil, 1)}},
		{"QuantizeLinear", "shapes [] and [3]", nil, []tensor.Tensor{x, one, i8([]int{3}, 1, 1, 1)}},
		{"DequantizeLinear", "input 0 is int64", nil, []tensor.Tensor{i64([]int{1}, 1), one}},
		{"DequantizeLinear", "the zero point is int8, want uint8", nil, []tensor.Tensor{u8([]int{1}, 1), one, i8(nil, 1)}},
		{"DequantizeLinear", "to int8 is not supported", []onnx.Attr{onnx.IntAttr("output_dtype", int64(onnx.Int8))}, []tensor.Tensor{u8([]int{1}, 1), one}},
	} {
		if _, err := node(25, c.op, 1, c.attrs, c.in...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%v: error %v, want %q", c.op, c.attrs, err, c.want)
		}
	}
}

// As the definition says, computed with NumPy.
func TestDynamicQuantizeLinear(t *testing.T) {
	x := f32([]int{6}, 0, 2, -3, -2.5, 1.34, .5)
	got, err := node(11, "DynamicQuantizeLinear", 3, nil, x)
	same(t, got, err, u8([]int{6}, 153, 255, 0, 26, 221, 179))
	same(t, got[1:], err, f32(nil, .019607844))
	same(t, got[2:], err, u8(nil, 153))
	got, err = node(11, "DynamicQuantizeLinear", 3, nil, f32([]int{2, 1}, 0, 0))
	same(t, got, err, u8([]int{2, 1}, 0, 0))
	same(t, got[1:], err, f32(nil, 1))
	got, err = node(11, "DynamicQuantizeLinear", 3, nil, f32([]int{0}))
	same(t, got, err, u8([]int{0}))
	same(t, got[1:], err, f32(nil, 1))
}
