package onnx

import "fmt"

// This file is the two ways in which reading fails. Neither message carries a
// package's name: the package at the public edge adds its own.

// FormatError says that the bytes are no valid ONNX model: damaged, cut short,
// or never one.
type FormatError struct {
	Offset int // in bytes, where the offending field or node starts
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("not a valid ONNX model: byte %d: %s", e.Offset, e.Reason)
}

// UnsupportedError says that the model may be valid, but uses something that
// is beyond this module.
type UnsupportedError struct {
	Node   string // the node's name, or that of its first output; a tensor's or value's name; empty for the model itself
	Op     string // the operator; empty where no node is concerned
	Reason string
}

func (e *UnsupportedError) Error() string {
	switch {
	case e.Op != "":
		return fmt.Sprintf("node %q (%s): %s", e.Node, e.Op, e.Reason)
	case e.Node != "":
		return fmt.Sprintf("%q: %s", e.Node, e.Reason)
	}
	return "unsupported model: " + e.Reason
}
