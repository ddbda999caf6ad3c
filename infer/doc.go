// Package infer draws samples from trained generators: it loads an ONNX file
// and turns latents into images, in plain Go, on any device that Go compiles
// for.
//
//	model, err := infer.Open("generator.onnx")
//	session, err := model.NewSession(16)
//	latent, err := model.Latent(1)
//
//	z := make([]float32, 16*latent.Dim)
//	images := make([]float32, 16*28*28)
//	latent.Fill(z, 0)
//	err = session.Generate(images, z)
//	picture, err := model.Image(images[:28*28])
//
// # Models and sessions
//
// Whatever can be done once is done by [Open], [Load] or [Parse]: operators are
// resolved, shapes are worked out, constants are folded, batch norm and
// activation are joined to the layer before them, weights are packed in the
// order in which they are read. What comes out, a [Model], never changes, and
// any number of goroutines may share it.
//
// A [Session] is the memory to run a model: one block, planned so that results
// share it once they are no longer needed. A session serves one goroutine at a
// time; each goroutine takes its own from the same model. [Session.Generate]
// only computes: it allocates nothing, looks nothing up, and fails for nothing but
// the lengths of its arguments and, in models that look things up in tables, an
// index beyond one. A conditional generator takes labels as well:
// [Session.GenerateLabels].
//
// # One arithmetic
//
// The bits of an image depend on the model and its latent, and on nothing else:
// not on the CPU, the batch, the number of workers or the images beside it. A
// file that ganlet wrote carries a proof: the hash of the images that the
// trainer computed for a known seed, which [Model.Verify] computes again.
// Latents are part of it: sample i of a seed ([Latent]) is the same everywhere.
//
// # What loads
//
// Graphs over some hundred operators of opsets 6 to 27: layers, arithmetic with
// broadcasting, shapes, reductions, pooling, normalisation, resizing. Values are
// float32, float64, int64, int32, int8, uint8 or bool; weights may be stored as
// float16. Products and convolutions of float64 are computed in float32. The
// first dimension may be left open (N, the batch) or fixed, and what exporters
// write around it (Shape, Gather, Concat, Reshape) is computed while loading. In
// between the batch may be elsewhere, as [T, N, C] or as [N*C, H, W]. Samples of
// an open batch must not depend on each other.
//
// All else is refused while loading, never later: with an [UnsupportedError]
// that names node and operator, or, if the file is damaged, with a
// [FormatError] that says where. A file is data: no model can make this package
// open another file. Files of unknown origin can still make it panic or use up
// memory, which is being mended: run them in a process of their own.
package infer
