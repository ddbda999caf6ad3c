package op

import (
	"slices"
	"strings"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is ONNX Runtime's operators on quantised values that are the same as
// dequantising, the operator on floats, and quantising: they become those three.

var linearQuantized = family{
	{Name: "com.microsoft.DequantizeLinear", Raise: raiseToDefault, Make: notRaised, Least: 2, Most: 3},
	{Name: "com.microsoft.QLinearAdd", Raise: raiseQLinear, Make: notRaised, Least: 7, Most: 8},
	{Name: "com.microsoft.QLinearAveragePool", Raise: raiseQLinear, Make: notRaised, Least: 4, Most: 5},
	{Name: "com.microsoft.QLinearConcat", Raise: raiseQLinearConcat, Make: notRaised, Least: 5, Most: Many},
	{Name: "com.microsoft.QLinearGlobalAveragePool", Raise: raiseQLinear, Make: notRaised, Least: 4, Most: 5},
	{Name: "com.microsoft.QLinearLeakyRelu", Raise: raiseQLinear, Make: notRaised, Least: 4, Most: 5},
	{Name: "com.microsoft.QLinearMul", Raise: raiseQLinear, Make: notRaised, Least: 7, Most: 8},
	{Name: "com.microsoft.QLinearReduceMean", Raise: raiseQLinear, Make: notRaised, Least: 4, Most: 5},
	{Name: "com.microsoft.QLinearSigmoid", Raise: raiseQLinear, Make: notRaised, Least: 4, Most: 5},
	{Name: "com.microsoft.QLinearWhere", Raise: raiseQLinearWhere, Make: notRaised, Least: 9, Most: 9},
	{Name: "com.microsoft.QuantizeLinear", Raise: raiseToDefault, Make: notRaised, Least: 2, Most: 3},
}

// raiseQLinear is that of operators whose first inputs are value, scale and zero
// point of each operand, followed by the scale and the zero point of the result.
func raiseQLinear(r *Raising) {
	if last := r.Take("channels_last"); last != nil && last.Int != 0 {
		r.Refuse("channels_last is not supported")
	}
	operands := (len(r.Inputs) - 1) / 3
	var floats []string
	for i := range operands {
		floats = append(floats, r.dequantized(3*i))
	}
	if axes := r.Take("axes"); axes != nil {
		floats = append(floats, r.Constant(onnx.NewInt64("", axes.Ints, int64(len(axes.Ints)))))
	}
	r.quantized(strings.TrimPrefix(r.Op, "QLinear"), floats, 3*operands)
}

// raiseQLinearConcat is that of QLinearConcat, which has scale and zero point of
// the result first.
func raiseQLinearConcat(r *Raising) {
	var floats []string
	for i := 2; i < len(r.Inputs); i += 3 {
		floats = append(floats, r.dequantized(i))
	}
	r.quantized("Concat", floats, 0)
}

// raiseQLinearWhere is that of QLinearWhere, which has a condition first.
func raiseQLinearWhere(r *Raising) {
	r.quantized("Where", []string{r.input(0), r.dequantized(1), r.dequantized(4)}, 7)
}

// raiseToDefault makes the node ONNX's own operator of the same name.
func raiseToDefault(r *Raising) { r.Domain = "" }

// input is the name of input i, empty if it is left out.
//
//go:noinline
func (r *Raising) input(i int) string {
	if i >= len(r.Inputs) {
		return ""
	}
	return r.Inputs[i]
}

// dequantized adds a DequantizeLinear of inputs i to i+2.
func (r *Raising) dequantized(i int) string {
	n := onnx.Node{Op: "DequantizeLinear", Inputs: []string{r.input(i), r.input(i + 1), r.input(i + 2)}, Outputs: []string{r.Fresh()}}
	r.Add(n)
	return n.Outputs[0]
}

// quantized adds an operator with the node's attributes, and makes the node the
// QuantizeLinear of its result, by inputs i and i+1.
func (r *Raising) quantized(name string, inputs []string, i int) {
	if r.input(i+1) == "" {
		r.Refuse("the zero point of the result is left out")
		return
	}
	n := onnx.Node{Name: r.Name, Op: name, Inputs: inputs, Outputs: []string{r.Fresh()}, Attrs: slices.Clone(r.Attrs)}
	r.Add(n)
	r.Op, r.Domain, r.Attrs = "QuantizeLinear", "", nil
	r.Inputs = []string{n.Outputs[0], r.input(i), r.input(i + 1)}
}
