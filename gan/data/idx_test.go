package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// idx is an IDX file of bytes.
func idx(data []byte, dims ...uint32) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, data...)
}

func gzipped(b []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(b)
	w.Close()
	return buf.Bytes()
}

func write(t *testing.T, path string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantError(t *testing.T, what string, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s succeeded, want an error", what)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %q does not say %q", what, err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "data: ") != 1 {
		t.Errorf("%s: error %q is not one line with one prefix", what, err)
	}
}

var (
	twoImages = idx([]byte{0, 255, 51, 102, 153, 204, 1, 2, 3, 4, 5, 6}, 2, 3, 2)
	twoLabels = idx([]byte{7, 3}, 2)
)

func TestOpenIDX(t *testing.T) {
	dir := t.TempDir()
	// The names say the contrary of the content, which is what counts.
	for _, c := range []struct{ images, labels string }{
		{write(t, dir+"/images.gz", twoImages), write(t, dir+"/labels.gz", twoLabels)},
		{write(t, dir+"/images", gzipped(twoImages)), write(t, dir+"/labels", gzipped(twoLabels))},
	} {
		d, err := OpenIDX(c.images, c.labels)
		if err != nil {
			t.Fatal(err)
		}
		if s := d.Shape(); d.Len() != 2 || s.C != 1 || s.H != 3 || s.W != 2 || d.Name() != "images" {
			t.Errorf("OpenIDX has %d images of %v, named %q, want 2 of {1 3 2}, named images", d.Len(), s, d.Name())
		}
		got := make([]float32, 6)
		if err := d.Image(got, 0); err != nil {
			t.Fatal(err)
		}
		if want := []float32{-1, 1, pixelValue[51], pixelValue[102], pixelValue[153], pixelValue[204]}; !slices.Equal(got, want) {
			t.Errorf("image 0 is %v, want %v", got, want)
		}
		if d.Label(0) != 7 || d.Label(1) != 3 || d.Label(2) != -1 || d.Label(-1) != -1 {
			t.Errorf("labels 0, 1, 2, -1 are %d, %d, %d, %d, want 7, 3, -1, -1", d.Label(0), d.Label(1), d.Label(2), d.Label(-1))
		}
		wantError(t, "Image(5 values)", d.Image(got[:5], 0), "has 5 values, want 6")
		wantError(t, "Image 2", d.Image(got, 2), "image 2, want 0 to 1")
		wantError(t, "Image -1", d.Image(got, -1), "image -1, want 0 to 1")
		if d, err = OpenIDX(c.images, ""); err != nil || d.Label(0) != -1 || d.Labels() != nil {
			t.Errorf("without labels: error %v, label 0 is %d, labels %v, want none, -1, none", err, d.Label(0), d.Labels())
		}
	}
}

func TestBrokenImages(t *testing.T) {
	zipped := gzipped(twoImages)
	badSum := slices.Clone(zipped)
	badSum[len(badSum)-8]++
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "cut short: has 0 bytes, want 16 of header"},
		{"header cut", twoImages[:15], "cut short: has 15 bytes, want 16 of header"},
		{"pixels cut", twoImages[:27], "has 11 bytes after its header, want 12 (2 x 3 x 2)"},
		{"trailing byte", append(slices.Clone(twoImages), 0), "has 13 bytes after its header, want 12 (2 x 3 x 2)"},
		{"text", []byte("This is a text, not an IDX file."), "begins with 54 68 69 73 (something else), want 00 00 08 03 (IDX images)"},
		{"labels", append(twoLabels, make([]byte, 16)...), "begins with 00 00 08 01 (IDX labels), want 00 00 08 03 (IDX images)"},
		{"floats", append([]byte{0, 0, 13, 3}, twoImages[4:]...), "begins with 00 00 0d 03 (something else)"},
		{"no image", idx(nil, 0, 3, 2), "holds 0 records, want at least 1"},
		{"no height", idx(nil, 2, 0, 2), "a side of 0 pixels, want 1 to 4096"},
		{"too wide", idx(nil, 2, 3, 4097), "a side of 4097 pixels, want 1 to 4096"},
		{"negative", idx(nil, 2, 3, 1<<32-2), "a side of 4294967294 pixels, want 1 to 4096"},
		{"too many", idx(nil, 1<<32-1, 4096, 4096), "claims more than 1073741824 bytes, the limit"},
		{"too much", idx(nil, 65, 4096, 4096), "claims more than 1073741824 bytes, the limit"},
		{"claims much", idx([]byte{1}, 64, 4096, 4096), "has 1 bytes after its header, want 1073741824 (64 x 4096 x 4096)"},
		{"claims much, gzip", gzipped(idx([]byte{1}, 64, 4096, 4096)), "cannot hold the 1073741824 (64 x 4096 x 4096) of its header"},
		{"gzip header cut", zipped[:9], "cut short inside its gzip"},
		{"gzip cut", zipped[:len(zipped)-20], "cut short: has "},
		{"gzip sum cut", zipped[:len(zipped)-3], "cut short inside its gzip"},
		{"gzip sum wrong", badSum, "cannot unzip: gzip: invalid checksum"},
		{"gzip broken", append(slices.Clone(zipped[:10]), 0xff, 0xff, 0xff), "cannot unzip: flate: corrupt input"},
		{"gzip of too little", gzipped(twoImages[:27]), "cut short: has 11 bytes after its header, want 12 (2 x 3 x 2)"},
		{"gzip of too much", gzipped(append(slices.Clone(twoImages), 0)), "has more than 12 bytes after its header, want 12"},
		{"gzip bomb", gzipped(append(slices.Clone(twoImages), make([]byte, 1<<20)...)), "has more than 12 bytes after its header, want 12"},
		{"after gzip", append(slices.Clone(zipped), "more of it"...), "cannot unzip: gzip: invalid header"},
	} {
		path := write(t, filepath.Join(t.TempDir(), "images"), c.file)
		_, err := OpenIDX(path, "")
		wantError(t, c.name, err, c.want, path)
	}
}

func TestBrokenLabels(t *testing.T) {
	dir := t.TempDir()
	images := write(t, dir+"/images", twoImages)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"few":    {idx([]byte{7}, 1), "has 1 labels, want 2, one for each image of"},
		"many":   {idx([]byte{7, 3, 5}, 3), "has 3 labels, want 2, one for each image of"},
		"cut":    {twoLabels[:9], "has 1 bytes after its header, want 2 (2)"},
		"images": {twoImages, "begins with 00 00 08 03 (IDX images), want 00 00 08 01 (IDX labels)"},
	} {
		path := write(t, dir+"/labels", c.file)
		_, err := OpenIDX(images, path)
		wantError(t, name, err, c.want, path)
	}
	_, err := OpenIDX(images, dir+"/none")
	wantError(t, "missing labels", err, dir+"/none")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("errors.Is(%v, fs.ErrNotExist) = false", err)
	}
	_, err = OpenIDX(dir, "")
	wantError(t, "folder as images", err, dir, "not a regular file")
}
