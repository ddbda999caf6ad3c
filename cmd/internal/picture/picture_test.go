package picture

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/cmd/internal/sheet"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// model makes images of c channels, 2 x 3 pixels, in a range of values.
func model(t *testing.T, pixelRange string, c int64) *infer.Model {
	t.Helper()
	shape := onnx.Shape(-1, c, 2, 3)
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

// TestRange draws the same levels from every range of values.
func TestRange(t *testing.T) {
	for _, c := range []int{1, 3, 4} {
		images := make([]float32, 5*c*2*3)
		for i := range images {
			images[i] = float32(i*7%256)/127.5 - 1
		}
		var want bytes.Buffer
		if err := sheet.WritePNG(&want, images, 0, c, 2, 3); err != nil {
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
		{2, 1, 0, `output "y" has shape [-1 2 2 3], which is no image`},
		{1, 1 << 30, 0, "1073741824 images make a contact sheet of"},
	} {
		m := model(t, "", c.channels)
		if err := Check(m, c.n, c.cols); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check of %d images of %d channels = %v, want %q", c.n, c.channels, err, c.want)
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
	if _, err := sheet.Draw(make([]float32, 6*n), 0, 1, 2, 3); err != nil {
		t.Errorf("Check lets %d images pass, but %v", n, err)
	}
	if _, err := sheet.Draw(make([]float32, 6*(n+1)), 0, 1, 2, 3); err == nil {
		t.Errorf("Check stops at %d images, but a sheet takes one more", n)
	}
}
