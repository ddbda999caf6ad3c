// Tests that a difference is found where there is one; the comparison itself needs ONNX Runtime and runs in .ci/run.
package main

import (
	"io"
	"math"
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	theirs := []float32{-1, .5, .25}
	for _, c := range []struct {
		ours []float32
		want float64
	}{
		{[]float32{-1, .5, .25}, 0},
		{[]float32{-1, .5, .75}, .5},
		{[]float32{1, .5, .25}, 2},
	} {
		if d := compare(c.ours, theirs); d.largest != c.want || d.low != -1 || d.high != .5 || d.values != 3 {
			t.Errorf("compare(%v, %v) = %+v, want a largest difference of %v", c.ours, theirs, d, c.want)
		}
	}
	if d := compare([]float32{float32(math.NaN()), .5, .25}, theirs); d.largest <= limit {
		t.Errorf("compare with a NaN found %v, want something beyond every limit", d.largest)
	}
}

func TestShape(t *testing.T) {
	shape := []int{-1, 3, 28, 28}
	if n := size(shape); n != 3*28*28 {
		t.Errorf("size(%v) = %d, want %d", shape, n, 3*28*28)
	}
	if d := dims(7, shape); !slices.Equal(d, []int{7, 3, 28, 28}) {
		t.Errorf("dims(7, %v) = %v, want [7 3 28 28]", shape, d)
	}
}

func TestNoModelIsAnError(t *testing.T) {
	if run(nil, io.Discard) == nil {
		t.Error("run without a model gave no error")
	}
}
