// Package gan trains generative adversarial networks in Gorgonia.
//
// A generator turns a latent z into an image; a discriminator turns an image
// into a logit, whose sigmoid is its verdict: 1.0 real, 0.0 generated. They are
// trained in turn (Goodfellow et al., "Generative Adversarial Nets", 2014): the
// discriminator on real images, labelled 1, and generated ones, labelled 0; then
// the generator, with the discriminator frozen, so that its images are labelled 1.
//
//	t, err := gan.New(gan.Default(dataset.Shape()), dataset)
//	for range 1000 {
//		stats, err := t.Step()
//		...
//	}
//	g, err := t.Generator() // plain data: layers and weights
//
// A [Generator] goes to ONNX by package export and from there to package infer.
// Networks are computed by Gorgonia's tape machine over the ops of
// gan/internal/op, which share their kernels with infer: both give the same bits.
// Gorgonia's BLAS hook is left alone: it is one for the whole process, which is
// its user's, and no product of a training goes through it.
package gan
