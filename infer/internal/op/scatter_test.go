package op

import (
	"math"
	"testing"
)

func TestScatterElements(t *testing.T) {
	x := f32(dims(2, 2), 1, 2, 3, 4)
	to := i64(dims(1, 2), 1, -2)
	update := f32(dims(1, 2), 10, 20)
	check(t, []use{
		{op: "ScatterElements", in: list(x, to, update), want: list(f32(dims(2, 2), 1, 20, 10, 4))},
		{op: "Scatter", version: 9, in: list(x, to, update), want: list(f32(dims(2, 2), 1, 20, 10, 4))},
		{op: "ScatterElements", attrs: append(ints("axis", 1), text("reduction", "add")...), in: list(x, i64(dims(1, 2), 0, 0), update), want: list(f32(dims(2, 2), 31, 2, 3, 4))},
		{op: "ScatterElements", attrs: text("reduction", "mul"), in: list(x, to, update), want: list(f32(dims(2, 2), 1, 40, 30, 4))},
		{op: "ScatterElements", attrs: text("reduction", "max"), in: list(u64(dims(1), 1<<63), i64(dims(1), 0), u64(dims(1), 5)), want: list(u64(dims(1), 1<<63))},
		{op: "ScatterElements", attrs: text("reduction", "min"), in: list(f32(dims(1), 1), i64(dims(1), 0), f32(dims(1), float32(math.NaN()))), want: list(f32(dims(1), float32(math.NaN())))},
		{op: "ScatterElements", in: list(x, i64(dims(0, 2)), f32(dims(0, 2))), want: list(x)},
		{op: "ScatterElements", in: list(x, i64(dims(1, 2), 0, 2), update), fail: "index 2 is out of range"},
		{op: "ScatterElements", in: list(f32(dims(2, 0)), i64(dims(2, 0)), f32(dims(2, 0))), want: list(f32(dims(2, 0)))},
		{op: "ScatterElements", in: list(x, to, f32(dims(2), 1, 2)), fail: "updates are float32 [2], want float32 [1 2]"},
		{op: "ScatterElements", attrs: text("reduction", "mean"), in: list(x, to, update), fail: `attribute "reduction" is "mean"`},
		{op: "ScatterElements", attrs: text("reduction", "add"), in: list(bools(dims(1), true), i64(dims(1), 0), bools(dims(1), true)), fail: "for bools"},
	})
}

func TestScatterND(t *testing.T) {
	x := f32(dims(3, 2), 1, 2, 3, 4, 5, 6)
	check(t, []use{
		{op: "ScatterND", in: list(x, i64(dims(2, 1), 2, 0), f32(dims(2, 2), 7, 8, 9, 10)), want: list(f32(dims(3, 2), 9, 10, 3, 4, 7, 8))},
		{op: "ScatterND", in: list(x, i64(dims(1, 2), -1, 0), f32(dims(1), 9)), want: list(f32(dims(3, 2), 1, 2, 3, 4, 9, 6))},
		{op: "ScatterND", attrs: text("reduction", "add"), in: list(x, i64(dims(2, 1), 0, 0), f32(dims(2, 2), 1, 1, 1, 1)), want: list(f32(dims(3, 2), 3, 4, 3, 4, 5, 6))},
		{op: "ScatterND", attrs: text("reduction", "min"), in: list(u64(dims(2), 1<<63, 1), i64(dims(2, 1), 0, 1), u64(dims(2), 7, 1<<63)), want: list(u64(dims(2), 7, 1))},
		{op: "ScatterND", in: list(x, i64(dims(0, 1)), f32(dims(0, 2))), want: list(x)},
		{op: "ScatterND", in: list(x, i64(dims(1, 1), 3), f32(dims(1, 2), 1, 1)), fail: "index 3 is out of range for 3 entries"},
		{op: "ScatterND", in: list(x, i64(dims(1, 3), 0, 0, 0), f32(dims(1), 1)), fail: "indices of shape [1 3] do not fit [3 2]"},
		{op: "ScatterND", in: list(x, i64(dims(1, 1), 0), f32(dims(1), 1)), fail: "want float32 [1 2]"},
	})
}
