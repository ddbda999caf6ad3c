package op

import (
	"math"
	"testing"
)

func TestRange(t *testing.T) {
	check(t, []use{
		{op: "Range", in: list(f32(nil, 1), f32(nil, 2), f32(nil, 0.25)), want: list(f32(dims(4), 1, 1.25, 1.5, 1.75))},
		{op: "Range", in: list(i64(nil, 10), i64(nil, 3), i64(nil, -3)), want: list(i64(dims(3), 10, 7, 4))},
		{op: "Range", in: list(i64(nil, math.MaxInt64-2), i64(nil, math.MaxInt64), i64(nil, 1)), want: list(i64(dims(2), math.MaxInt64-2, math.MaxInt64-1))},
		{op: "Range", in: list(u64(nil, 1<<63-1), u64(nil, 1<<63+2), u64(nil, 2)), want: list(u64(dims(2), 1<<63-1, 1<<63+1))},
		{op: "Range", in: list(i8(nil, 100), i8(nil, 127), i8(nil, 20)), want: list(i8(dims(2), 100, 120))},
		{op: "Range", in: list(i64(nil, 3), i64(nil, 3), i64(nil, 1)), want: list(i64(dims(0)))},
		{op: "Range", in: list(i64(nil, 3), i64(nil, 9), i64(nil, -1)), want: list(i64(dims(0)))},
		{op: "Range", in: list(i64(nil, math.MinInt64), i64(nil, math.MaxInt64), i64(nil, 1)), fail: "are too many"},
		{op: "Range", in: list(i64(nil, 0), i64(nil, 1), i64(nil, 0)), fail: "in steps of 0"},
		{op: "Range", in: list(f32(nil, 0), f32(nil, nan32), f32(nil, 1)), fail: "from 0 to NaN"},
		{op: "Range", in: list(f32(dims(2), 0, 1), f32(nil, 1), f32(nil, 1)), fail: "input 0 has shape [2], want one number"},
	})
}
