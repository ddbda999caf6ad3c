package op

import (
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// plainSoftmax is softmax of one lane, in float64.
func plainSoftmax(x []float64, log bool) []float64 {
	y, sum := make([]float64, len(x)), 0.0
	for _, v := range x {
		sum += math.Exp(v - slices.Max(x))
	}
	for i, v := range x {
		if y[i] = math.Exp(v-slices.Max(x)) / sum; log {
			y[i] = v - slices.Max(x) - math.Log(sum)
		}
	}
	return y
}

// A lane has the same bits along any axis and beside any others.
func TestSoftmaxAxes(t *testing.T) {
	for _, op := range []string{"Softmax", "LogSoftmax"} {
		for _, n := range []int{1, 2, 17, 150} {
			lane := ramp(onnx.Float, 1, n)
			want := tensor.New(onnx.Float, n)
			tensor.Convert(want, tensor.From(onnx.Double, plainSoftmax(wide(lane), op == "LogSoftmax"), n))
			first, err := node(13, op, 1, nil, lane)
			same(t, first, err, want)
			for inner := range 20 {
				inner++
				x := tensor.New(onnx.Float, 2, n, inner)
				for i := range tensor.Of[float32](x) {
					tensor.Of[float32](x)[i] = tensor.Of[float32](lane)[i/inner%n]
				}
				got, err := node(13, op, 1, []onnx.Attr{onnx.IntAttr("axis", 1)}, x)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range tensor.Of[float32](got[0]) {
					if want := tensor.Of[float32](first[0])[i/inner%n]; v != want {
						t.Fatalf("%s of %v along axis 1: [%d] = %v, want %v", op, x.Shape, i, v, want)
					}
				}
			}
		}
	}
}

func TestSoftmaxSpecial(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, op := range []string{"Softmax", "LogSoftmax"} {
		zero := float32(0)
		if op == "LogSoftmax" {
			zero = -inf
		}
		got, err := node(13, op, 1, []onnx.Attr{onnx.IntAttr("axis", 0)}, f32([]int{2, 3}, 1, -inf, inf, -inf, -inf, 0))
		one := 1 + zero // 1 or 0
		if op == "LogSoftmax" {
			one = 0
		}
		nan := float32(math.NaN())
		same(t, got, err, f32([]int{2, 3}, one, nan, nan, zero, nan, nan))
		got, err = node(13, op, 1, []onnx.Attr{onnx.IntAttr("axis", 0)}, f32([]int{0, 3}))
		same(t, got, err, f32([]int{0, 3}))
		got, err = node(11, op, 1, nil, tensor.From(onnx.Double, []float64{0, 0, 0, 0}, 1, 2, 2)) // axes 1 and 2 together
		want := 0.25
		if op == "LogSoftmax" {
			want = -math.Log(4)
		}
		same(t, got, err, tensor.From(onnx.Double, []float64{want, want, want, want}, 1, 2, 2))
	}
}
