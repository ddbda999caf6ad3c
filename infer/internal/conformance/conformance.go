// Package conformance reads ONNX's own conformance cases, for the tests of
// packages infer and op: folders of model.onnx and of inputs and outputs as
// TensorProtos.
package conformance

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// Debian is where Debian's libonnx-testdata has the cases.
const Debian = "/usr/share/libonnx-testdata/data/*"

// Others are the places, split by colons, that GANLET_ONNX_SUITE names: folders of
// .../case/model.onnx.
func Others() []string { return filepath.SplitList(os.Getenv("GANLET_ONNX_SUITE")) }

// Contradictions are cases that say otherwise than PyTorch and ONNX Runtime do,
// which we follow, each with the reason.
var Contradictions = map[string]string{
	"test_bernoulli":                 draws,
	"test_bernoulli_double":          draws,
	"test_bernoulli_double_expanded": draws,
	"test_bernoulli_expanded":        draws,
	"test_bernoulli_seed":            draws,
	"test_bernoulli_seed_expanded":   draws,

	"test_resize_downsample_scales_cubic_align_corners":  rounded,
	"test_resize_downsample_scales_linear_align_corners": rounded,
}

const (
	draws   = "ONNX leaves random numbers open, and those of the cases are NumPy's"
	rounded = "align_corners takes the rounded length of the output, as PyTorch and ONNX Runtime do"
)

// coarse are cases whose results were computed in float32, and how far they are
// off where zero is right.
var coarse = map[string]float64{"test_dft_inverse": 3e-7, "test_dft_inverse_opset19": 3e-7}

// Tensor reads one. A sequence, an optional value or elements that Go has no type
// for are an *onnx.UnsupportedError.
func Tensor(path string) (t tensor.Tensor, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	file, err := onnx.UnmarshalTensor(data)
	if err != nil {
		return t, &onnx.UnsupportedError{Node: path, Reason: err.Error()}
	}
	c, err := tensor.FromFile(&file)
	if err != nil {
		return t, &onnx.UnsupportedError{Node: path, Reason: err.Error()}
	}
	if t, err = c.Value(); err == nil && tensor.Halves.Has(file.Type) {
		half := tensor.New(file.Type, t.Shape...)
		tensor.Convert(half, t)
		t = half
	}
	return t, err
}

// Agree says how a result of a case differs from what it should be, by the suite's
// measure: rtol 1e-3, atol 1e-7; of 16 bits, one step.
func Agree(name string, got, want tensor.Tensor) error {
	if got.Elem == onnx.BFloat16 && want.Elem == onnx.Uint16 { // as the suite of 1.12 stores them
		want.Elem = onnx.BFloat16
	}
	rtol := 1e-3
	if tensor.Halves.Has(want.Elem) {
		rtol = 1e-2
	}
	return Differ(got, want, rtol, max(1e-7, coarse[name]))
}

// Differ says how tensors differ: by more than rtol*|want| + atol; NaN equals NaN.
func Differ(got, want tensor.Tensor, rtol, atol float64) error {
	if got.Elem != want.Elem || !slices.Equal(got.Shape, want.Shape) {
		return fmt.Errorf("it is %v %v, want %v %v", got.Elem, got.Shape, want.Elem, want.Shape)
	}
	a, b := tensor.New(onnx.Double, got.Shape...), tensor.New(onnx.Double, want.Shape...)
	tensor.Convert(a, got)
	tensor.Convert(b, want)
	for i, x := range tensor.Of[float64](a) {
		y := tensor.Of[float64](b)[i]
		if x != y && !(x != x && y != y) && !(math.Abs(x-y) <= atol+rtol*math.Abs(y)) {
			return fmt.Errorf("[%d] = %v, want %v", i, x, y)
		}
	}
	return nil
}
