package infer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file runs ONNX's own conformance suite: every case passes or is refused,
// none is wrong.

// suite is where Debian's libonnx-testdata has the cases.
const suite = "/usr/share/libonnx-testdata/data/*"

// least is how many cases of that suite pass. It only grows.
const least = 910

// contradictions are cases that say otherwise than PyTorch and ONNX Runtime do,
// which we follow.
var contradictions = map[string]string{
	"test_bernoulli":                 draws,
	"test_bernoulli_double":          draws,
	"test_bernoulli_double_expanded": draws,
	"test_bernoulli_expanded":        draws,
	"test_bernoulli_seed":            draws,
	"test_bernoulli_seed_expanded":   draws,

	"test_castlike_BFLOAT16_to_FLOAT":          undeclared,
	"test_castlike_BFLOAT16_to_FLOAT_expanded": undeclared,
	"test_castlike_FLOAT_to_BFLOAT16":          undeclared,
	"test_castlike_FLOAT_to_BFLOAT16_expanded": undeclared,

	"test_resize_downsample_scales_cubic_align_corners":  rounded,
	"test_resize_downsample_scales_linear_align_corners": rounded,
}

const (
	draws      = "ONNX leaves random numbers open, and those of the cases are NumPy's"
	undeclared = "the case's data have another shape than the model says"
	rounded    = "align_corners takes the rounded length of the output, as PyTorch and ONNX Runtime do"
)

// coarse are cases whose results were computed in float32, and how far they are
// off where zero is right.
var coarse = map[string]float64{"test_dft_inverse": 3e-7, "test_dft_inverse_opset19": 3e-7}

func TestConformance(t *testing.T) {
	if passed := conformTo(t, suite); passed > 0 && passed < least {
		t.Errorf("%d cases pass, want at least %d", passed, least)
	}
	// A newer suite: folders of CASE/model.onnx.
	for _, dir := range filepath.SplitList(os.Getenv("GANLET_ONNX_SUITE")) {
		conformTo(t, dir)
	}
}

func conformTo(t *testing.T, suite string) (passed int) {
	files, _ := filepath.Glob(suite + "/*/model.onnx")
	if len(files) == 0 {
		t.Logf("there are no cases in %s", suite)
		return 0
	}
	refused, wrong, contradict := 0, 0, 0
	for _, file := range files {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		err := conform(dir)
		var unsupported *UnsupportedError
		switch {
		case err == nil:
			passed++
		case contradictions[name] != "":
			contradict++
		case errors.As(err, &unsupported):
			refused++
			if os.Getenv("GANLET_ONNX_SHOW") != "" {
				t.Logf("%s is refused: %v", name, err)
			}
		default:
			wrong++
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%s: %d passed, %d refused, %d wrong of %d; %d more contradict PyTorch and ONNX Runtime", suite, passed, refused, wrong, len(files), contradict)
	return passed
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
	sets, _ := filepath.Glob(dir + "/test_data_set_*")
	if len(sets) == 0 {
		return errors.New("there are no data")
	}
	m, err := Parse(data)
	if err != nil {
		return err
	}
	for _, set := range sets {
		if err := conformSet(m, set); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(set), err)
		}
	}
	return nil
}

func conformSet(m *Model, set string) error {
	session, err := m.NewSession(2)
	if err != nil {
		return err
	}
	var args []Tensor
	for i, v := range m.Inputs() {
		t, err := readTensor(fmt.Sprintf("%s/input_%d.pb", set, i))
		if err != nil {
			return err
		}
		args = append(args, Tensor{Name: v.Name, Shape: t.Shape, Data: tensor.Slice(t.Data)})
	}
	outputs, err := session.Run(context.Background(), args...)
	if err != nil {
		return err
	}
	for i, got := range outputs {
		want, err := readTensor(fmt.Sprintf("%s/output_%d.pb", set, i))
		if err != nil {
			return err
		}
		if err := agrees(got, want, m.outputs[i].Type, max(1e-7, coarse[filepath.Base(filepath.Dir(set))])); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
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
		return t, refuse(path, "%v", err)
	}
	c, err := tensor.FromFile(&file)
	if err != nil {
		return t, refuse(path, "%v", err)
	}
	if t, err = c.Value(); err == nil && tensor.Halves.Has(file.Type) {
		half := tensor.New(file.Type, t.Shape...)
		tensor.Convert(half, t)
		t = half
	}
	return t, err
}

// agrees compares as the suite does: rtol 1e-3, atol 1e-7; of 16 bits, one step.
func agrees(got Tensor, want tensor.Tensor, elem string, atol float64) error {
	if !slices.Equal(got.Shape, want.Shape) {
		return fmt.Errorf("shape %v, want %v", got.Shape, want.Shape)
	}
	if elem == "bfloat16" && want.Elem == onnx.Uint16 { // as the suite of 1.12 stores them
		want.Elem = onnx.BFloat16
	}
	data, n := tensor.Pointer(got.Data, want.Elem)
	if data == nil || n != want.Len() || elem != want.Elem.String() {
		return fmt.Errorf("it is %s %T of %d, want %v of %d", elem, got.Data, n, want.Elem, want.Len())
	}
	rtol := 1e-3
	if tensor.Halves.Has(want.Elem) {
		rtol = 1e-2
	}
	a, b := tensor.New(onnx.Double, want.Shape...), tensor.New(onnx.Double, want.Shape...)
	tensor.Convert(a, tensor.Tensor{Elem: want.Elem, Shape: want.Shape, Data: data})
	tensor.Convert(b, want)
	for i, x := range tensor.Of[float64](a) {
		y := tensor.Of[float64](b)[i]
		if x != y && !(x != x && y != y) && !(math.Abs(x-y) <= atol+rtol*math.Abs(y)) {
			return fmt.Errorf("[%d] = %v, want %v", i, x, y)
		}
	}
	return nil
}
