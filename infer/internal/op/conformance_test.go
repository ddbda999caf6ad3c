package op

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file runs ONNX's own cases on the rows alone: each passes or is refused.
// Package infer runs them on the whole road.

// suites are where Debian's libonnx-testdata has the cases, and other places,
// split by colons, that GANLET_ONNX_SUITE names: folders of .../case/model.onnx.
func suites() []string {
	return append([]string{"/usr/share/libonnx-testdata/data/*"}, filepath.SplitList(os.Getenv("GANLET_ONNX_SUITE"))...)
}

// contradicts are cases whose results differ from ours on purpose, each with the
// reason.
var contradicts = map[string]string{
	"test_bernoulli":                 drawsDiffer,
	"test_bernoulli_double":          drawsDiffer,
	"test_bernoulli_double_expanded": drawsDiffer,
	"test_bernoulli_expanded":        drawsDiffer,
	"test_bernoulli_seed":            drawsDiffer,
	"test_bernoulli_seed_expanded":   drawsDiffer,

	"test_resize_downsample_scales_cubic_align_corners":  resizeLength,
	"test_resize_downsample_scales_linear_align_corners": resizeLength,
}

const drawsDiffer = "ONNX leaves random numbers open, and those of the cases are NumPy's"

const resizeLength = "align_corners takes the rounded length of the output, as PyTorch and ONNX Runtime do"

// coarse are cases whose results were computed in float32, and how far they are
// off where zero is right.
var coarse = map[string]float64{"test_dft_inverse": 3e-7, "test_dft_inverse_opset19": 3e-7}

func TestConformance(t *testing.T) {
	for _, suite := range suites() {
		files, _ := filepath.Glob(suite + "/*/model.onnx")
		if len(files) == 0 {
			t.Logf("there are no cases in %s", suite)
			continue
		}
		var passed, refused, wrong, contradicted int
		why := make(map[string]int)
		for _, file := range files {
			name := filepath.Base(filepath.Dir(file))
			err := conform(filepath.Dir(file))
			var unsupported *onnx.UnsupportedError
			switch {
			case err == nil:
				if passed++; contradicts[name] != "" {
					t.Errorf("%s passes, though %s", name, contradicts[name])
				}
			case errors.As(err, &unsupported):
				refused++
				why[unsupported.Op]++
				if testing.Verbose() && strings.Contains(os.Getenv("GANLET_ONNX_SHOW"), "refused") {
					t.Logf("%s: %v", name, err)
				}
			case contradicts[name] != "":
				contradicted++
			default:
				wrong++
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Logf("%s: %d passed, %d refused, %d wrong, %d contradicted of %d; refused by operator %v", suite, passed, refused, wrong, contradicted, len(files), why)
	}
}

// conform runs one case with all its data.
func conform(dir string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	data, err := os.ReadFile(dir + "/model.onnx")
	if err != nil {
		return err
	}
	m, err := onnx.Unmarshal(data)
	if err != nil {
		return err
	}
	sets, _ := filepath.Glob(dir + "/test_data_set_*")
	for _, set := range sets {
		inputs := make(map[string]tensor.Tensor)
		for _, in := range m.Graph.Inputs {
			if slices.ContainsFunc(m.Graph.Initializers, func(t onnx.Tensor) bool { return t.Name == in.Name }) {
				continue
			}
			t, err := readTensor(fmt.Sprintf("%s/input_%d.pb", set, len(inputs)))
			if err != nil {
				return err
			}
			if in.Type == onnx.BFloat16 && t.Elem == onnx.Uint16 { // as the suite of 1.12 stores them
				t.Elem = onnx.BFloat16
			}
			inputs[in.Name] = t
		}
		outputs, err := interpret(m, inputs)
		if err != nil {
			return err
		}
		for i, got := range outputs {
			want, err := readTensor(fmt.Sprintf("%s/output_%d.pb", set, i))
			if err != nil {
				return err
			}
			if got.Elem == onnx.BFloat16 && want.Elem == onnx.Uint16 {
				want.Elem = onnx.BFloat16
			}
			rtol := 1e-3
			if tensor.Halves.Has(want.Elem) {
				rtol = 1e-2
			}
			if err := differ(got, want, rtol, max(1e-7, coarse[filepath.Base(dir)])); err != nil {
				return fmt.Errorf("output %d: %w", i, err)
			}
		}
	}
	return nil
}

func readTensor(path string) (t tensor.Tensor, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	file, err := onnx.UnmarshalTensor(data)
	if err != nil { // a sequence or an optional value
		return t, &onnx.UnsupportedError{Reason: err.Error()}
	}
	c, err := tensor.FromFile(&file)
	if err != nil {
		return t, &onnx.UnsupportedError{Reason: err.Error()}
	}
	if t, err = c.Value(); err == nil && tensor.Halves.Has(file.Type) {
		half := tensor.New(file.Type, t.Shape...)
		tensor.Convert(half, t)
		t = half
	}
	return t, err
}
