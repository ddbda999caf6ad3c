// Package kernel is ganlet's arithmetic: the same functions compute a layer
// when Gorgonia trains it and when infer samples it.
//
// # The numeric contract
//
// A multiply-add is fused: fma(x, y, z) is x*y+z rounded once to float32. A
// chain over k is
//
//	acc = +0; for k ascending { acc = fma(a[k], b[k], acc) }
//
// and every output element is one fixed sequence of such chains:
//
//   - Gemm, Dot and Conv: k is cut into blocks of [Block]; the first block's chain
//     is stored, each further one is added to it in ascending order. For Conv, k
//     runs over window rows, then columns, then channels; positions outside the
//     image count as zeros. With an undilated 3x3 window and stride 1, or
//     4x4 and stride 2, 8 or more channels and 49 or more pixels it is mostly (see
//     Conv's winograd) Winograd's F(4x4, 3x3) or F(4x4, 2x2), as convwinograd.go
//     states it: then an infinite input may come out as NaN. A line of
//     49 pixels or more a dilation, of whole vectors of 16 channels, to as many filters
//     or more, with a window of 3 or more and stride 1, is F(4, 3) of linewinograd.go,
//     unless its weights are many.
//   - ConvTranspose: the output starts at +0; window positions (row, then
//     column, ascending) that reach it each add one chain over the input's
//     channels; to fewer than 16 channels, one sum in blocks, as Gemm. Where
//     windows lie side by side and make the image, an element is one such sum,
//     without the first +0. Inserted zeros are never multiplied. With an undilated
//     4x4 window, stride 2 and padding 1, to images twice as large of at least 16
//     channels, it is Winograd's, unless its weights are many: from 256 pixels of at
//     least 8 channels on, F(4x4, 2x2) of each phase, as phases.go states it; else,
//     from even sides of at least 8, F(2x2, 2x2), as winograd.go states it. With a 3x3
//     window and stride 1 it is, if that is Winograd's, the Conv from the small image
//     to the large one whose window is turned by half a circle. An infinite input of
//     Winograd's may come out as NaN.
//   - GradWeights: as Gemm, k over images, then rows, then columns; where Conv is
//     Winograd's, as gradwinograd.go states it.
//   - Depthwise: one chain over the window's rows, then columns, in the image.
//   - ByteConv: exact in int32, which wraps around; sums become floats by one
//     product with their scale. DynamicConv: Quantize, ByteConv, its tail.
//   - [Softmax] and [Resize.Run]: as written there; the sum of a row of Softmax is
//     plain additions, in 128 interleaved sums that are then added up.
//   - [Tail]: bias is added; then fma(y, scale, shift); then the activation.
//
// Functions of a float32 ([Activate], [Exp], [Erf]) are fixed sequences of float32
// operations, and those of a float64 (double.go, sine.go) of float64 operations
// without fma, for operators that are no layers.
//
// Vector lanes are different outputs, so neither the tier (see [Tier]), nor the
// blocking, the batch size or the number of threads changes a bit. Where a NaN
// comes out, its payload is not part of the contract.
//
// A build without assembly computes fma exactly in software: in 2.3 times
// the time of plain arithmetic on amd64 without assembly, 4.0 times on js/wasm,
// 3.7 times the instructions on ARMv6 (see fma.go).
//
// Images are [H, W, C] here (channels innermost); weights of both convolutions
// are [F, C, KH, KW] as in ONNX and PyTorch. The package starts no goroutines:
// a caller that has several calls a function several times, each with its own
// part of parts. Arguments are trusted: lengths are the callers' to check.
package kernel
