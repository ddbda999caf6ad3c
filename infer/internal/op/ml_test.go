package op

import (
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// By hand.
func TestML(t *testing.T) {
	ml := func(op string, attrs []onnx.Attr, in ...tensor.Tensor) ([]tensor.Tensor, error) {
		return nodeOf("ai.onnx.ml", 3, op, 1, attrs, in...)
	}
	x := f32([]int{2, 2}, 3, -4, 0, 2)
	got, err := ml("Scaler", []onnx.Attr{onnx.FloatsAttr("offset", 1, 2), onnx.FloatsAttr("scale", 10)}, x)
	same(t, got, err, f32([]int{2, 2}, 20, -60, -10, 0))
	got, err = ml("Scaler", nil, i64([]int{1, 2}, 3, 4))
	same(t, got, err, f32([]int{1, 2}, 3, 4))
	got, err = ml("Binarizer", []onnx.Attr{onnx.FloatAttr("threshold", 2)}, x)
	same(t, got, err, f32([]int{2, 2}, 1, 0, 0, 0))
	got, err = ml("Normalizer", []onnx.Attr{onnx.StringAttr("norm", "L2")}, x)
	same(t, got, err, f32([]int{2, 2}, 0.6, -0.8, 0, 1))
	got, err = ml("Normalizer", []onnx.Attr{onnx.StringAttr("norm", "L1")}, f32([]int{1, 2}, 1, -3))
	same(t, got, err, f32([]int{1, 2}, 0.25, -0.75))
	got, err = ml("Normalizer", nil, x)
	same(t, got, err, f32([]int{2, 2}, 1, -4./3, 0, 1))
	got, err = ml("ArrayFeatureExtractor", nil, i64([]int{2, 3}, 1, 2, 3, 4, 5, 6), i64([]int{2}, 2, 0))
	same(t, got, err, i64([]int{2, 2}, 3, 1, 6, 4))
	got, err = ml("ArrayFeatureExtractor", nil, f32([]int{3}, 1, 2, 3), i64([]int{1, 1}, 1))
	same(t, got, err, f32([]int{1, 1}, 2))
	_, err = ml("ArrayFeatureExtractor", nil, f32([]int{3}, 1, 2, 3), i64([]int{1}, 3))
	if err == nil || !strings.Contains(err.Error(), "index 0 is 3, want 0 to 2") {
		t.Errorf("error is %v", err)
	}
	_, err = ml("Scaler", []onnx.Attr{onnx.FloatsAttr("offset", 1, 2, 3)}, x)
	if err == nil || !strings.Contains(err.Error(), "it has 3 offsets") {
		t.Errorf("error is %v", err)
	}
	got, err = ml("Scaler", nil, f32([]int{0, 2}))
	same(t, got, err, f32([]int{0, 2}))
}
