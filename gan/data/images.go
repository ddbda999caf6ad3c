package data

// This file is the dataset: pixels as bytes, a byte turned into a number in
// [-1, 1] only when an image is asked for.

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/ganlet/ganlet/gan"
)

// Images is a set of images, in memory or decoded when they are asked for, and
// their labels if they have any. It implements gan.Labelled. Any number of
// goroutines may read it, and get the same images every time.
type Images struct {
	name    string
	shape   gan.Shape
	n       int
	labels  []int     // [n], or nil
	classes []string  // their names
	closer  io.Closer // of files, or nil

	digested sync.Once
	digest   string

	// One of these has the images.
	pixels  []byte    // [n, C, H, W]
	values  []float32 // likewise, as they are
	files   *files
	stacked *stacked
}

var _ gan.Labelled = (*Images)(nil)

// Name is the set's short name: "mnist" or another built-in one's, or the name
// of its file.
func (d *Images) Name() string { return d.name }

// Shape is the shape of every image of the set.
func (d *Images) Shape() gan.Shape { return d.shape }

// Len is the number of images.
func (d *Images) Len() int { return d.n }

// Decodes reports whether images are decoded when they are asked for, but for
// those kept: the set is of files.
func (d *Images) Decodes() bool { return d.files != nil }

// Kept is how many images stay in memory once they were asked for.
func (d *Images) Kept() int {
	if d.files == nil {
		return d.n
	}
	return len(d.files.kept)
}

// Ignored is how many files beside the images were passed over, not being
// images by their names.
func (d *Images) Ignored() int {
	if d.files == nil {
		return 0
	}
	return d.files.ignored
}

// Digest tells the set from another of the same name: a SHA-256 of its pixels
// or points or, where they are in files, of the files' paths and sizes, in
// hexadecimal.
func (d *Images) Digest() string {
	d.digested.Do(func() {
		h := sha256.New()
		switch {
		case d.files != nil:
			h = d.files.digest
		case d.values != nil:
			binary.Write(h, binary.LittleEndian, d.values) // a hash takes all
		case d.stacked != nil:
			d.stacked.write(h)
		default:
			h.Write(d.pixels)
		}
		d.digest = hex.EncodeToString(h.Sum(nil))
	})
	return d.digest
}

// Close closes the zip that images are decoded from. The set must not be used
// afterwards. Other sets have nothing to close.
func (d *Images) Close() error {
	if d.closer == nil {
		return nil
	}
	return d.closer.Close()
}

// Image writes image i into dst, [C, H, W], byte 0 as -1 and byte 255 as 1, or
// point i in its own units.
// It fails if dst is not exactly one image long, there is no image i, or its
// file cannot be read; the error names it.
func (d *Images) Image(dst []float32, i int) error {
	size := d.shape.Len()
	if len(dst) != size {
		return fmt.Errorf("data: %q: dst has %d values, want %d", d.name, len(dst), size)
	}
	if i < 0 || i >= d.n {
		return fmt.Errorf("data: %q: image %d, want 0 to %d", d.name, i, d.n-1)
	}
	var pixels []byte
	switch {
	case d.values != nil:
		copy(dst, d.values[i*size:])
		return nil
	case d.stacked != nil:
		return d.stacked.image(dst, i)
	case d.files != nil:
		var err error
		if pixels, err = d.files.pixels(i); err != nil {
			return err
		}
	default:
		pixels = d.pixels[i*size:][:size]
	}
	for j, p := range pixels {
		dst[j] = pixelValue[p]
	}
	return nil
}

// pixelValue[p] is p/127.5 - 1, rounded to float32 after each operation.
var pixelValue = func() (t [256]float32) {
	for p := range t {
		t[p] = float32(float32(p)/127.5) - 1
	}
	return t
}()
