package infer

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests weights that lie in files beside the model.

// drawExternal is z times weights of which a file has the data.
func drawExternal(e onnx.External) ([]byte, []float32, []byte) {
	s := newSketch(-1, 3)
	w := s.values(3, 3, 4)
	t := onnx.NewFloat32("w", w, 3, 4)
	raw := t.Raw
	t.Raw, t.External = nil, &e
	s.Graph.Initializers = append(s.Graph.Initializers, t)
	return onnx.Marshal(s.outputs(s.node("MatMul", []string{"z", "w"}))), w, raw
}

func TestExternal(t *testing.T) {
	data, w, raw := drawExternal(onnx.External{Location: "m.onnx.data", Offset: 8, Length: 48})
	want := w[4:8] // of latent 0, 1, 0
	dir := t.TempDir()
	path := filepath.Join(dir, "m.onnx")
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("m.onnx", data)
	write("m.onnx.data", append(make([]byte, 8), raw...))
	z := Tensor{Name: "z", Shape: []int{1, 3}, Data: []float32{0, 1, 0}}
	fsys := fstest.MapFS{"m.onnx.data": {Data: append(make([]byte, 8), raw...)}}
	for name, open := range map[string]func() (*Model, error){
		"Open":  func() (*Model, error) { return Open(path) },
		"an FS": func() (*Model, error) { return Options{FS: fsys}.Parse(data) },
	} {
		m, err := open()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sameBits(t, name, mustRun(t, mustSession(t, m, 1), z)[0].Data.([]float32), want)
	}
	_, err := Parse(data)
	wantError(t, err, `"w": its data lie in the file "m.onnx.data": use Open, give Options.FS, or export with external_data=False`)

	write("m.onnx.data", raw)
	_, err = Open(path)
	wantError(t, err, `tensor "w" in "m.onnx.data": it has 48 bytes, want 48 from 8 on`)
	if err := os.Remove(filepath.Join(dir, "m.onnx.data")); err != nil {
		t.Fatal(err)
	}
	if _, err = Open(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the file: %v, want os.ErrNotExist", err)
	}
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, append(make([]byte, 8), raw...), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "m.onnx.data")); err == nil {
		if _, err := Open(path); err == nil {
			t.Error("a link out of the folder is followed")
		}
	}
}

