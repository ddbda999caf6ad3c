package op

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is old versions of operators becoming the newest: what was an
// attribute becomes an input, and what had another meaning says so by a private
// attribute. Shapes are not known yet.

// Raising is a node of some version on its way to the newest.
type Raising struct {
	*onnx.Node     // to be changed in place; its lists are the node's own
	Version    int // of the node's domain that the file uses

	// Constant adds a constant and returns the name of its value.
	Constant func(onnx.Tensor) string

	// Add puts a node before this one, which must have names of its own (Fresh).
	Add func(onnx.Node)

	// Fresh returns a name for a value that nothing else has.
	Fresh func() string

	err error
}

// Refuse fails, for a version that cannot be raised.
func (r *Raising) Refuse(format string, args ...any) {
	if r.err == nil {
		r.err = &onnx.UnsupportedError{Node: r.Label(), Op: r.Op, Reason: fmt.Sprintf(format, args...)}
	}
}

// Err is the first failure.
func (r *Raising) Err() error { return r.err }

// Take removes an attribute and returns it; nil if it is not given.
func (r *Raising) Take(name string) *onnx.Attr {
	i := slices.IndexFunc(r.Attrs, func(a onnx.Attr) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	a := r.Attrs[i]
	r.Attrs = slices.Delete(r.Attrs, i, i+1)
	return &a
}

// Set sets an attribute.
//
//go:noinline
func (r *Raising) Set(a onnx.Attr) {
	r.Take(a.Name)
	r.Attrs = append(r.Attrs, a)
}

// Input sets input i to a value, with empty inputs before it as needed.
//
//go:noinline
func (r *Raising) Input(i int, name string) {
	for len(r.Inputs) <= i {
		r.Inputs = append(r.Inputs, "")
	}
	r.Inputs[i] = name
}

// IntsToInput turns an attribute of integers, if it is given, into input i.
func (r *Raising) IntsToInput(attr string, i int) {
	if a := r.Take(attr); a != nil {
		r.Input(i, r.Constant(onnx.NewInt64("", a.Ints, int64(len(a.Ints)))))
	}
}

// FloatToInput turns a float attribute, if it is given, into input i, a scalar.
func (r *Raising) FloatToInput(attr string, i int) {
	if a := r.Take(attr); a != nil {
		r.Input(i, r.Constant(onnx.NewFloat32("", []float32{a.Float})))
	}
}

// axesBefore13 turns axes, in versions before 13 an attribute, into input 1.
func axesBefore13(r *Raising) { r.axesBefore(13) }

// axesBefore18 does so in versions before 18.
func axesBefore18(r *Raising) { r.axesBefore(18) }

func (r *Raising) axesBefore(version int) {
	if r.Version < version {
		r.IntsToInput("axes", 1)
	}
}
