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

	steps int
	m, v  [][]float32 // means of gradients and of their squares, as the parameters
}

var _ G.Solver = (*adam)(nil)

func newAdam(c Config, params [][]float32) *adam {
	a := &adam{lr: c.LR, beta1: c.Beta1, beta2: c.Beta2, eps: 1e-8}
	for _, p := range params {
		a.m = append(a.m, make([]float32, len(p)))
		a.v = append(a.v, make([]float32, len(p)))
	}
	return a
}

// Step changes every parameter by its gradient. The order of model is that of
// the parameters adam was made with, on every call.
func (a *adam) Step(model []G.ValueGrad) error {
	if len(model) != len(a.m) {
		return fmt.Errorf("gan: adam was given %d parameters, want %d", len(model), len(a.m))
	}
	a.steps++
	c1 := 1 - math.Pow(a.beta1, float64(a.steps))
	c2 := 1 - math.Pow(a.beta2, float64(a.steps))
	for i, p := range model {
		g, err := p.Grad()
		if err != nil {
			return fmt.Errorf("gan: adam: parameter %d has no gradient: %w", i, err)
		}
		kernel.Adam(op.Floats(p.Value()), op.Floats(g), a.m[i], a.v[i],
			float32(a.beta1), float32(a.beta2), float32(a.lr/c1), float32(1/math.Sqrt(c2)), float32(a.eps))
	}
	return nil
}
