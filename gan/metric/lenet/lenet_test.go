package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/infer"
)

// A few images are learnt by heart, and infer computes from the file the very
// bits that Gorgonia computes from the weights.
func TestLearnAndExport(t *testing.T) {
	const batch = 6
	images, err := data.MNIST(data.Test)
	if err != nil {
		t.Fatal(err)
	}
	weights := newWeights(1)
	n, err := newNet(weights, batch, 2)
	if err != nil {
		t.Fatal(err)
	}
	order := training{}.order(images.Len(), 0)
	if err := n.fill(images, order); err != nil {
		t.Fatal(err)
	}
	var first, last float32
	a := newAdam(weights)
	for i := range 12 {
		if last, err = a.step(n, 1e-3); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = last
		}
	}
	if !(last < .2*first) {
		t.Errorf("loss after 12 steps on 6 images = %v, was %v, want less than a fifth", last, first)
	}

	round(weights)
	if err := run(n.judge); err != nil {
		t.Fatal(err)
	}
	m, err := infer.Parse(model(weights, training{Epochs: 1}))
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession(4)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, batch*side*side)
	for i := range batch {
		if err := images.Image(x[i*side*side:][:side*side], order[i]); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.Run(context.Background(), infer.Tensor{Name: "image", Shape: []int{batch, 1, side, side}, Data: x})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]float32{op.Floats(n.features.Value()), op.Floats(n.logits.Value())} {
		if got := out[i].Data.([]float32); !slices.Equal(got, want) {
			t.Errorf("infer's %s differ from Gorgonia's", out[i].Name)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"-o", "x", "y"}, {"-o", "x", "-epochs", "0"}, {"-o", "x", "-batch", "60001"}, {"-o", "x", "-threads", "0"}} {
		if err := command(args, io.Discard); err == nil {
			t.Errorf("lenet %s: no error", strings.Join(args, " "))
		}
	}
	var help bytes.Buffer
	if command([]string{"-h"}, &help); !strings.Contains(help.String(), "-seed") {
		t.Errorf("help is %q, want the flags", &help)
	}
}
