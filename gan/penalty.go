package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is the penalty on a steep discriminator, without second derivatives.
//
// R1 is gamma/2 times the mean over real images of |v|², where v is the gradient
// of an image's logit by its values (Mescheder, Geiger and Nowozin, "Which
// Training Methods for GANs do actually Converge?", 2018, equation 9). Its
// derivative by a weight w is gamma times the mean of v·dv/dw, and that is the
// derivative of v·∇D, the slope of D along a v that is held still. This slope is
// a network of its own: v goes through the same weights, without biases, and
// where an image's value met an activation v meets its slope there. The slopes of
// LeakyReLU do not change with the weights, so that one pass back through both
// networks is exact. (Differences of D at x+hv and x-hv are not: kinks between
// the two are few, but count 1/h times.)

// penalty is R1 on the real images of a batch.
type penalty struct {
	images *G.Node // [B, ...], real
	slopes G.VM    // of their logits: the images' gradient
	v      []float32
}

// newPenalty is of real images, [B, ...] of the given shape.
func newPenalty(c Config, dis []Layer, real []float32, shape []int) (*penalty, error) {
	p := &penalty{v: make([]float32, len(real))}
	g := newGraph(c.Batch, c.Threads, nil)
	p.images = g.input("real", real, shape...)
	logits, _, err := g.network("discriminator", p.images, dis, mode{frozen: true, groups: 1})
	if err != nil {
		return nil, err
	}
	n := float64(c.Batch)
	own := func(x float64) (cost, slope float64) { return float64(n * x), n } // whose mean is the sum of logits
	sum, err := op.Loss(&g.env, logits, []op.Term{{From: 0, To: c.Batch, Cost: own}})
	if err != nil {
		return nil, err
	}
	p.slopes, err = g.learn(sum, G.Nodes{p.images})
	return p, err
}

// aim finds v for the real images at hand.
func (p *penalty) aim() error {
	if err := run(p.slopes); err != nil {
		return err
	}
	v, err := p.images.Grad()
	if err != nil {
		return fmt.Errorf("gan: the images have no gradient: %w", err)
	}
	copy(p.v, op.Floats(v))
	return nil
}

// add adds the penalty to a loss in the graph g, whose discriminator went
// through passed with the real images first.
func (p *penalty) add(c Config, g *graph, loss *G.Node, dis []Layer, passed []pass) (*G.Node, error) {
	t := &graph{ExprGraph: g.ExprGraph, env: g.env, n: c.Batch}
	slope, err := t.tangent(t.input("v", p.v, p.images.Shape()...), dis, passed)
	if err != nil {
		return nil, err
	}
	half := func(x float64) (cost, slope float64) { return float64(c.R1 / 2 * x), c.R1 } // x is |v|², its slope v·dv/dw
	r1, err := op.Loss(&t.env, slope, []op.Term{{From: 0, To: c.Batch, Cost: half}})
	if err != nil {
		return nil, err
	}
	return G.Add(loss, r1)
}
