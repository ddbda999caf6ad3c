//go:build unix

package atomicfile

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFullDisk limits the size of files, which fails as a full disk does: in
// the middle of a write.
func TestFullDisk(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := WriteBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	limit := old
	limit.Cur = 100_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	plain := WriteBytes(path, make([]byte, 200_000))
	overlooked := Write(path, func(w io.Writer) error {
		w.Write(make([]byte, 200_000))
		return nil
	})
	reworded := Write(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 200_000)); err != nil {
			return errors.New("encoder: writer failed: " + err.Error())
		}
		return nil
	})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{plain, overlooked, reworded} {
		wantError(t, err, path, "file too large")
		if !errors.Is(err, syscall.EFBIG) {
			t.Errorf("errors.Is(%v, EFBIG) = false", err)
		}
	}
	wantFolder(t, dir, map[string]string{"file": "old"})
}

// TestDevices checks that a device is written to, not replaced.
func TestDevices(t *testing.T) {
	if err := WriteBytes(os.DevNull, []byte("new")); err != nil {
		t.Error(err)
	}
	if m := mode(t, os.DevNull); m&os.ModeCharDevice == 0 {
		t.Fatalf("%s has become a %v", os.DevNull, m)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	err := WriteBytes("/dev/full", []byte("new"))
	wantError(t, err, "/dev/full", "no space left on device")
}

func TestUnwritableFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := WriteBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	wantError(t, WriteBytes(path, []byte("new")), path, "permission denied")
	wantFolder(t, dir, map[string]string{"file": "old"})
}
