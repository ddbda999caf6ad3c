package op

import "testing"

func TestReverseSequence(t *testing.T) {
	x := f32(dims(3, 2), 0, 1, 2, 3, 4, 5)
	check(t, []use{
		{op: "ReverseSequence", in: list(x, i64(dims(2), 2, 3)), want: list(f32(dims(3, 2), 2, 5, 0, 3, 4, 1))},
		{op: "ReverseSequence", attrs: ints("batch_axis", 0, "time_axis", 1), in: list(x, i64(dims(3), 2, 1, 0)), want: list(f32(dims(3, 2), 1, 0, 2, 3, 4, 5))},
		{op: "ReverseSequence", in: list(f32(dims(3, 2, 0)), i64(dims(2), 0, 0)), want: list(f32(dims(3, 2, 0)))},
		{op: "ReverseSequence", in: list(x, i64(dims(2), 4, 0)), fail: "sequence 0 has length 4, want 0 to 3"},
		{op: "ReverseSequence", in: list(x, i64(dims(3), 1, 1, 1)), fail: "have shape [3], want [2]"},
		{op: "ReverseSequence", attrs: ints("batch_axis", 0), in: list(x, i64(dims(3), 1, 1, 1)), fail: "both 0"},
		{op: "ReverseSequence", in: list(f32(dims(2), 1, 2), i64(dims(2), 1, 1)), fail: "shape is [2]"},
	})
}
