package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
)

func TestCompare(t *testing.T) {
	a, b := u64(dims(3), 1, 1<<63, 5), u64(dims(3), 1<<63, 1, 5)
	x, y := f32(dims(4), 1, 2, nan32, 3), f32(dims(4), 2, 2, nan32, nan32)
	flags := func(v ...bool) []tensor.Tensor { return list(bools(dims(len(v)), v...)) }
	check(t, []use{
		{op: "Less", in: list(a, b), want: flags(true, false, false)},
		{op: "LessOrEqual", in: list(a, b), want: flags(true, false, true)},
		{op: "Greater", in: list(a, b), want: flags(false, true, false)},
		{op: "GreaterOrEqual", in: list(a, b), want: flags(false, true, true)},
		{op: "Equal", in: list(a, b), want: flags(false, false, true)},
		{op: "Less", in: list(x, y), want: flags(true, false, false, false)},
		{op: "GreaterOrEqual", in: list(x, y), want: flags(false, true, false, false)},
		{op: "Equal", in: list(x, y), want: flags(false, true, false, false)},
		{op: "Equal", in: list(bools(dims(2), true, false), bools(nil, true)), want: flags(true, false)},
		{op: "Greater", in: list(i8(dims(2, 1), -128, 127), i8(dims(2), 0, 126)), want: list(bools(dims(2, 2), false, false, true, true))},
		{op: "Less", in: list(f64(dims(0)), f64(nil, 1)), want: list(bools(dims(0)))},
		{op: "Less", in: list(bools(nil, true), bools(nil, true)), fail: "input 0 is bool"},
		{op: "Less", in: list(x, i64(nil, 1)), fail: "input 1 is int64, want float32"},
		{op: "And", in: list(bools(dims(2, 1), true, false), bools(dims(2), true, false)), want: list(bools(dims(2, 2), true, false, false, false))},
		{op: "Or", in: list(bools(dims(2), true, false), bools(nil, false)), want: flags(true, false)},
		{op: "Xor", in: list(bools(dims(2), true, false), bools(nil, true)), want: flags(false, true)},
		{op: "Not", in: list(bools(dims(2), true, false)), want: flags(false, true)},
		{op: "And", in: list(x, y), fail: "input 0 is float32"},
		{op: "IsNaN", in: list(x), want: flags(false, false, true, false)},
		{op: "IsNaN", in: list(f64(dims(1), math.Inf(1))), want: flags(false)},
		{op: "IsInf", in: list(f32(dims(3), inf32, -inf32, nan32)), want: flags(true, true, false)},
		{op: "IsInf", attrs: ints("detect_negative", 0), in: list(f32(dims(2), inf32, -inf32)), want: flags(true, false)},
		{op: "IsInf", attrs: ints("detect_positive", 0), in: list(f64(dims(2), math.Inf(1), math.Inf(-1))), want: flags(false, true)},
		{op: "IsNaN", in: list(i64(nil, 1)), fail: "input 0 is int64"},
	})
}
