package graph

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is how a graph is refused.

// refuse makes the error for something that this package does not take.
func refuse(node, op, format string, args ...any) error {
	return &onnx.UnsupportedError{Node: node, Op: op, Reason: fmt.Sprintf(format, args...)}
}
