package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wantFolder fails unless dir holds exactly the files of want.
func wantFolder(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if w, ok := want[e.Name()]; !ok {
			t.Errorf("folder holds %q, want it gone", e.Name())
		} else if string(content) != w {
			t.Errorf("%q holds %q, want %q", e.Name(), content, w)
		}
	}
	if len(entries) < len(want) {
		t.Errorf("folder holds %d files, want %d", len(entries), len(want))
	}
}

// wantError fails unless err is one line that names path, says each part,
// and has no word of a temporary file.
func wantError(t *testing.T, err error, path string, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("writing %q succeeded, want an error", path)
		return
	}
	for _, part := range append(parts, fmt.Sprintf("cannot write %q: ", path)) {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), ".ganlet-") {
		t.Errorf("error %q is not one line about the target alone", err)
	}
}

func TestNewAndReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.onnx")
	if err := WriteBytes(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, map[string]string{"model.onnx": "one"})

	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, want := mode(t, path), mode(t, plain); got != want {
		t.Errorf("a new file has mode %v, want %v as any other", got, want)
	}

	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	before := mode(t, path)
	open, err := os.Open(path) // a reader at work keeps the old content
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	long := strings.Repeat("two", 1<<16)
	if err := WriteBytes(path, []byte(long)); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, map[string]string{"model.onnx": long})
	if got := mode(t, path); got != before {
		t.Errorf("a replaced file has mode %v, want %v as before", got, before)
	}
	if old, err := io.ReadAll(open); err != nil || string(old) != "one" {
		t.Errorf("the reader of the old file has %q, error %v, want %q", old, err, "one")
	}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestCurrentFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := WriteBytes("here", []byte("one")); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, map[string]string{"here": "one"})
}

func TestFailingWriter(t *testing.T) {
	for _, old := range []string{"", "old"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "file")
		want := map[string]string{}
		if old != "" {
			want["file"] = old
			if err := os.WriteFile(path, []byte(old), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		boom := &fs.PathError{Op: "open", Path: "weights", Err: fs.ErrNotExist}
		err := Write(path, func(w io.Writer) error {
			w.Write(make([]byte, 1<<20))
			return boom
		})
		wantError(t, err, path, "open weights: file does not exist")
		if !errors.Is(err, boom) {
			t.Errorf("errors.Is(%v, the writer's error) = false", err)
		}
		wantFolder(t, dir, want)

		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("panic %v came through, want boom", p)
				}
			}()
			Write(path, func(io.Writer) error { panic("boom") })
		}()
		wantFolder(t, dir, want)
	}
}

func TestImpossibleTargets(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := WriteBytes(file, []byte("old")); err != nil {
		t.Fatal(err)
	}
	none := func(w io.Writer) error {
		t.Error("write was called for a target that cannot be")
		return nil
	}
	missing := filepath.Join(dir, "missing", "file")
	wantError(t, Write(missing, none), missing)
	through := filepath.Join(file, "file")
	wantError(t, Write(through, none), through)
	folder := t.TempDir()
	wantError(t, Write(folder, none), folder, "directory")
	wantError(t, Write("", none), "")
	wantFolder(t, dir, map[string]string{"file": "old"})
	wantFolder(t, folder, nil)
}

// TestFailingRename has the target turn into a folder while it is written.
func TestFailingRename(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	err := Write(path, func(io.Writer) error { return os.Mkdir(path, 0o777) })
	wantError(t, err, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, nil)
}

func TestSymbolicLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	target, link := filepath.Join(elsewhere, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err) // Windows may forbid it
	}
	if err := WriteBytes(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, elsewhere, map[string]string{"target": "new"})
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("the link leads to %q, error %v, want %q", to, err, target)
	}
	wantFolder(t, dir, map[string]string{"link": "new"})
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	wantError(t, WriteBytes(link, []byte("new")), link)
	wantFolder(t, elsewhere, nil)
}

func TestClean(t *testing.T) {
	dir := t.TempDir()
	kept := map[string]string{"image.png": "a", ".ganlet-": "b", ".ganlet-notes": "c", "x.tmp": "d"}
	for name, content := range kept {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	left, err := create(dir) // as a killed process leaves it
	if err != nil {
		t.Fatal(err)
	}
	left.Close()
	if err := Clean(dir); err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, kept)
	if err := Clean(filepath.Join(dir, "none")); err == nil {
		t.Error("Clean of a folder that is not there: no error")
	}
}
