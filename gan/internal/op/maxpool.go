package op

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// MaxPool is the largest value of each 2x2 square of images x, [N, H, W, C], of
// even sides. Of equal values, the first by rows has the gradient.
func MaxPool(e *Env, x *G.Node) (*G.Node, error) {
	s := x.Shape()
	if len(s) != 4 || s[1]%2 != 0 || s[2]%2 != 0 {
		return nil, fmt.Errorf("op: max pooling of %v, want images [N, H, W, C] of even sides", s)
	}
	n, h, w, c := s[0], s[1], s[2], s[3]
	size, pooled := h*w*c, h*w*c/4
	o := &Op{name: "maxpool", shape: tensor.Shape{n, h / 2, w / 2, c}, wrt: []bool{true}}
	o.run = func(out []float32, in [][]float32) error {
		e.split(func(part, parts int) {
			i, j := n*part/parts, n*(part+1)/parts
			kernel.MaxPool(out[i*pooled:j*pooled], in[0][i*size:], j-i, h, w, c)
		})
		return nil
	}
	o.grad = func(in G.Nodes, out, dout *G.Node) (G.Nodes, error) {
		d := &Op{name: "maxpool/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
			e.split(func(part, parts int) {
				i, j := n*part/parts, n*(part+1)/parts
				kernel.MaxPoolGrad(dx[i*size:j*size], in[0][i*size:], in[1][i*pooled:], in[2][i*pooled:], j-i, h, w, c)
			})
			return nil
		}}
		dx, err := e.apply(d, in[0], out, dout)
		return G.Nodes{dx}, err
	}
	return e.apply(o, x)
}
