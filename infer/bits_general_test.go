package infer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the bits of models that need the general path.

// A generalModel is a model, and how to draw the numbers that go in.
type generalModel struct {
	name  string
	model *Model
	fill  func(s *kernel.Stream, dst []float32)
}

// foreignModels has one of each family in testdata/generators that loads.
func foreignModels(t *testing.T) []generalModel {
	files, err := filepath.Glob("../testdata/generators/*-13.onnx")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no generators: %v", err)
	}
	var models []generalModel
	for _, file := range files {
		m, err := Open(file)
		var refused *UnsupportedError
		switch {
		case errors.As(err, &refused):
		case err != nil:
			t.Fatal(err)
		default:
			models = append(models, generalModel{filepath.Base(file), m, (*kernel.Stream).Normals})
		}
	}
	return models
}

// hashOfRun returns the hash of all outputs for 3 samples, and makes sure that
// batches and workers do not change it.
func hashOfRun(t *testing.T, g generalModel) string {
	t.Helper()
	ways := [][2]int{{1, 1}, {3, 3}, {1, 3}, {3, 1}}
	if kernel.Tier() == "go" {
		ways = ways[:2] // seconds, where it is emulated
	}
	var want []byte
	for _, way := range ways {
		s := mustSession(t, g.model, way[0])
		s.Workers, s.eager = way[1], true
		var got []byte
		for _, inputs := range g.inputs() {
			for _, out := range mustRun(t, s, inputs...) {
				got = appendBits(t, got, out.Data)
			}
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: batch %d and %d workers give other bits than 1 and 1", g.name, way[0], way[1])
		}
	}
	sum := sha256.Sum256(want)
	return hex.EncodeToString(sum[:])
}

// inputs returns 3 samples, together, or one by one if the model takes no more.
func (g *generalModel) inputs() (runs [][]Tensor) {
	together := 3
	if !g.model.inputs[0].batched() {
		together = g.model.inputs[0].Shape[0]
	}
	stream := kernel.Stream{Seed: 5}
	for range 3 / together {
		var inputs []Tensor
		for _, v := range g.model.inputs {
			shape := slices.Clone(v.Shape)
			shape[0] = together
			if v.Type == "int64" {
				labels := make([]int64, tensor.Product(shape))
				for i := range labels {
					labels[i] = int64(stream.IntN(2))
				}
				inputs = append(inputs, Tensor{Name: v.Name, Shape: shape, Data: labels})
				continue
			}
			data := make([]float32, tensor.Product(shape))
			g.fill(&stream, data)
			inputs = append(inputs, Tensor{Name: v.Name, Shape: shape, Data: data})
		}
		runs = append(runs, inputs)
	}
	return runs
}

// appendBits appends floats, with one NaN for all: payloads are no part of the
// contract.
func appendBits(t *testing.T, to []byte, data any) []byte {
	switch data := data.(type) {
	case []float32:
		for _, v := range data {
			if v != v {
				v = float32(math.NaN())
			}
			to = binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
		}
	case []float64:
		for _, v := range data {
			if v != v {
				v = math.NaN()
			}
			to = binary.LittleEndian.AppendUint64(to, math.Float64bits(v))
		}
	default:
		t.Fatalf("an output is %T", data)
	}
	return to
}
