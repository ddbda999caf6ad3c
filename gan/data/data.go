// Package data holds the sets of real images that a discriminator learns
// from: MNIST, embedded, and IDX files from a path.
//
// It reads and keeps images; drawing batches of them is package gan's.
package data

// This file turns a dataset's name or path, as a user writes it, into images.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Open opens the dataset that spec names:
//
//   - "mnist" or "mnist-test": the embedded MNIST, 60,000 or 10,000 images;
//   - the path of an IDX file of images, plain or gzip, told apart by content;
//   - the path of a folder that holds train-images-idx3-ubyte, or the same
//     name with .gz.
//
// The built-in names come first: a file called mnist is reached as ./mnist.
// Labels are read from the file beside the images that is named like it with
// labels-idx1 for images-idx3, if there is one.
func Open(spec string) (*Images, error) {
	switch spec {
	case "mnist":
		return MNIST(Train)
	case "mnist-test":
		return MNIST(Test)
	}
	info, err := os.Stat(spec)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("data: %q: %w, and no built-in dataset has that name: want mnist, mnist-test or a path", spec, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fileError(spec, err)
	}
	path := spec
	if info.IsDir() {
		const name = "train-images-idx3-ubyte"
		if path = withOrWithoutGz(filepath.Join(spec, name)); path == "" {
			return nil, fmt.Errorf("data: folder %q holds neither %s nor %s.gz", spec, name, name)
		}
	}
	return OpenIDX(path, labelsBeside(path))
}

// labelsBeside is the labels file that belongs to an images file by its name,
// or "" if there is none.
func labelsBeside(imagesPath string) string {
	dir, name := filepath.Split(strings.TrimSuffix(imagesPath, ".gz"))
	labels := strings.Replace(name, "images-idx3", "labels-idx1", 1)
	if labels == name {
		return ""
	}
	return withOrWithoutGz(filepath.Join(dir, labels))
}

// withOrWithoutGz is path or path.gz, whichever exists, or "".
func withOrWithoutGz(path string) string {
	for _, p := range []string{path, path + ".gz"} {
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			return p
		}
	}
	return ""
}

// fileError is err said of the file at path, without the path that the
// operating system's errors repeat.
func fileError(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("data: %q: %w", path, err)
}
