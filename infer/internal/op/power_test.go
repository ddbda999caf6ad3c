package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
)

func TestPow(t *testing.T) {
	x := f32(dims(6), 0, float32(math.Copysign(0, -1)), -2, 3, -inf32, nan32)
	check(t, []use{
		{op: "Pow", in: list(x, f32(nil, 2)), want: list(f32(dims(6), 0, 0, 4, 9, inf32, nan32))},
		{op: "Pow", in: list(x, f32(nil, 0.5)), want: list(f32(dims(6), 0, 0, nan32, float32(math.Sqrt(3)), inf32, nan32))},
		{op: "Pow", in: list(x, i64(dims(1), 3)), want: list(f32(dims(6), 0, 0, -8, 27, -inf32, nan32))},
		{op: "Pow", in: list(x, f64(nil, -1)), want: list(f32(dims(6), inf32, -inf32, -0.5, 1.0/3, 0, nan32))},
		{op: "Pow", in: list(x, f32(nil, 1)), want: list(x)},
		{op: "Pow", in: list(x, f32(nil, 0)), want: list(f32(dims(6), 1, 1, 1, 1, 1, 1))},
		{op: "Pow", in: list(f32(dims(2, 1), 2, 3), f32(dims(2), 2.5, -2)), want: list(f32(dims(2, 2), 5.656854249, 0.25, 15.588457268, 1.0/9))},
		{op: "Pow", in: list(i64(dims(3), 2, -3, 2), i64(dims(3), 10, 3, -1)), want: list(i64(dims(3), 1024, -27, 0))},
		{op: "Pow", in: list(u64(nil, 3), u64(nil, 41)), want: list(u64(nil, 18026252303461234787))},
		{op: "Pow", in: list(i8(nil, 2), f32(nil, 3.5)), want: list(i8(nil, 11))},
		{op: "Pow", in: list(f32(dims(0)), f32(nil, 2)), want: list(f32(dims(0)))},
		{op: "Pow", in: list(bools(nil, true), f32(nil, 2)), fail: "input 0 is bool"},
	})
}

// A power has the same bits whether its exponent is one number or many.
func TestPowBits(t *testing.T) {
	for _, e := range []float32{-1, 0.5, 1, 2, 3} {
		x := f32(dims(2, 3), 1.1, 0.3, 7.7, 1e-20, 3.3e12, 1e-41)
		one, err1 := node(15, "Pow", 1, nil, x, f32(nil, e))
		many, err2 := node(15, "Pow", 1, nil, x, f32(dims(3), e, e, e))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if err := conformance.Differ(one[0], many[0], 0, 0); err != nil {
			t.Errorf("Pow(x, %v): %v", e, err)
		}
	}
}
