package op

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is modulated convolutions (Karras et al., "Analyzing and Improving the
// Image Quality of StyleGAN", 2020, section 2.2): a convolution whose weights are
// multiplied by a style for each channel of its input, and then brought to length 1
// for each channel of its output. It is computed as Modulate, the convolution with
// the weights that all samples have, and Modulate by what Demodulation says.

// Modulate multiplies each channel of images x, [N, H, W, C], by a factor, [N, C].
func Modulate(e *Env, x, factors *G.Node) (*G.Node, error) {
	xs, fs := x.Shape(), factors.Shape()
	if len(xs) != 4 || len(fs) != 2 || xs[0] != fs[0] || xs[3] != fs[1] {
		return nil, fmt.Errorf("op: factors %v of images %v, want one for each channel of each", fs, xs)
	}
	n, c := fs[0], fs[1]
	size := xs.TotalSize() / n
	noShift, zeros, ones := make([]float32, c), make([]float32, c), make([]float32, c)
	for i := range c {
		noShift[i], ones[i] = float32(math.Copysign(0, -1)), 1
	}
	o := &Op{name: "modulate", shape: xs.Clone(), wrt: []bool{true, true}}
	o.run = func(out []float32, in [][]float32) error {
		e.split(func(part, parts int) {
			for i := n * part / parts; i < n*(part+1)/parts; i++ {
				tail := kernel.Tail{Scale: in[1][i*c:][:c], Shift: noShift} // x*s + -0 is x*s
				copy(out[i*size:][:size], in[0][i*size:])
				tail.Apply(out[i*size:][:size], c)
			}
		})
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		dx, err := Modulate(e, dout, in[1])
		if err != nil {
			return nil, err
		}
		ds, err := e.apply(&Op{name: "modulate/ds", shape: fs.Clone(), run: func(ds []float32, in [][]float32) error {
			e.split(func(part, parts int) {
				sums := make([]float32, c)
				for i := n * part / parts; i < n*(part+1)/parts; i++ {
					kernel.NormGradSums(ds[i*c:][:c], sums, in[1][i*size:][:size], in[0][i*size:][:size], zeros, ones)
				}
			})
			return nil
		}}, in[0], dout)
		return G.Nodes{dx, ds}, err
	}
	return e.apply(o, x, factors)
}

// DemodulationEps is added to the squares of weights, as Karras et al. do.
const DemodulationEps = 1e-8

// Demodulation is 1/sqrt(the sum of (w*s)² + eps), [N, F], over the inputs of each
// of F channels that a convolution of weights w, [F, C, K, K], makes after styles s,
// [N, C], have modulated its input (equation 3). Frozen weights get no gradient.
func Demodulation(e *Env, styles, w *G.Node, frozen bool) (*G.Node, error) {
	ss, ws := styles.Shape(), w.Shape()
	if len(ss) != 2 || len(ws) < 2 || ss[1] != ws[1] {
		return nil, fmt.Errorf("op: styles %v of weights %v, want one for each channel of the input", ss, ws)
	}
	n, c, f := ss[0], ss[1], ws[0]
	window := ws.TotalSize() / (f * c)
	k := (Linear{N: n, Geometry: kernel.Geometry{H: 1, W: 1, C: c, OH: 1, OW: 1, F: f, KH: 1, KW: 1, StrideH: 1, StrideW: 1}}).layer(e, false)
	power, squares, eps := make([]float32, f*c), make([]float32, n*c), make([]float32, f) // of w, [F, C]; of styles
	for i := range eps {
		eps[i] = DemodulationEps
	}
	tail := kernel.Tail{Bias: eps}
	o := &Op{name: "demodulation", shape: tensor.Shape{n, f}, wrt: []bool{true, !frozen}}
	o.run = func(out []float32, in [][]float32) error {
		for i := range power {
			power[i] = float32(sumSquares(in[1][i*window:][:window]))
		}
		kernel.Mul(squares, in[0], in[0])
		k.compute(out, squares, power, &tail)
		for i, v := range out {
			out[i] = 1 / float32(math.Sqrt(float64(v)))
		}
		return nil
	}
	o.grad = func(in G.Nodes, out, dout *G.Node) (dins G.Nodes, err error) {
		// With q the sum of squares, the slope of 1/sqrt(q) is -1/2 out³.
		slope := func(d, out float32) float32 { return d * out * out * out }
		dins = make(G.Nodes, 2)
		dins[0], err = e.apply(&Op{name: "demodulation/ds", shape: ss.Clone(), run: func(ds []float32, in [][]float32) error {
			clear(ds)
			for i := range n {
				row := ds[i*c:][:c]
				for j := range f {
					kernel.Mix(row, power[j*c:][:c], 1, slope(in[2][i*f+j], in[1][i*f+j]))
				}
				for j, s := range in[0][i*c:][:c] {
					row[j] *= -s
				}
			}
			return nil
		}}, in[0], out, dout)
		if err != nil || frozen {
			return dins, err
		}
		sums := make([]float32, c)
		dins[1], err = e.apply(&Op{name: "demodulation/dw", shape: ws.Clone(), run: func(dw []float32, in [][]float32) error {
			for j := range f {
				clear(sums)
				for i := range n {
					kernel.Mix(sums, squares[i*c:][:c], 1, slope(in[2][i*f+j], in[1][i*f+j]))
				}
				for i := range c * window {
					at := j*c*window + i
					dw[at] = -in[0][at] * sums[i/window]
				}
			}
			return nil
		}}, in[1], out, dout)
		return dins, err
	}
	return e.apply(o, styles, w)
}

// sumSquares is the sum of squares, in order.
func sumSquares(x []float32) (sum float64) {
	for _, v := range x {
		sum += float64(float64(v) * float64(v))
	}
	return sum
}
