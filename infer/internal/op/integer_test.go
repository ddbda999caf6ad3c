package op

import (
	"math"
	"testing"
)

func TestIntegers(t *testing.T) {
	check(t, []use{
		{op: "BitShift", attrs: text("direction", "RIGHT"), in: list(u64(dims(3), 1<<63, 8, 8), u64(dims(3), 63, 1, 64)), want: list(u64(dims(3), 1, 4, 0))},
		{op: "BitShift", attrs: text("direction", "LEFT"), in: list(u8(dims(3), 1, 3, 255), u8(nil, 7)), want: list(u8(dims(3), 128, 128, 128))},
		{op: "BitShift", in: list(u8(nil, 1), u8(nil, 1)), fail: "direction is not given"},
		{op: "BitShift", attrs: text("direction", "LEFT"), in: list(i64(nil, 1), i64(nil, 1)), fail: "input 0 is int64"},
		{op: "BitwiseAnd", in: list(i8(dims(2), -1, 12), i8(nil, 10)), want: list(i8(dims(2), 10, 8))},
		{op: "BitwiseOr", in: list(u64(dims(1), 1<<63), u64(dims(1), 1)), want: list(u64(dims(1), 1<<63+1))},
		{op: "BitwiseXor", in: list(i64(dims(2), 5, -1), i64(dims(2), 3, 1)), want: list(i64(dims(2), 6, -2))},
		{op: "BitwiseNot", in: list(u8(dims(2), 0, 0xf0)), want: list(u8(dims(2), 255, 15))},
		{op: "BitwiseNot", in: list(u64(dims(0))), want: list(u64(dims(0)))},
		{op: "BitwiseAnd", in: list(f32(nil, 1), f32(nil, 1)), fail: "input 0 is float32"},
		{op: "BitwiseAnd", in: list(i64(dims(2), 1, 2), i64(dims(3), 1, 2, 3)), fail: "do not go together"},

		{op: "Mod", in: list(i64(dims(5), 7, -7, 7, -7, 7), i64(dims(5), 3, 3, -3, -3, 0)), want: list(i64(dims(5), 1, 2, -2, -1, 0))},
		{op: "Mod", attrs: ints("fmod", 1), in: list(i8(dims(3), -7, 7, -128), i8(dims(3), 3, -3, -1)), want: list(i8(dims(3), -1, 1, 0))},
		{op: "Mod", in: list(i64(nil, math.MinInt64), i64(nil, -1)), want: list(i64(nil, 0))},
		{op: "Mod", in: list(u64(dims(2), 1<<63+3, 5), u64(dims(2), 1<<62, 1<<63)), want: list(u64(dims(2), 3, 5))},
		{op: "Mod", attrs: ints("fmod", 1), in: list(f32(dims(3), -4.5, 5.5, 1), f32(dims(3), 2, -3, 0)), want: list(f32(dims(3), -0.5, 2.5, nan32))},
		{op: "Mod", attrs: ints("fmod", 1), in: list(f64(dims(1), 1e300), f64(dims(1), 3)), want: list(f64(dims(1), math.Mod(1e300, 3)))},
		{op: "Mod", in: list(f32(nil, 1), f64(nil, 1)), fail: "input 1 is float64, want float32"},
	})
}
