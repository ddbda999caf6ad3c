package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"
)

// The sums and labels of this table were computed with Python's gzip, hashlib
// and numpy (float32: p/127.5 - 1) from the files in mnist/.
var mnistWant = []struct {
	split                  Split
	name                   string
	n                      int
	pixels, labels, floats string // SHA-256 of all pixels, all labels, 100 images as little-endian float32
	first                  []byte // labels
}{
	{Train, "mnist", 60000,
		"741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
		"1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
		"dad958bfa361b6a8a0f4d7807cd8f0b0982c6509aa4bdec217d57baa164654d9",
		[]byte{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}},
	{Test, "mnist-test", 10000,
		"6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
		"ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
		"d9c424a97aacf11f82213188ce4f14e9a03d0fbef3afd7be943aff5c082ee2d6",
		[]byte{7, 2, 1, 0, 4, 1, 4, 9, 5, 9}},
}

func TestMNIST(t *testing.T) {
	for _, want := range mnistWant {
		d, err := MNIST(want.split)
		if err != nil {
			t.Fatal(err)
		}
		if d.Name() != want.name || d.Len() != want.n {
			t.Errorf("MNIST(%q) is %q with %d images, want %q with %d", want.split, d.Name(), d.Len(), want.name, want.n)
		}
		if s := d.Shape(); s.C != 1 || s.H != 28 || s.W != 28 {
			t.Errorf("MNIST(%q).Shape() = %v, want 1 x 28 x 28", want.split, s)
		}
		if got := sum(d.pixels); got != want.pixels {
			t.Errorf("SHA-256 of the pixels of MNIST(%q) = %s, want %s", want.split, got, want.pixels)
		}
		if got := sum(d.Labels()); got != want.labels {
			t.Errorf("SHA-256 of the labels of MNIST(%q) = %s, want %s", want.split, got, want.labels)
		}
		if got := d.Labels()[:10]; !slices.Equal(got, want.first) {
			t.Errorf("first labels of MNIST(%q) = %v, want %v", want.split, got, want.first)
		}
		for i, l := range want.first {
			if got := d.Label(i); got != int(l) {
				t.Errorf("MNIST(%q).Label(%d) = %d, want %d", want.split, i, got, l)
			}
		}
		if got := sum(floats(t, d, 100)); got != want.floats {
			t.Errorf("SHA-256 of 100 images of MNIST(%q) = %s, want %s", want.split, got, want.floats)
		}
	}
}

// floats is the first n images as little-endian float32.
func floats(t *testing.T, d *Images, n int) (b []byte) {
	t.Helper()
	dst := make([]float32, d.shape.Len())
	for i := range n {
		if err := d.Image(dst, i); err != nil {
			t.Fatal(err)
		}
		for _, v := range dst {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func TestPixelValue(t *testing.T) {
	if pixelValue[0] != -1 || pixelValue[255] != 1 {
		t.Errorf("bytes 0 and 255 are %v and %v, want -1 and 1", pixelValue[0], pixelValue[255])
	}
	for p, v := range pixelValue {
		exact := float64(p)/127.5 - 1
		if math.Abs(float64(v)-exact) > 1.2e-7 || v < -1 || v > 1 {
			t.Errorf("byte %d is %v, want %v", p, v, exact)
		}
		if back := math.Round((float64(v) + 1) * 127.5); back != float64(p) {
			t.Errorf("byte %d comes back as %v", p, back)
		}
	}
}

func TestNoSuchSplit(t *testing.T) {
	_, err := MNIST("validation")
	wantError(t, "MNIST(validation)", err, `data: mnist has no split "validation"`)
}
