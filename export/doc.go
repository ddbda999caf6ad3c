// Package export carries generators to ONNX files and back. [Write] makes a
// file that any ONNX runtime reads, package infer among them; [Read] brings
// such a file back as plain data that Gorgonia can sample.
//
// A file has one input, z [N, latent], one output, image [N, C, H, W], or [N, C]
// of a generator of vectors, any number N of samples, and for each layer the
// nodes that ONNX has for it:
//
//	Dense          Gemm (transB = 1)
//	Conv           Conv
//	ConvTranspose  ConvTranspose
//	Nearest        Resize by 2 (nearest)
//	Bilinear       Resize by 2 (linear)
//	Halve          Resize by 1/2 (linear)
//	Residual       its body's nodes, Add
//	Synthesis      its body's nodes, below
//	Norm           BatchNormalization, with running statistics
//	activations    Relu, LeakyRelu, Tanh, Sigmoid
//
// with a Reshape wherever features become an image or the reverse. A conditional
// generator has an input label, int64 [N], too, with a Gather of the embedding and
// a Concat of z and that before its first layer.
//
// A generator of styles has optional inputs besides, which are initializers too, so
// that no runtime needs them: truncation, [1], part of the styles' distance from
// their mean, which is a constant; z2, [N, latent], and mix, bool, which of the layers
// take the style of that; noise0, noise1, ..., [N, 1, H, W]. Its convolutions are Mul
// by factors that a Gemm makes of the style, Conv, and Mul by 1/sqrt of the squared
// weights times the squared factors, a Gemm of ReduceSumSquare and Pow.
//
// The metadata says what the latents are, what the classes are called, how the
// generator was trained, and which bits it made for a few latents of a seed: the
// probe, see [Write].
package export
