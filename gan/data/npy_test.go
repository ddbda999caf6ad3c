package data

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/npy"
)

func array(t *testing.T, values any, shape ...int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, &npy.Array{Shape: shape, Data: values}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNPY(t *testing.T) {
	bytes := make([]byte, 48)
	floats := make([]float32, 48)
	for i := range bytes {
		bytes[i], floats[i] = byte(5*i), float32(i)/24-1
	}
	// Image 1 of [2, 2, 4, 3], channels last, as channels first.
	var turned []float32
	for c := range 3 {
		for i := range 8 {
			turned = append(turned, floats[24+3*i+c])
		}
	}
	asPixels := func(b []byte) (v []float32) {
		for _, p := range b {
			v = append(v, pixelValue[p])
		}
		return v
	}
	for _, c := range []struct {
		name   string
		values any
		dims   []int
		want   gan.Shape
		second []float32 // image
	}{
		{"grey bytes", bytes, []int{2, 4, 6}, gan.Shape{C: 1, H: 4, W: 6}, asPixels(bytes[24:])},
		{"channels first", floats, []int{2, 3, 2, 4}, gan.Shape{C: 3, H: 2, W: 4}, floats[24:]},
		{"channels last", floats, []int{2, 2, 4, 3}, gan.Shape{C: 3, H: 2, W: 4}, turned},
		{"either: first", bytes, []int{4, 1, 4, 3}, gan.Shape{C: 1, H: 4, W: 3}, asPixels(bytes[12:24])},
		{"bytes last", bytes, []int{3, 2, 2, 4}, gan.Shape{C: 4, H: 2, W: 2}, nil},
	} {
		d, err := Open(write(t, t.TempDir()+"/x", array(t, c.values, c.dims...)), Options{Cache: 1})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.Shape() != c.want || d.Len() != c.dims[0] || d.Name() != "x" || d.Decodes() || d.Kept() != d.Len() {
			t.Errorf("%s: %q, %d images of %v, want %d of %v", c.name, d.Name(), d.Len(), d.Shape(), c.dims[0], c.want)
		}
		got := make([]float32, d.Shape().Len())
		if err := d.Image(got, 1); err != nil {
			t.Fatal(err)
		}
		if c.second != nil && !slices.Equal(got, c.second) {
			t.Errorf("%s: image 1 is %v, want %v", c.name, got, c.second)
		}
	}
}

func TestNPYErrors(t *testing.T) {
	nan := float32(math.NaN())
	whole := array(t, make([]byte, 8), 2, 2, 2)
	for _, c := range []struct {
		file []byte
		want string
	}{
		{array(t, make([]byte, 8), 8), "has shape [8], want [N, H, W], or"},
		{array(t, make([]byte, 8), 2, 2, 2, 1, 1), "has shape [2 2 2 1 1]"},
		{array(t, make([]byte, 40), 2, 5, 2, 2), "with 1, 3 or 4 channels"},
		{array(t, []byte{}, 0, 2, 2), "no image"},
		{array(t, []byte{}, 2, 0, 2), "images of 1x0x2, want sides of 1 to 4096"},
		{array(t, make([]byte, 5000), 1, 1, 5000), "images of 1x1x5000"},
		{array(t, make([]float64, 8), 2, 2, 2), "is an array of []float64, want uint8 or float32"},
		{array(t, []float32{0, 1, -1, 1.5}, 1, 2, 2), "value 3 is 1.5, want -1 to 1"},
		{array(t, []float32{0, nan, -1, 1}, 1, 2, 2), "value 1 is NaN"},
		{whole[:len(whole)-1], "cut short"},
	} {
		path := write(t, t.TempDir()+"/x.npy", c.file)
		_, err := Open(path, Options{})
		wantError(t, c.want, err, c.want, path)
		if strings.Contains(err.Error(), "npy: ") {
			t.Errorf("%v: two packages are named", err)
		}
	}
}
