package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

func TestReduce(t *testing.T) {
	x := f32(dims(2, 3), 1, -2, 3, 4, 5, -6)
	one := i64(dims(1), 1)
	none := tensor.Tensor{}
	check(t, []use{
		{op: "ReduceSum", in: list(x, one), want: list(f32(dims(2, 1), 2, 3))},
		{op: "ReduceSum", in: list(x), want: list(f32(dims(1, 1), 5))},
		{op: "ReduceSum", attrs: ints("keepdims", 0), in: list(x), want: list(f32(nil, 5))},
		{op: "ReduceSum", version: 11, attrs: []onnx.Attr{onnx.IntsAttr("axes", -2)}, in: list(x), want: list(f32(dims(1, 3), 5, 3, -3))},
		{op: "ReduceMean", version: 13, attrs: []onnx.Attr{onnx.IntsAttr("axes", 0)}, in: list(x), want: list(f32(dims(1, 3), 2.5, 1.5, -1.5))},
		{op: "ReduceMax", in: list(x, one), want: list(f32(dims(2, 1), 3, 5))},
		{op: "ReduceMin", in: list(x, one), want: list(f32(dims(2, 1), -2, -6))},
		{op: "ReduceMax", in: list(f32(dims(2), 1, nan32)), want: list(f32(dims(1), nan32))},
		{op: "ReduceProd", in: list(x, one), want: list(f32(dims(2, 1), -6, -120))},
		{op: "ReduceL1", in: list(x, one), want: list(f32(dims(2, 1), 6, 15))},
		{op: "ReduceL2", in: list(x, i64(dims(1), 0)), want: list(f32(dims(1, 3), float32(math.Sqrt(17)), float32(math.Sqrt(29)), float32(math.Sqrt(45))))},
		{op: "ReduceSumSquare", in: list(x, one), want: list(f32(dims(2, 1), 14, 77))},
		{op: "ReduceLogSum", in: list(x, one), want: list(f32(dims(2, 1), float32(math.Log(2)), float32(math.Log(3))))},
		{op: "ReduceLogSumExp", in: list(f32(dims(2), 100, 100)), want: list(f32(dims(1), 100+math.Ln2))},
		{op: "ReduceLogSumExp", in: list(i64(dims(2), -3, -3)), want: list(i64(dims(1), -2))},

		{op: "ReduceSumSquare", attrs: ints("noop_with_empty_axes", 1), in: list(x, none), want: list(f32(dims(2, 3), 1, 4, 9, 16, 25, 36))},
		{op: "ReduceSum", attrs: ints("noop_with_empty_axes", 1), in: list(x, i64(dims(0))), want: list(x)},
		{op: "ReduceSum", in: list(f32(nil, 7)), want: list(f32(nil, 7))},
		{op: "ReduceSum", in: list(f32(nil, 7), i64(dims(1), 0)), fail: "axes [] are more than 0 dimensions"},
		{op: "ReduceSum", in: list(x, i64(dims(1), 2)), fail: "axis 2 is out of range for 2 dimensions"},
		{op: "ReduceSum", in: list(x, i64(dims(2), 1, -1)), fail: "axis 1 is listed twice"},
		{op: "ReduceSum", in: list(bools(dims(1), true)), fail: "input 0 is bool"},
	})
}

func TestReduceIntegers(t *testing.T) {
	big := u64(dims(2), 1<<63, 3)
	check(t, []use{
		{op: "ReduceMax", in: list(big), want: list(u64(dims(1), 1<<63))},
		{op: "ReduceMin", in: list(big), want: list(u64(dims(1), 3))},
		{op: "ReduceSum", in: list(big), want: list(u64(dims(1), 1<<63+3))},
		{op: "ReduceL1", in: list(big), want: list(u64(dims(1), 1<<63+3))},
		{op: "ReduceMean", in: list(big), want: list(u64(dims(1), 1<<62+1))},
		{op: "ReduceProd", in: list(big), want: list(u64(dims(1), 1<<63))},
		{op: "ReduceL2", in: list(u64(dims(2), 3, 4)), want: list(u64(dims(1), 5))},
		{op: "ReduceMax", in: list(bools(dims(2, 2), false, true, false, false), i64(dims(1), 1)), want: list(bools(dims(2, 1), true, false))},
		{op: "ReduceMin", in: list(bools(dims(2, 2), false, true, true, true), i64(dims(1), 1)), want: list(bools(dims(2, 1), false, true))},
		{op: "ReduceMax", in: list(i8(dims(3), -128, -3, -7)), want: list(i8(dims(1), -3))},
		{op: "ReduceMin", in: list(u8(dims(3), 200, 255, 201)), want: list(u8(dims(1), 200))},
	})
}

// What reductions make of nothing.
func TestReduceNothing(t *testing.T) {
	axes := i64(dims(1), 1)
	x := f32(dims(2, 0))
	pair := func(v float32) []tensor.Tensor { return list(f32(dims(2, 1), v, v)) }
	check(t, []use{
		{op: "ReduceSum", in: list(x, axes), want: pair(0)},
		{op: "ReduceL1", in: list(x, axes), want: pair(0)},
		{op: "ReduceL2", in: list(x, axes), want: pair(0)},
		{op: "ReduceSumSquare", in: list(x, axes), want: pair(0)},
		{op: "ReduceProd", in: list(x, axes), want: pair(1)},
		{op: "ReduceMean", in: list(x, axes), want: pair(0)},
		{op: "ReduceMax", in: list(x, axes), want: pair(-inf32)},
		{op: "ReduceMin", in: list(x, axes), want: pair(inf32)},
		{op: "ReduceLogSum", in: list(x, axes), want: pair(-inf32)},
		{op: "ReduceLogSumExp", in: list(x, axes), want: pair(-inf32)},
		{op: "ReduceMax", in: list(f64(dims(0))), want: list(f64(dims(1), math.Inf(-1)))},
		{op: "ReduceMax", in: list(i8(dims(0))), want: list(i8(dims(1), -128))},
		{op: "ReduceMin", in: list(i64(dims(0))), want: list(i64(dims(1), math.MaxInt64))},
		{op: "ReduceMax", in: list(u8(dims(0))), want: list(u8(dims(1), 0))},
		{op: "ReduceMin", in: list(u8(dims(0))), want: list(u8(dims(1), 255))},
		{op: "ReduceMin", in: list(u64(dims(0))), want: list(u64(dims(1), math.MaxUint64))},
		{op: "ReduceMax", in: list(u64(dims(0))), want: list(u64(dims(1), 0))},
		{op: "ReduceMean", in: list(i64(dims(0))), want: list(i64(dims(1), 0))},
		{op: "ReduceMean", in: list(u64(dims(0))), want: list(u64(dims(1), 0))},
		{op: "ReduceMax", in: list(bools(dims(0))), want: list(bools(dims(1), false))},
		{op: "ReduceMin", in: list(bools(dims(0))), want: list(bools(dims(1), true))},
		{op: "ReduceMax", in: list(x, i64(dims(1), 0)), want: list(f32(dims(1, 0)))},
	})
}
