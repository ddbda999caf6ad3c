package gan

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// adam is the solver of Kingma and Ba, "Adam: A Method for Stochastic
// Optimization", 2015, with its whole state in the open: Gorgonia's own hides
// it, so that it could not be saved.
type adam struct {
	lr, beta1, beta2, eps float64
	factor                float64 // of lr at the next step
	longest               float64 // gradient, 0: any
	slow                  int     // so many of the first parameters learn slowRate times as fast

	steps int
	m, v  [][]float32 // means of gradients and of their squares, as the parameters
	grads [][]float32 // of the step at hand
	slope float64     // their length, before it was cut
}

var _ G.Solver = (*adam)(nil)

func newAdam(c Config, lr float64, params [][]float32) *adam {
	a := &adam{lr: lr, beta1: c.Beta1, beta2: c.Beta2, eps: 1e-8, factor: 1, longest: c.GradClip}
	a.grads = make([][]float32, len(params))
	for _, p := range params {
		a.m = append(a.m, make([]float32, len(p)))
		a.v = append(a.v, make([]float32, len(p)))
	}
	return a
}

// slowRate is how much slower a mapping network learns than what it maps for
// (Karras et al., "A Style-Based Generator Architecture", 2019, appendix C).
const slowRate = 0.01

// Step changes every parameter by its gradient. The order of model is that of
// the parameters adam was made with, on every call.
func (a *adam) Step(model []G.ValueGrad) error {
	if len(model) != len(a.m) {
		return fmt.Errorf("gan: adam was given %d parameters, want %d", len(model), len(a.m))
	}
	lr := a.factor * a.lr
	a.steps++
	c1 := 1 - kernel.Pow64(a.beta1, float64(a.steps))
	c2 := 1 - kernel.Pow64(a.beta2, float64(a.steps))
	for i, p := range model {
		g, err := p.Grad()
		if err != nil {
			return fmt.Errorf("gan: adam: parameter %d has no gradient: %w", i, err)
		}
		a.grads[i] = op.Floats(g)
	}
	if a.slope = length(a.grads); a.longest > 0 {
		shorten(a.grads, a.slope, a.longest)
	}
	for i, p := range model {
		rate := lr
		if i < a.slow {
			rate *= slowRate
		}
		kernel.Adam(op.Floats(p.Value()), a.grads[i], a.m[i], a.v[i],
			float32(a.beta1), float32(a.beta2), float32(rate/c1), float32(1/math.Sqrt(c2)), float32(a.eps))
	}
	return nil
}

// length is that of a gradient in parts.
func length(grads [][]float32) float64 {
	var sums [4]float64 // that do not wait for each other
	for _, p := range grads {
		for ; len(p) >= len(sums); p = p[len(sums):] {
			for i := range sums {
				sums[i] += float64(float64(p[i]) * float64(p[i]))
			}
		}
		for _, g := range p {
			sums[0] += float64(float64(g) * float64(g))
		}
	}
	return math.Sqrt(sums[0] + sums[1] + sums[2] + sums[3])
}

// shorten scales a gradient, in parts, of a length to the longest that it may
// be, if it is longer (Pascanu, Mikolov and Bengio, "On the difficulty of
// training recurrent neural networks", 2013, algorithm 1).
func shorten(grads [][]float32, length, longest float64) {
	if !(length > longest) {
		return
	}
	scale := float32(longest / length)
	for _, p := range grads {
		for i := range p {
			p[i] *= scale
		}
	}
}
