package op

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// This file is a classifier's loss.

// SoftmaxCrossEntropy is the mean over rows of logits, [N, K], of
// -log softmax(row)[label], a scalar. Labels, [N], are 0 to K-1 and read on
// every run: fill them before it.
func SoftmaxCrossEntropy(e *Env, logits *G.Node, labels []int) (*G.Node, error) {
	s := logits.Shape()
	if len(s) != 2 || s[0] != len(labels) {
		return nil, fmt.Errorf("op: logits of %v and %d labels, want [%d, K]", s, len(labels), len(labels))
	}
	n, k := s[0], s[1]
	o := &Op{name: "softmax crossentropy", wrt: []bool{true}}
	o.run = func(out []float32, in [][]float32) error {
		sum := 0.0
		for i, label := range labels {
			row := in[0][i*k:][:k]
			if label < 0 || label >= k {
				return fmt.Errorf("label %d is %d, want 0 to %d", i, label, k-1)
			}
			sum += logSum(row) - float64(row[label])
		}
		out[0] = float32(sum / float64(n))
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		d := &Op{name: "softmax crossentropy/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
			scale := float64(in[1][0]) / float64(n)
			for i, label := range labels {
				row, to := in[0][i*k:][:k], dx[i*k:][:k]
				all := logSum(row)
				for j, v := range row {
					p := kernel.Exp64(float64(v) - all)
					if j == label {
						p--
					}
					to[j] = float32(p * scale)
				}
			}
			return nil
		}}
		dx, err := e.apply(d, in[0], dout)
		return G.Nodes{dx}, err
	}
	return e.apply(o, logits)
}

// logSum is log sum e^x, without overflow.
func logSum(x []float32) float64 {
	most := math.Inf(-1)
	for _, v := range x {
		most = max(most, float64(v))
	}
	sum := 0.0
	for _, v := range x {
		sum += kernel.Exp64(float64(v) - most)
	}
	return most + kernel.Log64(sum)
}
