package op

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is how far logits are above others, for relativistic losses and
// approximate penalties.

// Lead is how far each of n logits of a batch, from the one numbered first on, is
// above the one in its place from the one numbered second on.
func Lead(e *Env, logits *G.Node, first, second, n int) (*G.Node, error) {
	return e.apply(&Op{
		name: "lead", shape: tensor.Shape{n}, wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			for i := range out {
				out[i] = in[0][first+i] - in[0][second+i]
			}
			return nil
		},
		grad: func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dx, err := e.apply(&Op{name: "lead/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
				clear(dx)
				for i, d := range in[0] {
					dx[first+i], dx[second+i] = d, -d
				}
				return nil
			}}, dout)
			return G.Nodes{dx}, err
		},
	}, logits)
}

// Above is how far each logit is above its rival; rivals get no gradient.
func Above(e *Env, logits, rivals *G.Node) (*G.Node, error) {
	return e.apply(&Op{
		name: "above", shape: logits.Shape().Clone(), wrt: []bool{true, false},
		run: func(out []float32, in [][]float32) error {
			for i, x := range in[0] {
				out[i] = x - in[1][i]
			}
			return nil
		},
		grad: func(_ G.Nodes, _, dout *G.Node) (G.Nodes, error) { return G.Nodes{dout, nil}, nil },
	}, logits, rivals)
}
