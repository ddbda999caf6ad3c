package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

func TestCastLike(t *testing.T) {
	check(t, []use{
		{op: "CastLike", in: list(f32(dims(2), 2.7, -1), i8(dims(0))), want: list(i8(dims(2), 2, -1))},
		{op: "CastLike", in: list(f32(dims(2), 0, nan32), bools(nil, true)), want: list(bools(dims(2), false, true))},
		{op: "CastLike", in: list(f32(dims(2), 0, 1)), fail: "it has 1 inputs, want 2"},
	})
}

func TestBitCast(t *testing.T) {
	to := func(elem tensor.Type) []onnx.Attr { return ints("to", int(elem)) }
	check(t, []use{
		{op: "BitCast", attrs: to(onnx.Int64), in: list(f64(dims(1), -2)), want: list(i64(dims(1), math.MinInt64+1<<62))},
		{op: "BitCast", attrs: to(onnx.Float), in: list(tensor.From(onnx.Uint32, []uint32{0x3f800000, 0xff800000}, 2)), want: list(f32(dims(2), 1, -inf32))},
		{op: "BitCast", attrs: to(onnx.Uint64), in: list(i64(nil, -1)), want: list(u64(nil, math.MaxUint64))},
		{op: "BitCast", attrs: to(onnx.Uint8), in: list(i8(dims(2), -1, 3)), want: list(u8(dims(2), 255, 3))},
		{op: "BitCast", attrs: to(onnx.Uint8), in: list(bools(dims(2), true, false)), want: list(u8(dims(2), 1, 0))},
		{op: "BitCast", attrs: to(onnx.Float), in: list(f32(dims(1), nan32)), want: list(f32(dims(1), nan32))},
		{op: "BitCast", attrs: to(onnx.Int64), in: list(f32(nil, 1)), fail: "it casts the bits of float32 to int64"},
		{op: "BitCast", in: list(f32(nil, 1)), fail: "it casts the bits of float32 to"},
	})
}
