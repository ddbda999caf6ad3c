package op

import (
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

var (
	factorA = u8([]int{4, 3}, 11, 7, 3, 10, 6, 2, 9, 5, 255, 0, 128, 1)
	factorB = i8([]int{3, 2}, 1, -4, 2, -128, 3, 127)
	zerosB  = i8([]int{2}, 1, -5)
)

// The values are NumPy's, by the definition.
func TestMatMulInteger(t *testing.T) {
	got, err := node(10, "MatMulInteger", 1, nil, factorA, factorB, u8(nil, 12), zerosB)
	same(t, got, err, i32([]int{4, 2}, -23, -574, -26, -584, 479, 32934, 94, -15732))
	got, err = node(10, "MatMulInteger", 1, nil, factorA, factorB, u8([]int{4}, 12, 0, 1, 200), zerosB)
	same(t, got, err, i32([]int{4, 2}, -23, -574, 10, -464, 512, 33044, -470, -17612))
	got, err = node(10, "MatMulInteger", 1, nil, u8([]int{3}, 1, 2, 255), factorB)
	same(t, got, err, i32([]int{2}, 770, 32125))
	got, err = node(10, "MatMulInteger", 1, nil, u8([]int{2, 1, 2}, 1, 2, 3, 4), u8([]int{2, 2, 1}, 5, 6, 7, 8), u8([]int{2, 1, 1}, 0, 1), u8([]int{2, 1, 1}, 5, 0))
	same(t, got, err, i32([]int{2, 1, 1}, 2, 38))
	got, err = node(10, "MatMulInteger", 1, nil, u8([]int{2, 0}), u8([]int{0, 2}))
	same(t, got, err, i32([]int{2, 2}, 0, 0, 0, 0))
	for _, c := range []struct {
		want string
		in   []tensor.Tensor
	}{
		{"do not fit", []tensor.Tensor{factorA, factorA}},
		{"input 3 is uint8, want int8 as input 1", []tensor.Tensor{factorA, factorB, {}, u8(nil, 1)}},
		{"input 2 has shape [3], want one number, [4] or [4 1]", []tensor.Tensor{factorA, factorB, u8([]int{3}, 1, 2, 3)}},
		{"input 0 is float32", []tensor.Tensor{f32([]int{1, 3}, 1, 2, 3), factorB}},
	} {
		if _, err := node(10, "MatMulInteger", 1, nil, c.in...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("MatMulInteger: error %v, want %q", err, c.want)
		}
	}
}

// As TestMatMulInteger, times .1*[.5, .25] and by .3.
func TestMatMulOfScales(t *testing.T) {
	scales := f32([]int{2}, .5, .25)
	got, err := node(21, "QLinearMatMul", 1, nil, factorA, f32(nil, .1), u8(nil, 12), factorB, scales, zerosB, f32(nil, .3), u8(nil, 7))
	same(t, got, err, u8([]int{4, 2}, 3, 0, 3, 0, 87, 255, 23, 0))
	want := f32([]int{4, 2}, -1.15, -14.35, -1.3, -14.6, 23.95, 823.35, 4.7, -393.3)
	got, err = nodeOf("com.microsoft", 1, "MatMulIntegerToFloat", 1, nil, factorA, factorB, f32(nil, .1), scales, u8(nil, 12), zerosB)
	same(t, got, err, want)
	for i := range 8 {
		tensor.Of[float32](want)[i] += float32(1 + 9*(i%2))
	}
	got, err = nodeOf("com.microsoft", 1, "MatMulIntegerToFloat", 1, nil, factorA, factorB, f32(nil, .1), scales, u8(nil, 12), zerosB, f32([]int{2}, 1, 10))
	same(t, got, err, want)

	// [0 255 100] is quantised as it is.
	got, err = nodeOf("com.microsoft", 1, "DynamicQuantizeMatMul", 1, nil, f32([]int{1, 3}, 0, 255, 100), factorB, scales, tensor.Tensor{}, f32([]int{2}, 1, 0))
	same(t, got, err, f32([]int{1, 2}, 406, -4985))
}

// The values are computed by hand: dequantise, compute, quantise.
func TestQLinear(t *testing.T) {
	x, y := u8([]int{1, 1, 2, 2}, 1, 3, 5, 201), u8([]int{1}, 10)
	half, one, two := f32(nil, .5), f32(nil, 1), f32(nil, 2)
	for _, c := range []struct {
		op    string
		attrs []onnx.Attr
		in    []tensor.Tensor
		want  tensor.Tensor
	}{
		{"QLinearAdd", nil, []tensor.Tensor{x, half, u8(nil, 1), y, two, u8(nil, 8), one, u8(nil, 2)}, u8([]int{1, 1, 2, 2}, 6, 7, 8, 106)},
		{"QLinearMul", nil, []tensor.Tensor{x, half, u8(nil, 1), y, two, u8(nil, 8), one, u8(nil, 2)}, u8([]int{1, 1, 2, 2}, 2, 6, 10, 255)},
		{"QLinearLeakyRelu", []onnx.Attr{onnx.FloatAttr("alpha", .5)}, []tensor.Tensor{x, one, u8(nil, 5), one, u8(nil, 9)}, u8([]int{1, 1, 2, 2}, 7, 8, 9, 205)},
		{"QLinearSigmoid", nil, []tensor.Tensor{x, one, u8(nil, 3), f32(nil, 1./256), u8(nil, 0)}, u8([]int{1, 1, 2, 2}, 31, 128, 225, 255)},
		{"QLinearGlobalAveragePool", []onnx.Attr{onnx.IntAttr("channels_last", 0)}, []tensor.Tensor{x, one, u8(nil, 1), one, u8(nil, 0)}, u8([]int{1, 1, 1, 1}, 52)},
		{"QLinearAveragePool", []onnx.Attr{onnx.IntsAttr("kernel_shape", 1, 2)}, []tensor.Tensor{x, one, u8(nil, 1), one, u8(nil, 0)}, u8([]int{1, 1, 2, 1}, 1, 102)},
		{"QLinearReduceMean", []onnx.Attr{onnx.IntsAttr("axes", 3), onnx.IntAttr("keepdims", 0)}, []tensor.Tensor{x, one, u8(nil, 1), one, u8(nil, 0)}, u8([]int{1, 1, 2}, 1, 102)},
		{"QLinearConcat", []onnx.Attr{onnx.IntAttr("axis", 0)}, []tensor.Tensor{one, u8(nil, 1), y, two, u8(nil, 9), u8([]int{2}, 9, 8), half, u8(nil, 1)}, u8([]int{3}, 3, 5, 5)},
		{"QLinearWhere", nil, []tensor.Tensor{tensor.From(onnx.Bool, []bool{true, false}, 2), y, one, u8(nil, 1), y, two, u8(nil, 1), one, u8(nil, 0)}, u8([]int{2}, 9, 18)},
		{"QuantizeLinear", nil, []tensor.Tensor{f32([]int{2}, 3, 4.4), two, u8(nil, 1)}, u8([]int{2}, 3, 3)},
		{"DequantizeLinear", nil, []tensor.Tensor{y, two, u8(nil, 1)}, f32([]int{1}, 18)},
	} {
		t.Run(c.op, func(t *testing.T) {
			got, err := nodeOf("com.microsoft", 1, c.op, 1, c.attrs, c.in...)
			same(t, got, err, c.want)
		})
	}
	if _, err := nodeOf("com.microsoft", 1, "QLinearSigmoid", 1, nil, x, one, u8(nil, 3), one); err == nil || !strings.Contains(err.Error(), "the zero point of the result is left out") {
		t.Errorf("QLinearSigmoid without zero point: error %v", err)
	}
}