// Weights whose memory goes back once they are packed leave those of another tensor
// alone, also where both have one stretch of a file.
func TestExternalShared(t *testing.T) {
	const n = 96
	draw := func(second int64) []byte {
		s := newSketch(-1, n)
		for i, offset := range []int64{0, second} {
			name := string(rune('v' + i))
			s.Graph.Initializers = append(s.Graph.Initializers, onnx.Tensor{Name: name, Type: onnx.Float, Dims: []int64{n, n},
				External: &onnx.External{Location: "data", Offset: offset, Length: 4 * n * n}})
		}
		return onnx.Marshal(s.outputs(s.node("MatMul", []string{"z", "v"}), s.node("MatMul", []string{"z", "w"})))
	}
	dir := t.TempDir()
	raw := onnx.NewFloat32("", newSketch(1).values(5, n*n), n, n).Raw
	var all [2][]Tensor
	for i, second := range []int64{0, 4 * n * n} {
		path := filepath.Join(dir, "m.onnx")
		for name, data := range map[string][]byte{path: draw(second), filepath.Join(dir, "data"): append(raw, raw...)} {
			if err := os.WriteFile(name, data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = mustRun(t, mustSession(t, m, 1), latents(m, 2))
	}
	for i := range all[0] {
		sameBits(t, all[0][i].Name, all[0][i].Data.([]float32), all[1][i].Data.([]float32))
	}
}

// Only plain names are opened, and only as much as the shape says.
func TestExternalRefused(t *testing.T) {
	fsys := fstest.MapFS{"w": {Data: make([]byte, 100)}, "d/w": {Data: make([]byte, 100)}}
	for want, e := range map[string]onnx.External{
		"want the plain name":                  {Location: "../w", Length: -1},
		"want the plain name of a file":        {Location: "/w", Length: -1},
		"want the plain name of a file in the": {Location: "d/w", Length: -1},
		"external_data does not say in which":  {Location: "", Length: -1},
		"it is no regular file":                {Location: "d", Length: -1},
		"the model says 10 bytes":              {Location: "w", Length: 10},
		"it has 100 bytes, want 48 from 60 on": {Location: "w", Offset: 60, Length: -1},
		"there is no offset 92233720":          {Location: "w", Offset: 1<<63 - 1, Length: -1},
	} {
		data, _, _ := drawExternal(e)
		_, err := Options{FS: fsys}.Parse(data)
		wantError(t, err, want)
	}
	s := newSketch(-1, 3)
	var outputs []string
	for i, at := range []int64{0, 0, 20} { // the first two share their data
		c := onnx.Tensor{Name: s.name("w"), Type: onnx.Float, Dims: []int64{3, 4}, External: &onnx.External{Location: "w", Offset: at, Length: 48}}
		s.Graph.Initializers = append(s.Graph.Initializers, c)
		outputs = append(outputs, s.node("MatMul", []string{"z", c.Name}))
		if i == 1 {
			if _, err := (Options{FS: fsys}).Parse(onnx.Marshal(s.outputs(outputs...))); err != nil {
				t.Error(err)
			}
			s.Graph.Outputs = nil
		}
	}
	_, err := Options{FS: fsys}.Parse(onnx.Marshal(s.outputs(outputs...)))
	wantError(t, err, "bytes 20 to 68 overlap those of another tensor, 0 to 48")
}

// plainFS is a folder that remembers the names that were opened. Files of a stream
// cannot be read from the middle.
type plainFS struct {
	fstest.MapFS
	opened []string
	stream bool
}

func (f *plainFS) Open(name string) (fs.File, error) {
	f.opened = append(f.opened, name)
	file, err := f.MapFS.Open(name)
	if err != nil || !f.stream {
		return file, err
	}
	return struct{ fs.File }{file}, nil
}

// FuzzExternal: whatever a model says of where its data lie, only plain names are
// opened, and what loads has the bytes of its stretch. The input is the location,
// the length of the file "w", whether it is a stream, and for each tensor two
// sizes, an offset and a length, of which the last 16 values are huge or
// negative.
func FuzzExternal(f *testing.F) {
	f.Add("w", uint16(100), false, []byte{3, 4, 0, 48, 3, 4, 48, 48})
	f.Add("./w", uint16(50), true, []byte{3, 4, 2, 48, 3, 4, 2, 48, 2, 2, 7, 16})
	f.Add("../w", uint16(50), true, []byte{3, 4, 255, 250})
	f.Add("d/w", uint16(9), false, []byte{0, 4, 250, 0})
	far := func(b byte) int64 {
		if b < 240 {
			return int64(b)
		}
		return math.MaxInt64 << (b & 7) >> (b & 8)
	}
	f.Fuzz(func(t *testing.T, location string, length uint16, stream bool, data []byte) {
		content := make([]byte, length)
		for i := range content {
			content[i] = byte(i*7 + i>>8)
		}
		fsys := &plainFS{MapFS: fstest.MapFS{"w": {Data: content}, "d/w": {Data: content}}, stream: stream}
		s := newSketch(-1, 3)
		var offsets []int64
		for ; len(data) >= 4 && len(offsets) < 20; data = data[4:] {
			c := onnx.Tensor{Name: s.name("w"), Type: onnx.Float, Dims: []int64{far(data[0]), far(data[1])},
				External: &onnx.External{Location: location, Offset: far(data[2]), Length: far(data[3])}}
			s.Graph.Initializers = append(s.Graph.Initializers, c)
			s.outputs(s.node("Identity", []string{c.Name}))
			offsets = append(offsets, c.External.Offset)
		}
		m, err := Options{FS: fsys}.Parse(onnx.Marshal(s.outputs(s.node("Identity", []string{"z"}))))
		if isPanic(err) {
			t.Fatal(err)
		}
		for _, name := range fsys.opened {
			if name == "." || strings.ContainsAny(name, `/\:`) {
				t.Errorf("location %q: %q was opened", location, name)
			}
		}
		if err != nil {
			return
		}
		outputs, err := mustSession(t, m, 1).Run(t.Context(), latents(m, 1))
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range offsets {
			for k, x := range outputs[i].Data.([]float32) {
				if want := binary.LittleEndian.Uint32(content[at+4*int64(k):]); math.Float32bits(x) != want {
					t.Fatalf("value %d of tensor %d at %d is %x, want %x", k, i, at, math.Float32bits(x), want)
				}
			}
		}
	})
}
