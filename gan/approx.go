package gan

import (
	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is the penalties on a steep discriminator that need no gradient by
// its images: a noisy copy of an image has another logit where D is steep.
//
// Approximate R1 is lambda times the mean of (D(x) - D(x+sigma*e))² over real
// images x, with e standard normal, R2 over generated ones (Lin et al., "Diffusion
// Adversarial Post-Training for One-Step Video Generation", 2025, section 3.4).
// Where D is straight, they are R1 and R2 with gamma = 2*lambda*sigma².

// copied returns which images of the discriminator's batch have a noisy copy
// after the real and the generated ones, and what the logits' differences cost.
func (c Config) copied() (from, to int, terms []op.Term) {
	b := c.packs()
	from, to = b, b
	if c.AR1 > 0 {
		from = 0
		terms = append(terms, op.Term{From: 0, To: b, Cost: square(2 * c.AR1)})
	}
	if c.AR2 > 0 {
		to = 2 * b
		terms = append(terms, op.Term{From: b - from, To: to - from, Cost: square(2 * c.AR2)})
	}
	return from, to, terms
}

// addDifferences adds to a loss what the differences of logits cost.
func addDifferences(loss *G.Node, c Config, e *op.Env, logits *G.Node) (*G.Node, error) {
	from, to, terms := c.copied()
	lead, err := op.Lead(e, logits, from, 2*c.packs(), to-from)
	if err != nil {
		return nil, err
	}
	cost, err := op.Loss(e, lead, terms)
	if err != nil {
		return nil, err
	}
	return G.Add(loss, cost)
}
