package op

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// This file is what a generator of styles has besides modulated convolutions
// (Karras, Laine and Aila, "A Style-Based Generator Architecture for Generative
// Adversarial Networks", 2019).

// normalizeEps is added to a mean square, as Karras et al. do.
const normalizeEps = 1e-8

// Normalize divides each row of x, [N, F], by the root of its mean square.
func Normalize(e *Env, x *G.Node) (*G.Node, error) {
	s := x.Shape()
	if len(s) != 2 {
		return nil, fmt.Errorf("op: normalize %v, want rows", s)
	}
	n, f := s[0], s[1]
	roots, part := make([]float32, n), 1/float32(f)
	return e.apply(&Op{
		name: "normalize", shape: s.Clone(), wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			for i := range n {
				row := in[0][i*f:][:f]
				mean := float32(float32(sumSquares(row)) * part)
				roots[i] = float32(math.Sqrt(float64(mean + normalizeEps)))
				for j, v := range row {
					out[i*f+j] = v / roots[i]
				}
			}
			return nil
		},
		grad: func(_ G.Nodes, out, dout *G.Node) (G.Nodes, error) {
			dx, err := e.apply(&Op{name: "normalize/dx", shape: s.Clone(), run: func(dx []float32, in [][]float32) error {
				for i := range n {
					y, dy, along := in[0][i*f:][:f], in[1][i*f:][:f], 0.0
					for j, v := range y {
						along += float64(float64(v) * float64(dy[j]))
					}
					mean := float32(along / float64(f))
					for j, v := range y {
						dx[i*f+j] = (dy[j] - float32(v*mean)) / roots[i]
					}
				}
				return nil
			}}, out, dout)
			return G.Nodes{dx}, err
		},
	}, x)
}

// Everywhere is n times an image w, [C, H, W]: [N, H, W, C].
func Everywhere(e *Env, w *G.Node, n int, frozen bool) (*G.Node, error) {
	s := w.Shape()
	if len(s) != 3 {
		return nil, fmt.Errorf("op: %v everywhere, want an image", s)
	}
	c, area := s[0], s[1]*s[2]
	return e.apply(&Op{
		name: "everywhere", shape: tensor.Shape{n, s[1], s[2], c}, wrt: []bool{!frozen},
		run: func(out []float32, in [][]float32) error {
			first := out[:c*area]
			kernel.Transpose(first, in[0], 1, c, area, 0, 1)
			for i := 1; i < n; i++ {
				copy(out[i*len(first):], first)
			}
			return nil
		},
		grad: func(_ G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			sum := make([]float32, c*area)
			dw, err := e.apply(&Op{name: "everywhere/dw", shape: s.Clone(), run: func(dw []float32, in [][]float32) error {
				clear(sum)
				for i := range n {
					kernel.AddTo(sum, in[0][i*len(sum):][:len(sum)])
				}
				kernel.Transpose(dw, sum, 1, area, c, 0, 1)
				return nil
			}}, dout)
			return G.Nodes{dw}, err
		},
	}, w)
}

// Noisy is act(x + (strength*noise + bias)) of images x, [N, H, W, C]: noise,
// [N, H, W], is that of all channels of a pixel, and gets no gradient; strength is
// one number, [1]; bias is [C]. If frozen, they get none either.
func Noisy(e *Env, x, noise, strength, bias *G.Node, act kernel.Act, alpha float32, frozen bool) (*G.Node, error) {
	s, c := x.Shape(), bias.Shape().TotalSize()
	if len(s) != 4 || s[3] != c || noise.Shape().TotalSize()*c != s.TotalSize() {
		return nil, fmt.Errorf("op: noise %v and bias %v for images %v, want one of each pixel and of each channel", noise.Shape(), bias.Shape(), s)
	}
	return e.apply(&Op{
		name: "noisy", shape: s.Clone(), wrt: []bool{true, false, !frozen, !frozen},
		run: func(out []float32, in [][]float32) error {
			strength, bias := in[2][0], in[3]
			e.split(func(part, parts int) {
				from, to := rowShare(len(out), c, part, parts)
				for i := from; i < to; i += c {
					y, shift := out[i:][:c], float32(in[1][i/c]*strength)
					for j, v := range in[0][i:][:c] {
						y[j] = v + (shift + bias[j])
					}
				}
				kernel.Activate(out[from:to], act, alpha)
			})
			return nil
		},
		grad: func(in G.Nodes, out, dout *G.Node) (dins G.Nodes, err error) {
			dins = make(G.Nodes, 4)
			if dins[0], err = activationGrad(e, act, alpha, out, dout); err != nil || frozen {
				return dins, err
			}
			each := make([]float64, s[0]) // sample's part of the strength's
			dins[2], err = e.apply(&Op{name: "noisy/dstrength", shape: tensor.Shape{1}, run: func(ds []float32, in [][]float32) error {
				area := s[1] * s[2]
				e.split(func(part, parts int) {
					for i := s[0] * part / parts; i < s[0]*(part+1)/parts; i++ {
						each[i] = 0
						for p := i * area; p < (i+1)*area; p++ {
							sum := float32(0)
							for _, d := range in[1][p*c:][:c] {
								sum += d
							}
							each[i] += float64(float64(sum) * float64(in[0][p]))
						}
					}
				})
				total := 0.0
				for _, v := range each {
					total += v
				}
				ds[0] = float32(total)
				return nil
			}}, in[1], dins[0])
			if err == nil {
				dins[3], err = sumRows(e, dins[0], in[3])
			}
			return dins, err
		},
	}, x, noise, strength, bias)
}

// Truncate moves styles, [N, D], towards a mean, [D], keeping so much of their
// distance: part*style + (1-part)*mean. Only styles get a gradient.
func Truncate(e *Env, styles *G.Node, mean []float32, part *float32) (*G.Node, error) {
	s := styles.Shape()
	if len(s) != 2 || s[1] != len(mean) {
		return nil, fmt.Errorf("op: styles %v and a mean of %d numbers, want as many", s, len(mean))
	}
	return e.apply(&Op{
		name: "truncate", shape: s.Clone(), wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			rest := 1 - *part
			for i, v := range in[0] {
				out[i] = float32(v**part) + float32(mean[i%len(mean)]*rest)
			}
			return nil
		},
		grad: func(_ G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dx, err := e.apply(&Op{name: "truncate/dx", shape: s.Clone(), run: func(dx []float32, in [][]float32) error {
				for i, d := range in[0] {
					dx[i] = float32(d * *part)
				}
				return nil
			}}, dout)
			return G.Nodes{dx}, err
		},
	}, styles)
}
