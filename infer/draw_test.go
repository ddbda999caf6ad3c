package infer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests the simplest use, and pools.

// drawConditional is a generator of 2x2 images of three classes.
func drawConditional(batch int64) *onnx.Model {
	s := newSketch(batch, 4)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "label", Type: onnx.Int64, Shape: onnx.Shape(batch)})
	for i, name := range []string{"cat", "dog", "owl"} {
		s.Metadata = append(s.Metadata, onnx.Property{Key: classNames + string(rune('0'+i)), Value: name})
	}
	row := s.node("Gather", []string{s.weight(1, 3, 4), "label"})
	return s.outputs(s.act("Tanh", s.reshape(s.node("Add", []string{row, "z"}), 0, 1, 2, 2)))
}

func TestDraw(t *testing.T) {
	m := load(t, drawConditional(-1))
	if !m.Conditional() {
		t.Error("Conditional = false, want true")
	}
	if _, err := m.Draw(1, 2); err != nil {
		t.Error(err)
	}
	_, err := m.Draw(1, 3)
	var bad *InputError
	if !errors.As(err, &bad) || bad.Input != "label" {
		t.Errorf("class 3 of 3: %v, want an *InputError about label", err)
	}
	wantError(t, err, "label is 3, but the classes are 0 to 2")
	_, err = load(t, sketches["dcgan"]()).Draw(1, 1)
	wantError(t, err, "the model takes no labels")
	err = mustSession(t, m, 1).Generate(make([]float32, 4), make([]float32, 4))
	wantError(t, err, "use GenerateLabels")
	if _, err := load(t, drawConditional(2)).Draw(1, 1); err != nil {
		t.Errorf("a fixed batch of 2: %v", err)
	}
}

// A pool makes as many sessions as it may, and waits for one after that.
func TestPool(t *testing.T) {
	m := load(t, sketches["dcgan"]())
	p := m.Pool(2)
	p.Batch, p.Workers = 3, 2
	a, err := p.Get(context.Background())
	if err != nil || a.batch != 3 || a.Workers != 2 {
		t.Fatalf("Get = %+v, %v", a, err)
	}
	b, err := p.Get(context.Background())
	if err != nil || b == a {
		t.Fatalf("Get = %p, %v, want another than %p", b, err, a)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := p.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get of a third: %v, want context.DeadlineExceeded", err)
	}
	go p.Put(a)
	c, err := p.Get(context.Background())
	if err != nil || c != a {
		t.Errorf("Get = %p, %v, want %p again", c, err, a)
	}
}

// A latent of an input without a batch is all of it.
func TestLatentWithoutBatch(t *testing.T) {
	s := newSketch(8)
	m := load(t, s.outputs(s.act("Tanh", s.reshape("z", 1, 2, 4))))
	if l, err := m.Latent(1); err != nil || l.Dim != 8 {
		t.Errorf("Latent = %+v, %v, want 8 numbers", l, err)
	}
	if _, err := m.Draw(1, 0); err != nil {
		t.Error(err)
	}
}

// What has no equal part for each sample is for Run.
func TestGenerateUneven(t *testing.T) {
	s := newSketch(-1, 4)
	m := load(t, s.outputs(s.node("Concat", []string{"z", "z"}, onnx.IntAttr("axis", 0))))
	err := mustSession(t, m, 2).Generate(make([]float32, 8), make([]float32, 8))
	wantError(t, err, "has shape [4 4], want 8 values")
	out := mustRun(t, mustSession(t, m, 2), latents(m, 2))
	if out[0].Type != "float32" || out[0].Shape[0] != 4 {
		t.Errorf("Run = %v of %s, want 4 rows of float32", out[0].Shape, out[0].Type)
	}
}
