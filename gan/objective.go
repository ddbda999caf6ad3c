package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/gan/internal/op"
	G "gorgonia.org/gorgonia"
)

// This file is the objectives: what the logits of real and of generated images
// cost each player.

// The objectives. With D the logit of an image, each is a mean over the batch.
const (
	// NonSaturating: the discriminator's loss is softplus(-D(x)) +
	// softplus(D(G(z))), the generator's softplus(-D(G(z))) (Goodfellow et al.
	// 2014, section 3).
	NonSaturating = "ns"
	// Minimax: the same discriminator; the generator's loss is
	// -softplus(D(G(z))), which saturates (Goodfellow et al. 2014, equation 1).
	Minimax = "minimax"
	// LeastSquares: (D(x)-1)²/2 + D(G(z))²/2 and (D(G(z))-1)²/2 (Mao et al.,
	// "Least Squares Generative Adversarial Networks", 2017, equation 9).
	LeastSquares = "ls"
	// Hinge: max(0, 1-D(x)) + max(0, 1+D(G(z))) and -D(G(z)) (Lim and Ye,
	// "Geometric GAN", 2017; Miyato et al., "Spectral Normalization for
	// Generative Adversarial Networks", 2018, equations 16 and 17).
	Hinge = "hinge"
	// Wasserstein: D(G(z)) - D(x) and -D(G(z)), for a discriminator that is kept
	// from growing steep by Clip, a penalty or SpectralNorm (Arjovsky, Chintala and
	// Bottou, "Wasserstein GAN", 2017, algorithm 1).
	Wasserstein = "wasserstein"
	// Relativistic: softplus(D(G(z))-D(x)) and softplus(D(x)-D(G(z))), of pairs of
	// a real and a generated image (Jolicoeur-Martineau, "The Relativistic
	// Discriminator", 2019, RpGAN; with R1 and R2, Huang et al., "The GAN is dead; long
	// live the GAN!", 2024).
	Relativistic = "rp"
)

// objective is what a logit costs: the discriminator on real and on generated
// images, and the generator. A relativistic one has no fake: a logit is then how
// far an image's is above its partner's. Labelled is real with a label other than
// 1; nil where there are no labels.
type objective struct {
	real, fake, generated op.Cost
	labelled              func(label float64) op.Cost
}

func (o objective) relativistic() bool { return o.fake == nil }

var objectives = map[string]objective{
	NonSaturating: {op.CrossEntropyReal, op.CrossEntropyFake, op.CrossEntropyReal, op.CrossEntropy},
	Minimax:       {op.CrossEntropyReal, op.CrossEntropyFake, op.Saturating, op.CrossEntropy},
	LeastSquares:  {op.SquareReal, op.SquareFake, op.SquareReal, op.Square},
	Hinge:         {real: op.HingeReal, fake: op.HingeFake, generated: op.Raise},
	Wasserstein:   {real: op.Raise, fake: op.Lower, generated: op.Raise},
	Relativistic:  {real: op.CrossEntropyReal, generated: op.CrossEntropyReal},
}

// discriminatorLoss is of the logits of a batch of real images, and of generated
// ones after them.
func discriminatorLoss(c Config, e *op.Env, logits *G.Node) (*G.Node, error) {
	o, n := objectives[c.Loss], c.packs()
	if c.Smooth > 0 {
		o.real = o.labelled(1 - c.Smooth)
	}
	terms := []op.Term{{From: 0, To: n, Cost: o.real}}
	if !o.relativistic() {
		return op.Loss(e, logits, append(terms, op.Term{From: n, To: 2 * n, Cost: o.fake}))
	}
	lead, err := op.Lead(e, logits, 0, n, n)
	if err != nil {
		return nil, err
	}
	return op.Loss(e, lead, terms)
}

// validateSmoothing reports a Smooth that cannot be.
func (c Config) validateSmoothing() error {
	if !(c.Smooth >= 0 && c.Smooth <= 0.5) {
		return fmt.Errorf("gan: label-smoothing is %v, want 0 to 0.5", c.Smooth)
	}
	if c.Smooth > 0 && objectives[c.Loss].labelled == nil {
		return fmt.Errorf("gan: label-smoothing is %v, want 0 with loss %q, which has no labels", c.Smooth, c.Loss)
	}
	return nil
}

// generatorLoss is of the logits of generated images, and of the rivals that are
// those of real ones: only a relativistic objective looks at them.
func generatorLoss(c Config, e *op.Env, logits, rivals *G.Node) (*G.Node, error) {
	o := objectives[c.Loss]
	if o.relativistic() {
		var err error
		if logits, err = op.Above(e, logits, rivals); err != nil {
			return nil, err
		}
	}
	return op.Loss(e, logits, []op.Term{{From: 0, To: c.packs(), Cost: o.generated}})
}

// clip brings values into [-bound, bound] (Arjovsky et al. 2017).
func clip(values [][]float32, bound float32) {
	for _, p := range values {
		for i, v := range p {
			p[i] = max(-bound, min(bound, v))
		}
	}
}
