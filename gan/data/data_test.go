package data

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOpen(t *testing.T) {
	plain, zipped, bare := t.TempDir(), t.TempDir(), t.TempDir()
	images := write(t, plain+"/train-images-idx3-ubyte", twoImages)
	write(t, plain+"/train-labels-idx1-ubyte", twoLabels)
	write(t, zipped+"/train-images-idx3-ubyte.gz", gzipped(twoImages))
	write(t, zipped+"/train-labels-idx1-ubyte.gz", gzipped(twoLabels))
	write(t, bare+"/train-images-idx3-ubyte.gz", gzipped(twoImages))
	other := write(t, bare+"/other", twoImages)
	for _, c := range []struct {
		spec, name string
		n, label   int
	}{
		{"mnist-test", "mnist-test", 10000, 7},
		{plain, "train-images-idx3-ubyte", 2, 7},
		{images, "train-images-idx3-ubyte", 2, 7},
		{zipped, "train-images-idx3-ubyte", 2, 7},
		{bare, "train-images-idx3-ubyte", 2, -1},
		{other, "other", 2, -1},
	} {
		d, err := Open(c.spec, Options{})
		if err != nil {
			t.Errorf("Open(%q): %v", c.spec, err)
			continue
		}
		if d.Name() != c.name || d.Len() != c.n || d.Label(0) != c.label {
			t.Errorf("Open(%q) is %q, %d images, first label %d; want %q, %d, %d",
				c.spec, d.Name(), d.Len(), d.Label(0), c.name, c.n, c.label)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := Open("mnits", Options{})
	wantError(t, "Open(mnits)", err, `"mnits"`, "want mnist, mnist-test, stacked-mnist, ring8, grid25 or a path")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("errors.Is(%v, fs.ErrNotExist) = false", err)
	}
	_, err = Open(dir, Options{})
	wantError(t, "Open(an empty folder)", err, dir, "holds no image: none of its 0 files ends in .png .jpg")
	_, err = Open(os.DevNull, Options{})
	wantError(t, "Open(a device)", err, os.DevNull, "not a regular file")
	file := write(t, filepath.Join(dir, "file"), twoImages)
	_, err = Open(filepath.Join(file, "inside"), Options{})
	wantError(t, "Open(a path through a file)", err, filepath.Join(file, "inside"))

	write(t, dir+"/train-images-idx3-ubyte", twoImages)
	labels := write(t, dir+"/train-labels-idx1-ubyte", twoLabels[:9])
	_, err = Open(dir, Options{})
	wantError(t, "Open(a folder with broken labels)", err, labels, "has 1 bytes after its header, want 2")
}
