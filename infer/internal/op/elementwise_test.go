package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

var (
	nan32 = float32(math.NaN())
	inf32 = float32(math.Inf(1))
)

func TestElementwise(t *testing.T) {
	x := f32(dims(6), -2, -0.25, 0, 0.5, 3, nan32)
	a := func(v ...float32) []tensor.Tensor { return list(f32(dims(6), v...)) }
	check(t, []use{
		{op: "Abs", in: list(x), want: a(2, 0.25, 0, 0.5, 3, nan32)},
		{op: "Abs", in: list(i8(dims(3), -128, -1, 5)), want: list(i8(dims(3), -128, 1, 5))},
		{op: "Abs", in: list(u64(dims(1), 1<<63+1)), want: list(u64(dims(1), 1<<63+1))},
		{op: "Ceil", in: list(x), want: a(-2, 0, 0, 1, 3, nan32)},
		{op: "Floor", in: list(x), want: a(-2, -1, 0, 0, 3, nan32)},
		{op: "HardSigmoid", in: list(x), want: a(0.1, 0.45, 0.5, 0.6, 1, nan32)},
		{op: "HardSwish", in: list(x), want: a(-1.0/3, -0.25*11/24, 0, 0.5*7/12, 3, nan32)},
		{op: "LeakyRelu", attrs: []onnx.Attr{onnx.FloatAttr("alpha", 0.5)}, in: list(x), want: a(-1, -0.125, 0, 0.5, 3, nan32)},
		{op: "Neg", in: list(x), want: a(2, 0.25, 0, -0.5, -3, nan32)},
		{op: "Neg", in: list(i8(dims(2), -128, 7)), want: list(i8(dims(2), -128, -7))},
		{op: "Reciprocal", in: list(x), want: a(-0.5, -4, inf32, 2, 1.0/3, nan32)},
		{op: "Relu", in: list(x), want: a(0, 0, 0, 0.5, 3, nan32)},
		{op: "Relu", in: list(i64(dims(2), -1, 1)), want: list(i64(dims(2), 0, 1))},
		{op: "Round", in: list(f32(dims(4), 0.5, 1.5, -2.5, 2.6)), want: list(f32(dims(4), 0, 2, -2, 3))},
		{op: "Shrink", in: list(x), want: a(-2, 0, 0, 0, 3, 0)},
		{op: "Shrink", attrs: []onnx.Attr{onnx.FloatAttr("bias", 1.5), onnx.FloatAttr("lambd", 1)}, in: list(i8(dims(3), -3, 1, 3)), want: list(i8(dims(3), -1, 0, 1))},
		{op: "Sign", in: list(x), want: a(-1, -1, 0, 1, 1, nan32)},
		{op: "Sign", in: list(u64(dims(2), 0, 1<<63)), want: list(u64(dims(2), 0, 1))},
		{op: "Softsign", in: list(x), want: a(-2.0/3, -0.2, 0, 1.0/3, 0.75, nan32)},
		{op: "Sqrt", in: list(x), want: a(nan32, nan32, 0, float32(math.Sqrt(0.5)), float32(math.Sqrt(3)), nan32)},
		{op: "ThresholdedRelu", in: list(x), want: a(0, 0, 0, 0, 3, 0)},
		{op: "Abs", in: list(f64(dims(2), -1, 2)), want: list(f64(dims(2), 1, 2))},
		{op: "Abs", in: list(f32(dims(0, 2))), want: list(f32(dims(0, 2)))},
		{op: "Neg", in: list(u8(dims(1), 1)), fail: "input 0 is uint8, which it does not take"},
		{op: "Sqrt", in: list(i64(dims(1), 1)), fail: "input 0 is int64, which it does not take"},
		{op: "Abs", in: list(bools(dims(1), true)), fail: "input 0 is bool"},
	})
}

func TestClip(t *testing.T) {
	x := f32(dims(4), -5, 0.5, 9, nan32)
	none := tensor.Tensor{}
	check(t, []use{
		{op: "Clip", in: list(x, f32(nil, -1), f32(nil, 1)), want: list(f32(dims(4), -1, 0.5, 1, nan32))},
		{op: "Clip", in: list(x, none, f32(nil, 1)), want: list(f32(dims(4), -5, 0.5, 1, nan32))},
		{op: "Clip", in: list(x, f32(nil, 3), f32(nil, 1)), want: list(f32(dims(4), 1, 1, 1, nan32))},
		{op: "Clip", in: list(x, f32(nil, nan32), f32(nil, 1)), want: list(f32(dims(4), -5, 0.5, 1, nan32))},
		{op: "Clip", in: list(x), want: list(x)},
		{op: "Clip", version: 6, attrs: []onnx.Attr{onnx.FloatAttr("min", 0)}, in: list(x), want: list(f32(dims(4), 0, 0.5, 9, nan32))},
		{op: "Clip", in: list(u64(dims(3), 1, 1<<63, math.MaxUint64), u64(nil, 7), u64(nil, 1<<63+5)), want: list(u64(dims(3), 7, 1<<63, 1<<63+5))},
		{op: "Clip", in: list(u64(dims(1), math.MaxUint64)), want: list(u64(dims(1), math.MaxUint64))},
		{op: "Clip", in: list(i8(dims(3), -100, 1, 100), none, i8(nil, 50)), want: list(i8(dims(3), -100, 1, 50))},
		{op: "Clip", in: list(x, f32(dims(2), 1, 2)), fail: "input 1 is float32 [2], want one float32"},
		{op: "Clip", in: list(x, i64(nil, 1)), fail: "input 1 is int64"},
	})
}
