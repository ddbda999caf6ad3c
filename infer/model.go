package infer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the model as its users see it, and the ways to load one.

// Model is a loaded network: its steps in order, weights packed. It is
// immutable; any number of goroutines may use it.
type Model struct {
	inputs, outputs []Value
	optional        []Value
	metadata        map[string]string
	stats           Stats
	plan            plan
}

// Value describes an input or output of a model.
type Value struct {
	Name  string
	Type  string // of its elements, as Go names it: "float32"
	Shape []int  // -1 stands for N, the batch, which is open
}

// batched says that the value has as many samples as the batch.
func (v *Value) batched() bool { return len(v.Shape) > 0 && v.Shape[0] == open }

// Stats says how large a model is.
type Stats struct {
	Operators    map[string]int // the nodes of the file, counted by operator
	Parameters   int64          // numbers in the floating-point initializers
	MultiplyAdds int64          // in layers, for one sample; for a fixed batch, for all of it
}

// Load reads a model to the end of r. See [Parse] for its errors.
func Load(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	return Parse(data)
}

// Open reads a model from a file. See [Parse] for its errors.
func Open(path string) (*Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err // its path is said already
		}
		return nil, fmt.Errorf("infer: %q: %w", path, err)
	}
	m, err := compile(data, defaults)
	if err != nil {
		return nil, fmt.Errorf("infer: %q: %w", path, err)
	}
	return m, nil
}

// Parse reads a model from bytes, such as those of go:embed. Weights that need
// no packing may be used where they stand, so data must not change while the
// model is in use. The error wraps a [*FormatError] or an [*UnsupportedError].
func Parse(data []byte) (*Model, error) {
	m, err := compile(data, defaults)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	return m, nil
}

// Inputs describes what the model reads, in the order of the file.
func (m *Model) Inputs() []Value { return cloneValues(m.inputs) }

// Optional describes the inputs that the file has a value for: the model computes
// with that, and they are not among Inputs, unless [ParseBound] says otherwise.
func (m *Model) Optional() []Value { return cloneValues(m.optional) }

// Outputs describes what the model computes, in the order of the file.
func (m *Model) Outputs() []Value { return cloneValues(m.outputs) }

// Metadata returns a copy of what the file says about itself (metadata_props).
func (m *Model) Metadata() map[string]string { return maps.Clone(m.metadata) }

// Stats says how large the model is.
func (m *Model) Stats() Stats {
	s := m.stats
	s.Operators = maps.Clone(s.Operators)
	return s
}

func cloneValues(values []Value) []Value {
	values = slices.Clone(values)
	for i := range values {
		values[i].Shape = slices.Clone(values[i].Shape)
	}
	return values
}

// limits bounds what a file may ask for, beyond its own size.
type limits struct {
	elements int   // of one value, for one sample
	work     int64 // multiply-adds, for one sample
}

// defaults is far above every generator, and far below what overflows.
var defaults = limits{elements: 1 << 28, work: 1 << 50}

// compile loads a model, within limits. Its errors have no package prefix.
func compile(data []byte, l limits) (*Model, error) {
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, public(err)
	}
	return compileFile(file, l, nil)
}

// compileFile binds some of the inputs to constants. The file stays as it is.
func compileFile(file *onnx.Model, l limits, bound map[string]onnx.Tensor) (*Model, error) {
	m := &Model{metadata: make(map[string]string)}
	for _, p := range file.Metadata {
		m.metadata[p.Key] = p.Value
	}
	b := &builder{file: file, limits: l, opset: int(file.Opset()), values: make(map[string]*value), bound: bound}
	if err := b.build(m); err != nil {
		err = public(err)
		if u := (*UnsupportedError)(nil); errors.As(err, &u) {
			slices.Sort(b.wanted)
			u.Inputs = slices.Compact(b.wanted)
		}
		return nil, err
	}
	return m, nil
}
