package picture

import (
	"bytes"
	"image/png"
	"math"
	"testing"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// dark are the pixels of points' picture that samples made darker than an axis.
func dark(samples []float32) (at map[[2]int]uint8) {
	at = make(map[[2]int]uint8)
	m := points(samples)
	for y := range pointsSide {
		for x := range pointsSide {
			if v := m.GrayAt(x, y).Y; v < 0xd0 {
				at[[2]int{x, y}] = v
			}
		}
	}
	return at
}

func TestPoints(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	// A square of side 2 has 256/1.05 pixels each way from its middle: 243.8.
	got := dark([]float32{9, 4, 11, 4, 9, 6, 11, 6, 11, 6, nan, 5, 10, inf})
	want := map[[2]int]uint8{{12, 499}: 127, {499, 499}: 127, {12, 12}: 127, {499, 12}: 63}
	if len(got) != len(want) {
		t.Errorf("%d places are dark, want %d: %v", len(got), len(want), got)
	}
	for p, v := range want {
		if got[p] != v {
			t.Errorf("the pixel at %v is %d, want %d: %v", p, got[p], v, got)
		}
	}
	for name, c := range map[string]struct {
		samples []float32
		want    int // dark places
	}{
		"one point":       {[]float32{3, -4}, 1},
		"largest numbers": {[]float32{math.MaxFloat32, 0, -math.MaxFloat32, 1}, 2},
		"no number":       {[]float32{nan, nan}, 0},
		"none":            {nil, 0},
	} {
		if n := len(dark(c.samples)); n != c.want {
			t.Errorf("%s: %d places are dark, want %d", name, n, c.want)
		}
	}
}

// Axes are drawn where they are in sight.
func TestPointsAxes(t *testing.T) {
	if m := points([]float32{-1, 5, 1, 7}); m.GrayAt(256, 100).Y != 0xd0 || m.GrayAt(100, 256).Y != 0xff {
		t.Errorf("points around (0, 6): the pixels of the axes are %d and %d, want 208 and 255", m.GrayAt(256, 100).Y, m.GrayAt(100, 256).Y)
	}
}

func TestWritePoints(t *testing.T) {
	shape := onnx.Shape(-1, 2)
	m, err := infer.Parse(onnx.Marshal(&onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: onnx.Graph{
		Name:    "relu",
		Nodes:   []onnx.Node{{Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"y"}}},
		Inputs:  []onnx.ValueInfo{{Name: "x", Type: onnx.Float, Shape: shape}},
		Outputs: []onnx.ValueInfo{{Name: "y", Type: onnx.Float, Shape: shape}},
	}}))
	if err != nil {
		t.Fatal(err)
	}
	samples := []float32{0, 1, 2, 3}
	var file bytes.Buffer
	if err := WritePNG(&file, m, samples, 0); err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	want := points(samples)
	for y := range pointsSide {
		for x := range pointsSide {
			if got.At(x, y) != want.At(x, y) {
				t.Fatalf("the pixel at (%d, %d) is %v, want %v", x, y, got.At(x, y), want.At(x, y))
			}
		}
	}
	if err := WritePNG(&file, m, samples[:3], 0); err == nil {
		t.Error("WritePNG of a part of a point succeeded")
	}
	if err := Check(m, maxPixels+1, 0); err == nil {
		t.Error("Check lets more points pass than there may be pixels")
	}
}
