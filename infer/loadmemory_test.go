package infer

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file holds how much memory loading takes.

// TestLoadMemory: all that Open allocates, kept or not, is under three times the
// file besides what the plan keeps, and weights that it widens from eight bits.
func TestLoadMemory(t *testing.T) {
	const n = 1 << 20 // weights of a layer
	layers := map[string]func(s *sketch) string{
		"dense": func(s *sketch) string { return s.gemm("z", 1024, 1024) },
		"dense, float16": func(s *sketch) string {
			s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat16("h", s.values(64, n), 1024, 1024))
			return s.node("MatMul", []string{"z", s.node("Cast", []string{"h"}, onnx.IntAttr("to", int64(onnx.Float)))})
		},
		"dense, int8": func(s *sketch) string {
			s.Graph.Initializers = append(s.Graph.Initializers, onnx.Tensor{Name: "q", Type: onnx.Int8, Dims: []int64{1024, 1024}, Raw: make([]byte, n)})
			return s.node("MatMul", []string{"z", s.node("DequantizeLinear", []string{"q", s.weight(1)})})
		},
		"transposed, Winograd": func(s *sketch) string {
			x := s.reshape(s.gemm("z", 1024, 256), -1, 4, 8, 8)
			for range 2 {
				x = s.up(x, 4, 4, 3, 1, 1)
			}
			x = s.up(s.up(x, 4, 256, 3, 1, 1), 256, 256, 4, 2, 1)
			return x
		},
		"a table": func(s *sketch) string {
			return s.node("Gather", []string{s.weight(64, 1024, 1024), s.node("Cast", []string{"z"}, onnx.IntAttr("to", int64(onnx.Int64)))})
		},
		"turned": func(s *sketch) string {
			return s.node("MatMul", []string{"z", s.node("Transpose", []string{s.weight(64, 1024, 1024)}, onnx.IntsAttr("perm", 1, 0))})
		},
	}
	for name, layer := range layers {
		s := newSketch(-1, 1024)
		data := onnx.Marshal(s.outputs(layer(s)))
		path := filepath.Join(t.TempDir(), "m.onnx")
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		var before, after, kept runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		m, err := Open(path)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		runtime.GC()
		runtime.ReadMemStats(&kept)
		took, keeps := after.TotalAlloc-before.TotalAlloc, kept.HeapAlloc-before.HeapAlloc
		t.Logf("%s: file %d, allocated %d, kept %d", name, len(data), took, keeps)
		most := 3*uint64(len(data)) + keeps
		if name == "dense, int8" {
			most += 4 * n
		}
		if took > most {
			t.Errorf("%s: Open of %d bytes allocates %d, of which %d are kept, want at most %d", name, len(data), took, keeps, most)
		}
		runtime.KeepAlive(m)
	}
}
