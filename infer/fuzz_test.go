package infer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// FuzzGenerate: no file panics or hangs, neither while loading nor afterwards;
// what is refused is refused with one of the two errors.
func FuzzGenerate(f *testing.F) {
	for _, draw := range sketches {
		f.Add(onnx.Marshal(draw()))
	}
	files, err := filepath.Glob("../testdata/generators/*-13.onnx")
	if err != nil || len(files) == 0 {
		f.Fatalf("no generators to mutate: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 30<<10 {
			f.Add(data)
		}
	}
	for seed := range uint64(50) {
		file, _ := drawChain(-1, seed)
		f.Add(onnx.Marshal(file))
	}
	small := limits{elements: 1 << 15, work: 1 << 21}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := compile(data, small)
		if err != nil {
			var format *FormatError
			var unsupported *UnsupportedError
			if !errors.As(err, &format) && !errors.As(err, &unsupported) {
				t.Fatalf("compile: %T %v", err, err)
			}
			return
		}
		s, err := m.NewSession(2)
		if err != nil {
			return // it would take too much memory
		}
		var inputs []Tensor
		for _, v := range m.Inputs() {
			if v.batched() {
				v.Shape[0] = 3
			}
			n := int(volume(v.Shape...))
			inputs = append(inputs, Tensor{v.Name, v.Shape, values(v.Type, n)})
		}
		if len(m.inputs) == 1 && len(m.outputs) == 1 && m.inputs[0].Type == "float32" {
			z := inputs[0].Data.([]float32)
			images := make([]float32, 3*sizeOf(m.outputs[0].Shape).of(1))
			if err := s.Generate(images, z); err != nil && !strings.HasPrefix(err.Error(), "infer: ") {
				t.Fatalf("Generate: %v", err)
			}
		}
		if _, err := s.Run(inputs...); err != nil && !strings.HasPrefix(err.Error(), "infer: ") {
			t.Fatalf("Run: %v", err) // an index beyond a table may be an error, no more
		}
	})
}

// values is the data of a tensor of n elements: zeros, or small numbers for floats.
func values(typ string, n int) any {
	switch typ {
	case "float64":
		return make([]float64, n)
	case "int64":
		return make([]int64, n)
	case "int32":
		return make([]int32, n)
	case "int8":
		return make([]int8, n)
	case "uint8":
		return make([]uint8, n)
	case "bool":
		return make([]bool, n)
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i%7) - 3
	}
	return v
}
