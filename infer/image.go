package infer

import (
	"fmt"
	"image"
)

// This file turns an output into a picture.

// Metadata about images, standard in ONNX (docs/MetadataProps.md).
const (
	pixelRange  = "Image.NominalPixelRange"
	pixelFormat = "Image.BitmapPixelFormat"
)

// Image returns one image of the model's first output as a picture: x is
// [C, H, W], a sample of [Session.Generate]. One channel gives an *image.Gray,
// three (red, green, blue) or four (and alpha, not premultiplied) an
// *image.NRGBA. What the file says about its range of values is followed,
// [-1, 1] is taken otherwise; values outside are cut off, NaN becomes black.
func (m *Model) Image(x []float32) (image.Image, error) {
	shape := m.outputs[0].Shape
	if len(shape) != 4 || shape[1] != 1 && shape[1] != 3 && shape[1] != 4 {
		return nil, fmt.Errorf("infer: output %q has shape %v, want images of 1, 3 or 4 channels", m.outputs[0].Name, shape)
	}
	c, h, w := shape[1], shape[2], shape[3]
	if len(x) != c*h*w {
		return nil, fmt.Errorf("infer: an image has %d values, want %d for [%d, %d, %d]", len(x), c*h*w, c, h, w)
	}
	low, high, err := m.pixelRange()
	if err != nil {
		return nil, err
	}
	if f := m.metadata[pixelFormat]; f == "Bgr8" || f == "Bgra8" {
		return nil, fmt.Errorf("infer: metadata %s is %q, want red before blue", pixelFormat, f)
	}
	if c == 1 {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i, v := range x {
			g.Pix[i] = pixel(v, low, high)
		}
		return g, nil
	}
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range h * w {
		p.Pix[4*i+3] = 255
		for ch := range c {
			p.Pix[4*i+ch] = pixel(x[ch*h*w+i], low, high)
		}
	}
	return p, nil
}

// pixelRange returns the values of black and white.
func (m *Model) pixelRange() (low, high float64, err error) {
	switch r := m.metadata[pixelRange]; r {
	case "", "Normalized_1_1":
		return -1, 1, nil
	case "Normalized_0_1":
		return 0, 1, nil
	case "NominalRange_0_255":
		return 0, 255, nil
	case "NominalRange_16_235":
		return 16, 235, nil
	default:
		return 0, 0, fmt.Errorf("infer: metadata %s is %q, want \"Normalized_1_1\" or another standard range", pixelRange, r)
	}
}

// pixel rounds a value to the nearest of 256 levels. The conversions keep a
// compiler from fusing, so that a picture is the same on every CPU.
func pixel(v float32, low, high float64) uint8 {
	level := float64((float64(v)-low)*(255/(high-low))) + 0.5
	switch {
	case level >= 255:
		return 255
	case level >= 0:
		return uint8(level)
	}
	return 0 // NaN too
}
