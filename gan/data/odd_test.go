package data

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"os"
	"path/filepath"
	"testing"
)

// This file tests image files of odd kinds and names.

// A GIF's first frame may be a part of the picture, and its colours its own.
func TestGIFFrames(t *testing.T) {
	frame := image.NewPaletted(image.Rect(8, 0, 16, 16), color.Palette{color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}})
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 16, Height: 16}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(tree(t, map[string][]byte{"a.gif": b.Bytes()}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Shape(); s.C != 3 || s.H != 16 {
		t.Fatalf("the set is of %v, want 3x16x16", s)
	}
	x := make([]float32, d.Shape().Len())
	if err := d.Image(x, 0); err != nil {
		t.Fatal(err)
	}
	if left, right := x[7], x[8]; left != 1 || right != 1 || x[256+7] != 1 || x[256+8] != -1 {
		t.Errorf("red is %v, %v and green %v, %v at the frame's edge, want white and then red", left, right, x[256+7], x[256+8])
	}
}

// Names that are not UTF-8 are names.
func TestOddNames(t *testing.T) {
	root := tree(t, map[string][]byte{"a.png": encoded(t, "a.png", stripes(8, 8, green))})
	if err := os.Rename(filepath.Join(root, "a.png"), filepath.Join(root, "\xff.png")); err != nil {
		t.Skip(err) // not on every file system
	}
	d, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Image(make([]float32, d.Shape().Len()), 0); err != nil {
		t.Error(err)
	}
}

// A digest tells sets of equal names, shapes and numbers of images apart.
func TestDigest(t *testing.T) {
	a, b := encoded(t, "a.png", stripes(8, 8, green)), encoded(t, "a.png", stripes(8, 8, green, blue))
	digest := func(files map[string][]byte) string {
		d, err := Open(tree(t, files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return d.Digest()
	}
	first := digest(map[string][]byte{"1.png": a, "2.png": b})
	if again := digest(map[string][]byte{"1.png": a, "2.png": b}); again != first {
		t.Errorf("the digests of equal sets are %s and %s", first, again)
	}
	for _, other := range []map[string][]byte{{"1.png": b, "2.png": a}, {"1.png": a, "3.png": b}} {
		if digest(other) == first {
			t.Error("the digest of another set is the same")
		}
	}
	train, err := MNIST(Train)
	if err != nil {
		t.Fatal(err)
	}
	test, err := MNIST(Test)
	if err != nil {
		t.Fatal(err)
	}
	if train.Digest() == test.Digest() || len(train.Digest()) != 64 {
		t.Errorf("MNIST's digests are %q and %q", train.Digest(), test.Digest())
	}
}
