package infer

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file runs ONNX's own conformance suite: every case passes or is refused,
// none is wrong.

// suite is where Debian's libonnx-testdata has the cases.
const suite = "/usr/share/libonnx-testdata/data"

// reached is how many of testdata/conformance/generator-cases.txt pass. It only
// grows; the goal, all 596, is reached.
const reached = 596

func TestConformance(t *testing.T) {
	files, _ := filepath.Glob(suite + "/*/*/model.onnx")
	if len(files) == 0 {
		t.Skip("libonnx-testdata is not installed")
	}
	list, err := os.ReadFile("testdata/conformance/generator-cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Fields(string(list))
	var passed, refused, wrong, generators int
	for _, file := range files {
		dir := filepath.Dir(file)
		name := filepath.Join(filepath.Base(filepath.Dir(dir)), filepath.Base(dir))
		err := conform(dir)
		var unsupported *UnsupportedError
		want := slices.Contains(wanted, name)
		switch {
		case err == nil:
			passed++
			if want {
				generators++
			}
		case errors.As(err, &unsupported):
			refused++
			if want {
				t.Logf("%s is refused: %v", name, err)
			}
		default:
			wrong++
			t.Errorf("%s: %v", name, err)
		}
	}
	fmt.Printf("%d passed, %d refused, %d wrong of %d; %d of %d for generators\n", passed, refused, wrong, len(files), generators, len(wanted))
	if generators < reached {
		t.Errorf("%d cases for generators pass, want at least %d", generators, reached)
	}
}

// conform runs one case with all its data. A model that wants inputs to be
// constants is loaded with those bound.
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
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return public(err)
	}
	for _, set := range sets {
		if err := conformSet(data, &file.Graph, set); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(set), err)
		}
	}
	return nil
}

func conformSet(data []byte, g *onnx.Graph, set string) error {
	inputs := make(map[string]onnx.Tensor)
	for _, in := range g.Inputs {
		if slices.ContainsFunc(g.Initializers, func(t onnx.Tensor) bool { return t.Name == in.Name }) {
			continue
		}
		t, err := readTensor(fmt.Sprintf("%s/input_%d.pb", set, len(inputs)))
		if err != nil {
			return err
		}
		inputs[in.Name] = t
	}
	m, err := loadBinding(data, inputs)
	if err != nil {
		return err
	}
	session, err := m.NewSession(2)
	if err != nil {
		return err
	}
	var args []Tensor
	for _, v := range m.Inputs() {
		in := inputs[v.Name]
		t, err := tensorOf(&in, in.Type)
		if err != nil {
			return err
		}
		args = append(args, Tensor{v.Name, t.shape, elements(t.data)})
	}
	outputs, err := session.Run(args...)
	if err != nil {
		return err
	}
	for i, got := range outputs {
		want, err := readTensor(fmt.Sprintf("%s/output_%d.pb", set, i))
		if err != nil {
			return err
		}
		if err := agrees(got, &want); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	return nil
}

// loadBinding loads a model, and binds as few inputs as it takes.
func loadBinding(data []byte, inputs map[string]onnx.Tensor) (*Model, error) {
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, public(err)
	}
	bound := make(map[string]onnx.Tensor)
	for {
		m, err := compileFile(file, defaults, bound)
		var u *UnsupportedError
		if !errors.As(err, &u) {
			return m, err
		}
		before := len(bound)
		for _, name := range u.Inputs {
			bound[name] = inputs[name]
		}
		if len(bound) == before {
			return nil, err
		}
	}
}

func readTensor(path string) (onnx.Tensor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return onnx.Tensor{}, err
	}
	t, err := onnx.UnmarshalTensor(data)
	return t, public(err)
}

// agrees compares as the suite does: rtol 1e-3, atol 1e-7.
func agrees(got Tensor, want *onnx.Tensor) error {
	w, err := tensorOf(want, want.Type)
	if err != nil {
		return err
	}
	if !slices.Equal(got.Shape, w.shape) {
		return fmt.Errorf("shape %v, want %v", got.Shape, w.shape)
	}
	data, n := pointer(got.Data, w.elem.String())
	if data == nil || n != w.len() {
		return fmt.Errorf("it is %T of %d, want %v of %d", got.Data, n, w.elem, w.len())
	}
	a, b := newTensor(onnx.Double, w.shape...), newTensor(onnx.Double, w.shape...)
	convert(a, tensor{w.elem, w.shape, data})
	convert(b, w)
	for i, x := range of[float64](a) {
		y := of[float64](b)[i]
		if x != y && !(x != x && y != y) && !(math.Abs(x-y) <= 1e-7+1e-3*math.Abs(y)) {
			return fmt.Errorf("[%d] = %v, want %v", i, x, y)
		}
	}
	return nil
}
