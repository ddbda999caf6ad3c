package data

// This file opens IDX files, the format MNIST is published in, and joins
// images with their labels. Decoding one file is in idxdecode.go.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ganlet/ganlet/gan"
)

// OpenIDX reads images, [n, H, W] unsigned bytes, from the IDX file at
// imagesPath and their n labels from the one at labelsPath, or no labels if
// that is "". Either may be gzip; content decides, not the name. A file that
// is cut short, too long, of another kind or beyond the limits (images of
// 4096 x 4096, 1 GiB in all) is an error that names it.
func OpenIDX(imagesPath, labelsPath string) (*Images, error) {
	open := func(path string) (fs.File, error) { return os.Open(path) }
	return openIDX(open, imagesPath, labelsPath)
}

func openIDX(open func(string) (fs.File, error), imagesPath, labelsPath string) (*Images, error) {
	dims, pixels, err := readIDXFile(open, imagesPath, 3)
	if err != nil {
		return nil, fileError(imagesPath, err)
	}
	d := &Images{
		n:      dims[0],
		name:   strings.TrimSuffix(filepath.Base(imagesPath), ".gz"),
		shape:  gan.Shape{C: 1, H: dims[1], W: dims[2]},
		pixels: pixels,
	}
	if labelsPath == "" {
		return d, nil
	}
	dims, bytes, err := readIDXFile(open, labelsPath, 1)
	if err != nil {
		return nil, fileError(labelsPath, err)
	}
	if dims[0] != d.Len() {
		return nil, fmt.Errorf("data: %q: has %d labels, want %d, one for each image of %q", labelsPath, dims[0], d.Len(), imagesPath)
	}
	labels, err := bounded(bytes)
	if err != nil {
		return nil, fileError(labelsPath, err)
	}
	d.number(labels)
	return d, nil
}

func readIDXFile(open func(string) (fs.File, error), path string, rank int) ([]int, []byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	// The size of a pipe or a device is unknown, and sizes bound memory.
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("not a regular file")
	}
	return decodeIDX(f, info.Size(), rank)
}
