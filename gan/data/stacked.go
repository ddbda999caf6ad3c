package data

// This file is stacked MNIST: three digits as the colours of one image, 1,000
// modes that a classifier of digits can count.

import (
	"encoding/binary"
	"io"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/kernel"
)

// stackedImages is how many there are, as in the PacGAN paper (Lin et al. 2018).
const stackedImages = 128_000

// stacked is images whose channels are images of another set.
type stacked struct {
	digits *Images
	picks  [][3]uint32 // the digits of each image
}

// openStacked draws the digits of stacked MNIST; the images are put together
// when they are asked for.
func openStacked() (*Images, error) {
	digits, err := MNIST(Train)
	if err != nil {
		return nil, err
	}
	s := &stacked{digits: digits, picks: make([][3]uint32, stackedImages)}
	for i := range s.picks {
		draws := kernel.Stream{Seed: madeSeed, Domain: 'D', Index: uint64(i)}
		for c := range s.picks[i] {
			s.picks[i][c] = uint32(draws.IntN(digits.Len()))
		}
	}
	return &Images{name: "stacked-mnist", shape: gan.Shape{C: 3, H: digits.shape.H, W: digits.shape.W}, n: stackedImages, stacked: s}, nil
}

// image writes image i into dst, [3, H, W].
func (s *stacked) image(dst []float32, i int) error {
	size := len(dst) / 3
	for c, pick := range s.picks[i] {
		if err := s.digits.Image(dst[c*size:][:size], int(pick)); err != nil {
			return err
		}
	}
	return nil
}

// label is the labels of image i as the digits of one number.
func (s *stacked) label(i int) (label int) {
	for _, pick := range s.picks[i] {
		label = 10*label + s.digits.Label(int(pick))
	}
	return label
}

// write writes all that decides the images.
func (s *stacked) write(w io.Writer) {
	w.Write(s.digits.pixels)
	binary.Write(w, binary.LittleEndian, s.picks)
}
