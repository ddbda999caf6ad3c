package op

import (
	"math"
	"math/rand/v2"
	"testing"
)

// This file tests the ops that only classifiers have.

func TestMaxPoolGradient(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	x, dy := make([]float32, 3*4*6*2), make([]float32, 3*2*3*2)
	for i := range x {
		x[i] = float32(rnd.NormFloat64())
	}
	for i := range dy {
		dy[i] = float32(rnd.NormFloat64())
	}
	r := newRig(t)
	in := r.input("x", x, 3, 4, 6, 2)
	out, err := MaxPool(&r.env, in)
	r.finish(out, err, dy, in)
	r.differences("maxpool", in, 1e-3)
}

func TestMaxPoolRefusesOddSides(t *testing.T) {
	r := newRig(t)
	if _, err := MaxPool(&r.env, r.input("x", make([]float32, 3*4), 1, 3, 4, 1)); err == nil {
		t.Error("MaxPool of 3x4 images: no error")
	}
}

func TestSoftmaxCrossEntropy(t *testing.T) {
	r := newRig(t)
	x := r.input("logits", []float32{0, 0, 0, 0, 1000, 0, -1, 1, 2, 0, 3, -2}, 3, 4)
	labels := []int{2, 0, 3}
	out, err := SoftmaxCrossEntropy(&r.env, x, labels)
	r.finish(out, err, []float32{1}, x)
	want := (math.Log(4) + 0 + math.Log(math.Exp(2)+1+math.Exp(3)+math.Exp(-2)) + 2) / 3
	if got := r.run(); math.Abs(got-want) > 1e-6 {
		t.Errorf("loss = %v, want %v", got, want)
	}
	r.differences("softmax crossentropy", x, 1e-3)
	labels[1] = 4
	if err := r.vm.RunAll(); err == nil {
		t.Error("label 4 of 4: no error")
	}
}
