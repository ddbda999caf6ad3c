package op

import (
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// Computed with torch 1.13; its Hamming window has 0.54 where ONNX has 25/46.
func TestWindows(t *testing.T) {
	symmetric := []onnx.Attr{onnx.IntAttr("periodic", 0)}
	got, err := node(17, "HannWindow", 1, nil, i64(nil, 5))
	same(t, got, err, f32([]int{5}, 0, 0.3454915, 0.9045085, 0.9045085, 0.3454915))
	got, err = node(17, "HannWindow", 1, symmetric, i64(nil, 4))
	same(t, got, err, f32([]int{4}, 0, 0.75, 0.75, 0))
	got, err = node(17, "BlackmanWindow", 1, nil, i64(nil, 5))
	same(t, got, err, f32([]int{5}, 0, 0.20077014, 0.84922987, 0.84922987, 0.20077014))
	got, err = node(17, "HammingWindow", 1, symmetric, i64(nil, 3)) // by hand
	same(t, got, err, f32([]int{3}, 4./46, 1, 4./46))
	got, err = node(17, "HannWindow", 1, symmetric, i64(nil, 1))
	same(t, got, err, f32([]int{1}, 1))
	got, err = node(17, "HannWindow", 1, []onnx.Attr{onnx.IntAttr("output_datatype", int64(onnx.Double))}, tensor.From(onnx.Int32, []int32{2}, 1))
	same(t, got, err, tensor.From(onnx.Double, []float64{0, 1}, 2))
	got, err = node(17, "HannWindow", 1, nil, i64(nil, 0))
	same(t, got, err, f32([]int{0}))
	if _, err = node(17, "HannWindow", 1, nil, i64(nil, -1)); err == nil || !strings.Contains(err.Error(), "input 0 is -1, want 1 to") {
		t.Errorf("error is %v", err)
	}
	if _, err = node(17, "HannWindow", 1, []onnx.Attr{onnx.IntAttr("output_datatype", 9)}, i64(nil, 2)); err == nil || !strings.Contains(err.Error(), "output_datatype is bool, want a number") {
		t.Errorf("error is %v", err)
	}
}
