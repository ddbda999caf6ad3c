// Package metric judges generated images: how far their distribution is from
// that of real ones, how much of it they cover, and whether they are copies.
//
// The metrics are pure functions. Images or their features come as plain
// slices, [n, dim] row by row, and what classifier or feature network made them
// is the caller's to say: a figure means something only beside its number of
// samples, its network, its reference set and its floor, which is what real
// images score against other real images.
//
//	features and classes of images       [LeNet], [NewNetwork]
//	distance of distributions            [FID], [KID]
//	fidelity and diversity apart         [PrecisionRecall], [DensityCoverage]
//	classes                              [InceptionScore], [KL], [StackedModes]
//	2-D mixtures, whose truth is known   [Mixture]
//	memorised training images            [Nearest], [ExactCopies]
//
// They refuse what they cannot judge: lengths that do not fit, too few samples,
// numbers that are not finite. They run on all processors, and neither their
// number nor the order of goroutines changes a result. Between machines of
// different CPUs, float64 figures may differ in their last digits.
package metric
