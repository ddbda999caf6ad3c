package data

import (
	"slices"
	"testing"

	"github.com/ganlet/ganlet/gan"
)

func TestStackedMNIST(t *testing.T) {
	d, err := Open("stacked-mnist", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Name() != "stacked-mnist" || d.Len() != 128_000 || d.Shape() != (gan.Shape{C: 3, H: 28, W: 28}) || d.Labels() != nil {
		t.Errorf("stacked-mnist is %q, %d images of %v", d.Name(), d.Len(), d.Shape())
	}
	const digest = "8bc5c9a71770ec1ae65c2354dbc406064843533fc2b69949738b6ac7d38d0919"
	if d.Digest() != digest {
		t.Errorf("its digest is %s, want %s", d.Digest(), digest)
	}
	seen := make(map[int]bool)
	for i := range d.Len() {
		seen[d.Label(i)] = true
	}
	if len(seen) != 1000 || seen[-1] || d.Label(-1) != -1 || d.Label(d.Len()) != -1 {
		t.Errorf("%d labels, want 0 to 999 and -1 outside", len(seen))
	}

	// Every channel of an image is the digit of its place in the label.
	digits := d.stacked.digits
	image, digit := make([]float32, 3*28*28), make([]float32, 28*28)
	for _, i := range []int{0, 1, 77_777, d.Len() - 1} {
		if err := d.Image(image, i); err != nil {
			t.Fatal(err)
		}
		label := d.Label(i)
		for c, want := range []int{label / 100, label / 10 % 10, label % 10} {
			pick := int(d.stacked.picks[i][c])
			if err := digits.Image(digit, pick); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(image[c*28*28:][:28*28], digit) || digits.Label(pick) != want {
				t.Errorf("channel %d of image %d, labelled %d, is not a %d of MNIST", c, i, label, want)
			}
		}
	}
	wantError(t, "Image(-1)", d.Image(image, -1), "image -1")
}
