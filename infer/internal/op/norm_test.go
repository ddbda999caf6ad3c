package op

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// plainNorm normalises rows of n by the formula, in float64.
func plainNorm(x []float64, n int, eps float64, rms bool) []float64 {
	y := make([]float64, len(x))
	for i := 0; i < len(x); i += n {
		mean, square := 0.0, 0.0
		for _, v := range x[i:][:n] {
			mean += v / float64(n)
		}
		if rms {
			mean = 0
		}
		for _, v := range x[i:][:n] {
			square += (v - mean) * (v - mean) / float64(n)
		}
		for k, v := range x[i:][:n] {
			y[i+k] = (v - mean) / math.Sqrt(square+eps)
		}
	}
	return y
}

func TestChannelNorms(t *testing.T) {
	for _, elem := range []tensor.Type{onnx.Float, onnx.Double} {
		x := ramp(elem, 1, 2, 6, 3, 5)
		perChannel, bias := ramp(elem, 2, 6), ramp(elem, 3, 6)
		for _, c := range []struct {
			op      string
			version int64
			groups  int
			attrs   []onnx.Attr
		}{
			{"InstanceNormalization", 6, 6, nil},
			{"GroupNormalization", 21, 3, []onnx.Attr{onnx.IntAttr("num_groups", 3)}},
			{"GroupNormalization", 21, 1, []onnx.Attr{onnx.IntAttr("num_groups", 1)}},
			{"GroupNormalization", 18, 2, []onnx.Attr{onnx.IntAttr("num_groups", 2)}}, // scale per group
		} {
			scale, bias, each := perChannel, bias, 15
			if c.version == 18 {
				scale, bias, each = ramp(elem, 2, 2), ramp(elem, 3, 2), 45
			}
			got, err := node(c.version, c.op, 1, append(c.attrs, onnx.FloatAttr("epsilon", 0.25)), x, scale, bias)
			want := tensor.New(elem, 2, 6, 3, 5)
			y := plainNorm(wide(x), 90/c.groups, 0.25, false)
			for i := range y {
				k := i / each % len(wide(scale))
				y[i] = y[i]*wide(scale)[k] + wide(bias)[k]
			}
			tensor.Convert(want, tensor.From(onnx.Double, y, 2, 6, 3, 5))
			same(t, got, err, want)
		}
	}
	// By hand: mean 2.5, deviation 1.5.
	got, err := node(13, "MeanVarianceNormalization", 1, []onnx.Attr{onnx.IntsAttr("axes", 0)}, f32([]int{2, 1}, 1, 4))
	same(t, got, err, f32([]int{2, 1}, -1, 1))
	got, err = node(6, "InstanceNormalization", 1, nil, f32([]int{0, 1, 2}), f32([]int{1}, 1), f32([]int{1}, 1))
	same(t, got, err, f32([]int{0, 1, 2}))
	_, err = node(21, "GroupNormalization", 1, []onnx.Attr{onnx.IntAttr("num_groups", 4)}, f32([]int{1, 3, 1}, 1, 2, 3), f32([]int{3}, 1, 1, 1), f32([]int{3}, 1, 1, 1))
	if err == nil || !strings.Contains(err.Error(), "num_groups 4 does not fit shape [1 3 1]") {
		t.Errorf("error is %v", err)
	}
}

func TestLayerNorms(t *testing.T) {
	for _, elem := range []tensor.Type{onnx.Float, onnx.Double} {
		x := ramp(elem, 1, 3, 2, 19)
		for _, scale := range []tensor.Tensor{ramp(elem, 2, 19), ramp(elem, 2, 1, 19), ramp(elem, 2, 2, 1), ramp(elem, 2)} {
			bias := ramp(elem, 3, scale.Shape...)
			spread := func(t tensor.Tensor, i int) float64 {
				switch v := wide(t); {
				case len(v) == 19:
					return v[i%19]
				case len(v) == 2:
					return v[i/19%2]
				default:
					return v[0]
				}
			}
			for _, rms := range []bool{false, true} {
				y := plainNorm(wide(x), 19, 1e-5, rms)
				for i := range y {
					y[i] *= spread(scale, i)
					if !rms {
						y[i] += spread(bias, i)
					}
				}
				want := tensor.New(elem, 3, 2, 19)
				tensor.Convert(want, tensor.From(onnx.Double, y, 3, 2, 19))
				if rms {
					got, err := node(23, "RMSNormalization", 1, nil, x, scale)
					same(t, got, err, want)
					got, err = node(23, "SimplifiedLayerNormalization", 1, nil, x, scale)
					same(t, got, err, want)
				} else {
					got, err := node(17, "LayerNormalization", 1, nil, x, scale, bias)
					same(t, got, err, want)
				}
			}
		}
	}
	// By hand: means 2 and 6, deviations 1 and 2.
	got, err := node(17, "LayerNormalization", 3, []onnx.Attr{onnx.FloatAttr("epsilon", 0)}, f32([]int{2, 2}, 1, 3, 4, 8), f32([]int{2}, 1, 10))
	same(t, got, err, f32([]int{2, 2}, -1, 10, -1, 10))
	same(t, got[1:], err, f32([]int{2, 1}, 2, 6))
	same(t, got[2:], err, f32([]int{2, 1}, 1, 0.5))
	got, err = node(17, "LayerNormalization", 3, []onnx.Attr{onnx.FloatAttr("epsilon", 0), onnx.IntAttr("stash_type", 11)}, f32([]int{1, 2}, 1, 3), f32([]int{2}, 1, 1))
	same(t, got[1:], err, tensor.From(onnx.Double, []float64{2}, 1, 1))
	_, err = node(17, "LayerNormalization", 1, nil, f32([]int{1, 2}, 1, 3), f32([]int{3}, 1, 1, 1))
	if err == nil || !strings.Contains(err.Error(), "do not go together") {
		t.Errorf("error is %v", err)
	}
	got, err = node(17, "LayerNormalization", 3, nil, f32([]int{2, 0}), f32([]int{0}))
	same(t, got, err, f32([]int{2, 0}))
}

func TestSkipNorm(t *testing.T) {
	m := func(op string, outputs int, in ...tensor.Tensor) ([]tensor.Tensor, error) {
		return nodeOf("com.microsoft", 1, op, outputs, []onnx.Attr{onnx.FloatAttr("epsilon", 0)}, in...)
	}
	// By hand: the sums are 2 and 4.
	got, err := m("SkipLayerNormalization", 4, f32([]int{1, 1, 2}, 1, 2), f32([]int{1, 2}, 0.5, 1.5), f32([]int{2}, 1, 2), f32([]int{2}, 5, 6), f32([]int{2}, 0.5, 0.5))
	same(t, got, err, f32([]int{1, 1, 2}, 4, 8))
	same(t, got[3:], err, f32([]int{1, 1, 2}, 2, 4))
	got, err = m("SkipSimplifiedLayerNormalization", 1, f32([]int{1, 1, 2}, 1, 1), f32([]int{1, 1, 2}, 2, 2), f32([]int{2}, 1, 2))
	same(t, got, err, f32([]int{1, 1, 2}, 1, 2))
}
