package infer

import (
	"errors"
	"fmt"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the errors that callers tell apart, with errors.As.

// FormatError says that the bytes are no valid ONNX model: damaged, cut short,
// or never one.
type FormatError struct {
	Offset int // in bytes, where the offending part of the file starts
	Reason string
}

// Error says what is wrong, and where.
func (e *FormatError) Error() string { return (*onnx.FormatError)(e).Error() }

// UnsupportedError says that the model may be valid, but uses something that
// this package does not compute.
type UnsupportedError struct {
	Node   string // the node, by its name or that of its first output; or a tensor; empty for the model itself
	Op     string // the node's operator
	Reason string
}

// Error names node and operator, and says what they ask for.
func (e *UnsupportedError) Error() string {
	return (&onnx.UnsupportedError{Node: e.Node, Op: e.Op, Reason: e.Reason}).Error()
}

// InputError says that an argument of a call does not fit the model: a shape, a
// length, a label. A server answers it with a client's error; what else goes
// wrong is the model's or the machine's.
type InputError struct {
	Input  string // its name; empty where the argument has none
	Reason string
}

// Error says what was found and wanted.
func (e *InputError) Error() string { return "infer: " + e.Reason }

func badInput(name, format string, args ...any) error {
	return &InputError{name, fmt.Sprintf(format, args...)}
}

// public turns errors of internal/onnx into this package's.
func public(err error) error {
	var format *onnx.FormatError
	var unsupported *onnx.UnsupportedError
	switch {
	case errors.As(err, &format):
		return (*FormatError)(format)
	case errors.As(err, &unsupported):
		return &UnsupportedError{Node: unsupported.Node, Op: unsupported.Op, Reason: unsupported.Reason}
	}
	return err
}

// refuse makes the error for something that concerns no node.
func refuse(what, format string, args ...any) error {
	return &UnsupportedError{Node: what, Reason: fmt.Sprintf(format, args...)}
}
