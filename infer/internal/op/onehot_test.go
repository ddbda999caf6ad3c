package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

func TestOneHot(t *testing.T) {
	values := f32(dims(2), 0.5, 2)
	check(t, []use{
		{op: "OneHot", in: list(i64(dims(3), 1, -1, 7), i64(dims(1), 3), values),
			want: list(f32(dims(3, 3), 0.5, 2, 0.5, 0.5, 0.5, 2, 0.5, 0.5, 0.5))},
		{op: "OneHot", attrs: ints("axis", 0), in: list(f32(dims(2), 1, 0), f32(nil, 2), i64(dims(2), 0, 1)), want: list(i64(dims(2, 2), 0, 1, 1, 0))},
		{op: "OneHot", in: list(u64(nil, math.MaxUint64), i64(nil, 2), bools(dims(2), true, false)), want: list(bools(dims(2), true, true))},
		{op: "OneHot", in: list(i64(nil, math.MinInt64), i64(nil, 2), values), want: list(f32(dims(2), 0.5, 0.5))},
		{op: "OneHot", in: list(i64(dims(2), 0, 0), i64(nil, 0), values), want: list(f32(dims(2, 0)))},
		{op: "OneHot", in: list(i64(nil, 0), i64(nil, -1), values), fail: "depth is -1"},
		{op: "OneHot", in: list(i64(nil, 0), f32(nil, float32(math.NaN())), values), fail: "depth is NaN"},
		{op: "OneHot", in: list(i64(nil, 0), i64(nil, 1<<40), values), fail: "depth is 1.099511627776e+12"},
		{op: "OneHot", in: list(i64(nil, 0), i64(nil, 2), f32(dims(3), 0, 0, 0)), fail: "values have shape [3], want [2]"},
		{op: "OneHot", attrs: ints("axis", 2), in: list(i64(nil, 0), i64(nil, 2), values), fail: "axis 2 is out of range for 1 dimensions"},
	})
}

func TestEyeLike(t *testing.T) {
	x := i64(dims(2, 3), 9, 9, 9, 9, 9, 9)
	check(t, []use{
		{op: "EyeLike", in: list(x), want: list(i64(dims(2, 3), 1, 0, 0, 0, 1, 0))},
		{op: "EyeLike", attrs: ints("k", -1, "dtype", int(onnx.Float)), in: list(x), want: list(f32(dims(2, 3), 0, 0, 0, 1, 0, 0))},
		{op: "EyeLike", attrs: []onnx.Attr{onnx.IntAttr("k", math.MaxInt64)}, in: list(x), want: list(i64(dims(2, 3), 0, 0, 0, 0, 0, 0))},
		{op: "EyeLike", attrs: ints("dtype", int(onnx.Bool)), in: list(x), want: list(bools(dims(2, 3), true, false, false, false, true, false))},
		{op: "EyeLike", in: list(f32(dims(0, 3))), want: list(f32(dims(0, 3)))},
		{op: "EyeLike", in: list(f32(dims(3), 1, 2, 3)), fail: "shape is [3], want a matrix"},
		{op: "EyeLike", attrs: ints("dtype", 8), in: list(x), fail: "dtype string is not supported"},
	})
}

func TestTrilu(t *testing.T) {
	x := f32(dims(1, 2, 3), 1, 2, 3, 4, 5, 6)
	check(t, []use{
		{op: "Trilu", in: list(x), want: list(f32(dims(1, 2, 3), 1, 2, 3, 0, 5, 6))},
		{op: "Trilu", in: list(x, i64(nil, 1)), want: list(f32(dims(1, 2, 3), 0, 2, 3, 0, 0, 6))},
		{op: "Trilu", attrs: ints("upper", 0), in: list(x, i64(nil, -1)), want: list(f32(dims(1, 2, 3), 0, 0, 0, 4, 0, 0))},
		{op: "Trilu", attrs: ints("upper", 0), in: list(x, i64(nil, math.MaxInt64)), want: list(x)},
		{op: "Trilu", in: list(x, i64(nil, math.MinInt64)), want: list(x)},
		{op: "Trilu", in: list(bools(dims(2, 2), true, true, true, true)), want: list(bools(dims(2, 2), true, true, false, true))},
		{op: "Trilu", in: list(f32(dims(2, 0))), want: list(f32(dims(2, 0)))},
		{op: "Trilu", in: list(f32(dims(3), 1, 2, 3)), fail: "shape is [3], want matrices"},
		{op: "Trilu", in: list(x, f32(nil, 0)), fail: "k is float32 []"},
	})
}
