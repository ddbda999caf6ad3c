package sheet

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
)

func TestGrid(t *testing.T) {
	for _, c := range []struct{ n, asked, side, cols, rows, scale int }{
		{1, 0, 28, 1, 1, 3},
		{2, 0, 28, 2, 1, 3},
		{10, 0, 28, 4, 3, 3},
		{16, 0, 28, 4, 4, 3},
		{64, 0, 28, 8, 8, 3},
		{17, 0, 64, 5, 4, 1},
		{4, 0, 256, 2, 2, 1},
		{4, 0, 1, 2, 2, 64},
		{2000, 0, 28, 45, 45, 1}, // a larger scale would exceed fullSide
		{10000, 0, 28, 100, 100, 1},
		{16, 8, 28, 8, 2, 3},
		{9, 8, 28, 8, 2, 3},
		{3, 8, 28, 8, 1, 3},
	} {
		l := plan(c.n, c.asked, c.side, c.side)
		if l.cols != c.cols || l.rows != c.rows || l.scale != c.scale {
			t.Errorf("plan(%d, %d, %d) = %d x %d, scale %d, want %d x %d, scale %d", c.n, c.asked, c.side, l.cols, l.rows, l.scale, c.cols, c.rows, c.scale)
		}
	}
}

// TestPixels looks at every pixel of a sheet through PNG and back: inside an
// image it is that image's, elsewhere it is the gap's.
func TestPixels(t *testing.T) {
	const n, h, w = 5, 3, 4 // 3 columns, 2 rows, one place free
	const scale = 22        // the least that makes 3 pixels 64 or more
	for _, c := range []int{1, 3, 4} {
		images := make([]float32, n*c*h*w)
		for i := range images {
			images[i] = float32(i%256)/127.5 - 1
		}
		var buf bytes.Buffer
		if err := WritePNG(&buf, images, 0, c, h, w); err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(&buf)
		if err != nil {
			t.Fatal(err)
		}
		if want := image.Rect(0, 0, 2+3*(w*scale+2), 2+2*(h*scale+2)); m.Bounds() != want {
			t.Fatalf("sheet of %d channels is %v, want %v", c, m.Bounds(), want)
		}
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				want := gapColor
				col, inX := (x-2)/(w*scale+2), (x-2)%(w*scale+2)
				row, inY := (y-2)/(h*scale+2), (y-2)%(h*scale+2)
				if i := row*3 + col; x >= 2 && y >= 2 && inX < w*scale && inY < h*scale && i < n {
					v := func(k int) byte { return byte(((i*c+k)*h+inY/scale)*w + inX/scale) }
					switch c {
					case 1:
						want = color.NRGBA{v(0), v(0), v(0), 255}
					case 3:
						want = color.NRGBA{v(0), v(1), v(2), 255}
					case 4:
						want = color.NRGBA{v(0), v(1), v(2), v(3)}
					}
				}
				if got := color.NRGBAModel.Convert(m.At(x, y)); got != want && c != 4 {
					t.Fatalf("%d channels: pixel %d, %d is %v, want %v", c, x, y, got, want)
				} else if n, ok := m.(*image.NRGBA); c == 4 && (!ok || n.NRGBAAt(x, y) != want) {
					t.Fatalf("%d channels: pixel %d, %d of a %T is %v, want %v", c, x, y, m, got, want)
				}
			}
		}
	}
}

func TestLevel(t *testing.T) {
	for p := range 256 {
		if got := level(float32(p)/127.5 - 1); got != byte(p) {
			t.Errorf("level(%d/127.5 - 1) = %d", p, got)
		}
	}
	for v, want := range map[float32]byte{
		-1: 0, 1: 255, 0: 128, -1.5: 0, 2: 255, 1e30: 255, -1e30: 0,
		float32(math.Inf(1)): 255, float32(math.Inf(-1)): 0, float32(math.NaN()): 0,
	} {
		if got := level(v); got != want {
			t.Errorf("level(%v) = %d, want %d", v, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		values, c, h, w int
		want            string
	}{
		{0, 1, 2, 2, "images has 0 values, want a positive multiple of 4"},
		{7, 1, 2, 2, "images has 7 values, want a positive multiple of 4"},
		{8, 2, 2, 2, "images have 2 channels, want 1, 3 or 4"},
		{8, 1, 0, 2, "images are 0 x 2 pixels"},
		{8, 1, 2, -1, "images are 2 x -1 pixels"},
		{8, 1, 1 << 30, 1 << 30, "want at least 1 x 1"},
		{8 << 20, 1, 1, 1, "make a sheet of"},
	} {
		m, err := Draw(make([]float32, c.values), 0, c.c, c.h, c.w)
		if err == nil || !strings.Contains(err.Error(), c.want) || m != nil {
			t.Errorf("Draw(%d values, %d x %d x %d): error %v, want %q", c.values, c.c, c.h, c.w, err, c.want)
		}
	}
	if err := WritePNG(nil, nil, 0, 1, 2, 2); err == nil {
		t.Error("WritePNG of nothing succeeded")
	}
}
