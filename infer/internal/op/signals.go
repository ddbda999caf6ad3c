package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is tables of signal processing, made from a few numbers: windows.

var signals = family{
	{Name: "BlackmanWindow", Make: windowTable, How: 0, Least: 1, Most: 1, Attrs: "output_datatype periodic"},
	{Name: "HammingWindow", Make: windowTable, How: 1, Least: 1, Most: 1, Attrs: "output_datatype periodic"},
	{Name: "HannWindow", Make: windowTable, How: 2, Least: 1, Most: 1, Attrs: "output_datatype periodic"},
}

// tableType reads output_datatype: the type of a table, and the one of 16 bits to
// which its numbers are rounded, if any.
func (n *Node) tableType() (elem, round tensor.Type) {
	elem = onnx.DataType(n.Int("output_datatype", int64(onnx.Float)))
	if tensor.Halves.Has(elem) {
		return onnx.Float, elem
	}
	if !tensor.Numbers.Has(elem) {
		n.Fail("output_datatype is %v, want a number", elem)
	}
	return elem, 0
}

// table makes the Eval that fills a table.
func table(round tensor.Type, fill func(v []float64)) Eval {
	return func(m *Memory, out, _ []tensor.Tensor) {
		v := m.Tensor(onnx.Double, out[0].Shape)
		fill(tensor.Of[float64](v))
		if tensor.Convert(out[0], v); round != 0 {
			tensor.Round(tensor.Nth[float32](out, 0), round)
		}
	}
}

// windows are the numbers of windows a - b*cos(x) + c*cos(2x) over one turn.
var windows = [...][3]float64{{0.42, 0.5, 0.08}, {25. / 46, 21. / 46, 0}, {0.5, 0.5, 0}}

// windowTable is a window. A symmetric one ends where it starts; of one element it
// is 1.
func windowTable(n *Node) Eval {
	w := windows[n.how]
	size := n.length0(0)
	elem, round := n.tableType()
	turn := size
	if !n.Bool("periodic", true) {
		turn--
	}
	n.CountWork(size, 50)
	if !n.Result(elem, size) || n.empty() {
		return nothing
	}
	return table(round, func(v []float64) {
		for i := range v {
			if v[i] = 1; turn > 0 {
				x := 2 * math.Pi * (float64(i) / float64(turn))
				v[i] = w[0] - float64(w[1]*kernel.Cos64(x)) + float64(w[2]*kernel.Cos64(2*x))
			}
		}
	})
}

// length0 is length of what may be 0.
func (n *Node) length0(i int) int {
	n.Type(i, tensor.Integers)
	if v := n.One(i); n.err == nil && v == 0 {
		return 0
	}
	return n.length(i)
}
