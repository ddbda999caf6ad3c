package data

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/ganlet/ganlet/gan"
)

var (
	red   = color.NRGBA{255, 0, 0, 255}
	green = color.NRGBA{0, 255, 0, 255}
	blue  = color.NRGBA{0, 0, 255, 255}
	grey  = color.NRGBA{90, 90, 90, 255}
)

// stripes is an image of vertical stripes.
func stripes(w, h int, colors ...color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, colors[x*len(colors)/w])
		}
	}
	return m
}

// encoded is an image file of the format that name ends in.
func encoded(t *testing.T, name string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg":
		err = jpeg.Encode(&b, m, nil)
	case ".gif":
		err = gif.Encode(&b, m, nil)
	case ".bmp":
		err = bmp.Encode(&b, m)
	default:
		err = png.Encode(&b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tree writes files, by their paths, into a new folder called photos.
func tree(t *testing.T, files map[string][]byte) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "photos")
	if err := os.Mkdir(root, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, path, b)
	}
	return root
}

// zipped writes files into a new photos.zip.
func zipped(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Join(t.TempDir(), "photos.zip"), b.Bytes())
}

// mixed are files of seven images, in the order of their names, and others. The
// middle square of every image is green.
func mixed(t *testing.T) (files map[string][]byte, order []string) {
	files = map[string][]byte{
		"notes.txt": []byte("not an image"), "b/._5.png": []byte("nor this"), ".thumbs/1.png": []byte("passed over"), "README": nil,
	}
	for name, m := range map[string]image.Image{
		"a.PNG":       stripes(90, 30, red, green, blue),
		"b/1.jpg":     stripes(40, 200, green),
		"b/c/2.jpeg":  stripes(17, 16, green),
		"b/d.gif":     stripes(64, 64, green),
		"c.bmp":       stripes(7, 5, green),
		"d.png":       stripes(1, 1, green),
		"png.jpg.png": stripes(300, 2, red, green, blue),
	} {
		files[name] = encoded(t, name, m)
		order = append(order, name)
	}
	slices.Sort(order)
	return files, order
}

