package op

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/ganlet/ganlet/internal/kernel"
)

// ChannelsLast turns n images x of [C, H, W] into [H, W, C].
func ChannelsLast(e *Env, x *G.Node, n, c, h, w int) (*G.Node, error) {
	return reorder(e, "channelslast", x, n, c, h*w, tensor.Shape{n, h, w, c})
}

// ChannelsFirst turns n images x of [H, W, C] into rows of [C*H*W].
func ChannelsFirst(e *Env, x *G.Node, n, c, h, w int) (*G.Node, error) {
	return reorder(e, "channelsfirst", x, n, h*w, c, tensor.Shape{n, c * h * w})
}

// reorder transposes each of n matrices a x b; its gradient transposes back.
func reorder(e *Env, name string, x *G.Node, n, a, b int, shape tensor.Shape) (*G.Node, error) {
	return e.apply(&Op{
		name: name, shape: shape, wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			kernel.Transpose(out, in[0], n, a, b, 0, 1)
			return nil
		},
		grad: func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dx, err := reorder(e, name+"/dx", dout, n, b, a, in[0].Shape().Clone())
			return G.Nodes{dx}, err
		},
	}, x)
}
