package op

import G "gorgonia.org/gorgonia"

// Mask is x times the values of mask from one on. The mask gets no gradient.
func Mask(e *Env, x, mask *G.Node, from int) (*G.Node, error) {
	return e.apply(&Op{
		name: "mask", shape: x.Shape().Clone(), wrt: []bool{true, false},
		run: func(out []float32, in [][]float32) error {
			e.split(func(part, parts int) {
				i, j := len(out)*part/parts, len(out)*(part+1)/parts
				mask := in[1][from:][i:j]
				for k, v := range in[0][i:j] {
					out[i+k] = v * mask[k]
				}
			})
			return nil
		},
		grad: func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dx, err := Mask(e, dout, in[1], from)
			return G.Nodes{dx, nil}, err
		},
	}, x, mask)
}
