package graph

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is data that lie in other files than the model.

// files reads the data of a model's tensors from a folder.
type files struct {
	fsys fs.FS // nil: there is none
	read map[string][]stretch
}

// stretch is a part of a file that was read.
type stretch struct {
	from, to int64
	raw      []byte
}

// join returns t with its data, wherever they lie.
func (f *files) join(t *onnx.Tensor) (*onnx.Tensor, error) {
	e := t.External
	if e == nil {
		return t, nil
	}
	if f.fsys == nil {
		return nil, refuse(t.Name, "", "its data lie in the file %q: use Open, give Options.FS, or export with external_data=False", e.Location)
	}
	want, err := t.Bytes()
	if err != nil {
		return nil, refuse(t.Name, "", "%v", err)
	}
	raw, err := f.stretch(e, want)
	if err != nil {
		return nil, fmt.Errorf("tensor %q in %q: %w", t.Name, e.Location, err)
	}
	joined := *t
	joined.Raw, joined.External = raw, nil
	return &joined, nil
}

// stretch returns want bytes of a file. Tensors may share a stretch, but not
// parts of one.
func (f *files) stretch(e *onnx.External, want int64) ([]byte, error) {
	name := strings.TrimPrefix(e.Location, "./")
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, `/\:`) {
		return nil, errors.New("want the plain name of a file in the model's folder")
	}
	if e.Length >= 0 && e.Length != want {
		return nil, fmt.Errorf("the model says %d bytes, its shape %d", e.Length, want)
	}
	from, to := e.Offset, e.Offset+want
	if to < from {
		return nil, fmt.Errorf("there is no offset %d", e.Offset)
	}
	if want == 0 {
		return nil, nil
	}
	read := f.read[name] // in the order of the file
	k, _ := slices.BinarySearchFunc(read, from, func(s stretch, from int64) int { return cmp.Compare(s.to, from+1) })
	if k < len(read) {
		if s := read[k]; s.from == from && s.to == to {
			return s.raw, nil
		} else if s.from < to {
			return nil, fmt.Errorf("bytes %d to %d overlap those of another tensor, %d to %d", from, to, s.from, s.to)
		}
	}
	raw, err := readAt(f.fsys, name, from, want)
	if err != nil {
		return nil, err
	}
	if f.read == nil {
		f.read = make(map[string][]stretch)
	}
	f.read[name] = slices.Insert(read, k, stretch{from, to, raw})
	return raw, nil
}

// readAt reads n bytes of a file from an offset on, having checked that it has
// them.
func readAt(fsys fs.FS, name string, from, n int64) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err // its name is said already
		}
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	if size := info.Size(); from+n > size {
		return nil, fmt.Errorf("it has %d bytes, want %d from %d on", size, n, from)
	}
	raw := make([]byte, n)
	if at, ok := file.(io.ReaderAt); ok {
		if k, err := at.ReadAt(raw, from); int64(k) < n {
			return nil, err
		}
		return raw, nil
	}
	if _, err := io.CopyN(io.Discard, file, from); err != nil {
		return nil, err
	}
	_, err = io.ReadFull(file, raw)
	return raw, err
}
