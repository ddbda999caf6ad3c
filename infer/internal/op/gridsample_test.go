package op

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// The cases are computed by hand: a line of 1, 2, 4, read at places that are
// pixels, between them, and outside.
func TestGridSample(t *testing.T) {
	line := f32([]int{1, 1, 3}, 1, 2, 4)
	at := f32([]int{1, 4, 1}, -1, 0, 0.5, 2)
	for _, c := range []struct {
		mode, padding string
		corners       int64
		want          []float32
	}{
		{"linear", "zeros", 1, []float32{1, 2, 3, 0}},
		{"bilinear", "border", 1, []float32{1, 2, 3, 4}},
		{"linear", "reflection", 1, []float32{1, 2, 3, 2}},
		{"linear", "zeros", 0, []float32{0.5, 2, 3.5, 0}}, // at -0.5, 1, 1.75, 4
		{"linear", "reflection", 0, []float32{1, 2, 3.5, 2}},
		{"nearest", "border", 0, []float32{1, 2, 4, 4}},
		{"nearest", "zeros", 1, []float32{1, 2, 4, 0}}, // 1.5 rounds to 2, the even one
		{"cubic", "border", 1, []float32{1, 2, -0.09375*1 + 0.59375*2 + 0.59375*4 - 0.09375*4, 4}},
		{"bicubic", "zeros", 1, []float32{1, 2, -0.09375*1 + 0.59375*2 + 0.59375*4, 0}},
	} {
		got, err := node(20, "GridSample", 1, []onnx.Attr{onnx.StringAttr("mode", c.mode), onnx.StringAttr("padding_mode", c.padding), onnx.IntAttr("align_corners", c.corners)}, line, at)
		if err == nil {
			err = conformance.Differ(got[0], f32([]int{1, 1, 4}, c.want...), 1e-6, 1e-7)
		}
		if err != nil {
			t.Errorf("%s, %s, align_corners %d: %v", c.mode, c.padding, c.corners, err)
		}
	}
	wild := f32([]int{1, 3, 1}, float32(math.NaN()), float32(math.Inf(1)), 3e38)
	got, err := node(20, "GridSample", 1, []onnx.Attr{onnx.StringAttr("mode", "nearest")}, i64([]int{1, 2, 3}, 1, 2, 3, 4, 5, 6), wild)
	same(t, got, err, i64([]int{1, 2, 3}, 0, 0, 0, 0, 0, 0))
	for _, padding := range []string{"border", "reflection"} {
		for _, mode := range []string{"linear", "nearest", "cubic"} {
			if _, err := node(20, "GridSample", 1, []onnx.Attr{onnx.StringAttr("mode", mode), onnx.StringAttr("padding_mode", padding)}, line, wild); err != nil {
				t.Errorf("%s of no places, padding %s: %v", mode, padding, err)
			}
		}
	}
	got, err = node(20, "GridSample", 1, nil, f32([]int{1, 2, 0}), f32([]int{1, 1, 1}, 0))
	same(t, got, err, f32([]int{1, 2, 1}, 0, 0))
	for want, in := range map[string][]tensor.Tensor{
		"the grid has shape [1 4 2], want 1 samples of 1 dimensions": {line, f32([]int{1, 4, 2}, make([]float32, 8)...)},
		"input 0 has shape [1 1], want images":                       {f32([]int{1, 1}, 0), at},
	} {
		if _, err := node(20, "GridSample", 1, nil, in...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if Lookup("com.microsoft", "GridSample") == nil {
		t.Error("there is no com.microsoft.GridSample")
	}
}

func TestAffineGrid(t *testing.T) {
	theta := f32([]int{1, 2, 3}, 1, 0, 0, 0, 2, 1)
	got, err := node(20, "AffineGrid", 1, nil, theta, i64([]int{4}, 1, 3, 2, 2))
	same(t, got, err, f32([]int{1, 2, 2, 2}, -0.5, 0, 0.5, 0, -0.5, 2, 0.5, 2))
	got, err = node(20, "AffineGrid", 1, []onnx.Attr{onnx.IntAttr("align_corners", 1)}, theta, i64([]int{4}, 1, 3, 2, 1))
	same(t, got, err, f32([]int{1, 2, 1, 2}, 0, -1, 0, 3))
	if _, err := node(20, "AffineGrid", 1, nil, theta, i64([]int{4}, 1, 3, 1<<40, 2)); err == nil {
		t.Error("a side of 2^40 is accepted")
	}
	if _, err := node(20, "AffineGrid", 1, nil, theta, i64([]int{5}, 1, 3, 2, 2, 2)); err == nil || !strings.Contains(err.Error(), "want [1 3 4]") {
		t.Errorf("error %v, want one that names [1 3 4]", err)
	}
}

func TestCenterCropPad(t *testing.T) {
	x := i64([]int{5}, 1, 2, 3, 4, 5)
	got, err := node(18, "CenterCropPad", 1, nil, x, i64([]int{1}, 2))
	same(t, got, err, i64([]int{2}, 2, 3))
	got, err = node(18, "CenterCropPad", 1, nil, x, i64([]int{1}, 8))
	same(t, got, err, i64([]int{8}, 0, 1, 2, 3, 4, 5, 0, 0))
	got, err = node(18, "CenterCropPad", 1, []onnx.Attr{onnx.IntsAttr("axes", -1)}, i64([]int{1, 2, 1}, 1, 2), i64([]int{1}, 0))
	same(t, got, err, i64([]int{1, 2, 0}))
	if _, err := node(18, "CenterCropPad", 1, nil, x, i64([]int{2}, 1, 1)); err == nil || !strings.Contains(err.Error(), "want 1 sizes") {
		t.Errorf("error %v, want one that asks for 1 size", err)
	}
}

// Windows of 2 on a side of 3 overlap in the middle.
func TestCol2Im(t *testing.T) {
	one := func(v int64) tensor.Tensor { return i64([]int{1}, v) }
	got, err := node(18, "Col2Im", 1, nil, f32([]int{1, 2, 2}, 1, 2, 3, 4), one(3), one(2))
	same(t, got, err, f32([]int{1, 1, 3}, 1, 2+3, 4))
	got, err = node(18, "Col2Im", 1, []onnx.Attr{onnx.IntsAttr("strides", 2), onnx.IntsAttr("pads", 1, 0)}, i64([]int{1, 4, 2}, 1, 2, 3, 4, 5, 6, 7, 8), one(3), one(2))
	same(t, got, err, i64([]int{1, 2, 3}, 3, 2, 4, 7, 6, 8))
	if _, err := node(18, "Col2Im", 1, nil, f32([]int{1, 2, 3}, make([]float32, 6)...), one(3), one(2)); err == nil || !strings.Contains(err.Error(), "want a multiple of 2 rows of [2] windows") {
		t.Errorf("error %v, want one that asks for 2 windows", err)
	}
}

// A filter of one tap reads the image where the offsets say, times the mask.
func TestDeformConv(t *testing.T) {
	x := f32([]int{1, 1, 2, 2}, 1, 2, 3, 4)
	offset := f32([]int{1, 2, 2, 2}, 0.5, 0, 0, 5 /* down */, 0, -0.5, 1, 0 /* right */)
	mask := f32([]int{1, 1, 2, 2}, 1, 2, 1, 1)
	got, err := node(19, "DeformConv", 1, nil, x, f32([]int{2, 1, 1, 1}, 1, 10), offset, f32([]int{2}, 0, 1), mask)
	same(t, got, err, f32([]int{1, 2, 2, 2}, 2, 3, 4, 0, 21, 31, 41, 1))
	if _, err := node(19, "DeformConv", 1, nil, x, f32([]int{1, 1, 1, 1}, 1), f32([]int{1, 2, 1, 1}, 0, 0)); err == nil || !strings.Contains(err.Error(), "want [1 2 2 2]") {
		t.Errorf("error %v, want one that names [1 2 2 2]", err)
	}
}

func TestRegions(t *testing.T) {
	x := f32([]int{1, 1, 2, 2}, 1, 2, 3, 4)
	align := func(attrs []onnx.Attr, version int64, roi ...float32) ([]tensor.Tensor, error) {
		return node(version, "RoiAlign", 1, attrs, x, f32([]int{1, 4}, roi...), i64([]int{1}, 0))
	}
	got, err := align(nil, 16, 0, 0, 2, 2) // four samples, at the pixels
	same(t, got, err, f32([]int{1, 1, 1, 1}, 2.5))
	got, err = align([]onnx.Attr{onnx.IntAttr("output_width", 2), onnx.IntAttr("sampling_ratio", 1)}, 10, 0, 0, 1, 1)
	same(t, got, err, f32([]int{1, 1, 1, 2}, 2.25, 2.75)) // at 0.5, 0.25 and 0.5, 0.75
	got, err = align([]onnx.Attr{onnx.StringAttr("mode", "max"), onnx.IntAttr("sampling_ratio", 1)}, 16, 0, 0, 2, 2)
	same(t, got, err, f32([]int{1, 1, 1, 1}, 1)) // the largest of a quarter of each pixel
	if _, err := align(nil, 16, 0, 0, 1e9, 1); err == nil || !strings.Contains(err.Error(), "far larger") {
		t.Errorf("error %v, want one that says the region is far larger", err)
	}
	if _, err := node(16, "RoiAlign", 1, nil, x, f32([]int{1, 4}, 0, 0, 1, 1), i64([]int{1}, 7)); err == nil || !strings.Contains(err.Error(), "image 7, want 0 to 0") {
		t.Errorf("error %v, want one that names image 7", err)
	}
}
