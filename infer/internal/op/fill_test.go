package op

import "testing"

func TestPad(t *testing.T) {
	check(t, []use{
		{op: "Pad", attrs: text("mode", "reflect"), in: list(f32(dims(3), 1, 2, 3), i64(dims(2), 2, 1)), want: list(f32(dims(6), 3, 2, 1, 2, 3, 2))},
		{op: "Pad", attrs: text("mode", "reflect"), in: list(f32(dims(1), 1), i64(dims(2), -1, 1)), fail: "pads is [-1 1] for shape [1]"},
		{op: "Pad", attrs: text("mode", "reflect"), in: list(f32(dims(1), 1), i64(dims(2), -1, 0)), want: list(f32(dims(0)))},
		{op: "Pad", attrs: text("mode", "wrap"), in: list(i8(dims(2), 1, 2), i64(dims(2), 1, 2)), want: list(i8(dims(5), 2, 1, 2, 1, 2))},
		{op: "Pad", in: list(f32(dims(2), 1, 2), i64(dims(2), 1, -1), f32(nil, 7)), want: list(f32(dims(2), 7, 1))},
	})
}
