package op

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// The cases are computed by hand.
func TestPool(t *testing.T) {
	line := f32([]int{1, 1, 5}, 1, -2, 3, 4, 5)
	ints := func(name string, v ...int64) onnx.Attr { return onnx.IntsAttr(name, v...) }
	one := func(name string, v int64) onnx.Attr { return onnx.IntAttr(name, v) }
	for _, c := range []struct {
		name    string
		version int64
		op      string
		attrs   []onnx.Attr
		want    []float32
	}{
		{"max", 12, "MaxPool", []onnx.Attr{ints("kernel_shape", 2)}, []float32{1, 3, 4, 5}},
		{"max, stride", 12, "MaxPool", []onnx.Attr{ints("kernel_shape", 2), ints("strides", 2)}, []float32{1, 4}},
		{"max, rounded up", 12, "MaxPool", []onnx.Attr{ints("kernel_shape", 2), ints("strides", 2), one("ceil_mode", 1)}, []float32{1, 4, 5}},
		{"max, dilated", 12, "MaxPool", []onnx.Attr{ints("kernel_shape", 2), ints("dilations", 3)}, []float32{4, 5}},
		{"mean", 7, "AveragePool", []onnx.Attr{ints("kernel_shape", 2), ints("pads", 1, 0)}, []float32{1, -0.5, 0.5, 3.5, 4.5}},
		{"mean with padding", 7, "AveragePool", []onnx.Attr{ints("kernel_shape", 2), ints("pads", 1, 0), one("count_include_pad", 1)}, []float32{0.5, -0.5, 0.5, 3.5, 4.5}},
		{"mean with padding, rounded up", 10, "AveragePool", []onnx.Attr{ints("kernel_shape", 3), ints("strides", 3), ints("pads", 0, 0), one("count_include_pad", 1), one("ceil_mode", 1)}, []float32{2.0 / 3, 4.5}},
		{"mean, dilated", 19, "AveragePool", []onnx.Attr{ints("kernel_shape", 2), ints("dilations", 4), ints("pads", 1, 1)}, []float32{4, 3, -2}},
		{"norm", 1, "LpPool", []onnx.Attr{ints("kernel_shape", 2), ints("strides", 3), onnx.FloatAttr("p", 2)}, []float32{float32(math.Sqrt(5)), float32(math.Sqrt(41))}},
		{"norm 1", 18, "LpPool", []onnx.Attr{ints("kernel_shape", 2), ints("dilations", 2), one("p", 1)}, []float32{4, 6, 8}},
		{"norm 3", 18, "LpPool", []onnx.Attr{ints("kernel_shape", 5), one("p", 3)}, []float32{float32(math.Cbrt(225))}},
		{"global norm", 2, "GlobalLpPool", []onnx.Attr{one("p", 1)}, []float32{15}},
	} {
		got, err := node(c.version, c.op, 1, c.attrs, line)
		if err == nil {
			err = conformance.Differ(got[0], f32([]int{1, 1, len(c.want)}, c.want...), 1e-6, 1e-7)
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for want, attrs := range map[string][]onnx.Attr{
		"it has no kernel_shape":                nil,
		`attribute "kernel_shape" is [0]`:       {ints("kernel_shape", 0)},
		"an image side comes out as 0":          {ints("kernel_shape", 6)},
		`attribute "pads" has 1 numbers`:        {ints("kernel_shape", 1), ints("pads", 1)},
		`attribute "strides" is [0], want numb`: {ints("kernel_shape", 1), ints("strides", 0)},
	} {
		if _, err := node(12, "MaxPool", 1, attrs, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	got, err := node(12, "MaxPool", 1, []onnx.Attr{ints("kernel_shape", 1)}, f32([]int{0, 2, 3}))
	same(t, got, err, f32([]int{0, 2, 3}))
}

func TestMaxPoolKeepsNaN(t *testing.T) {
	nan := float32(math.NaN())
	got, err := node(12, "MaxPool", 1, []onnx.Attr{onnx.IntsAttr("kernel_shape", 2)}, f32([]int{1, 1, 4}, 1, nan, 3, 2))
	same(t, got, err, f32([]int{1, 1, 3}, nan, nan, 3))
	x := make([]float32, 20)
	x[7] = nan
	want := make([]float32, 19)
	want[6], want[7] = nan, nan
	got, err = node(12, "MaxPool", 1, []onnx.Attr{onnx.IntsAttr("kernel_shape", 2)}, f32([]int{1, 1, 20}, x...))
	same(t, got, err, f32([]int{1, 1, 19}, want...))
}

// The path with channels innermost gives the same bits, whatever the window.
func TestPoolOnPixels(t *testing.T) {
	x := tensor.New(onnx.Float, 2, 3, 7, 6)
	for i := range x.Len() {
		tensor.Of[float32](x)[i] = float32(i*i%101)/7 - 6
	}
	for _, op := range []string{"MaxPool", "AveragePool", "LpPool", "LRN", "GlobalLpPool"} {
		for _, stride := range []int64{1, 2} {
			attrs := []onnx.Attr{onnx.IntsAttr("kernel_shape", 3, 2), onnx.IntsAttr("strides", stride, stride), onnx.IntsAttr("pads", 1, 1, 0, 1), onnx.IntAttr("ceil_mode", 1)}
			switch op {
			case "LRN":
				attrs = []onnx.Attr{onnx.IntAttr("size", 1+stride), onnx.FloatAttr("beta", 0.6)}
			case "GlobalLpPool":
				attrs = nil
			}
			n := &Node{Op: op, Attrs: attrs, Elements: 1000, In: []*Value{{Elem: onnx.Float, Shape: x.Shape}}}
			bothOrders(t, fmt.Sprintf("%s by %d", op, stride), n, x)
		}
	}
}

func TestLRN(t *testing.T) {
	x := f32([]int{1, 3, 1}, 1, 2, 3)
	attrs := func(size int64, beta float32) []onnx.Attr {
		return []onnx.Attr{onnx.IntAttr("size", size), onnx.FloatAttr("beta", beta), onnx.FloatAttr("alpha", float32(size)), onnx.FloatAttr("bias", 2)}
	}
	got, err := node(13, "LRN", 1, attrs(2, 1), x) // the own channel and the next
	same(t, got, err, f32([]int{1, 3, 1}, 1.0/7, 2.0/15, 3.0/11))
	got, err = node(13, "LRN", 1, attrs(5, 0.5), x)
	same(t, got, err, f32([]int{1, 3, 1}, 0.25, 0.5, 0.75))
	got, err = node(13, "LRN", 1, attrs(5, 0.25), x)
	same(t, got, err, f32([]int{1, 3, 1}, 0.5, 1, 1.5))
	if _, err := node(13, "LRN", 1, nil, x); err == nil || !strings.Contains(err.Error(), "it has no size") {
		t.Errorf("error %v, want one that misses the size", err)
	}
}

// Version 1 of MeanVarianceNormalization said by an attribute that channels are
// joined.
func TestOldMeanVariance(t *testing.T) {
	x := f32([]int{1, 2, 1, 2}, 1, 3, 6, 8)
	got, err := node(1, "MeanVarianceNormalization", 1, nil, x)
	same(t, got, err, f32([]int{1, 2, 1, 2}, -1, 1, -1, 1))
	got, err = node(1, "MeanVarianceNormalization", 1, []onnx.Attr{onnx.IntAttr("across_channels", 1)}, x)
	deviation := float32(math.Sqrt(7.25))
	same(t, got, err, f32([]int{1, 2, 1, 2}, -3.5/deviation, -1.5/deviation, 1.5/deviation, 3.5/deviation))
	if _, err := node(1, "MeanVarianceNormalization", 1, []onnx.Attr{onnx.IntAttr("normalize_variance", 0)}, x); err == nil || !strings.Contains(err.Error(), "normalize_variance is 0") {
		t.Errorf("error %v, want one that names normalize_variance", err)
	}
}

// The places of maxima; the image is of an odd side.
func TestMaxPoolPlaces(t *testing.T) {
	size := []onnx.Attr{onnx.IntsAttr("kernel_shape", 2), onnx.IntsAttr("strides", 2)}
	pooled, err := node(12, "MaxPool", 2, size, f32([]int{1, 2, 5}, 1, 2, 4, 3, 0, 8, 7, 5, 6, 0))
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{1, 2, 5, 8}; !slices.Equal(tensor.Of[int64](pooled[1]), want) {
		t.Errorf("places %v, want %v", tensor.Of[int64](pooled[1]), want)
	}
}
