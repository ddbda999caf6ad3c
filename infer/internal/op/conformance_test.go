package op

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file runs ONNX's own cases on the rows alone: each passes or is refused.
// Package infer runs them on the whole road.

func TestConformance(t *testing.T) {
	for _, suite := range append([]string{conformance.Debian}, conformance.Others()...) {
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
				if passed++; conformance.Contradictions[name] != "" {
					t.Errorf("%s passes, though %s", name, conformance.Contradictions[name])
				}
			case errors.As(err, &unsupported):
				refused++
				why[unsupported.Op]++
				if testing.Verbose() && strings.Contains(os.Getenv("GANLET_ONNX_SHOW"), "refused") {
					t.Logf("%s: %v", name, err)
				}
			case conformance.Contradictions[name] != "":
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
			t, err := conformance.Tensor(fmt.Sprintf("%s/input_%d.pb", set, len(inputs)))
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
			want, err := conformance.Tensor(fmt.Sprintf("%s/output_%d.pb", set, i))
			if err != nil {
				return err
			}
			if err := conformance.Agree(filepath.Base(dir), got, want); err != nil {
				return fmt.Errorf("output %d: %w", i, err)
			}
		}
	}
	return nil
}
