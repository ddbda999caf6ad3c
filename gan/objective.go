package gan

import "github.com/ganlet/ganlet/gan/internal/op"

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
	// from growing steep by Config.Clip or R1 (Arjovsky, Chintala and Bottou,
	// "Wasserstein GAN", 2017, algorithm 1).
	Wasserstein = "wasserstein"
)

// objective is what a logit costs: the discriminator on real and on generated
// images, and the generator.
type objective struct{ real, fake, generated op.Cost }

var objectives = map[string]objective{
	NonSaturating: {op.CrossEntropyReal, op.CrossEntropyFake, op.CrossEntropyReal},
	Minimax:       {op.CrossEntropyReal, op.CrossEntropyFake, op.Saturating},
	LeastSquares:  {op.SquareReal, op.SquareFake, op.SquareReal},
	Hinge:         {op.HingeReal, op.HingeFake, op.Raise},
	Wasserstein:   {op.Raise, op.Lower, op.Raise},
}

// discriminatorTerms are its loss: the first half of the batch is real, the
// second generated.
func discriminatorTerms(c Config) []op.Term {
	o := objectives[c.Loss]
	return []op.Term{{From: 0, To: c.Batch, Cost: o.real}, {From: c.Batch, To: 2 * c.Batch, Cost: o.fake}}
}

// generatorTerms are the generator's loss, of a batch of generated images.
func generatorTerms(c Config) []op.Term {
	return []op.Term{{From: 0, To: c.Batch, Cost: objectives[c.Loss].generated}}
}

// clip brings values into [-bound, bound] (Arjovsky et al. 2017).
func clip(values [][]float32, bound float32) {
	for _, p := range values {
		for i, v := range p {
			p[i] = max(-bound, min(bound, v))
		}
	}
}
