// Package picture draws what a model makes: images as a contact sheet, points
// in the plane where they are. Both commands draw through it, so that equal
// samples give equal files.
package picture

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"math"

	"github.com/ganlet/ganlet/cmd/internal/sheet"
	"github.com/ganlet/ganlet/infer"
)

// Most pixels of a sheet (and most points), and those between its images; as
// sheet has them.
const (
	maxPixels = 1 << 26
	gap       = 2
)

// Check returns an error unless m makes images, and n of them a contact sheet of
// so many columns, or points: what WritePNG would say, before there are any.
func Check(m *infer.Model, n, cols int) error {
	s := m.Outputs()[0].Shape
	if inPlane(s) {
		if n > maxPixels {
			return fmt.Errorf("%d points are too many for a picture, want at most %d", n, maxPixels)
		}
		return nil
	}
	if len(s) != 4 || s[1] != 1 && s[1] != 3 && s[1] != 4 {
		return fmt.Errorf("output %q has shape %v, which is no image of 1, 3 or 4 channels and no point of 2 numbers", m.Outputs()[0].Name, s)
	}
	across := float64(cols)
	if cols == 0 {
		across = math.Ceil(math.Sqrt(float64(n)))
	}
	down := math.Ceil(float64(n) / across)
	width, height := across*float64(s[3]+gap)+gap, down*float64(s[2]+gap)+gap
	if width*height > maxPixels {
		return fmt.Errorf("%d images make a contact sheet of %.0f x %.0f pixels, want at most %d in all", n, width, height, maxPixels)
	}
	return nil
}

// WritePNG writes samples of m, one after the other, as a picture: of images, a
// contact sheet of so many columns; of 0, near-square. Their values are turned
// into levels as m asks ([infer.Model.Image]).
func WritePNG(dst io.Writer, m *infer.Model, samples []float32, cols int) error {
	if err := Check(m, 1, 1); err != nil {
		return err
	}
	s := m.Outputs()[0].Shape
	if inPlane(s) {
		if len(samples)%2 != 0 {
			return fmt.Errorf("%d values are no whole number of points", len(samples))
		}
		return png.Encode(dst, points(samples))
	}
	c, h, w := s[1], s[2], s[3]
	size := c * h * w
	if len(samples)%size != 0 {
		return fmt.Errorf("%d values are no whole number of images of %dx%dx%d", len(samples), c, h, w)
	}
	levels := make([]float32, len(samples))
	for i := 0; i < len(samples); i += size {
		p, err := m.Image(samples[i:][:size])
		if err != nil {
			return err
		}
		planes(levels[i:][:size], p, c)
	}
	return sheet.WritePNG(dst, levels, cols, c, h, w)
}

// planes writes the levels of p to dst, [c, h, w], as the values in [-1, 1]
// that a sheet shows as these levels.
func planes(dst []float32, p image.Image, c int) {
	var pix []uint8
	stride := 1
	switch p := p.(type) {
	case *image.Gray:
		pix = p.Pix
	case *image.NRGBA:
		pix, stride = p.Pix, 4
	}
	plane := len(dst) / c
	for i := range plane {
		for k := range c {
			dst[k*plane+i] = float32(pix[i*stride+k])/127.5 - 1
		}
	}
}
