// Package sheet draws many images as one: a contact sheet, for eyes.
//
// It is no format of record: tensors that a program will read are .npy.
package sheet

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
)

const (
	gap      = 2       // pixels around and between the images, at any scale
	tileSide = 64      // an image smaller than this is enlarged to at least it...
	fullSide = 2048    // ...unless the sheet would grow beyond this
	maxSize  = 1 << 26 // pixels of a sheet
)

var gapColor = color.NRGBA{0x50, 0x50, 0x50, 0xff}

// Draw draws images, [n, c, h, w] in [-1, 1], on a grid of so many columns, row
// by row; with 0 columns, on a near-square one. Each pixel is enlarged to a
// square of whole pixels when the images are tiny. Values outside the range
// count as its nearest end, NaN as -1. With c = 1 the images are grey, 3
// red-green-blue, 4 with a straight alpha. It fails if images is not a whole
// number of at least one image, c is another number, or the sheet would be
// larger than 2^26 pixels.
func Draw(images []float32, cols, c, h, w int) (image.Image, error) {
	if c != 1 && c != 3 && c != 4 {
		return nil, fmt.Errorf("sheet: images have %d channels, want 1, 3 or 4", c)
	}
	if h < 1 || w < 1 || h > maxSize/w {
		return nil, fmt.Errorf("sheet: images are %d x %d pixels, want at least 1 x 1 and at most %d in all", h, w, maxSize)
	}
	if size := c * h * w; len(images) == 0 || len(images)%size != 0 {
		return nil, fmt.Errorf("sheet: images has %d values, want a positive multiple of %d", len(images), size)
	}
	l := plan(len(images)/(c*h*w), cols, h, w)
	if width, height := l.size(); int64(width)*int64(height) > maxSize {
		return nil, fmt.Errorf("sheet: %d images of %d x %d pixels make a sheet of %d x %d, want at most %d pixels", l.n, h, w, width, height, maxSize)
	}
	if c == 1 {
		return l.gray(images), nil
	}
	return l.color(images, c), nil
}

// WritePNG writes the sheet that Draw draws as PNG.
func WritePNG(dst io.Writer, images []float32, cols, c, h, w int) error {
	m, err := Draw(images, cols, c, h, w)
	if err != nil {
		return err
	}
	return png.Encode(dst, m)
}

// layout says where the pixels of n images of h x w go.
type layout struct {
	n, h, w    int
	cols, rows int
	scale      int // side of the square that stands for one pixel
}

func plan(n, cols, h, w int) layout {
	l := layout{n: n, h: h, w: w, cols: cols, scale: 1}
	if cols == 0 {
		l.cols = int(math.Ceil(math.Sqrt(float64(n))))
	}
	l.rows = (n + l.cols - 1) / l.cols
	for min(h, w)*l.scale < tileSide {
		l.scale++
		if width, height := l.size(); max(width, height) > fullSide {
			l.scale--
			break
		}
	}
	return l
}

func (l layout) size() (width, height int) {
	return l.cols*(l.w*l.scale+gap) + gap, l.rows*(l.h*l.scale+gap) + gap
}

// each calls draw with the square of the sheet for every pixel of every
// image; i is the image and at is the pixel's index in [h, w].
func (l layout) each(draw func(i, at int, square image.Rectangle)) {
	for i := range l.n {
		left := gap + i%l.cols*(l.w*l.scale+gap)
		top := gap + i/l.cols*(l.h*l.scale+gap)
		for y := range l.h {
			for x := range l.w {
				p := image.Pt(left+x*l.scale, top+y*l.scale)
				draw(i, y*l.w+x, image.Rectangle{p, p.Add(image.Pt(l.scale, l.scale))})
			}
		}
	}
}

func (l layout) gray(images []float32) *image.Gray {
	width, height := l.size()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = gapColor.R
	}
	plane := l.h * l.w
	l.each(func(i, at int, square image.Rectangle) {
		v := level(images[i*plane+at])
		for y := square.Min.Y; y < square.Max.Y; y++ {
			row := m.Pix[m.PixOffset(square.Min.X, y):][:l.scale]
			for x := range row {
				row[x] = v
			}
		}
	})
	return m
}

func (l layout) color(images []float32, c int) *image.NRGBA {
	width, height := l.size()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = gapColor.R, gapColor.G, gapColor.B, gapColor.A
	}
	plane := l.h * l.w
	l.each(func(i, at int, square image.Rectangle) {
		pixel := [4]byte{3: 0xff}
		for k := range c {
			pixel[k] = level(images[(i*c+k)*plane+at])
		}
		for y := square.Min.Y; y < square.Max.Y; y++ {
			row := m.Pix[m.PixOffset(square.Min.X, y):][:4*l.scale]
			for x := 0; x < len(row); x += 4 {
				copy(row[x:], pixel[:])
			}
		}
	})
	return m
}

// level is the byte nearest to v in [-1, 1], the inverse of p/127.5 - 1.
func level(v float32) byte {
	// The conversion keeps the compiler from fusing, so that every CPU agrees.
	switch s := float32((v+1)*127.5) + 0.5; {
	case s >= 255:
		return 255
	case s >= 1:
		return byte(s)
	}
	return 0 // NaN too
}
