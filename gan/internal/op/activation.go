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