func TestFilesOfMixedSizes(t *testing.T) {
	files, order := mixed(t)
	for _, root := range []string{tree(t, files), zipped(t, files)} {
		d, err := Open(root, Options{Cache: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if d.Name() != filepath.Base(root) || d.Len() != 7 || d.Shape() != (gan.Shape{C: 3, H: 32, W: 32}) || d.Kept() != 7 || !d.Decodes() {
			t.Errorf("%s is %q, %d images of %v, %d kept; want 7 of 3x32x32, all kept", root, d.Name(), d.Len(), d.Shape(), d.Kept())
		}
		if d.Ignored() != 3 { // all but what is in a hidden folder
			t.Errorf("%s: %d files are ignored, want 3", root, d.Ignored())
		}
		if !slices.Equal(d.files.paths, order) {
			t.Errorf("%s has %q, want %q", root, d.files.paths, order)
		}
		for i, name := range order {
			if name == "b/d.gif" {
				continue // its palette has no such green
			}
			first, again := make([]float32, 3*32*32), make([]float32, 3*32*32)
			if err := errors.Join(d.Image(first, i), d.Image(again, i)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(first, again) {
				t.Errorf("%s: from the cache, %s differs", root, name)
			}
			for c, want := range []float32{-1, 1, -1} {
				for j, v := range first[c*32*32:][:32*32] {
					if v < want-0.03 || v > want+0.03 {
						t.Fatalf("%s: %s has %v in channel %d at %d, want %v: the middle is green", root, name, v, c, j, want)
					}
				}
			}
		}
	}
}

// Images that are of one size already, and small, are what they were, to the bit.
func TestFilesKeepTheirSize(t *testing.T) {
	colors := stripes(9, 9, red, grey, blue)
	root := tree(t, map[string][]byte{"1.png": encoded(t, "png", colors), "2.bmp": encoded(t, ".bmp", colors)})
	d, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Shape() != (gan.Shape{C: 3, H: 9, W: 9}) || d.Kept() != 0 {
		t.Fatalf("images of 9x9 are %v, %d kept, want 3x9x9 and none", d.Shape(), d.Kept())
	}
	got := make([]float32, 3*9*9)
	for i := range 2 {
		if err := d.Image(got, i); err != nil {
			t.Fatal(err)
		}
		for at, v := range got {
			p := colors.Pix[at%81*4+at/81]
			if v != pixelValue[p] {
				t.Fatalf("image %d has %v at %d, want %v", i, v, at, pixelValue[p])
			}
		}
	}
}

// One file is read as it is in a folder.
func TestOneFile(t *testing.T) {
	root := tree(t, map[string][]byte{"a.PNG": encoded(t, "a.png", stripes(20, 12, red, green, blue)), "b.png": []byte("no image")})
	o := Options{Size: 6}
	d, err := Open(filepath.Join(root, "a.PNG"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Name() != "a.PNG" || d.Len() != 1 || d.Shape() != (gan.Shape{C: 3, H: 6, W: 6}) || !d.Decodes() {
		t.Errorf("%s: %d images of %v, want one of 3x6x6 from a file", d.Name(), d.Len(), d.Shape())
	}
	if err := os.Remove(filepath.Join(root, "b.png")); err != nil {
		t.Fatal(err)
	}
	all, err := Open(root, o)
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]float32, 3*6*6), make([]float32, 3*6*6)
	if err := errors.Join(d.Image(got, 0), all.Image(want, 0)); err != nil || !slices.Equal(got, want) {
		t.Errorf("a file has the image %v, in a folder it has %v (error %v)", got, want, err)
	}
	write(t, filepath.Join(root, "b.png"), []byte("no image"))
	_, err = Open(filepath.Join(root, "b.png"), o)
	if err == nil || !strings.Contains(err.Error(), "b.png\": is none of PNG, JPEG") {
		t.Errorf("Open of a broken image: error %v", err)
	}
}

// The side and channels are what the options say, or what the images are.
func TestFilesShape(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 20, 20))
	palette := image.NewPaletted(gray.Rect, color.Palette{color.White, color.Black})
	wide := stripes(21, 20, red)
	for _, c := range []struct {
		name   string
		images []image.Image
		o      Options
		want   gan.Shape
	}{
		{"grey", []image.Image{gray, palette}, Options{}, gan.Shape{C: 1, H: 20, W: 20}},
		{"one in colour", []image.Image{gray, stripes(20, 20, red)}, Options{}, gan.Shape{C: 3, H: 20, W: 20}},
		{"one of another size", []image.Image{gray, wide}, Options{}, gan.Shape{C: 3, H: 32, W: 32}},
		{"not square", []image.Image{wide}, Options{}, gan.Shape{C: 3, H: 32, W: 32}},
		{"large", []image.Image{image.NewGray(image.Rect(0, 0, 129, 129))}, Options{}, gan.Shape{C: 1, H: 32, W: 32}},
		{"asked for", []image.Image{gray, wide}, Options{Size: 28, Channels: 1}, gan.Shape{C: 1, H: 28, W: 28}},
		{"alpha", []image.Image{gray}, Options{Size: 64, Channels: 4}, gan.Shape{C: 4, H: 64, W: 64}},
	} {
		files := map[string][]byte{}
		for i, m := range c.images {
			files[string(rune('a'+i))+".png"] = encoded(t, "png", m)
		}
		d, err := Open(tree(t, files), c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d.Shape() != c.want {
			t.Errorf("%s: %v, want %v", c.name, d.Shape(), c.want)
		}
		if err := d.Image(make([]float32, c.want.Len()), 0); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Where an image is transparent it becomes white, or keeps its colour beside an
// alpha.
func TestTransparency(t *testing.T) {
	m := stripes(8, 8, color.NRGBA{200, 100, 0, 51}, color.NRGBA{200, 100, 0, 255}, color.NRGBA{})
	root := tree(t, map[string][]byte{"1.png": encoded(t, "png", m)})
	for _, c := range []struct {
		channels    int
		left, right [4]int // of the first column and the last
	}{
		{1, [4]int{228}, [4]int{255}}, // 0.8 white + 0.2 of 0.299*200 + 0.587*100
		{3, [4]int{244, 224, 204}, [4]int{255, 255, 255}},
		{4, [4]int{200, 100, 0, 51}, [4]int{}},
	} {
		d, err := Open(root, Options{Channels: c.channels})
		if err != nil {
			t.Fatal(err)
		}
		x, err := d.files.pixels(0)
		if err != nil {
			t.Fatal(err)
		}
		for k := range c.channels {
			left, right := int(x[k*64]), int(x[k*64+7])
			if max(left-c.left[k], c.left[k]-left) > 2 || right != c.right[k] {
				t.Errorf("channel %d of %d is %d and %d, want about %d, and %d", k, c.channels, left, right, c.left[k], c.right[k])
			}
		}
	}
}

// The cache has the size that was asked for, and gives what decoding gives, to
// many goroutines at a time.
func TestFilesCache(t *testing.T) {
	files, _ := mixed(t)
	root := tree(t, files)
	const size = 3 * 16 * 16
	all, err := Open(root, Options{Size: 16})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(root, Options{Size: 16, Cache: 3*size + size - 1})
	if err != nil {
		t.Fatal(err)
	}
	if d.Kept() != 3 || cap(d.files.kept) > 4*size || all.Kept() != 0 {
		t.Errorf("%d images and %d bytes are kept, want 3 and %d", d.Kept(), cap(d.files.kept), 3*size)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got, want := make([]float32, size), make([]float32, size)
			for i := range 2 * d.Len() {
				if err := errors.Join(d.Image(got, i%d.Len()), all.Image(want, i%d.Len())); err != nil {
					t.Error(err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("image %d from the cache differs", i)
				}
			}
		}()
	}
	wg.Wait()
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	for i := range d.Len() {
		err := d.Image(make([]float32, size), i)
		if i < 3 && err != nil {
			t.Errorf("image %d was kept, but: %v", i, err)
		}
		if i >= 3 && (!errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), filepath.Base(d.files.paths[i])) != 1) {
			t.Errorf("image %d of a folder that is gone: %v, want an error that names it once", i, err)
		}
	}
}

// pngHeader is the beginning of a PNG of w x h grey pixels.
func pngHeader(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 0, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

// A broken image is named: when the set is opened if its header tells, else
// when it is asked for.
func TestBrokenFiles(t *testing.T) {
	good := encoded(t, "png", stripes(50, 40, red, green))
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "is none of PNG"},
		{"text", []byte("This is a text."), "is none of PNG, JPEG, GIF, WebP and BMP"},
		{"header cut", good[:20], "cut short"},
		{"much", pngHeader(20000, 20000), "has 20000 x 20000 pixels, want at most 67108864 in all"},
		{"too much", pngHeader(1<<31-1, 1<<31-1), ""},
		{"none", pngHeader(0, 7), ""},
		{"jpeg cut", encoded(t, ".jpg", stripes(9, 9, red))[:100], "cut short"},
	} {
		files := map[string][]byte{"a.png": good, "sub/bad.png": c.file}
		for _, root := range []string{tree(t, files), zipped(t, files)} {
			_, err := Open(root, Options{})
			wantError(t, c.name, err, c.want, filepath.Join(root, "sub", "bad.png"))
		}
	}
	flipped := slices.Clone(good)
	flipped[len(flipped)-20] ^= 1
	for name, file := range map[string][]byte{"cut": good[:len(good)-30], "only a header": pngHeader(9, 9), "flipped": flipped} {
		files := map[string][]byte{"a.png": good, "sub/bad.png": file}
		for _, root := range []string{tree(t, files), zipped(t, files)} {
			d, err := Open(root, Options{Cache: 1 << 20})
			if err != nil {
				t.Errorf("%s: %v, but the header is fine", name, err)
				continue
			}
			dst := make([]float32, d.Shape().Len())
			if err := d.Image(dst, 0); err != nil {
				t.Errorf("%s: the image beside it: %v", name, err)
			}
			for range 2 {
				wantError(t, name, d.Image(dst, 1), filepath.Join(root, "sub", "bad.png"))
			}
			d.Close()
		}
	}
}

// Links to files are followed; what is no file, though named like an image, is
// passed over.
func TestLinks(t *testing.T) {
	root := tree(t, map[string][]byte{"a.png": encoded(t, "png", stripes(8, 8, red))})
	if err := os.Symlink("a.png", root+"/b.png"); err != nil {
		t.Skip(err)
	}
	if err := errors.Join(os.Symlink(os.DevNull, root+"/c.png"), os.Symlink(".", root+"/d.png")); err != nil {
		t.Fatal(err)
	}
	d, err := Open(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.files.paths, []string{"a.png", "b.png"}) || d.Ignored() != 2 {
		t.Errorf("%q are images and %d ignored, want a.png, b.png, and two", d.files.paths, d.Ignored())
	}
	if err := os.Symlink("nowhere", root+"/e.png"); err != nil {
		t.Fatal(err)
	}
	_, err = Open(root, Options{})
	wantError(t, "a link to nowhere", err, root+"/e.png")
}

func TestZipErrors(t *testing.T) {
	path := write(t, t.TempDir()+"/bad.zip", []byte("PK\x03\x04 and no more"))
	_, err := Open(path, Options{})
	wantError(t, "a broken zip", err, path, "not a valid zip")
	path = zipped(t, map[string][]byte{"readme.txt": nil})
	_, err = Open(path, Options{})
	wantError(t, "a zip without images", err, path, "none of its 1 files ends in .png")
	_, err = Open(zipped(t, nil), Options{})
	wantError(t, "an empty zip", err, "none of its 0 files")
}

// Options that a set cannot have are refused, true ones are not.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		spec string
		o    Options
		want string
	}{
		{"mnist-test", Options{Size: 28, Channels: 1, Cache: 5}, ""},
		{"mnist-test", Options{Size: 32}, "images of 1x28x28, which are not scaled to a size of 32"},
		{"mnist-test", Options{Channels: 3}, "not converted to 3 channels"},
		{"mnist", Options{Size: -1}, "size is -1, want 1 to 4096"},
		{"mnist", Options{Size: 4097}, "size is 4097"},
		{"mnist", Options{Channels: 2}, "channels is 2, want 1, 3 or 4"},
		{"mnist", Options{Cache: -1}, "a cache of -1 bytes"},
	} {
		_, err := Open(c.spec, c.o)
		if c.want != "" {
			wantError(t, c.want, err, c.want)
		} else if err != nil {
			t.Errorf("Open(%q, %+v): %v", c.spec, c.o, err)
		}
	}
}

