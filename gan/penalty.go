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
// Training Methods for GANs do actually Converge?", 2018, equation 9); R2 is the
// same on generated images (equation 10). Its derivative by a weight w is gamma
// times the mean of v·dv/dw, and that is the derivative of v·∇D, the slope of D
// along a v that is held still. This slope is a network of its own: v goes through the same weights, without biases, and
// where an image's value met an activation v meets its slope there. The slopes of
// LeakyReLU do not change with the weights, so that one pass back through both
// networks is exact. (Differences of D at x+hv and x-hv are not: kinks between
// the two are few, but count 1/h times.)

// penalty is R1 and R2 on the images of a batch.
type penalty struct {
	n      int     // images that are penalised: B, or with R2 2B
	images *G.Node // [n, ...], the real ones first
	slopes G.VM    // of their logits: the images' gradient
	v      []float32
}

// newPenalty is of a discriminator's images, [2B, ...] with one of the given
// shape.
func newPenalty(c Config, dis []Layer, images []float32, shape []int) (*penalty, error) {
	p := &penalty{n: c.Batch}
	if c.R2 > 0 {
		p.n *= 2
	}
	images = images[:len(images)/2/c.Batch*p.n]
	p.v = make([]float32, len(images))
	g := newGraph(p.n, c.Threads, nil)
	p.images = g.input("images", images, append([]int{p.n}, shape...)...)
	logits, _, err := g.network("discriminator", p.images, dis, mode{frozen: true, groups: 1})
	if err != nil {
		return nil, err
	}
	n := float64(p.n)
	own := func(x float64) (cost, slope float64) { return float64(n * x), n } // whose mean is the sum of logits
	sum, err := op.Loss(&g.env, logits, []op.Term{{From: 0, To: p.n, Cost: own}})
	if err != nil {
		return nil, err
	}
	p.slopes, err = g.learn(sum, G.Nodes{p.images})
	return p, err
}

// aim finds v for the images at hand.
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
// through passed with the batch's images.
func (p *penalty) add(c Config, g *graph, loss *G.Node, dis []Layer, passed []pass) (*G.Node, error) {
	t := &graph{ExprGraph: g.ExprGraph, env: g.env, n: p.n}
	slope, err := t.tangent(t.input("v", p.v, p.images.Shape()...), dis, passed)
	if err != nil {
		return nil, err
	}
	var terms []op.Term
	for i, gamma := range []float64{c.R1, c.R2} {
		half := func(x float64) (cost, slope float64) { return float64(gamma / 2 * x), gamma } // x is |v|², its slope v·dv/dw
		if gamma > 0 {
			terms = append(terms, op.Term{From: i * c.Batch, To: (i + 1) * c.Batch, Cost: half})
		}
	}
	penalty, err := op.Loss(&t.env, slope, terms)
	if err != nil {
		return nil, err
	}
	return G.Add(loss, penalty)
}
