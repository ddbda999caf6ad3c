package op

import (
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is batch norm in training.

// Norm is batch normalisation over the innermost axis (Ioffe and Szegedy 2015)
// with the statistics of the batch, then an activation.
type Norm struct {
	// Groups is how many parts of the batch are normalised apart, in order: a
	// discriminator sees real and generated images in one batch of two groups.
	Groups int
	Eps    float32
	Act    kernel.Act
	Alpha  float32 // LeakyReLU's slope
	Frozen bool    // gamma and beta get no gradient
	// Observe is given each group's mean and unbiased variance after each run;
	// it may be nil, and must not keep the slices.
	Observe func(mean, variance []float32)
}

// stats are what a forward run leaves for its gradient, [Groups, C] each.
type stats struct{ mean, inv []float32 }

// Apply is act((x - mean)/sqrt(var + eps)*gamma + beta).
func (n Norm) Apply(e *Env, x, gamma, beta *G.Node) (*G.Node, error) {
	c := gamma.Shape().TotalSize()
	s := stats{mean: make([]float32, n.Groups*c), inv: make([]float32, n.Groups*c)}
	variance := make([]float32, c)
	o := &Op{
		name: "norm", shape: x.Shape().Clone(), wrt: []bool{true, !n.Frozen, !n.Frozen},
		run: func(out []float32, in [][]float32) error {
			size := len(out) / n.Groups
			for g := range n.Groups {
				mean, inv := s.mean[g*c:][:c], s.inv[g*c:][:c]
				from, to := in[0][g*size:][:size], out[g*size:][:size]
				kernel.NormStats(mean, variance, inv, from, n.Eps)
				if n.Observe != nil {
					n.Observe(mean, variance)
				}
				e.split(func(part, parts int) {
					i, j := rowShare(size, c, part, parts)
					kernel.Normalize(to[i:j], from[i:j], mean, inv, in[1], in[2], n.Act, n.Alpha)
				})
			}
			return nil
		},
		grad: func(in G.Nodes, out, dout *G.Node) (G.Nodes, error) { return n.gradients(e, &s, in, out, dout) },
	}
	return e.apply(o, x, gamma, beta)
}

// rowShare is a part's range of size floats in whole rows of c.
func rowShare(size, c, part, parts int) (from, to int) {
	rows := size / c
	return rows * part / parts * c, rows * (part + 1) / parts * c
}

// gradients adds one node that computes all three gradients and is dx, and two
// that show the others.
func (n Norm) gradients(e *Env, s *stats, in G.Nodes, out, dout *G.Node) (G.Nodes, error) {
	dsum, err := activationGrad(e, n.Act, n.Alpha, out, dout)
	if err != nil {
		return nil, err
	}
	c := in[1].Shape().TotalSize()
	dgamma, dbeta := make([]float32, c), make([]float32, c)
	g1, b1 := make([]float32, c), make([]float32, c)
	o := &Op{name: "norm/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
		size := len(dx) / n.Groups
		clear(dgamma)
		clear(dbeta)
		for g := range n.Groups {
			mean, inv := s.mean[g*c:][:c], s.inv[g*c:][:c]
			x, dy, to := in[0][g*size:][:size], in[2][g*size:][:size], dx[g*size:][:size]
			kernel.NormGradSums(g1, b1, dy, x, mean, inv)
			e.split(func(part, parts int) {
				i, j := rowShare(size, c, part, parts)
				kernel.NormGrad(to[i:j], dy[i:j], x[i:j], mean, inv, in[1], g1, b1, size/c)
			})
			kernel.AddTo(dgamma, g1)
			kernel.AddTo(dbeta, b1)
		}
		return nil
	}}
	dx, err := e.apply(o, in[0], in[1], dsum)
	if err != nil || n.Frozen {
		return G.Nodes{dx, nil, nil}, err
	}
	show := func(name string, held []float32, like *G.Node) (*G.Node, error) {
		return e.apply(&Op{name: name, shape: like.Shape().Clone(), run: func(out []float32, _ [][]float32) error {
			copy(out, held)
			return nil
		}}, dx)
	}
	dg, err := show("norm/dgamma", dgamma, in[1])
	if err != nil {
		return nil, err
	}
	db, err := show("norm/dbeta", dbeta, in[2])
	return G.Nodes{dx, dg, db}, err
}