// WebP is decoded as well; this is the smallest there is.
func TestWebP(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(tree(t, map[string][]byte{"1.webp": b}), Options{Size: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Image(make([]float32, 12), 0); err != nil || d.Shape() != (gan.Shape{C: 3, H: 2, W: 2}) {
		t.Errorf("a WebP of one pixel is %v: %v", d.Shape(), err)
	}
}

// FuzzDecode holds decode to its promise: the whole image, or an error.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{".png", ".jpg", ".gif", ".bmp"} {
		var b bytes.Buffer
		m := stripes(9, 7, red, grey, color.NRGBA{})
		switch name {
		case ".png":
			png.Encode(&b, m)
		case ".jpg":
			jpeg.Encode(&b, m, nil)
		case ".gif":
			gif.Encode(&b, m, nil)
		case ".bmp":
			bmp.Encode(&b, m)
		}
		f.Add(b.Bytes(), uint8(3))
		f.Add(b.Bytes()[:b.Len()/2], uint8(1))
	}
	f.Fuzz(func(t *testing.T, file []byte, channels uint8) {
		c, err := decodeHeader(bytes.NewReader(file))
		if err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		s := gan.Shape{C: []int{1, 3, 4}[channels%3], H: 5, W: 5}
		x, err := decode(bytes.NewReader(file), s)
		if (err == nil) != (len(x) == s.Len()) {
			t.Fatalf("decode returned %d values of %v, and %v", len(x), s, err)
		}
	})
}
