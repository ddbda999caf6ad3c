package op

import "testing"

// Expected values are worked out by hand, as in all tables of this package
// unless they say otherwise.
func TestGatherElements(t *testing.T) {
	x := f32(dims(2, 3), 1, 2, 3, 4, 5, 6)
	check(t, []use{
		{op: "GatherElements", attrs: ints("axis", 1), in: list(x, i64(dims(2, 2), 0, -1, 1, 1)), want: list(f32(dims(2, 2), 1, 3, 5, 5))},
		{op: "GatherElements", in: list(x, i64(dims(1, 2), 1, 0)), want: list(f32(dims(1, 2), 4, 2))},
		{op: "GatherElements", in: list(bools(dims(2), true, false), i64(dims(3), 1, 0, 0)), want: list(bools(dims(3), false, true, true))},
		{op: "GatherElements", in: list(u64(dims(1), 1<<63), i64(dims(1), 0)), want: list(u64(dims(1), 1<<63))},
		{op: "GatherElements", in: list(x, i64(dims(0, 3))), want: list(f32(dims(0, 3)))},
		{op: "GatherElements", in: list(x, i64(dims(1, 1), 2)), fail: "index 2 is out of range for 2 entries"},
		{op: "GatherElements", in: list(x, i64(dims(1, 4), 0, 0, 0, 0)), fail: "indices of shape [1 4] do not fit [2 3]"},
		{op: "GatherElements", in: list(f32(nil, 1), i64(nil, 0)), fail: "axis 0 is out of range"},
		{op: "GatherElements", in: list(f32(dims(0)), i64(dims(1), 0)), fail: "nothing to choose from"},
	})
}

func TestGatherND(t *testing.T) {
	x := f32(dims(2, 2, 2), 0, 1, 2, 3, 4, 5, 6, 7)
	check(t, []use{
		{op: "GatherND", in: list(x, i64(dims(2, 2), 0, 1, 1, 0)), want: list(f32(dims(2, 2), 2, 3, 4, 5))},
		{op: "GatherND", in: list(x, i64(dims(1, 3), -1, -1, -1)), want: list(f32(dims(1), 7))},
		{op: "GatherND", attrs: ints("batch_dims", 1), in: list(x, i64(dims(2, 1), 1, 0)), want: list(f32(dims(2, 2), 2, 3, 4, 5))},
		{op: "GatherND", in: list(x, i64(dims(0, 2))), want: list(f32(dims(0, 2)))},
		{op: "GatherND", in: list(x, i64(dims(1), 2)), fail: "index 2 is out of range"},
		{op: "GatherND", in: list(x, i64(dims(1, 4), 0, 0, 0, 0)), fail: "do not fit"},
		{op: "GatherND", in: list(x, i64(nil, 0)), fail: "have no 0 dimensions"},
		{op: "GatherND", attrs: ints("batch_dims", -1), in: list(x, i64(dims(1), 0)), fail: "have no -1 dimensions"},
	})
}
