package op

import (
	"math"
	"testing"
)

func TestWhere(t *testing.T) {
	c := bools(dims(2, 1), true, false)
	check(t, []use{
		{op: "Where", in: list(c, f32(dims(2), 1, 2), f32(nil, 9)), want: list(f32(dims(2, 2), 1, 2, 9, 9))},
		{op: "Where", in: list(bools(dims(3), true, false, true), i8(dims(3), -1, -2, -3), i8(dims(3), 1, 2, 3)), want: list(i8(dims(3), -1, 2, -3))},
		{op: "Where", in: list(c, u64(nil, math.MaxUint64), u64(nil, 1)), want: list(u64(dims(2, 1), math.MaxUint64, 1))},
		{op: "Where", in: list(c, bools(nil, true), bools(nil, false)), want: list(bools(dims(2, 1), true, false))},
		{op: "Where", in: list(bools(dims(0)), f64(nil, 1), f64(nil, 2)), want: list(f64(dims(0)))},
		{op: "Where", in: list(c, f32(nil, 1), i64(nil, 1)), fail: "input 2 is int64, want float32"},
		{op: "Where", in: list(i64(nil, 1), f32(nil, 1), f32(nil, 1)), fail: "input 0 is int64"},
	})
}
