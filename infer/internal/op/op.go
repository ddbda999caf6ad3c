package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
)

// This file is what an operator is: a row, and the table of all rows.

// Op is one operator.
type Op struct {
	Name string // with its domain, if that is not ONNX's own

	// Make checks a node, declares its results, and returns what computes them.
	Make func(*Node) Eval

	How uint8                 // which of the operators that share a Make, as that has it
	Of  func(float64) float64 // the function of unary

	// Layer returns how the node is computed by a kernel of its own, or nil if
	// none fits it. It is called after Make, and not if that failed.
	Layer func(*Node) Layer

	Least, Most int    // inputs that must be there, that may be; Many: any number
	Attrs       string // names of the attributes that it knows

	// Raise turns a node of an older version into one of the newest.
	Raise func(*Raising)

	// ShapeOf are the inputs, as bits, of which only type and shape are read.
	ShapeOf uint

	// Random reports that results depend on the session's seed.
	Random bool
}

// Many is the Most of operators with any number of inputs.
const Many = 1 << 20

// Eval computes an operator's outputs, row by row. Inputs left out are not given.
// It writes every element of out and to nothing else but m.
type Eval func(m *Memory, out, in []tensor.Tensor)

// family is the rows of one file.
type family []Op
