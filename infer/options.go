package infer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the ways to load a model.

// Options says how a model is loaded. The zero value loads it as [Open], [Load]
// and [Parse] do.
type Options struct {
	// Sizes fixes dimensions of inputs that the file leaves open: by the name
	// that the file gives a dimension ("height"), or by input and dimension,
	// counted from 0 ("x:2").
	Sizes map[string]int

	// Bind gives inputs a constant value: they are no inputs of the model any
	// more. For an input that the file has a value for ([Model.Optional]), it
	// replaces that value; given by its name alone, without shape and data, such
	// an input becomes one of every run.
	Bind []Tensor

	// Limits bounds what a file of unknown origin may ask for.
	Limits Limits

	// Seed is that of the random numbers which nodes of the model draw, such as
	// RandomNormal. Equal seeds give equal bits on every device. Sample i does
	// not depend on how many samples are computed together.
	Seed uint64

	// Range is the values of black and white in the model's images, such as
	// {0, 1}, for [Model.Image]. If both are 0, the file's metadata say so, or
	// else the last operator: [0, 1] after Sigmoid, the bounds after Clip;
	// otherwise it is [-1, 1].
	Range [2]float64

	// FS is where the files lie in which the model keeps its weights (external
	// data). Open reads them from the model's own folder if FS is nil; Load and
	// Parse refuse such models then.
	FS fs.FS
}

// Open reads a model from a file. Weights that the model keeps in other files are
// read from the same folder: only files that stand in it, through no link that
// leaves it. See [Parse] for its errors.
func Open(path string) (*Model, error) { return Options{}.Open(path) }

// Load reads a model to the end of r. See [Parse] for its errors.
func Load(r io.Reader) (*Model, error) { return Options{}.Load(r) }

// Parse reads a model from bytes, such as those of go:embed. Weights that need
// no packing may be used where they stand, so data must not change while the
// model is in use. The error wraps a [*FormatError] or an [*UnsupportedError].
func Parse(data []byte) (*Model, error) { return Options{}.Parse(data) }

// Open is the function [Open] with options.
func (o Options) Open(path string) (*Model, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("infer: %q: %w", path, cause(err))
	}
	if o.FS == nil {
		root, err := os.OpenRoot(filepath.Dir(path))
		if err != nil {
			return nil, fmt.Errorf("infer: %q: %w", path, cause(err))
		}
		defer root.Close()
		o.FS = root.FS()
	}
	m, err := o.compile(data, true)
	if err != nil {
		return nil, fmt.Errorf("infer: %q: %w", path, err)
	}
	return m, nil
}

// readFile is [os.ReadFile] into memory that is there at once.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxElements {
		return os.ReadFile(path)
	}
	data := bytes.NewBuffer(kernel.Make[byte](int(info.Size()) + bytes.MinRead)[:0])
	_, err = data.ReadFrom(f)
	return data.Bytes(), err
}

// Load is the function [Load] with options.
func (o Options) Load(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	m, err := o.compile(data, true)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	return m, nil
}

// Parse is the function [Parse] with options.
func (o Options) Parse(data []byte) (*Model, error) {
	m, err := o.compile(data, false)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	return m, nil
}

// cause is an error without the path that is said already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// bound returns the constants that inputs are bound to, and the names of
// optional inputs that become inputs of every run.
func (o *Options) bound(g *onnx.Graph) (constants map[string]onnx.Tensor, open map[string]bool, err error) {
	constants, open = make(map[string]onnx.Tensor), make(map[string]bool)
	for _, t := range o.Bind {
		if _, twice := constants[t.Name]; twice || open[t.Name] {
			return nil, nil, fmt.Errorf("input %q is bound twice", t.Name)
		}
		i := slices.IndexFunc(g.Inputs, func(v onnx.ValueInfo) bool { return v.Name == t.Name })
		if i < 0 {
			return nil, nil, fmt.Errorf("the model has no input %q to bind", t.Name)
		}
		if t.Shape == nil && t.Data == nil {
			open[t.Name] = true
			continue
		}
		if constants[t.Name], err = constantOf(&g.Inputs[i], t); err != nil {
			return nil, nil, err
		}
	}
	return constants, open, nil
}

// constantOf is a tensor for an input of the graph as the file would have it.
func constantOf(in *onnx.ValueInfo, t Tensor) (c onnx.Tensor, err error) {
	c = onnx.Tensor{Name: t.Name, Type: in.Type}
	fits := in.Shape == nil || len(in.Shape) == len(t.Shape)
	for k, d := range t.Shape {
		fits = fits && d >= 0 && (in.Shape == nil || in.Shape[k].Size < 0 || in.Shape[k].Size == int64(d))
		c.Dims = append(c.Dims, int64(d))
	}
	data, n := tensor.Pointer(t.Data, in.Type)
	bytes, ok := tensor.Bytes(in.Type, t.Shape, 1<<30)
	switch {
	case !fits || !ok:
		return c, fmt.Errorf("input %q is bound to a tensor of shape %v, which is not the model's", t.Name, t.Shape)
	case data == nil:
		return c, fmt.Errorf("input %q is bound to %T, want []%v", t.Name, t.Data, in.Type)
	case int64(n)*int64(in.Type.Size()) != bytes:
		return c, fmt.Errorf("input %q is bound to %d values, want as many as shape %v has", t.Name, n, t.Shape)
	}
	c.Raw = tensor.Encode(data)
	return c, nil
}

// sizes applies Options.Sizes to the inputs of a file, which it changes.
func (o *Options) sizes(inputs []onnx.ValueInfo) error {
	left := maps.Clone(o.Sizes)
	for i := range inputs {
		in := &inputs[i]
		in.Shape = slices.Clone(in.Shape)
		for k := range in.Shape {
			d := &in.Shape[k]
			for _, name := range []string{d.Param, fmt.Sprintf("%s:%d", in.Name, k)} {
				size, ok := o.Sizes[name]
				if !ok || name == "" {
					continue
				}
				delete(left, name)
				if size < 1 {
					return fmt.Errorf("size %q is %d, want at least 1", name, size)
				}
				if d.Size >= 0 && d.Size != int64(size) {
					return fmt.Errorf("size %q is %d, but the file fixes dimension %d of input %q at %d", name, size, k, in.Name, d.Size)
				}
				d.Size = int64(size)
			}
		}
	}
	if len(left) > 0 {
		name := slices.Min(slices.Collect(maps.Keys(left)))
		return fmt.Errorf("size %q is of no open dimension; the model has %s", name, openNames(inputs))
	}
	return nil
}

// openNames lists the open dimensions of inputs, as Options.Sizes names them.
func openNames(inputs []onnx.ValueInfo) string {
	var names []string
	for _, in := range inputs {
		for k, d := range in.Shape {
			if d.Size < 0 {
				name := d.Param
				if name == "" {
					name = fmt.Sprintf("%s:%d", in.Name, k)
				}
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return fmt.Sprintf("%q", names)
}
