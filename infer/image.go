package infer

import (
	"fmt"
	"image"
	"math"
)

// This file turns an output into a picture.

// Metadata about images, standard in ONNX (docs/MetadataProps.md).
const (
	pixelRange  = "Image.NominalPixelRange"
	pixelFormat = "Image.BitmapPixelFormat"
)

// frame is how the images of an output lie in memory.
type frame struct {
	channels, h, w int
	last           bool // the channels of a pixel stand together
}

// Image returns one image of the model's first output as a picture: x is a sample
// of [Session.Generate], [C, H, W], or [H, W, C], [H, W] or a flat square where
// the output has that shape. One channel gives an *image.Gray, three (red,
// green, blue) or four (and alpha, not premultiplied) an *image.NRGBA. The values
// of black and white are those of Options.Range, of the file's metadata, of its
// last operators, or else -1 and 1 (0 and 255 of integers); values outside are
// cut off, NaN becomes black.
func (m *Model) Image(x []float32) (image.Image, error) {
	f, err := m.frame()
	if err != nil {
		return nil, err
	}
	if len(x) != f.channels*f.h*f.w {
		return nil, badInput("", "an image has %d values, want %d for %d channels of %dx%d", len(x), f.channels*f.h*f.w, f.channels, f.w, f.h)
	}
	low, high, err := m.pixelRange()
	if err != nil {
		return nil, err
	}
	if format := m.metadata[pixelFormat]; format == "Bgr8" || format == "Bgra8" {
		return nil, fmt.Errorf("infer: metadata %s is %q, want red before blue", pixelFormat, format)
	}
	if f.channels == 1 {
		g := image.NewGray(image.Rect(0, 0, f.w, f.h))
		for i, v := range x {
			g.Pix[i] = pixel(v, low, high)
		}
		return g, nil
	}
	p := image.NewNRGBA(image.Rect(0, 0, f.w, f.h))
	at, step := f.h*f.w, 1 // of a channel, of a pixel
	if f.last {
		at, step = 1, f.channels
	}
	for i := range f.h * f.w {
		p.Pix[4*i+3] = 255
		for c := range f.channels {
			p.Pix[4*i+c] = pixel(x[c*at+i*step], low, high)
		}
	}
	return p, nil
}

// frame finds the images in the shape of the first output.
func (m *Model) frame() (f frame, err error) {
	out := &m.outputs[0]
	shape := out.Shape
	colours := func(n int) bool { return n == 1 || n == 3 }
	batched := len(shape) == 4 || len(shape) > 0 && (shape[0] < 0 || shape[0] == 1)
	if batched && len(shape) > 0 {
		shape = shape[1:]
	}
	switch {
	case len(shape) == 3 && colours(shape[0]):
		f = frame{shape[0], shape[1], shape[2], false}
	case len(shape) == 3 && (colours(shape[2]) || shape[2] == 4 && shape[0] != 4):
		f = frame{shape[2], shape[0], shape[1], true}
	case len(shape) == 3 && shape[0] == 4:
		f = frame{shape[0], shape[1], shape[2], false}
	case len(shape) == 2 && out.Shape[0] != 2:
		f = frame{1, shape[0], shape[1], false}
	case len(shape) == 1:
		for _, c := range []int{1, 3} {
			if side := int(math.Sqrt(float64(shape[0] / c))); side > 1 && side*side*c == shape[0] {
				f = frame{c, side, side, false}
				break
			}
		}
	}
	if f.channels == 0 || f.h < 1 || f.w < 1 {
		return f, fmt.Errorf("infer: output %q has shape %v, want images of 1, 3 or 4 channels", out.Name, out.Shape)
	}
	return f, nil
}

// pixelRange returns the values of black and white.
func (m *Model) pixelRange() (low, high float64, err error) {
	if m.pixels != [2]float64{} {
		if !(m.pixels[0] < m.pixels[1]) {
			return 0, 0, fmt.Errorf("infer: the range of pixels is %v, want the lower number first", m.pixels)
		}
		return m.pixels[0], m.pixels[1], nil
	}
	switch r := m.metadata[pixelRange]; r {
	case "":
	case "Normalized_1_1":
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
	if m.outputs[0].Type == "uint8" {
		return 0, 255, nil
	}
	if low, high, ok := m.guessRange(); ok {
		return low, high, nil
	}
	return -1, 1, nil
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
