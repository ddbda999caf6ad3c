package data

// This file is the in-memory dataset: pixels as bytes, a byte turned into a
// number in [-1, 1] only when an image is asked for.

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan"
)

// Images is a set of images in memory, one byte a pixel, and their labels if
// they have any. It implements gan.Dataset. It never changes once made, so
// any number of goroutines may read it.
type Images struct {
	name   string
	shape  gan.Shape
	n      int
	pixels []byte // [n, C, H, W]
	labels []byte // [n], or nil
}

var _ gan.Dataset = (*Images)(nil)

// Name is the set's short name: "mnist", "mnist-test", or the name of its file.
func (d *Images) Name() string { return d.name }

// Shape is the shape of every image of the set.
func (d *Images) Shape() gan.Shape { return d.shape }

// Len is the number of images.
func (d *Images) Len() int { return d.n }

// Image writes image i into dst, [C, H, W], byte 0 as -1 and byte 255 as 1.
// It fails if dst is not exactly one image long or there is no image i.
func (d *Images) Image(dst []float32, i int) error {
	size := d.shape.Len()
	if len(dst) != size {
		return fmt.Errorf("data: %q: dst has %d values, want %d", d.name, len(dst), size)
	}
	if i < 0 || i >= d.n {
		return fmt.Errorf("data: %q: image %d, want 0 to %d", d.name, i, d.n-1)
	}
	for j, p := range d.pixels[i*size:][:size] {
		dst[j] = pixelValue[p]
	}
	return nil
}

// Label is the label of image i, or -1 if the set has no labels or no image i.
func (d *Images) Label(i int) int {
	if i < 0 || i >= len(d.labels) {
		return -1
	}
	return int(d.labels[i])
}

// Labels is a copy of all labels, one byte an image, or nil if there are none.
func (d *Images) Labels() []byte { return slices.Clone(d.labels) }

// pixelValue[p] is p/127.5 - 1, rounded to float32 after each operation.
var pixelValue = func() (t [256]float32) {
	for p := range t {
		t[p] = float32(float32(p)/127.5) - 1
	}
	return t
}()
