package data

// This file decodes one image file and brings it to a set's shape.

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/ganlet/ganlet/gan"
)

// decodeHeader reads the header of an image and bounds the memory that the
// whole takes.
func decodeHeader(r io.Reader) (c image.Config, err error) {
	defer recovered(&err)
	c, _, err = image.DecodeConfig(bufio.NewReader(r))
	switch {
	case err != nil:
		return c, broken(err)
	case c.Width < 1 || c.Height < 1:
		return c, fmt.Errorf("has %d x %d pixels, want at least one", c.Width, c.Height)
	case c.Width > maxPixels/c.Height:
		return c, fmt.Errorf("has %d x %d pixels, want at most %d in all", c.Width, c.Height, maxPixels)
	}
	return c, nil
}

// decode reads an image, of a sequence the first, and returns it in the shape
// s, [C, H, W]: the square in its middle, scaled. What is transparent becomes
// white unless s has a channel for it.
func decode(r io.Reader, s gan.Shape) (pixels []byte, err error) {
	defer recovered(&err)
	buffered := bufio.NewReader(r)
	start, _ := buffered.Peek(10)
	m, format, err := image.Decode(buffered)
	if err != nil {
		return nil, broken(err)
	}
	if format == "gif" {
		m = onCanvas(m, int(binary.LittleEndian.Uint16(start[6:])), int(binary.LittleEndian.Uint16(start[8:])))
	}
	square := middle(m.Bounds())
	if square.Empty() {
		return nil, errors.New("has no pixels")
	}
	to := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	if s.C < 4 {
		draw.Draw(to, to.Rect, image.White, image.Point{}, draw.Src)
	}
	if square.Dx() == s.W {
		draw.Draw(to, to.Rect, m, square.Min, draw.Over)
	} else {
		draw.CatmullRom.Scale(to, to.Rect, m, square, draw.Over, nil)
	}
	return planes(to, s.C), nil
}

// onCanvas puts a frame of a GIF, which may be a part of the picture, in its
// place.
func onCanvas(m image.Image, width, height int) image.Image {
	whole := image.Rect(0, 0, width, height)
	if m.Bounds() == whole || width > maxPixels/max(height, 1) {
		return m
	}
	canvas := image.NewRGBA(whole)
	draw.Draw(canvas, m.Bounds(), m, m.Bounds().Min, draw.Src)
	return canvas
}

// middle is the largest square in the middle of r.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	at := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{at, at.Add(image.Pt(side, side))}
}

// planes are the pixels of m, channel by channel: 1 grey, 3 red, green, blue,
// or 4, with an alpha that the colours are not multiplied by.
func planes(m *image.RGBA, channels int) []byte {
	n := len(m.Pix) / 4
	dst := make([]byte, channels*n)
	for i := range n {
		p := m.Pix[4*i:][:4]
		switch channels {
		case 1:
			dst[i] = color.GrayModel.Convert(color.RGBA{p[0], p[1], p[2], 0xff}).(color.Gray).Y
		case 3:
			dst[i], dst[n+i], dst[2*n+i] = p[0], p[1], p[2]
		case 4:
			c := color.NRGBAModel.Convert(color.RGBA{p[0], p[1], p[2], p[3]}).(color.NRGBA)
			dst[i], dst[n+i], dst[2*n+i], dst[3*n+i] = c.R, c.G, c.B, c.A
		}
	}
	return dst
}

// isGray reports whether images of a colour model have no colours.
func isGray(m color.Model) bool {
	if m == color.GrayModel || m == color.Gray16Model {
		return true
	}
	palette, ok := m.(color.Palette)
	ok = ok && len(palette) > 0 // a GIF's frames may have palettes of their own
	for _, c := range palette {
		r, g, b, _ := c.RGBA()
		ok = ok && r == g && g == b
	}
	return ok
}

// broken words an error of a decoder.
func broken(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("cut short")
	case errors.Is(err, image.ErrFormat):
		return errors.New("is none of PNG, JPEG, GIF, WebP and BMP")
	}
	return err
}

// recovered makes an error of a decoder's panic: one file among thousands must
// not end a training without a word.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("cannot be decoded: %v", r)
	}
}
