package op

import (
	"math"
	"testing"
)

func TestFind(t *testing.T) {
	nan := float32(math.NaN())
	x := f32(dims(2, 2), 1, 0, nan, -0.5)
	check(t, []use{
		{op: "NonZero", in: list(x), want: list(i64(dims(2, 3), 0, 1, 1, 0, 0, 1))},
		{op: "NonZero", in: list(bools(dims(3), true, false, true)), want: list(i64(dims(1, 2), 0, 2))},
		{op: "NonZero", in: list(u8(nil, 3)), want: list(i64(dims(0, 1)))},
		{op: "NonZero", in: list(f32(dims(0, 3))), want: list(i64(dims(2, 0)))},

		{op: "Compress", attrs: ints("axis", 1), in: list(i64(dims(2, 2), 1, 2, 3, 4), bools(dims(2), false, true)), want: list(i64(dims(2, 1), 2, 4))},
		{op: "Compress", in: list(i64(dims(2, 2), 1, 2, 3, 4), bools(dims(3), true, false, true)), want: list(i64(dims(2), 1, 3))},
		{op: "Compress", in: list(i64(dims(2), 1, 2), bools(dims(0))), want: list(i64(dims(0)))},
		{op: "Compress", in: list(i64(dims(2), 1, 2), bools(dims(3), false, false, true)), fail: "entry 2 is out of range for 2 entries"},
		{op: "Compress", in: list(i64(dims(2), 1, 2), bools(nil, true)), fail: "want a list"},
		{op: "Compress", attrs: ints("axis", 3), in: list(i64(dims(2), 1, 2), bools(dims(1), true)), fail: "axis 3 is out of range"},

		{op: "Unique", in: list(f32(dims(2, 3), 2, nan, 1, 2, nan, 0)),
			want: list(f32(dims(4), 0, 1, 2, nan), i64(dims(4), 5, 2, 0, 1), i64(dims(6), 2, 3, 1, 2, 3, 0), i64(dims(4), 1, 1, 2, 2))},
		{op: "Unique", attrs: ints("sorted", 0), in: list(i64(dims(4), 2, 1, 2, 0)),
			want: list(i64(dims(3), 2, 1, 0), i64(dims(3), 0, 1, 3), i64(dims(4), 0, 1, 0, 2), i64(dims(3), 2, 1, 1))},
		{op: "Unique", attrs: ints("axis", 0), in: list(f32(dims(3, 2), 1, 0, 0, 5, 1, 0)),
			want: list(f32(dims(2, 2), 0, 5, 1, 0), i64(dims(2), 1, 0), i64(dims(3), 1, 0, 1), i64(dims(2), 1, 2))},
		{op: "Unique", attrs: ints("axis", 1), in: list(u64(dims(1, 2), 1<<63, 1)), want: list(u64(dims(1, 2), 1, 1<<63))},
		{op: "Unique", in: list(f32(dims(0))), want: list(f32(dims(0)), i64(dims(0)), i64(dims(0)), i64(dims(0)))},
		{op: "Unique", in: list(bools(nil, true)), want: list(bools(dims(1), true))},
		{op: "Unique", attrs: ints("axis", 1), in: list(f32(dims(2), 1, 1)), fail: "axis 1 is out of range"},
	})
}
