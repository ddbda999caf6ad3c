// Package infer draws samples from trained generators: it loads an ONNX file
// and turns latents into images, in plain Go, on any device that Go compiles
// for.
//
//	model, err := infer.Open("generator.onnx")
//	picture, err := model.Draw(1, 0) // of seed 1
//
// or, for many images at once and no allocation:
//
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
// [Open], [Load] and [Parse] do all one-time work: functions are inlined, nodes
// sorted, constants computed, batch norm and activation joined to the layer
// before them, and weights packed in the order in which they are read. The
// result, a [Model], never changes, and any number of goroutines may share it.
// [Options] are for everything else: open sizes, bound inputs, limits for files
// of unknown origin, seeds.
//
// A [Session] is the memory a model runs in: one block, planned so that results
// share it once they are no longer needed. A session serves one goroutine at a
// time; each goroutine takes its own from the same model, or one of a [Pool].
// [Session.Generate] only computes: it allocates nothing and looks nothing up. A
// conditional generator takes labels as well: [Session.GenerateLabels].
// [Session.Run] takes and returns named tensors, for all other models.
//
// Where only the first dimension of the inputs is open, it is the batch, and the
// model is planned while loading. If other sizes are open, such as height and
// width, Run plans for each new size when it comes, once. Where a model decides
// by what it computes (If, Loop, NonZero), the rest is planned when a run comes
// to it.
//
// # One arithmetic
//
// The bits of an image depend on the model and its latent, and on nothing else:
// not on the CPU, the batch, the number of workers or the images beside it. A
// model that mixes samples, such as by statistics of the batch, computes what
// ONNX Runtime computes for that batch: make the session's batch as large as
// what belongs together. A file that ganlet wrote carries a proof: the hash of
// the images that the trainer computed for a known seed, which [Model.Verify]
// computes again. Latents are part of it: sample i of a seed ([Latent]) is the
// same everywhere, and so are the random numbers that a model draws itself
// (Options.Seed, Session.Sample).
//
// # What loads
//
// Graphs over the operators of ONNX up to opset 27, except those for training,
// trees, text and image files, and operators of com.microsoft that ONNX Runtime's
// optimiser writes into generators. Element types are those of Go; float16 and
// bfloat16 models are computed in float32, and rounded where the file has a Cast to
// the narrow type and at outputs. Functions, If, Loop, Scan, sequences inside the
// graph, weights in other files, sparse and quantised weights load.
//
// All else is refused with an [UnsupportedError] that names node and operator,
// or, if the file is damaged, with a [FormatError] that says where. A file is
// data: no model can make this package panic or open a file outside of its
// folder, and what it may take of memory and time is bounded ([Limits]).
package infer
