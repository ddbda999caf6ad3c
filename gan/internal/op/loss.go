package op

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the adversarial losses, on logits.

// A Cost is what one logit costs, and the slope of that at the logit.
type Cost func(logit float64) (cost, slope float64)

// A Term is the mean cost of the logits From to To of a batch.
type Term struct {
	From, To int
	Cost     Cost
}

// Loss is the sum of terms over a batch of logits, a scalar.
func Loss(e *Env, logits *G.Node, terms []Term) (*G.Node, error) {
	n := logits.Shape().TotalSize()
	for _, t := range terms {
		if t.From < 0 || t.To > n || t.From >= t.To {
			return nil, fmt.Errorf("op: loss of logits %d to %d, want a range within %d", t.From, t.To, n)
		}
	}
	o := &Op{name: "loss", wrt: []bool{true}}
	o.run = func(out []float32, in [][]float32) error {
		total := 0.0
		for _, t := range terms {
			sum := 0.0
			for _, x := range in[0][t.From:t.To] {
				cost, _ := t.Cost(float64(x))
				sum += cost
			}
			total += sum / float64(t.To-t.From)
		}
		out[0] = float32(total)
		return nil
	}
	o.grad = func(in G.Nodes, _, dout *G.Node) (G.Nodes, error) {
		d := &Op{name: "loss/dx", shape: in[0].Shape().Clone(), run: func(dx []float32, in [][]float32) error {
			clear(dx)
			for _, t := range terms {
				k := 1 / float64(t.To-t.From) * float64(in[1][0])
				for i := t.From; i < t.To; i++ {
					_, slope := t.Cost(float64(in[0][i]))
					dx[i] += float32(k * slope)
				}
			}
			return nil
		}}
		dx, err := e.apply(d, in[0], dout)
		return G.Nodes{dx}, err
	}
	return e.apply(o, logits)
}

// CrossEntropyReal is -log(sigmoid(x)), through softplus, so that no logit
// overflows.
func CrossEntropyReal(x float64) (cost, slope float64) { return softplus(-x), -Sigmoid(-x) }

// CrossEntropyFake is -log(1-sigmoid(x)).
func CrossEntropyFake(x float64) (cost, slope float64) { return softplus(x), Sigmoid(x) }

// CrossEntropy is -label*log(sigmoid(x)) - (1-label)*log(1-sigmoid(x)).
func CrossEntropy(label float64) Cost {
	return func(x float64) (cost, slope float64) {
		return float64(label*softplus(-x)) + float64((1-label)*softplus(x)), Sigmoid(x) - label
	}
}

// Saturating is log(1-sigmoid(x)).
func Saturating(x float64) (cost, slope float64) { return -softplus(x), -Sigmoid(x) }

// SquareReal is half the square of the distance to 1.
func SquareReal(x float64) (cost, slope float64) { return (x - 1) * (x - 1) / 2, x - 1 }

// Square is half the square of the distance to the label.
func Square(label float64) Cost {
	return func(x float64) (cost, slope float64) { return (x - label) * (x - label) / 2, x - label }
}

// SquareFake is half the square of the distance to 0.
func SquareFake(x float64) (cost, slope float64) { return x * x / 2, x }

// HingeReal is max(0, 1-x).
func HingeReal(x float64) (cost, slope float64) {
	if x < 1 {
		return 1 - x, -1
	}
	return 0, 0
}

// HingeFake is max(0, 1+x).
func HingeFake(x float64) (cost, slope float64) { // HingeReal of -x
	cost, slope = HingeReal(-x)
	return cost, -slope
}

// Raise is -x.
func Raise(x float64) (cost, slope float64) { return -x, -1 }

// Lower is x.
func Lower(x float64) (cost, slope float64) { return x, 1 }

// softplus is log(1 + e^x).
func softplus(x float64) float64 { return max(x, 0) + kernel.LogOnePlus64(kernel.Exp64(-math.Abs(x))) }

// Sigmoid is 1/(1 + e^-x), the verdict of a logit.
func Sigmoid(x float64) float64 { return 1 / (1 + kernel.Exp64(-x)) }
