package picture

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/cmd/internal/sheet"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// model makes images of c channels, 2 x 5 pixels, in a range of values.
func model(t *testing.T, pixelRange string, c int64) *infer.Model {
	t.Helper()
	shape := onnx.Shape(-1, c, 2, 5)
	m := &onnx.Model{IRVersion: 7, Opsets: []onnx.Opset{{Version: 13}}, Graph: onnx.Graph{
		Name:    "relu",
		Nodes:   []onnx.Node{{Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"y"}}},
		Inputs:  []onnx.ValueInfo{{Name: "x", Type: onnx.Float, Shape: shape}},
		Outputs: []onnx.ValueInfo{{Name: "y", Type: onnx.Float, Shape: shape}},
	}}
	if pixelRange != "" {
		m.Metadata = []onnx.Property{{Key: "Image.NominalPixelRange", Value: pixelRange}}
	}
	loaded, err := infer.Parse(onnx.Marshal(m))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// shaped makes outputs of a shape.
func shaped(t *testing.T, shape ...int64) *infer.Model {
	t.Helper()
	var m onnx.Model
	m.IRVersion, m.Opsets = 7, []onnx.Opset{{Version: 13}}
	m.Graph = onnx.Graph{
		Name:    "relu",
		Nodes:   []onnx.Node{{Op: "Relu", Inputs: []string{"x"}, Outputs: []string{"y"}}},
		Inputs:  []onnx.ValueInfo{{Name: "x", Type: onnx.Float, Shape: onnx.Shape(shape...)}},
		Outputs: []onnx.ValueInfo{{Name: "y", Type: onnx.Float, Shape: onnx.Shape(shape...)}},
	}
	loaded, err := infer.Parse(onnx.Marshal(&m))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// However images lie in memory, they are drawn as those of [N, C, H, W].
func TestLayouts(t *testing.T) {
	const n, h, w = 2, 2, 5
	first, last := make([]float32, n*3*h*w), make([]float32, n*h*w*3)
	for i := range n {
		for at := range h * w {
			for c := range 3 {
				v := float32((i*30+at*3+c)*5%256)/127.5 - 1
				first[(i*3+c)*h*w+at], last[(i*h*w+at)*3+c] = v, v
			}
		}
	}
	grey := first[:n*h*w]
	for _, c := range []struct {
		name     string
		samples  []float32
		channels int
		h, w     int
		shape    []int64
	}{
		{"channels first", first, 3, h, w, []int64{-1, 3, h, w}},
		{"channels last", last, 3, h, w, []int64{-1, h, w, 3}},
		{"channels last, no batch", last[:h*w*3], 3, h, w, []int64{h, w, 3}},
		{"a batch of one", first[:3*h*w], 3, h, w, []int64{1, 3, h, w}},
		{"grey, channels last", grey, 1, h, w, []int64{-1, h, w, 1}},
		{"no channels", grey, 1, h, w, []int64{-1, h, w}},
		{"flat squares", grey[:18], 1, 3, 3, []int64{-1, 9}},
	} {
		want := c.samples
		if c.shape[len(c.shape)-1] == 3 {
			want = first[:len(want)]
		}
		var drawn, got bytes.Buffer
		if err := sheet.WritePNG(&drawn, want, 0, c.channels, c.h, c.w); err != nil {
			t.Fatal(err)
		}
		if err := WritePNG(&got, shaped(t, c.shape...), c.samples, 0); err != nil || !bytes.Equal(got.Bytes(), drawn.Bytes()) {
			t.Errorf("%s: images of shape %v are drawn otherwise than those of [N, C, H, W], error %v", c.name, c.shape, err)
		}
	}
}

// TestRange draws the same levels from every range of values.
func TestRange(t *testing.T) {
	for _, c := range []int{1, 3, 4} {
		images := make([]float32, 5*c*2*5)
		for i := range images {
			images[i] = float32(i*7%256)/127.5 - 1
		}
		var want bytes.Buffer
		if err := sheet.WritePNG(&want, images, 0, c, 2, 5); err != nil {
			t.Fatal(err)
		}
		for pixelRange, scale := range map[string]float32{"": 0, "Normalized_1_1": 0, "Normalized_0_1": 1, "NominalRange_0_255": 255} {
			values := make([]float32, len(images))
			for i, v := range images {
				if values[i] = v; scale > 0 {
					values[i] = float32(i*7%256) / 255 * scale
				}
			}
			var got bytes.Buffer
			if err := WritePNG(&got, model(t, pixelRange, int64(c)), values, 0); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("%d channels in range %q are drawn otherwise than in [-1, 1]", c, pixelRange)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		channels int64
		n, cols  int
		want     string
	}{
		{1, 1, 0, ""},
		{3, 1 << 20, 0, ""},
		{1, 1 << 20, 1 << 10, ""},
		{1, 1 << 24, 1 << 24, "16777216 images make a contact sheet of"},
		{2, 1, 0, "want images of 1, 3 or 4 channels, or points of 2 numbers"},
		{1, 1 << 30, 0, "1073741824 images make a contact sheet of"},
	} {
		m := model(t, "", c.channels)
		if err := Check(m, c.n, c.cols); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check of %d images of %d channels = %v, want %q", c.n, c.channels, err, c.want)
		}
	}
	for _, shape := range [][]int64{{-1, 2, 2, 2}, {-1, 1, 0, 1}, {-1, 3, -1, 4}, {-1, 5}, {}} {
		m := shaped(t, shape...)
		if err := Check(m, 1, 0); err == nil || !strings.HasSuffix(err.Error(), ", or points of 2 numbers") {
			t.Errorf("Check of %v = %v, want an error", shape, err)
		}
		if err := WritePNG(nil, m, nil, 0); err == nil {
			t.Errorf("WritePNG of %v succeeded", shape)
		}
	}
	if err := WritePNG(nil, model(t, "", 1), make([]float32, 7), 0); err == nil {
		t.Error("WritePNG of a part of an image succeeded")
	}

	// As many as Check lets through, a sheet must take.
	m := model(t, "", 1)
	n := 1 << 20
	for Check(m, n+1<<16, 0) == nil {
		n += 1 << 16
	}
	for Check(m, n+1, 0) == nil {
		n++
	}
	if _, err := sheet.Draw(make([]float32, 10*n), 0, 1, 2, 5); err != nil {
		t.Errorf("Check lets %d images pass, but %v", n, err)
	}
	if _, err := sheet.Draw(make([]float32, 10*(n+1)), 0, 1, 2, 5); err == nil {
		t.Errorf("Check stops at %d images, but a sheet takes one more", n)
	}
}
