package infer_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer"
)

// This file runs the generators of testdata/generators: many families, as
// PyTorch exports them, compared with what PyTorch computes.

const generators = "../testdata/generators/"

// A foreign is one family: files, and what goes in and must come out.
type foreign struct {
	Name            string
	Files           []string
	Inputs, Outputs []*foreignTensor
}

// A foreignTensor is a batch of inputs or outputs.
type foreignTensor struct {
	Name, Type string
	Shape      []int
	Offset     int // in bytes

	tensor infer.Tensor
}

func readForeign(tb testing.TB) []foreign {
	tb.Helper()
	index, err := os.ReadFile(generators + "index.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []foreign
	if err := json.Unmarshal(index, &all); err != nil {
		tb.Fatal(err)
	}
	for _, f := range all {
		data, err := os.ReadFile(generators + f.Name + ".bin")
		if err != nil {
			tb.Fatal(err)
		}
		for _, t := range slices.Concat(f.Inputs, f.Outputs) {
			n := 1
			for _, d := range t.Shape {
				n *= d
			}
			var to any
			switch t.Type {
			case "float32":
				to = make([]float32, n)
			case "int64":
				to = make([]int64, n)
			default:
				tb.Fatalf("%s: %s is of type %q", f.Name, t.Name, t.Type)
			}
			if _, err := binary.Decode(data[t.Offset:], binary.LittleEndian, to); err != nil {
				tb.Fatalf("%s: %s: %v", f.Name, t.Name, err)
			}
			t.tensor = infer.Tensor{Name: t.Name, Shape: t.Shape, Data: to}
		}
	}
	return all
}

// samples returns n samples of a batch, from sample first on, and around.
func samples(t infer.Tensor, first, n int) infer.Tensor {
	shape := append([]int{n}, t.Shape[1:]...)
	switch data := t.Data.(type) {
	case []float32:
		t.Data = around(data, t.Shape[0], first, n)
	case []int64:
		t.Data = around(data, t.Shape[0], first, n)
	}
	t.Shape = shape
	return t
}

func around[E any](data []E, batch, first, n int) []E {
	each := len(data) / batch
	var out []E
	for i := range n {
		at := (first + i) % batch * each
		out = append(out, data[at:at+each]...)
	}
	return out
}

func TestForeignGenerators(t *testing.T) {
	var most float64
	files := 0
	for _, f := range readForeign(t) {
		for _, file := range f.Files {
			files++
			t.Run(file, func(t *testing.T) {
				model, err := infer.Open(filepath.Join(generators, file))
				if err != nil {
					t.Fatal(err)
				}
				if err := f.describes(model); err != nil {
					t.Fatal(err)
				}
				for _, batch := range []int{1, 3, 8} {
					session, err := model.NewSession(batch)
					if err != nil {
						t.Fatal(err)
					}
					for _, n := range []int{batch, 8} { // 8 samples may be three batches of 3
						off, err := f.run(session, n, model.Inputs()[0].Shape[0] == 1)
						if err != nil {
							t.Errorf("%d samples in batches of %d: %v", n, batch, err)
						}
						most = max(most, off)
					}
				}
			})
		}
	}
	t.Logf("%d files; the farthest is off by %.2g of its output's range", files, most)
}

// describes compares inputs and outputs, but for the batch, with the model's.
func (f *foreign) describes(m *infer.Model) error {
	for _, side := range []struct {
		want []*foreignTensor
		got  []infer.Value
	}{{f.Inputs, m.Inputs()}, {f.Outputs, m.Outputs()}} {
		if len(side.got) != len(side.want) {
			return fmt.Errorf("there are %d inputs or outputs, want %d", len(side.got), len(side.want))
		}
		for i, w := range side.want {
			g := side.got[i]
			if g.Name != w.Name || g.Type != w.Type || len(g.Shape) != len(w.Shape) || !slices.Equal(g.Shape[1:], w.Shape[1:]) {
				return fmt.Errorf("the model has %v, want %s %s %v", g, w.Name, w.Type, w.Shape)
			}
		}
	}
	return nil
}

// run compares n samples, one by one if the model takes no more. It returns by
// which part of an output's range the worst element is off.
func (f *foreign) run(s *infer.Session, n int, single bool) (most float64, err error) {
	each := n
	if single {
		each = 1
	}
	for first := 0; first < n; first += each {
		var args []infer.Tensor
		for _, in := range f.Inputs {
			args = append(args, samples(in.tensor, first, each))
		}
		outputs, err := s.Run(context.Background(), args...)
		if err != nil {
			return 0, err
		}
		for i, got := range outputs {
			off, err := within(got, samples(f.Outputs[i].tensor, first, each), f.Outputs[i].tensor)
			if err != nil {
				return 0, err
			}
			most = max(most, off)
		}
	}
	return most, nil
}

// within compares a float32 output, to 1e-4 of the range of all.
func within(got, want, all infer.Tensor) (off float64, err error) {
	g, ok := got.Data.([]float32)
	w := want.Data.([]float32)
	if !ok || got.Name != want.Name || !slices.Equal(got.Shape, want.Shape) || len(g) != len(w) {
		return 0, fmt.Errorf("%s is %T %v, want %s %v", got.Name, got.Data, got.Shape, want.Name, want.Shape)
	}
	values := all.Data.([]float32)
	span := float64(slices.Max(values)) - float64(slices.Min(values))
	for i := range w {
		d := math.Abs(float64(g[i])-float64(w[i])) / span
		if !(d <= 1e-4) {
			return 0, fmt.Errorf("%s[%d] = %v, want %v: off by %.2g of the range", got.Name, i, g[i], w[i], d)
		}
		off = max(off, d)
	}
	return off, nil
}
