package op

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// plainDFT is the sum that defines the transform.
func plainDFT(re, im []float64, sign float64) (a, b []float64) {
	n := len(re)
	a, b = make([]float64, n), make([]float64, n)
	for k := range n {
		for j := range n {
			s, c := math.Sincos(sign * 2 * math.Pi * float64(j*k%n) / float64(n))
			a[k] += re[j]*c - im[j]*s
			b[k] += re[j]*s + im[j]*c
		}
	}
	return a, b
}

func TestFourierAgainstItsSum(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 100, 128, 257} {
		f := newFourier(n)
		x := newComplexes(f.size)
		copy(x.re, wide(ramp(onnx.Double, 1, n)))
		copy(x.im, wide(ramp(onnx.Double, 2, n)))
		re, im := plainDFT(x.re[:n], x.im[:n], -1)
		before := newComplexes(n)
		copy(before.re, x.re)
		copy(before.im, x.im)
		f.transform(x)
		for k := range n {
			if math.Hypot(x.re[k]-re[k], x.im[k]-im[k]) > 1e-12*float64(n) {
				t.Fatalf("transform of %d: [%d] = %v+%vi, want %v+%vi", n, k, x.re[k], x.im[k], re[k], im[k])
			}
		}
		f.inverse(x)
		for k := range n {
			if math.Hypot(x.re[k]-before.re[k], x.im[k]-before.im[k]) > 1e-13*float64(n) {
				t.Fatalf("there and back, of %d: [%d] = %v+%vi, want %v+%vi", n, k, x.re[k], x.im[k], before.re[k], before.im[k])
			}
		}
	}
}

// By hand, or back and forth.
func TestDFT(t *testing.T) {
	x := f32([]int{1, 4, 1}, 1, 2, 3, 5)
	want := f32([]int{1, 4, 2}, 11, 0, -2, 3, -3, 0, -2, -3)
	got, err := node(20, "DFT", 1, nil, x)
	same(t, got, err, want)
	got, err = node(17, "DFT", 1, nil, x)
	same(t, got, err, want)
	got, err = node(20, "DFT", 1, []onnx.Attr{onnx.IntAttr("inverse", 1)}, want)
	same(t, got, err, f32([]int{1, 4, 2}, 1, 0, 2, 0, 3, 0, 5, 0))
	got, err = node(20, "DFT", 1, []onnx.Attr{onnx.IntAttr("onesided", 1)}, x)
	same(t, got, err, f32([]int{1, 3, 2}, 11, 0, -2, 3, -3, 0))
	got, err = node(20, "DFT", 1, []onnx.Attr{onnx.IntAttr("onesided", 1), onnx.IntAttr("inverse", 1)}, got[0])
	same(t, got, err, x)
	got, err = node(20, "DFT", 1, nil, x, i64(nil, 2)) // the first two
	same(t, got, err, f32([]int{1, 2, 2}, 3, 0, -1, 0))
	got, err = node(20, "DFT", 1, nil, x, i64(nil, 6)) // with zeros behind
	re, im := plainDFT([]float64{1, 2, 3, 5, 0, 0}, make([]float64, 6), -1)
	padded := tensor.New(onnx.Float, 1, 6, 2)
	for k := range re {
		tensor.Of[float32](padded)[2*k], tensor.Of[float32](padded)[2*k+1] = float32(re[k]), float32(im[k])
	}
	same(t, got, err, padded)
	got, err = node(20, "DFT", 1, nil, f32([]int{2, 2, 1}, 1, 2, 3, 5), tensor.Tensor{}, i64(nil, 0)) // along the first axis
	same(t, got, err, f32([]int{2, 2, 2}, 4, 0, 7, 0, -2, 0, -3, 0))
	got, err = node(20, "DFT", 1, nil, f32([]int{0, 4, 1}))
	same(t, got, err, f32([]int{0, 4, 2}))
	for _, c := range []struct {
		in   []tensor.Tensor
		want string
	}{
		{[]tensor.Tensor{f32([]int{1, 4, 3}, make([]float32, 12)...)}, "input 0 has shape [1 4 3]"},
		{[]tensor.Tensor{x, i64(nil, 0)}, "input 1 is 0, want 1 to"},
		{[]tensor.Tensor{x, i64(nil, math.MinInt64)}, "want 1 to"},
		{[]tensor.Tensor{x, i64(nil, math.MaxInt64)}, "want 1 to"},
		{[]tensor.Tensor{x, {}, i64(nil, 2)}, "axis 2 is that of real and imaginary parts"},
		{[]tensor.Tensor{x, i64(nil, 1<<21)}, "it transforms 2097152 elements, want at most 1048576"},
		{[]tensor.Tensor{f32([]int{1, 0, 1})}, "it transforms 0 elements"},
	} {
		if _, err := node(20, "DFT", 1, nil, c.in...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want %q", err, c.want)
		}
	}
}

// By hand.
func TestSTFT(t *testing.T) {
	x := f32([]int{1, 5, 1}, 1, 2, 3, 5, 7)
	got, err := node(17, "STFT", 1, nil, x, i64(nil, 2), tensor.Tensor{}, i64(nil, 2))
	same(t, got, err, f32([]int{1, 2, 2, 2}, 3, 0, -1, 0, 8, 0, -2, 0))
	got, err = node(17, "STFT", 1, []onnx.Attr{onnx.IntAttr("onesided", 0)}, x, i64(nil, 3), f32([]int{2}, 1, 10))
	same(t, got, err, f32([]int{1, 2, 2, 2}, 21, 0, -19, 0, 75, 0, -65, 0))
	got, err = node(17, "STFT", 1, nil, f32([]int{1, 2}, 1, 2), i64(nil, 1)) // without a dimension of parts
	same(t, got, err, f32([]int{1, 1, 2, 2}, 3, 0, -1, 0))
	if _, err = node(17, "STFT", 1, nil, x, i64(nil, 1), tensor.Tensor{}, i64(nil, 6)); err == nil || !strings.Contains(err.Error(), "its frames have 6 elements, want 1 to the signal's 5") {
		t.Errorf("error is %v", err)
	}
	if _, err = node(17, "STFT", 1, nil, x, i64(nil, 0)); err == nil || !strings.Contains(err.Error(), "input 1 is 0") {
		t.Errorf("error is %v", err)
	}
}
