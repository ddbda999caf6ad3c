// Package data holds the sets of real images that a discriminator learns
// from: MNIST, embedded, and stacks of its digits; IDX and .npy files; folders
// and zips of image files; points of 2-D mixtures.
//
// It reads, scales and keeps images; drawing batches of them and augmenting
// them is package gan's.
package data

// This file turns a dataset's name or path, as a user writes it, into images.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ganlet/ganlet/gan/internal/mixture"
)

// Options say what becomes of image files. Sets of other kinds keep their
// sides and channels; Open fails if they are not those of the options.
type Options struct {
	// Size is the side of the squares that images are cut and scaled to. With
	// 0 they keep their own if all are squares of one side up to 128; else it
	// is 32.
	Size int
	// Channels is 1 for grey, 3 for red, green and blue, 4 for these and
	// alpha. With 0 it is 1 if no image has colours, else 3.
	Channels int
	// Cache is how many bytes of decoded and scaled images are kept; the rest
	// are decoded every time, with memory for one a goroutine. Sets of other
	// kinds are in memory as a whole.
	Cache int64
}

// Open opens the dataset that spec names:
//
//   - "mnist" or "mnist-test": the embedded MNIST, 60,000 or 10,000 images;
//   - "stacked-mnist": 128,000 images of three channels, each a training digit
//     of MNIST drawn at random; the label has the three digits, 407 for 4, 0, 7;
//   - "ring8" or "grid25": 100,000 points in the plane, [2, 1, 1], in their own
//     units, of 8 Gaussians on a ring of radius 1, sigma .01, or of 25 on a grid
//     of spacing 2, sigma .05;
//   - the path of an IDX file of images, plain or gzip;
//   - the path of a folder that holds train-images-idx3-ubyte, or the same
//     name with .gz;
//   - the path of another folder, or of a zip: the PNG, JPEG, GIF, WebP and BMP
//     files in it and in folders below, in the order of their names. Every
//     header is read. The middle square of an image is scaled; where it is
//     transparent it becomes white, unless there are four channels. Turns that
//     a camera noted down are not made;
//   - the path of one such file, a set of one image;
//   - the path of a .npy file: an array of uint8, or of float32 from -1 to 1,
//     [N, H, W], [N, C, H, W] or [N, H, W, C] with 1, 3 or 4 channels.
//
// The built-in names come first: a file called mnist is reached as ./mnist.
// Other files are told apart by content.
//
// Labels of an IDX file are read from the file beside it that is named like it with
// labels-idx1 for images-idx3, those of x.npy from x.labels.npy, [N] integers from 0
// to 999, if there is one. Classes of image files are the folders, in the order of
// their names, in the deepest folder that holds all images, unless there are
// images in it beside them.
func Open(spec string, o Options) (*Images, error) {
	if o.Size < 0 || o.Size > maxSide {
		return nil, fmt.Errorf("data: size is %d, want 1 to %d", o.Size, maxSide)
	}
	if c := o.Channels; c != 0 && c != 1 && c != 3 && c != 4 {
		return nil, fmt.Errorf("data: channels is %d, want 1, 3 or 4", c)
	}
	if o.Cache < 0 {
		return nil, fmt.Errorf("data: a cache of %d bytes, want 0 or more", o.Cache)
	}
	d, err := open(spec, o)
	if err != nil {
		return nil, err
	}
	if s := d.shape; s.Vector() && s != pointShape {
		return nil, fmt.Errorf("data: %q has images of %v, want more than one pixel: they would be taken for vectors", spec, s)
	}
	if s := d.shape; o.Size != 0 && (s.H != o.Size || s.W != o.Size) {
		return nil, fmt.Errorf("data: %q has images of %v, which are not scaled to a size of %d: only those of folders and zips are", spec, s, o.Size)
	}
	if c := d.shape.C; o.Channels != 0 && c != o.Channels {
		return nil, fmt.Errorf("data: %q has images of %v, which are not converted to %d channels: only those of folders and zips are", spec, d.shape, o.Channels)
	}
	return d, nil
}

func open(spec string, o Options) (*Images, error) {
	switch spec {
	case "mnist":
		return MNIST(Train)
	case "mnist-test":
		return MNIST(Test)
	case "stacked-mnist":
		return openStacked()
	case "ring8":
		return openMixture(spec, mixture.Ring8()), nil
	case "grid25":
		return openMixture(spec, mixture.Grid25()), nil
	}
	info, err := os.Stat(spec)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("data: %q: %w, and no built-in dataset has that name: want mnist, mnist-test, stacked-mnist, ring8, grid25 or a path", spec, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fileError(spec, err)
	}
	if info.IsDir() {
		if idx := withOrWithoutGz(filepath.Join(spec, "train-images-idx3-ubyte")); idx != "" {
			return OpenIDX(idx, labelsBeside(idx))
		}
		return openFolder(spec, o)
	}
	// The size of a pipe or a device is unknown, and sizes bound memory.
	if !info.Mode().IsRegular() {
		return nil, fileError(spec, errors.New("not a regular file"))
	}
	start, err := beginning(spec)
	if err != nil {
		return nil, fileError(spec, err)
	}
	switch {
	case strings.HasPrefix(start, "PK"):
		return openZip(spec, o)
	case strings.HasPrefix(start, "\x93NUMPY"):
		return openNPY(spec)
	case isImage(spec):
		return openFile(spec, o)
	}
	return OpenIDX(spec, labelsBeside(spec))
}

// beginning is the first bytes of a file, by which its kind is known.
func beginning(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b [6]byte
	n, err := io.ReadFull(f, b[:])
	if cutShort(err) {
		err = nil
	}
	return string(b[:n]), err
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
