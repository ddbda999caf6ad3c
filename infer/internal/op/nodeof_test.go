package op

import (
	"fmt"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// nodeOf is node for operators of a domain.
func nodeOf(domain string, version int64, op string, outputs int, attrs []onnx.Attr, inputs ...tensor.Tensor) ([]tensor.Tensor, error) {
	m := &onnx.Model{Opsets: []onnx.Opset{{Domain: domain, Version: version}}}
	n := onnx.Node{Op: op, Domain: domain, Attrs: attrs}
	in := make(map[string]tensor.Tensor)
	for i, t := range inputs {
		name := ""
		if t.Given() {
			name = fmt.Sprint("in", i)
			in[name] = t
		}
		n.Inputs = append(n.Inputs, name)
	}
	for i := range outputs {
		name := fmt.Sprint("out", i)
		n.Outputs = append(n.Outputs, name)
		m.Graph.Outputs = append(m.Graph.Outputs, onnx.ValueInfo{Name: name})
	}
	m.Graph.Nodes = []onnx.Node{n}
	return interpret(m, in)
}
