package op

import (
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Resize describes how N images [H, W, C] get sides OutH and OutW: pixels are
// copied, or mixed of four. Sides that are halved and linear are means of 2x2
// pixels.
type Resize struct {
	N, H, W, C int
	OutH, OutW int
	Linear     bool
}

// Apply is the resized images of x.
func (r Resize) Apply(e *Env, x *G.Node) (*G.Node, error) {
	k := kernel.NewResize(r.H, r.W, r.C, kernel.HalfPixel(r.H, r.OutH, r.Linear), kernel.HalfPixel(r.W, r.OutW, r.Linear))
	return e.apply(&Op{
		name: "resize", shape: tensor.Shape{r.N, r.OutH, r.OutW, r.C}, wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			e.split(func(part, parts int) { k.Run(out, in[0], r.N, part, parts) })
			return nil
		},
		grad: func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			scratch := make([][]float32, max(e.Threads, 1))
			for i := range scratch {
				scratch[i] = make([]float32, k.GradLen())
			}
			dx, err := e.apply(&Op{name: "resize/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
				e.split(func(part, parts int) { k.Grad(dx, in[0], r.N, scratch[part], part, parts) })
				return nil
			}}, dout)
			return G.Nodes{dx}, err
		},
	}, x)
}
