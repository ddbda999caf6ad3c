// Package atomicfile replaces a file whole or not at all: the new content
// goes to a hidden temporary file in the same folder, reaches the disk, and
// takes the target's name in one step.
//
// A reader sees the old content or the new, never a part. A process killed
// in the middle leaves the target as it was, and the temporary file,
// .ganlet-*.tmp, behind, for Clean.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Write gives path the content that write writes. On any error, be it of
// write (returned wrapped), of the disk or of the folder, the file at path is
// as it was before, or still absent, and no temporary file stays. The error
// is one line that names path, not the temporary file.
//
// An existing file keeps its permissions; a new one gets 0666 less the umask.
// As with any rename, it is the folder that must be writable. A symbolic link is followed. What is no regular file, a pipe or a device
// such as /dev/stdout, cannot be replaced and is written to directly.
func Write(path string, write func(io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return fmt.Errorf("cannot write %q: %w", path, cause(err))
	}
	return nil
}

// WriteBytes gives path the content data, as Write does.
func WriteBytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func replace(path string, write func(io.Writer) error) error {
	target, info, err := resolve(path)
	if err != nil {
		return err
	}
	if info != nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(target, os.O_WRONLY, 0) // a folder fails here
		if err != nil {
			return err
		}
		err = fill(f, write)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		return err
	}
	temp, err := create(filepath.Dir(target))
	if err != nil {
		return err
	}
	done := false
	defer func() { // after a panic of write, too
		if !done {
			temp.Close()
			os.Remove(temp.Name())
		}
	}()
	if err := fill(temp, write); err != nil {
		return err
	}
	if info != nil {
		if err := permit(temp, info.Mode().Perm()); err != nil {
			return err
		}
	}
	// Without this a crash could leave the new name with no content. It is
	// also where a disk that allocates late says that it is full.
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), target); err != nil {
		return err
	}
	done = true
	SyncFolder(filepath.Dir(target))
	return nil
}

// resolve follows path's symbolic links to the file that is to be replaced;
// info is nil if there is none yet.
func resolve(path string) (target string, info fs.FileInfo, err error) {
	info, err = os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		// The links of /dev/stdout lead to names that only the kernel can
		// open: leave those to it.
		if info, err = os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return path, info, nil
		}
		if path, err = filepath.EvalSymlinks(path); err == nil {
			info, err = os.Lstat(path)
		}
		return path, info, err
	}
	if errors.Is(err, fs.ErrNotExist) && path != "" {
		return path, nil, nil
	}
	return path, info, err
}

// before and after the random middle of a temporary file's name.
const before, after = ".ganlet-", ".tmp"

// Clean removes the temporary files that processes killed in the middle of a
// Write left in a folder, in which nobody else may be writing now.
func Clean(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), before) && strings.HasSuffix(e.Name(), after) && e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// create makes a temporary file in dir, with the permissions of a new file.
func create(dir string) (*os.File, error) {
	for try := 0; ; try++ {
		name := filepath.Join(dir, fmt.Sprintf("%s%016x%s", before, rand.Uint64(), after))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) && try < 100 {
			continue
		}
		return f, err
	}
}

// permit gives f the permissions perm. Where they cannot be changed all files
// have the same, and there is nothing to do.
func permit(f *os.File, perm fs.FileMode) error {
	info, err := f.Stat()
	if err != nil || info.Mode().Perm() == perm {
		return err
	}
	return f.Chmod(perm)
}

// fill has write write to f through a buffer. An error of f counts even if
// write overlooks it, and before whatever write makes of it.
func fill(f *os.File, write func(io.Writer) error) error {
	s := sink{f: f}
	b := bufio.NewWriterSize(&s, 1<<16)
	err := write(b)
	if s.err != nil {
		return s.err
	}
	if err != nil {
		return foreign{err}
	}
	return b.Flush()
}

// foreign marks an error as the caller's own, whose words are left alone.
type foreign struct{ error }

// sink remembers the first error of its file.
type sink struct {
	f   *os.File
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	n, err := s.f.Write(b)
	if err != nil && s.err == nil {
		s.err = err
	}
	return n, err
}

// SyncFolder has the folder remember a rename through a power cut, where the
// system can. The new file is whole and in place already, so a failure is no
// reason to tell the caller that nothing was written.
func SyncFolder(dir string) {
	if runtime.GOOS == "windows" {
		return // cannot
	}
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// cause is err without the names of files that the operating system's errors
// repeat: ours are temporary ones.
func cause(err error) error {
	switch e := err.(type) {
	case foreign:
		return e.error
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	case *os.SyscallError:
		return e.Err
	}
	return err
}
