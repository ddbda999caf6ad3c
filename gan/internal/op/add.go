package op

import (
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// Add is x + y, of as many values, in the shape of y.
func Add(e *Env, x, y *G.Node) (*G.Node, error) {
	o := &Op{name: "add", shape: y.Shape().Clone(), wrt: []bool{true, true}}
	o.run = func(out []float32, in [][]float32) error {
		e.split(func(part, parts int) {
			i, j := len(out)*part/parts, len(out)*(part+1)/parts
			copy(out[i:j], in[0][i:j])
			kernel.AddTo(out[i:j], in[1][i:j])
		})
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		dx, err := e.apply(&Op{name: "add/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
			copy(dx, in[0])
			return nil
		}}, dout)
		return G.Nodes{dx, dout}, err
	}
	return e.apply(o, x, y)
}
