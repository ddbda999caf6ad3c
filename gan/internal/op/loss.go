package op

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"
)

// This file is the adversarial losses, on logits.

// A Term is the cross-entropy of one run of logits with a label: Scale times
// the mean over logits From to To of
//
//	-Label*log(sigmoid(x)) - (1-Label)*log(1-sigmoid(x))
//
// computed through softplus, so that no logit overflows.
type Term struct {
	From, To int
	Label    float64
	Scale    float64
}

// CrossEntropy is the sum of terms over a batch of logits, a scalar.
func CrossEntropy(e *Env, logits *G.Node, terms []Term) (*G.Node, error) {
	n := logits.Shape().TotalSize()
	for _, t := range terms {
		if t.From < 0 || t.To > n || t.From >= t.To {
			return nil, fmt.Errorf("op: loss of logits %d to %d, want a range within %d", t.From, t.To, n)
		}
	}
	o := &Op{name: "crossentropy", wrt: []bool{true}}
	o.run = func(out []float32, in [][]float32) error {
		total := 0.0
		for _, t := range terms {
			sum := 0.0
			for _, x := range in[0][t.From:t.To] {
				sum += t.Label*softplus(-float64(x)) + (1-t.Label)*softplus(float64(x))
			}
			total += t.Scale * sum / float64(t.To-t.From)
		}
		out[0] = float32(total)
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		d := &Op{name: "crossentropy/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
			clear(dx)
			for _, t := range terms {
				k := t.Scale / float64(t.To-t.From) * float64(in[1][0])
				for i := t.From; i < t.To; i++ {
					x := float64(in[0][i])
					dx[i] += float32(k * ((1-t.Label)*Sigmoid(x) - t.Label*Sigmoid(-x)))
				}
			}
			return nil
		}}
		dx, err := e.apply(d, in[0], dout)
		return G.Nodes{dx}, err
	}
	return e.apply(o, logits)
}

// softplus is log(1 + e^x).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// Sigmoid is 1/(1 + e^-x), the verdict of a logit.
func Sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
