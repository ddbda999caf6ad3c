package data

// This file is a set of image files of mixed sizes, in a folder or a zip: which
// they are, and which of them are kept decoded. Decoding one is in decode.go.

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"hash"
	"image"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ganlet/ganlet/gan"
)

// extensions are the names' ends by which image files are known. What is in
// them is told by content.
var extensions = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}

const (
	defaultSide = 32      // of images that are not of one size
	maxOwnSide  = 128     // up to which images of one size, all square, keep it
	maxPixels   = 1 << 26 // of an image file
)

// files are image files that are decoded when they are asked for.
type files struct {
	fsys    fs.FS
	root    string   // path of the folder or zip
	paths   []string // in fsys, sorted folder by folder
	shape   gan.Shape
	ignored int       // other files
	digest  hash.Hash // of the paths and their files' sizes

	mu   sync.Mutex
	kept [][]byte // the first images of the set, [C, H, W] each, once they were decoded
}

// openFolder opens the images in the folder at root and below it.
func openFolder(root string, o Options) (*Images, error) {
	return openFiles(folder(root), root, o)
}

// folder is the files below a folder, of any names: os.DirFS has none that are
// not UTF-8.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

func (f folder) Open(name string) (fs.File, error) { return os.Open(f.path(name)) }

// Stat does not open the file, which could be a pipe.
func (f folder) Stat(name string) (fs.FileInfo, error) { return os.Stat(f.path(name)) }

// openZip opens the images in the zip at root.
func openZip(root string, o Options) (*Images, error) {
	z, err := zip.OpenReader(root)
	if err != nil {
		return nil, fileError(root, err)
	}
	d, err := openFiles(z, root, o)
	if err != nil {
		z.Close()
		return nil, err
	}
	d.closer = z
	return d, nil
}

// openFiles opens the images of fsys, which is at root. Every header is read.
func openFiles(fsys fs.FS, root string, o Options) (*Images, error) {
	f := &files{fsys: fsys, root: root, digest: sha256.New()}
	if err := f.find(); err != nil {
		return nil, err
	}
	if len(f.paths) == 0 {
		return nil, fmt.Errorf("data: %q holds no image: none of its %d files ends in %s", root, f.ignored, strings.Join(extensions, " "))
	}
	return f.set(root, o)
}

// openFile opens the one image in the file at p.
func openFile(p string, o Options) (*Images, error) {
	dir, name := filepath.Split(p)
	f := &files{fsys: folder(dir), root: dir, digest: sha256.New()}
	if err := f.add(name); err != nil {
		return nil, err
	}
	return f.set(p, o)
}

// set is the set of the images, opened as root.
func (f *files) set(root string, o Options) (*Images, error) {
	if err := f.measure(o); err != nil {
		return nil, err
	}
	size := f.shape.Len()
	f.kept = make([][]byte, min(o.Cache/int64(size), int64(len(f.paths))))
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fileError(root, err)
	}
	classes, labels := folderClasses(f.paths)
	return &Images{name: filepath.Base(abs), shape: f.shape, n: len(f.paths), files: f, classes: classes, labels: labels}, nil
}

// isImage says that p is named like an image file.
func isImage(p string) bool { return slices.Contains(extensions, strings.ToLower(path.Ext(p))) }

// find collects the paths of the images. Names that begin with a dot are
// passed over: they are other programs' notes.
func (f *files) find() error {
	return fs.WalkDir(f.fsys, ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return f.errorOf(p, err)
		}
		hidden := p != "." && strings.HasPrefix(entry.Name(), ".")
		if entry.IsDir() {
			if hidden {
				return fs.SkipDir
			}
			return nil
		}
		if hidden || !isImage(p) {
			f.ignored++
			return nil
		}
		return f.add(p)
	})
}

// add adds the image at p, if it is a regular file.
func (f *files) add(p string) error {
	info, err := fs.Stat(f.fsys, p) // follows links
	if err != nil {
		return f.errorOf(p, err)
	}
	if !info.Mode().IsRegular() { // to open a pipe would wait for its writer
		f.ignored++
		return nil
	}
	fmt.Fprintf(f.digest, "%s\x00%d\x00", p, info.Size())
	f.paths = append(f.paths, p)
	return nil
}

// measure reads all headers and settles the shape that images are brought to.
func (f *files) measure(o Options) error {
	var first image.Config
	same, gray := true, true
	for i, p := range f.paths {
		c, err := f.header(p)
		if err != nil {
			return f.errorOf(p, err)
		}
		if i == 0 {
			first = c
		}
		same = same && c.Width == first.Width && c.Height == first.Height
		gray = gray && isGray(c.ColorModel)
	}
	side, channels := o.Size, o.Channels
	if side == 0 {
		if side = defaultSide; same && first.Width == first.Height && first.Width <= maxOwnSide {
			side = first.Width
		}
	}
	if channels == 0 {
		if channels = 3; gray {
			channels = 1
		}
	}
	f.shape = gan.Shape{C: channels, H: side, W: side}
	return nil
}

func (f *files) header(p string) (image.Config, error) {
	r, err := f.fsys.Open(p)
	if err != nil {
		return image.Config{}, err
	}
	defer r.Close()
	return decodeHeader(r)
}

// pixels is image i, [C, H, W]; the caller must not change it.
func (f *files) pixels(i int) ([]byte, error) {
	keep := i < len(f.kept)
	if keep {
		f.mu.Lock()
		x := f.kept[i]
		f.mu.Unlock()
		if x != nil {
			return x, nil
		}
	}
	x, err := f.decode(f.paths[i])
	if err != nil {
		return nil, f.errorOf(f.paths[i], err)
	}
	if keep {
		f.mu.Lock()
		f.kept[i] = x
		f.mu.Unlock()
	}
	return x, nil
}

func (f *files) decode(p string) ([]byte, error) {
	r, err := f.fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return decode(r, f.shape)
}

// errorOf is err said of the file at p.
func (f *files) errorOf(p string, err error) error {
	return fileError(filepath.Join(f.root, filepath.FromSlash(p)), err)
}
