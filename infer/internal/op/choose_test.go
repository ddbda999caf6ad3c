package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

func TestArg(t *testing.T) {
	x := f32(dims(2, 3), 3, 1, 3, -1, -1, -5)
	check(t, []use{
		{op: "ArgMax", in: list(x), want: list(i64(dims(1, 3), 0, 0, 0))},
		{op: "ArgMax", attrs: ints("axis", 1, "keepdims", 0), in: list(x), want: list(i64(dims(2), 0, 0))},
		{op: "ArgMax", attrs: ints("axis", -1, "select_last_index", 1), in: list(x), want: list(i64(dims(2, 1), 2, 1))},
		{op: "ArgMin", attrs: ints("axis", 1), in: list(x), want: list(i64(dims(2, 1), 1, 2))},
		{op: "ArgMax", in: list(f32(dims(4), 1, nan32, 5, nan32)), want: list(i64(dims(1), 1))},
		{op: "ArgMin", attrs: ints("select_last_index", 1), in: list(f32(dims(4), 1, nan32, -5, nan32)), want: list(i64(dims(1), 3))},
		{op: "ArgMax", in: list(u64(dims(2), 1, 1<<63)), want: list(i64(dims(1), 1))},
		{op: "ArgMin", in: list(u8(dims(3), 7, 0, 255)), want: list(i64(dims(1), 1))},
		{op: "ArgMax", attrs: ints("axis", 1), in: list(f32(dims(0, 3))), want: list(i64(dims(0, 1)))},
		{op: "ArgMax", in: list(f32(dims(0, 3))), fail: "nothing to choose from"},
		{op: "ArgMax", in: list(f32(nil, 1)), fail: "axis 0 is out of range"},
		{op: "Hardmax", in: list(f32(dims(2, 3), 1, 5, 5, 0, -1, -2)), want: list(f32(dims(2, 3), 0, 1, 0, 1, 0, 0))},
		{op: "Hardmax", version: 11, in: list(f32(dims(1, 2, 2), 1, 2, 3, 0)), want: list(f32(dims(1, 2, 2), 0, 0, 1, 0))},
		{op: "Hardmax", in: list(f32(dims(0, 3))), want: list(f32(dims(0, 3)))},
	})
}

func TestTopK(t *testing.T) {
	nan := float32(math.NaN())
	x := f32(dims(2, 3), 3, 1, 3, -1, nan, -5)
	check(t, []use{
		{op: "TopK", in: list(x, i64(dims(1), 2)), want: list(f32(dims(2, 2), 3, 3, nan, -1), i64(dims(2, 2), 0, 2, 1, 0))},
		{op: "TopK", attrs: ints("largest", 0, "sorted", 0), in: list(x, i64(dims(1), 2)), want: list(f32(dims(2, 2), 1, 3, -5, -1), i64(dims(2, 2), 1, 0, 2, 0))},
		{op: "TopK", version: 1, attrs: ints("k", 1, "axis", 0), in: list(x), want: list(f32(dims(1, 3), 3, nan, 3), i64(dims(1, 3), 0, 1, 0))},
		{op: "TopK", in: list(u64(dims(2), 1, 1<<63), i64(dims(1), 1)), want: list(u64(dims(1), 1<<63), i64(dims(1), 1))},
		{op: "TopK", in: list(i8(dims(2), 1, -128), i64(dims(1), 2)), want: list(i8(dims(2), 1, -128), i64(dims(2), 0, 1))},
		{op: "TopK", in: list(x, i64(dims(1), 0)), want: list(f32(dims(2, 0)), i64(dims(2, 0)))},
		{op: "TopK", in: list(x, i64(dims(1), 4)), fail: "k is [4], want one number from 0 to 3"},
		{op: "TopK", in: list(x, i64(dims(1), -1)), fail: "k is [-1]"},
		{op: "TopK", in: list(bools(dims(1), true), i64(dims(1), 1)), fail: onnx.Bool.String()},
	})
}
