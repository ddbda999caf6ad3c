package infer

import (
	"errors"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// FuzzGenerate: no file panics or hangs, neither while loading nor afterwards;
// what is refused is refused with one of the two errors.
func FuzzGenerate(f *testing.F) {
	for _, draw := range sketches {
		f.Add(onnx.Marshal(draw()))
	}
	small := limits{elements: 1 << 14, work: 1 << 20}
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
		s := mustSession(t, m, 2)
		var inputs []Tensor
		for _, v := range m.Inputs() {
			if v.Shape[0] == open {
				v.Shape[0] = 3
			}
			inputs = append(inputs, Tensor{v.Name, v.Shape, make([]float32, volume(v.Shape...))})
		}
		mustRun(t, s, inputs...)
	})
}
