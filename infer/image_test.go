package infer

import (
	"image"
	"image/color"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests where pictures are found in an output, and which values are
// black and white.

// Images are found in outputs of several shapes.
func TestImageShapes(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		want  image.Point
		grey  bool
	}{
		{[]int64{-1, 3, 4, 6}, image.Pt(6, 4), false},
		{[]int64{-1, 4, 6, 3}, image.Pt(6, 4), false},
		{[]int64{-1, 1, 4, 6}, image.Pt(6, 4), true},
		{[]int64{-1, 4, 6}, image.Pt(6, 4), true},
		{[]int64{4, 6, 3}, image.Pt(6, 4), false},
		{[]int64{3, 4, 6}, image.Pt(6, 4), false},
		{[]int64{1, 3, 4, 6}, image.Pt(6, 4), false},
		{[]int64{-1, 16}, image.Pt(4, 4), true},
		{[]int64{-1, 48}, image.Pt(4, 4), false},
		{[]int64{-1, 7}, image.Point{}, false},
		{[]int64{-1, 3, 0, 6}, image.Point{}, false},
	} {
		s := newSketch(c.shape...)
		m := load(t, s.outputs(s.act("Tanh", "z")))
		picture, err := m.Image(make([]float32, m.Outputs()[0].Len()))
		if c.want == (image.Point{}) {
			wantError(t, err, "want images of 1, 3 or 4 channels")
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", c.shape, err)
			continue
		}
		if _, grey := picture.(*image.Gray); grey != c.grey || picture.Bounds().Size() != c.want {
			t.Errorf("%v: %T of %v, want %v", c.shape, picture, picture.Bounds().Size(), c.want)
		}
	}
	s := newSketch(-1, 2, 2, 3)
	m := load(t, s.outputs(s.act("Sigmoid", "z")))
	picture, err := m.Image([]float32{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}) // red, green; blue, white
	if err != nil {
		t.Fatal(err)
	}
	if got, want := picture.At(0, 1), (color.NRGBA{0, 0, 255, 255}); got != want {
		t.Errorf("pixel (0, 1) of [H, W, C] is %v, want %v", got, want)
	}
}

// The last operators say which values are black and white, unless the file's
// metadata or the options do.
func TestGuessRange(t *testing.T) {
	for name, c := range map[string]struct {
		draw      func(s *sketch) string
		low, high float64
	}{
		"Tanh":    {func(s *sketch) string { return s.act("Tanh", "z") }, -1, 1},
		"Sigmoid": {func(s *sketch) string { return s.act("Sigmoid", "z") }, 0, 1},
		"Clip":    {func(s *sketch) string { return s.node("Clip", []string{"z", s.number(0), s.number(255)}) }, 0, 255},
		"scaled": {func(s *sketch) string { // (tanh + 1) / 2, moved about
			x := s.node("Div", []string{s.node("Add", []string{s.act("Tanh", "z"), s.number(1)}), s.number(2)})
			return s.node("Transpose", []string{x}, onnx.IntsAttr("perm", 0, 1, 3, 2))
		}, 0, 1},
		"turned": {func(s *sketch) string { return s.node("Sub", []string{s.number(1), s.act("Sigmoid", "z")}) }, 0, 1},
		"Relu":   {func(s *sketch) string { return s.act("Relu", "z") }, -1, 1},
	} {
		s := newSketch(-1, 1, 2, 2)
		file := s.outputs(c.draw(s))
		m := load(t, file)
		if low, high, err := m.pixelRange(); err != nil || low != c.low || high != c.high {
			t.Errorf("%s: range %v to %v (%v), want %v to %v", name, low, high, err, c.low, c.high)
		}
		m, err := Options{Range: [2]float64{-3, 5}}.Parse(onnx.Marshal(file))
		if err != nil {
			t.Fatal(err)
		}
		if low, high, _ := m.pixelRange(); low != -3 || high != 5 {
			t.Errorf("%s: range %v to %v, want what the options say", name, low, high)
		}
		file.Metadata = []onnx.Property{{Key: pixelRange, Value: "NominalRange_0_255"}}
		if low, high, _ := load(t, file).pixelRange(); low != 0 || high != 255 {
			t.Errorf("%s: range %v to %v, want what the metadata say", name, low, high)
		}
	}
}
