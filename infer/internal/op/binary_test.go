package op

import (
	"math"
	"testing"
)

func TestArithmetic(t *testing.T) {
	check(t, []use{
		{op: "Max", in: list(f32(dims(4), 1, nan32, 2, -inf32), f32(dims(4), 2, 1, nan32, 0)), want: list(f32(dims(4), 2, nan32, nan32, 0))},
		{op: "Min", in: list(f32(dims(3), 1, nan32, 2), f32(nil, 1), f32(nil, 0.5)), want: list(f32(dims(3), 0.5, nan32, 0.5))},
		{op: "Max", in: list(u64(dims(2), 1, 1<<63), u64(nil, 9)), want: list(u64(dims(2), 9, 1<<63))},
		{op: "Min", in: list(u64(dims(2), 1, 1<<63), u64(nil, 9)), want: list(u64(dims(2), 1, 9))},
		{op: "Max", in: list(u64(dims(1), 1<<63)), want: list(u64(dims(1), 1<<63))},
		{op: "Min", in: list(i8(dims(2), -5, 5), i8(nil, 0)), want: list(i8(dims(2), -5, 0))},
		{op: "Div", in: list(u64(dims(3), math.MaxUint64, 7, 7), u64(dims(3), 2, 1<<63, 0)), want: list(u64(dims(3), math.MaxInt64, 0, 0))},
		{op: "Div", in: list(i8(dims(3), -7, -128, 1), i8(dims(3), 2, -1, 0)), want: list(i8(dims(3), -3, -128, 0))},
		{op: "Div", in: list(f32(dims(3), 1, -1, 0), f32(nil, 0)), want: list(f32(dims(3), inf32, -inf32, nan32))},
		{op: "Add", in: list(u8(dims(1), 200), u8(dims(1), 100)), want: list(u8(dims(1), 44))},
		{op: "Mul", in: list(u64(nil, 1<<63+1), u64(nil, 3)), want: list(u64(nil, 1<<63+3))},
		{op: "Sub", in: list(u64(nil, 0), u64(nil, 1)), want: list(u64(nil, math.MaxUint64))},
		{op: "Mean", in: list(f32(dims(2), 1, 2), f32(nil, 4)), want: list(f32(dims(2), 2.5, 3))},
		{op: "PRelu", in: list(f32(dims(4), -2, 3, nan32, -inf32), f32(nil, 0.5)), want: list(f32(dims(4), -1, 3, nan32, -inf32))},
		{op: "PRelu", in: list(f64(dims(2), -2, 3), f64(nil, 0.5)), want: list(f64(dims(2), -1, 3))},
		{op: "Max", in: list(f32(dims(0, 2)), f32(nil, 1)), want: list(f32(dims(0, 2)))},
		{op: "Max", in: list(f32(nil, 1), i64(nil, 1)), fail: "input 1 is int64, want float32"},
		{op: "Max", in: list(bools(nil, true)), fail: "input 0 is bool"},
	})
}
