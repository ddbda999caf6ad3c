package op

import (
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

func TestCumulate(t *testing.T) {
	x := f32(dims(2, 3), 1, 2, 3, 4, 5, 6)
	check(t, []use{
		{op: "CumSum", in: list(x, i64(nil, 1)), want: list(f32(dims(2, 3), 1, 3, 6, 4, 9, 15))},
		{op: "CumSum", in: list(x, i64(dims(1), 0)), want: list(f32(dims(2, 3), 1, 2, 3, 5, 7, 9))},
		{op: "CumSum", attrs: ints("exclusive", 1), in: list(x, i64(nil, -1)), want: list(f32(dims(2, 3), 0, 1, 3, 0, 4, 9))},
		{op: "CumSum", attrs: ints("exclusive", 1, "reverse", 1), in: list(x, i64(nil, 1)), want: list(f32(dims(2, 3), 5, 3, 0, 11, 6, 0))},
		{op: "CumProd", in: list(x, i64(nil, 1)), want: list(f32(dims(2, 3), 1, 2, 6, 4, 20, 120))},
		{op: "CumProd", attrs: ints("exclusive", 1), in: list(i8(dims(3), 100, 2, 2), i64(nil, 0)), want: list(i8(dims(3), 1, 100, -56))},
		{op: "CumSum", in: list(u8(dims(2), 200, 100), i64(nil, 0)), want: list(u8(dims(2), 200, 44))},
		{op: "CumSum", in: list(f32(dims(2, 0)), i64(nil, 0)), want: list(f32(dims(2, 0)))},
		{op: "CumSum", in: list(x, i64(nil, 2)), fail: "axis 2 is out of range for 2 dimensions"},
		{op: "CumSum", in: list(f32(nil, 1), i64(nil, 0)), fail: "axis 0 is out of range for 0 dimensions"},
		{op: "CumSum", in: list(x, i64(dims(2), 0, 1)), fail: "axis has shape [2]"},
	})
	wide := tensor.New(onnx.Float, 2, 130) // more lines than are taken at once
	want := tensor.New(onnx.Float, 2, 130)
	for i := range 130 {
		tensor.Of[float32](wide)[i], tensor.Of[float32](wide)[130+i] = float32(i), 1
		tensor.Of[float32](want)[i], tensor.Of[float32](want)[130+i] = float32(i), float32(i+1)
	}
	check(t, []use{{op: "CumSum", in: list(wide, i64(nil, 0)), want: list(want)}})
}
