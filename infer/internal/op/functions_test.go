package op

import (
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// Every function against the standard library's, of float64 to 1e-13 and of
// float32 to 2e-6, or as much beside 1.
func TestFunctions(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	softplus := func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
	below := func(positive, negative, by float64) func(float64) float64 {
		return func(x float64) float64 {
			if x >= 0 {
				return positive * x
			}
			return negative * math.Expm1(x/by)
		}
	}
	half := onnx.FloatAttr("alpha", 0.5)
	for _, c := range []struct {
		op    string
		attrs []onnx.Attr
		want  func(float64) float64
	}{
		{"Acos", nil, math.Acos}, {"Acosh", nil, math.Acosh}, {"Asin", nil, math.Asin}, {"Asinh", nil, math.Asinh}, {"Atan", nil, math.Atan},
		{"Atanh", nil, math.Atanh}, {"Cos", nil, math.Cos}, {"Cosh", nil, math.Cosh}, {"Erf", nil, math.Erf}, {"Exp", nil, math.Exp},
		{"Log", nil, math.Log}, {"Sin", nil, math.Sin}, {"Sinh", nil, math.Sinh}, {"Tan", nil, math.Tan}, {"Tanh", nil, math.Tanh},
		{"Sigmoid", nil, logistic}, {"Softplus", nil, softplus},
		{"Elu", nil, below(1, 1, 1)}, {"Elu", []onnx.Attr{half}, below(1, 0.5, 1)}, {"Celu", []onnx.Attr{half}, below(1, 0.5, 0.5)},
		{"Selu", []onnx.Attr{half, onnx.FloatAttr("gamma", 3)}, below(3, 1.5, 1)},
		{"Swish", nil, func(x float64) float64 { return x * logistic(x) }},
		{"Swish", []onnx.Attr{half}, func(x float64) float64 { return x * logistic(x/2) }},
		{"Mish", nil, func(x float64) float64 { return x * math.Tanh(softplus(x)) }},
		{"Gelu", nil, func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }},
		{"Gelu", text("approximate", "tanh"), func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}},
	} {
		single, double := tensor.New(onnx.Float, 2, 401), tensor.New(onnx.Double, 2, 401)
		for i := range single.Len() {
			x := math.Mod(float64(i)*0.0517, 22) - 11
			tensor.Of[float32](single)[i] = float32(x)
		}
		tensor.Of[float32](single)[9], tensor.Of[float32](single)[10] = nan32, 0
		tensor.Convert(double, single)
		for _, x := range list(single, double) {
			want := tensor.New(x.Elem, x.Shape...)
			values := tensor.New(onnx.Double, x.Shape...)
			for i, v := range tensor.Of[float64](double) {
				tensor.Of[float64](values)[i] = c.want(v)
			}
			tensor.Convert(want, values)
			got, err := node(24, c.op, 1, c.attrs, x)
			if err == nil && x.Elem == onnx.Float {
				err = conformance.Differ(got[0], want, 2e-6, 1e-6)
			} else if err == nil {
				err = conformance.Differ(got[0], want, 1e-13, 1e-15)
			}
			if err != nil {
				t.Errorf("%s %v of %v: %v", c.op, c.attrs, x.Elem, err)
			}
		}
	}
	check(t, []use{
		{op: "Tan", in: list(f32(dims(0))), want: list(f32(dims(0)))},
		{op: "Mish", in: list(f32(dims(3), 100, -100, inf32)), want: list(f32(dims(3), 100, 0, inf32))},
		{op: "Tan", in: list(i64(dims(1), 1)), fail: "input 0 is int64"},
		{op: "Gelu", attrs: text("approximate", "fast"), in: list(f32(nil, 1)), fail: `attribute "approximate" is "fast"`},
	})
}
