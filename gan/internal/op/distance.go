package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// This file is how far images are from one that is wanted.

// Distances adds up, over the samples of x, their mean squared differences from
// want, which is one sample; a scalar. Each is also written to each, which has a
// place for every sample.
func Distances(e *Env, x *G.Node, want []float32, each []float64) (*G.Node, error) {
	size := len(want)
	if size == 0 || x.Shape().TotalSize() != size*len(each) {
		return nil, fmt.Errorf("op: distances of %v from a sample of %d values, want %d samples of it", x.Shape(), size, len(each))
	}
	return e.apply(&Op{
		name: "distances", wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			total := 0.0
			for i := range each {
				sum := 0.0
				for j, v := range in[0][i*size:][:size] {
					d := float64(v) - float64(want[j])
					sum += float64(d * d)
				}
				each[i] = sum / float64(size)
				total += each[i]
			}
			out[0] = float32(total)
			return nil
		},
		grad: func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			d := &Op{name: "distances/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
				k := 2 / float64(size) * float64(in[1][0])
				for i, v := range in[0] {
					dx[i] = float32(k * (float64(v) - float64(want[i%size])))
				}
				return nil
			}}
			dx, err := e.apply(d, in[0], dout)
			return G.Nodes{dx}, err
		},
	}, x)
}
