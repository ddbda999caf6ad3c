package infer

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file runs changed models: real ones, in which nodes, constants, inputs or
// attributes are others.

// originals returns the models to be changed, as files: the sketches, and the small
// ones of testdata.
func originals(tb testing.TB) (files [][]byte) {
	tb.Helper()
	for _, name := range slices.Sorted(maps.Keys(sketches)) {
		files = append(files, onnx.Marshal(sketches[name]()))
	}
	paths, err := filepath.Glob("../testdata/generators/*-13.onnx")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no generators to change: %v", err)
	}
	for _, path := range append(paths, "testdata/edge.onnx") {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		if len(data) < 30<<10 {
			files = append(files, data)
		}
	}
	return files
}

// mutated changes a file and checks what comes of it.
func mutated(file, data []byte, tally *tally) error {
	m, err := onnx.Unmarshal(file)
	if err != nil {
		return err
	}
	return failed(fmt.Sprintf("mutant-%x", data), randmodel.Mutate(m, data), tally)
}

// TestRandomMutants: no change to a model makes the package panic, take more than
// it may, or compute something else with other workers or by another plan.
func TestRandomMutants(t *testing.T) {
	n := *randomCount
	if n == 0 {
		if n = 4000; testing.Short() || raceEnabled {
			n = 200
		}
	}
	all, files := newTally(), originals(t)
	for i := range uint64(n) {
		k := *randomFirst + i
		if err := mutated(files[k%uint64(len(files))], seed(k), all); err != nil {
			t.Errorf("seed %d: %v", k, err)
		}
	}
	t.Log(all)
}

// FuzzMutate is TestRandomMutants for a fuzzer, which chooses a file and changes.
func FuzzMutate(f *testing.F) {
	files := originals(f)
	for i := range files {
		f.Add(uint8(i), seed(uint64(i)))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		if err := mutated(files[int(which)%len(files)], data, newTally()); err != nil {
			t.Fatal(err)
		}
	})
}
