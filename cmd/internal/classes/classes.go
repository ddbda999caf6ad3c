// Package classes draws the classes of a conditional generator in turn: sample i
// is of class i modulo their number.
package classes

import "github.com/ganlet/ganlet/infer"

// mostColumns is up to which classes have a column each.
const mostColumns = 32

// Columns are those of a contact sheet of so many classes on which each has a
// column of its own; 0, for a near-square one, where there are none or too many.
func Columns(classes int) int {
	if classes > mostColumns {
		return 0
	}
	return classes
}

// Labels fills labels with those of the samples from the first on.
func Labels(labels []int64, classes, first int) {
	for i := range labels {
		labels[i] = int64((first + i) % classes)
	}
}

// Generate computes the samples of latents z, the samples from the first on, of a
// generator with so many classes, or with none.
func Generate(s *infer.Session, classes int, dst, z []float32, n, first int) error {
	if classes == 0 {
		return s.Generate(dst, z)
	}
	labels := make([]int64, n)
	Labels(labels, classes, first)
	return s.GenerateLabels(dst, z, labels)
}
