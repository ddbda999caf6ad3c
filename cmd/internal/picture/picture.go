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

// Size is how many values a sample of m has that is drawn: an image, as
// [infer.Model.Image] takes it, or a point. It is an error if m makes neither.
func Size(m *infer.Model) (int, error) {
	if inPlane(m.Outputs()[0].Shape) {
		return 2, nil
	}
	_, size, err := frame(m)
	return size, err
}

// frame is an image of m, of zeros, and how many values it has.
func frame(m *infer.Model) (p image.Image, size int, err error) {
	s := m.Outputs()[0].Shape
	if len(s) == 4 || len(s) > 0 && (s[0] < 0 || s[0] == 1) {
		s = s[1:] // without the batch
	}
	size = 1
	for _, side := range s {
		size *= max(side, 0)
	}
	if p, err = m.Image(make([]float32, size)); err != nil {
		return nil, 0, fmt.Errorf("%w, or points of 2 numbers", err)
	}
	return p, size, nil
}

// Check returns an error unless m makes images, and n of them a contact sheet of
// so many columns, or points: what WritePNG would say, before there are any.
func Check(m *infer.Model, n, cols int) error {
	if inPlane(m.Outputs()[0].Shape) {
		if n > maxPixels {
			return fmt.Errorf("%d points are too many for a picture, want at most %d", n, maxPixels)
		}
		return nil
	}
	p, _, err := frame(m)
	if err != nil {
		return err
	}
	across := float64(cols)
	if cols == 0 {
		across = math.Ceil(math.Sqrt(float64(n)))
	}
	down := math.Ceil(float64(n) / across)
	side := p.Bounds()
	width, height := across*float64(side.Dx()+gap)+gap, down*float64(side.Dy()+gap)+gap
	if width*height > maxPixels {
		return fmt.Errorf("%d images make a contact sheet of %.0f x %.0f pixels, want at most %d in all", n, width, height, maxPixels)
	}
	return nil
}

// WritePNG writes samples of m, one after the other, as a picture: of images, a
// contact sheet of so many columns; of 0, near-square. Their values are turned
// into levels as m asks ([infer.Model.Image]).
func WritePNG(dst io.Writer, m *infer.Model, samples []float32, cols int) error {
	if inPlane(m.Outputs()[0].Shape) {
		if len(samples)%2 != 0 {
			return fmt.Errorf("%d values are no whole number of points", len(samples))
		}
		return png.Encode(dst, points(samples))
	}
	p, size, err := frame(m)
	if err != nil {
		return err
	}
	h, w := p.Bounds().Dy(), p.Bounds().Dx()
	if len(samples)%size != 0 {
		return fmt.Errorf("%d values are no whole number of images of %d values", len(samples), size)
	}
	c := 4
	if _, grey := p.(*image.Gray); grey {
		c = 1
	}
	n := len(samples) / size
	levels := make([]float32, n*c*h*w)
	for i := range n {
		if p, err = m.Image(samples[i*size:][:size]); err != nil {
			return err
		}
		planes(levels[i*c*h*w:][:c*h*w], p, c)
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
