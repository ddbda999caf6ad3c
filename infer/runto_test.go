package infer

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// RunTo writes what Run returns: of one batch, of several, and where only a run tells
// the shapes.
func TestRunTo(t *testing.T) {
	ctx := context.Background()
	cut := newSketch(-1, 12)
	cut.Opsets[0].Version = 17
	cut.Graph.Inputs = append(cut.Graph.Inputs, onnx.ValueInfo{Name: "n", Type: onnx.Int64, Shape: onnx.Shape(2)})
	cut.outputs(cut.act("Tanh", cut.node("Reshape", []string{"z", "n"})))
	for name, c := range map[string]struct {
		model *onnx.Model
		batch int
		more  []Tensor
	}{
		"one batch":   {drawChain(true), 3, nil},
		"two batches": {drawChain(true), 2, nil},
		"after a cut": {&cut.Model, 3, []Tensor{{Name: "n", Shape: []int{2}, Data: []int64{4, 9}}}},
	} {
		m := load(t, c.model)
		s := mustSession(t, m, c.batch)
		inputs := append([]Tensor{latents(m, 3)}, c.more...)
		want := mustRun(t, s, inputs...)
		got := mustRun(t, s, inputs...)
		for _, o := range got {
			clear(o.Data.([]float32))
		}
		if err := s.RunTo(ctx, got, inputs...); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range want {
			sameBits(t, name, got[i].Data.([]float32), want[i].Data.([]float32))
		}
		wrong := got[0]
		wrong.Data = wrong.Data.([]float32)[1:]
		var bad *InputError
		err := s.RunTo(ctx, append([]Tensor{wrong}, got[1:]...), inputs...)
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "is to be written to []float32 of shape") {
			t.Errorf("%s, an output too short: %v", name, err)
		}
		if err = s.RunTo(ctx, got[:0], inputs...); !errors.As(err, &bad) {
			t.Errorf("%s, without outputs: %v", name, err)
		}
	}
}
