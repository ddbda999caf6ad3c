package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is LRN, local response normalisation: each element divided by a power
// of the sum of squares of its neighbours in other channels. ProGAN's pixel norm
// is one whose neighbours are all channels.

var localNorms = family{
	{Name: "LRN", Make: lrn, Least: 1, Most: 1, Attrs: "alpha beta bias size"},
}

// response is an LRN.
type response struct {
	before, after     int // channels that count, beside the own one
	scale, beta, bias float64
}

func lrn(n *Node) Eval {
	x := n.In[0]
	elem := n.Type(0, tensor.Floats)
	if !n.Has("size") {
		n.Fail("it has no size")
	}
	size := n.Size("size", 1, 1)
	r := &response{before: (size - 1) / 2, after: size / 2, beta: float64(n.Float("beta", 0.75)), bias: float64(n.Float("bias", 1))}
	r.scale = float64(n.Float("alpha", 1e-4)) / float64(size)
	if n.err == nil && len(x.Shape) < 2 {
		n.Fail("input 0 has shape %v, want at least 2 dimensions", x.Shape)
	}
	if !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	n.CountWork(x.Len(), min(size, x.Shape[1]))
	n.CountWork(x.Len(), 16)
	if len(x.Shape) > 2 {
		n.OnPixels = inSingle(func(m *Memory, out, in []tensor.Tensor) {
			c := out[0].Shape[len(out[0].Shape)-1]
			r.run(m, out[0], in[0], c, 1, c)
		})
	}
	return inSingle(func(m *Memory, out, in []tensor.Tensor) {
		pixels := tensor.Product(out[0].Shape[2:])
		r.run(m, out[0], in[0], out[0].Shape[1], pixels, 1)
	})
}

// run normalises images whose channels and pixels lie so far apart.
func (r *response) run(m *Memory, out, in tensor.Tensor, channels, channel, pixel int) {
	samples := out.Shape[0]
	pixels := out.Len() / samples / channels
	sums := tensor.Of[float64](m.Tensor(onnx.Double, []int{piecePixels}))
	for i := range samples {
		dst, src := piece(tensor.Of[float32](out), i, samples), piece(tensor.Of[float32](in), i, samples)
		for first := 0; first < pixels; first += piecePixels {
			few := sums[:min(piecePixels, pixels-first)]
			lastFrom, lastTo := -1, -1
			for c := range channels {
				from, to := max(c-r.before, 0), min(c+r.after+1, channels)
				if from != lastFrom || to != lastTo {
					lastFrom, lastTo = from, to
					clear(few)
					for k := from; k < to; k++ {
						at := k*channel + first*pixel
						for p := range few {
							v := float64(src[at+p*pixel])
							few[p] += float64(v * v)
						}
					}
					for p, sum := range few {
						few[p] = r.power(r.bias + float64(r.scale*sum))
					}
				}
				at := c*channel + first*pixel
				for p, by := range few {
					dst[at+p*pixel] = float32(float64(src[at+p*pixel]) / by)
				}
			}
		}
	}
}

// power is v to the power of beta, by square roots where they give it.
func (r *response) power(v float64) float64 {
	switch r.beta {
	case 0.5:
		return math.Sqrt(v)
	case 0.75:
		root := math.Sqrt(v)
		return root * math.Sqrt(root)
	case 1:
		return v
	}
	return kernel.Pow64(v, r.beta)
}
