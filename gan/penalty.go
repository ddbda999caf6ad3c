package gan

import (
	"fmt"
	"math"
	"slices"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is the penalties on a steep discriminator, without second
// derivatives.
//
// With v the gradient of an image's logit by its values, R1 is gamma/2 times the
// mean of |v|² over real images, R2 over generated ones (Mescheder, Geiger and
// Nowozin, "Which Training Methods for GANs do actually Converge?", 2018,
// equations 9 and 10), and the gradient penalty lambda times the mean of (|v|-1)²
// over points between the two (Gulrajani et al., "Improved Training of
// Wasserstein GANs", 2017, equation 3) or near the real ones (DRAGAN: Kodali,
// Abernethy, Hays and Kira, "On Convergence and Stability of GANs", 2017).
//
// |v| is the slope u·∇D of the discriminator along u = v/|v|. Its derivative by
// a weight is the same if u is held still, for a change of u is at right angles
// to v. This slope is a network of its own: u goes through the same weights,
// without biases, and where an image's value met an activation u meets its slope
// there. The slopes of LeakyReLU do not change with the weights, so that one
// pass back through both networks is exact. (Differences of D at x+hu and x-hu
// are not: kinks between the two are few, but count 1/h times.)

// penalty is on some images of the discriminator's batch.
type penalty struct {
	n      int       // images
	images *G.Node   // [n, ...]
	slopes G.VM      // their gradient
	u      []float32 // [n, ...], of length 1 each
}

// penalties returns which images of the discriminator's batch are penalised and
// what their slopes cost. The third B of a batch, after real and generated
// images, are points between or near them.
func (c Config) penalties() (from, to int, terms []op.Term) {
	b := c.packs()
	switch {
	case c.GP > 0 || c.DRAGAN > 0:
		lambda := c.GP + c.DRAGAN // one of which is 0
		one := func(x float64) (cost, slope float64) { return lambda * (x - 1) * (x - 1), 2 * lambda * (x - 1) }
		return 2 * b, 3 * b, []op.Term{{From: 0, To: b, Cost: one}}
	case c.R1 > 0 && c.R2 > 0:
		return 0, 2 * b, []op.Term{{From: 0, To: b, Cost: square(c.R1)}, {From: b, To: 2 * b, Cost: square(c.R2)}}
	case c.R1 > 0:
		return 0, b, []op.Term{{From: 0, To: b, Cost: square(c.R1)}}
	case c.R2 > 0:
		return b, 2 * b, []op.Term{{From: 0, To: b, Cost: square(c.R2)}}
	}
	return 0, 0, nil
}

// square costs gamma/2 times the square.
func square(gamma float64) op.Cost {
	return func(x float64) (cost, slope float64) { return gamma * x * x / 2, gamma * x }
}

// newPenalty is on images [n, ...], with masks that they pass.
func newPenalty(c Config, dis []Layer, images []float32, shape []int, m masks) (*penalty, error) {
	p := &penalty{n: shape[0], u: make([]float32, len(images))}
	g := newGraph(p.n, c.Threads, nil)
	p.images = g.input("images", images, shape...)
	logits, _, err := g.network("discriminator", p.images, dis, mode{frozen: true, groups: 1, masks: m})
	if err != nil {
		return nil, err
	}
	mean, err := op.Loss(&g.env, logits, []op.Term{{From: 0, To: p.n, Cost: op.Lower}})
	if err != nil {
		return nil, err
	}
	p.slopes, err = g.learn(mean, G.Nodes{p.images})
	return p, err
}

// aim finds u for the images at hand. An image without a slope has a u of 0.
func (p *penalty) aim() error {
	if err := run(p.slopes); err != nil {
		return err
	}
	grad, err := p.images.Grad()
	if err != nil {
		return fmt.Errorf("the images have no gradient: %w", err)
	}
	all := op.Floats(grad)
	size := len(all) / p.n
	for i := range p.n {
		v, u := all[i*size:][:size], p.u[i*size:][:size]
		square := 0.0
		for _, g := range v {
			square += float64(float64(g) * float64(g))
		}
		clear(u)
		if norm := math.Sqrt(square); norm > 0 {
			for j, g := range v {
				u[j] = float32(float64(g) / norm)
			}
		}
	}
	return nil
}

// add adds to a loss in g what the slopes cost along u of the discriminator that
// the images passed there, after from others.
func (p *penalty) add(loss *G.Node, g *graph, dis []Layer, passed []pass, from int, terms []op.Term) (*G.Node, error) {
	t := &graph{ExprGraph: g.ExprGraph, env: g.env, n: p.n}
	slope, err := t.tangent(t.input("u", p.u, p.images.Shape()...), dis, passed, from, true)
	if err != nil {
		return nil, err
	}
	cost, err := op.Loss(&t.env, slope, terms)
	if err != nil {
		return nil, err
	}
	return G.Add(loss, cost)
}

// A penaltyWeight is one of the configuration's, under its name.
type penaltyWeight struct {
	name  string
	value float64
}

func (c Config) penaltyWeights() []penaltyWeight {
	return []penaltyWeight{{"r1", c.R1}, {"r2", c.R2}, {"gp", c.GP}, {"dragan", c.DRAGAN}, {"ar1", c.AR1}, {"ar2", c.AR2}}
}

// penalised says whether the discriminator has a penalty.
func (c Config) penalised() bool {
	return slices.ContainsFunc(c.penaltyWeights(), func(p penaltyWeight) bool { return p.value > 0 })
}

// validatePenalties reports the first penalty that cannot be.
func (c Config) validatePenalties() error {
	for _, p := range c.penaltyWeights() {
		if !(p.value >= 0 && p.value <= 1e6) {
			return fmt.Errorf("gan: %s is %v, want 0 to 1e6", p.name, p.value)
		}
	}
	switch {
	case c.GP > 0 && c.R1+c.R2 > 0:
		return fmt.Errorf("gan: gp is %v, want 0 with r1 or r2", c.GP)
	case c.DRAGAN > 0 && c.R1+c.R2+c.GP > 0:
		return fmt.Errorf("gan: dragan is %v, want 0 with r1, r2 or gp", c.DRAGAN)
	case c.AR1+c.AR2 > 0 && c.R1+c.R2+c.GP+c.DRAGAN > 0:
		return fmt.Errorf("gan: ar1 and ar2 are %v and %v, want 0 with r1, r2, gp or dragan", c.AR1, c.AR2)
	case c.AR1+c.AR2 == 0 && c.ARSigma != 0:
		return fmt.Errorf("gan: ar-sigma is %v, want 0 without ar1 or ar2", c.ARSigma)
	case c.AR1+c.AR2 > 0 && !(c.ARSigma >= 1e-6 && c.ARSigma <= 10):
		return fmt.Errorf("gan: ar-sigma is %v, want 1e-6 to 10 with ar1 or ar2, such as 0.01", c.ARSigma)
	}
	return nil
}
