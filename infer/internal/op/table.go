package op

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// families are the rows of all files, one family each.
var families = []family{
	binaries, comparisons, constants, convolutions, dropouts, elementwises, filling, halves,
	joining, matrixProducts, moving, norms, pooling, quantization, reductions, shaping,
	softmaxes, einsums, choosing, cumulating, finding, gathering, patterns, scattering,
	sequences, suppressing, casting, choices, counting, functions, integral, powers, random,
	recurrents, resizes, crops, deformations, gridSamples, localNorms, regions,
	dynamicQuantization, integerConvolutions, integerProducts8, linearQuantized, batchNorms,
	layerNorms, attentions, rotaries, contribs, fouriers, gemms, mls, signals,
}

// Lookup returns the row of an operator, nil if there is none. Operators of
// other domains than ONNX's own have the domain in their name:
// "com.microsoft.FusedConv".
func Lookup(domain, name string) *Op {
	if !onnx.IsDefault(domain) {
		name = domain + "." + name
	}
	for _, family := range families {
		for i := range family {
			if family[i].Name == name {
				return &family[i]
			}
		}
	}
	return nil
}

// Names returns the names of all rows, as Lookup joins them, in order. Names that
// start with "_" are of operators that only this module writes.
func Names() (names []string) {
	for _, family := range families {
		for i := range family {
			names = append(names, family[i].Name)
		}
	}
	slices.Sort(names)
	return names
}
