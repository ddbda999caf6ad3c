package infer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file runs ONNX's own conformance suite: every case passes or is refused,
// none is wrong.

// least is how many cases of that suite pass. It only grows.
const least = 910

// contradictions are those of the rows alone, and cases whose data have another
// shape than their models say.
var contradictions = func() map[string]string {
	all := maps.Clone(conformance.Contradictions)
	for _, name := range []string{"BFLOAT16_to_FLOAT", "BFLOAT16_to_FLOAT_expanded", "FLOAT_to_BFLOAT16", "FLOAT_to_BFLOAT16_expanded"} {
		all["test_castlike_"+name] = "the case's data have another shape than the model says"
	}
	return all
}()

func TestConformance(t *testing.T) {
	if passed := conformTo(t, conformance.Debian); passed > 0 && passed < least {
		t.Errorf("%d cases pass, want at least %d", passed, least)
	}
	// A newer suite: folders of CASE/model.onnx.
	for _, dir := range conformance.Others() {
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
		t, err := conformance.Tensor(fmt.Sprintf("%s/input_%d.pb", set, i))
		if err != nil {
			return public(err)
		}
		args = append(args, Tensor{Name: v.Name, Shape: t.Shape, Data: tensor.Slice(t.Data)})
	}
	outputs, err := session.Run(context.Background(), args...)
	if err != nil {
		return err
	}
	for i, got := range outputs {
		want, err := conformance.Tensor(fmt.Sprintf("%s/output_%d.pb", set, i))
		if err != nil {
			return public(err)
		}
		made, err := typed(got)
		if err == nil {
			err = conformance.Agree(filepath.Base(filepath.Dir(set)), made, want)
		}
		if err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	return nil
}

// typed is a result as package tensor has it.
func typed(t Tensor) (tensor.Tensor, error) {
	for elem := onnx.Float; elem <= onnx.BFloat16; elem++ {
		if data, n := tensor.Pointer(t.Data, elem); data != nil && elem.String() == t.Type && n == tensor.Product(t.Shape) {
			return tensor.Tensor{Elem: elem, Shape: t.Shape, Data: data}, nil
		}
	}
	return tensor.Tensor{}, fmt.Errorf("it is %s %T of shape %v", t.Type, t.Data, t.Shape)
}
