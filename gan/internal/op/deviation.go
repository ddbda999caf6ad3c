package op

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// This file is how much the samples of a batch differ.

// deviationEps is added to a variance before its root, as Karras et al. do.
const deviationEps = 1e-8

// Deviation joins one more channel to images x, [N, H, W, C], or one more feature
// to rows, [N, F]: how much the samples of a group differ, the mean over all
// values of a sample of their standard deviation in the group, the same for each
// sample and place of it (Karras, Aila, Laine and Lehtinen, "Progressive Growing
// of GANs for Improved Quality, Stability, and Variation", 2018, section 3). A
// group is so many samples that follow each other.
func Deviation(e *Env, x *G.Node, group int) (*G.Node, error) {
	s := x.Shape()
	if len(s) < 2 || group < 1 || s[0]%group != 0 {
		return nil, fmt.Errorf("op: deviation within groups of %d of %v, want samples of a multiple", group, s)
	}
	c := s[len(s)-1]
	size := s.TotalSize() / s[0]                 // values of a sample
	from, to := group*size, group*(size/c)*(c+1) // values of a group, before and after
	each := func(f func(group int)) {
		groups := s[0] / group
		e.split(func(part, parts int) {
			for g := groups * part / parts; g < groups*(part+1)/parts; g++ {
				f(g)
			}
		})
	}
	o := &Op{name: "deviation", shape: s.Clone(), wrt: []bool{true}}
	o.shape[len(s)-1]++
	o.run = func(out []float32, in [][]float32) error {
		each(func(g int) {
			x, y := in[0][g*from:][:from], out[g*to:][:to]
			sum := 0.0
			for j := range size {
				_, deviation := spread(x[j:], group, size)
				sum += deviation
			}
			joined := float32(sum / float64(size))
			for row := range len(x) / c {
				copy(y[row*(c+1):], x[row*c:][:c])
				y[row*(c+1)+c] = joined
			}
		})
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		d := &Op{name: "deviation/dx", shape: s.Clone(), run: func(dx []float32, in [][]float32) error {
			each(func(g int) {
				x, dx, dy := in[0][g*from:][:from], dx[g*from:][:from], in[1][g*to:][:to]
				sum := 0.0
				for row := range len(x) / c {
					copy(dx[row*c:][:c], dy[row*(c+1):])
					sum += float64(dy[row*(c+1)+c])
				}
				sum /= float64(size * group)
				for j := range size {
					mean, deviation := spread(x[j:], group, size)
					for i := j; i < len(x); i += size {
						dx[i] += float32(sum * (float64(x[i]) - mean) / deviation)
					}
				}
			})
			return nil
		}}
		dx, err := e.apply(d, in[0], dout)
		return G.Nodes{dx}, err
	}
	return e.apply(o, x)
}

// spread is the mean of n values of x, one of each stride, and their standard
// deviation.
func spread(x []float32, n, stride int) (mean, deviation float64) {
	for k := range n {
		mean += float64(x[k*stride])
	}
	mean /= float64(n)
	square := 0.0
	for k := range n {
		d := float64(x[k*stride]) - mean
		square += float64(d * d)
	}
	return mean, math.Sqrt(square/float64(n) + deviationEps)
}
