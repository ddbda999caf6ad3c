package op

import (
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is spectral normalisation (Miyato et al., "Spectral Normalization for
// Generative Adversarial Networks", 2018).

// Spectral is w divided by u·Wv, an estimate of its largest singular value
// (equation 8, algorithm 1): W is w as a matrix of [len(u), len(v)], u and v are of
// length 1 and get no gradient. The gradient of the estimate is u vᵀ: they are held
// still, as PyTorch does.
func Spectral(e *Env, w, u, v *G.Node, frozen bool) (*G.Node, error) {
	turned := make([]float32, v.Shape().TotalSize()) // Wᵀu
	var scale float32                                // of the last run
	return e.apply(&Op{
		name: "spectral", shape: w.Shape().Clone(), wrt: []bool{!frozen, false, false},
		run: func(out []float32, in [][]float32) error {
			w, u, v := in[0], in[1], in[2]
			turn(turned, u, w)
			scale = float32(1 / dot(turned, v))
			for i, x := range w {
				out[i] = x * scale
			}
			return nil
		},
		grad: func(in G.Nodes, out, dout *G.Node) (G.Nodes, error) {
			dw, err := e.apply(&Op{name: "spectral/dw", shape: w.Shape().Clone(), run: func(dw []float32, in [][]float32) error {
				out, dout, u, v := in[0], in[1], in[2], in[3]
				along := dot(out, dout)
				for i, x := range u {
					copy(dw[i*len(v):], dout[i*len(v):][:len(v)])
					kernel.Mix(dw[i*len(v):][:len(v)], v, scale, -scale*float32(along*float64(x)))
				}
				return nil
			}}, out, dout, in[1], in[2])
			return G.Nodes{dw, nil, nil}, err
		},
	}, w, u, v)
}

// PowerIteration brings u and v, of any length, closer to the singular vectors of
// w's largest singular value, w being a matrix of [len(u), len(v)]: v becomes Wᵀu
// and then u becomes Wv, both of length 1. What v was does not matter.
func PowerIteration(u, v, w []float32) {
	turn(v, u, w)
	normalize(v)
	for i := range u {
		u[i] = float32(dot(w[i*len(v):][:len(v)], v))
	}
	normalize(u)
}

// turn is dst = Wᵀu.
func turn(dst, u, w []float32) {
	clear(dst)
	for i, x := range u {
		kernel.Mix(dst, w[i*len(dst):][:len(dst)], 1, x)
	}
}

// normalize brings x to length 1, if it has any to speak of.
func normalize(x []float32) {
	length := max(math.Sqrt(dot(x, x)), 1e-12)
	for i, v := range x {
		x[i] = float32(float64(v) / length)
	}
}

// dot is the sum of products, four sums apart.
func dot(x, y []float32) float64 {
	var s [4]float64
	n := len(x) &^ 3
	for i := 0; i < n; i += 4 {
		a, b := x[i:i+4:i+4], y[i:i+4:i+4]
		s[0] += float64(float64(a[0]) * float64(b[0]))
		s[1] += float64(float64(a[1]) * float64(b[1]))
		s[2] += float64(float64(a[2]) * float64(b[2]))
		s[3] += float64(float64(a[3]) * float64(b[3]))
	}
	for i := n; i < len(x); i++ {
		s[0] += float64(float64(x[i]) * float64(y[i]))
	}
	return s[0] + s[1] + s[2] + s[3]
}
