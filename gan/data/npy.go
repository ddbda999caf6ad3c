package data

// This file reads images from NumPy's .npy files.

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/npy"
)

// readNPY reads an array of any type.
func readNPY(path string) (*npy.Array, error) {
	a, err := npy.ReadFile(path, maxBytes)
	if err != nil {
		return nil, fileError(path, errors.Unwrap(err)) // what ReadFile says of the path, in this package's words
	}
	return a, nil
}

// openNPY reads images from the .npy file at path, as Open describes them.
func openNPY(path string) (*Images, error) {
	a, err := readNPY(path)
	if err != nil {
		return nil, err
	}
	shape, channelsLast, err := imageShape(a.Shape)
	if err != nil {
		return nil, fileError(path, err)
	}
	d := &Images{name: filepath.Base(path), shape: shape, n: a.Shape[0]}
	switch x := a.Data.(type) {
	case []byte:
		d.pixels = x
		if channelsLast {
			d.pixels = channelsFirst(x, shape)
		}
	case []float32:
		for i, v := range x {
			if !(v >= -1 && v <= 1) {
				return nil, fileError(path, fmt.Errorf("value %d is %v, want -1 to 1 in an array of float32", i, v))
			}
		}
		d.values = x
		if channelsLast {
			d.values = channelsFirst(x, shape)
		}
	default:
		return nil, fileError(path, fmt.Errorf("is an array of %T, want uint8 or float32", a.Data))
	}
	if beside := labelsOfArray(path); beside != "" {
		labels, err := readLabels(beside, d.n)
		if err != nil {
			return nil, err
		}
		d.number(labels)
	}
	return d, nil
}

// imageShape is the shape of one image of an array.
func imageShape(dims []int) (s gan.Shape, channelsLast bool, err error) {
	are := func(n int) bool { return n == 1 || n == 3 || n == 4 }
	switch {
	case len(dims) == 3:
		s = gan.Shape{C: 1, H: dims[1], W: dims[2]}
	case len(dims) == 4 && are(dims[1]):
		s = gan.Shape{C: dims[1], H: dims[2], W: dims[3]}
	case len(dims) == 4 && are(dims[3]):
		s, channelsLast = gan.Shape{C: dims[3], H: dims[1], W: dims[2]}, true
	default:
		return s, false, fmt.Errorf("has shape %v, want [N, H, W], or [N, C, H, W] or [N, H, W, C] with 1, 3 or 4 channels", dims)
	}
	switch {
	case dims[0] == 0:
		return s, false, fmt.Errorf("has shape %v: no image", dims)
	case min(s.H, s.W) < 1 || max(s.H, s.W) > maxSide:
		return s, false, fmt.Errorf("has images of %v, want sides of 1 to %d", s, maxSide)
	}
	return s, channelsLast, nil
}

// channelsFirst is x, [n, H, W, C], as [n, C, H, W].
func channelsFirst[T any](x []T, s gan.Shape) []T {
	dst := make([]T, len(x))
	plane := s.H * s.W
	for at := 0; at < len(x); at += s.Len() {
		for i := range plane {
			for c := range s.C {
				dst[at+c*plane+i] = x[at+i*s.C+c]
			}
		}
	}
	return dst
}
