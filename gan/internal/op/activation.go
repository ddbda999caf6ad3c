package op

import (
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// activationGrad is dout times the activation's slope, which every activation
// here lets one compute from its output alone.
func activationGrad(e *Env, act kernel.Act, alpha float32, out, dout *G.Node) (*G.Node, error) {
	if act == kernel.Identity {
		return dout, nil
	}
	o := &Op{name: "act/dx", shape: out.Shape().Clone(), run: func(dx []float32, in [][]float32) error {
		e.split(func(part, parts int) {
			i, j := len(dx)*part/parts, len(dx)*(part+1)/parts
			kernel.ActivateGrad(dx[i:j], in[0][i:j], in[1][i:j], act, alpha)
		})
		return nil
	}}
	return e.apply(o, out, dout)
}

// Tangent is v times the activation's slope where its output is out, from a
// value of it on. The slope is held constant, which is exact for activations of
// straight pieces.
func Tangent(e *Env, act kernel.Act, alpha float32, out *G.Node, from int, v *G.Node) (*G.Node, error) {
	if act == kernel.Identity {
		return v, nil
	}
	return e.apply(&Op{
		name: "tangent", shape: v.Shape().Clone(), wrt: []bool{false, true},
		run: func(to []float32, in [][]float32) error {
			e.split(func(part, parts int) {
				i, j := len(to)*part/parts, len(to)*(part+1)/parts
				kernel.ActivateGrad(to[i:j], in[0][from:][i:j], in[1][i:j], act, alpha)
			})
			return nil
		},
		grad: func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dv, err := Tangent(e, act, alpha, in[0], from, dout)
			return G.Nodes{nil, dv}, err
		},
	}, out, v)
}

// Activate is the activation of x.
func Activate(e *Env, x *G.Node, act kernel.Act, alpha float32) (*G.Node, error) {
	if act == kernel.Identity {
		return x, nil
	}
	return e.apply(&Op{
		name: "act", shape: x.Shape().Clone(), wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			e.split(func(part, parts int) {
				i, j := len(out)*part/parts, len(out)*(part+1)/parts
				copy(out[i:j], in[0][i:j])
				kernel.Activate(out[i:j], act, alpha)
			})
			return nil
		},
		grad: func(_ G.Nodes, out, dout *G.Node) (G.Nodes, error) {
			dx, err := activationGrad(e, act, alpha, out, dout)
			return G.Nodes{dx}, err
		},
	}, x)
}
