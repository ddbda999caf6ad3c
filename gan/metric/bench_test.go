package metric

import (
	"fmt"
	"testing"
)

// Benchmarks judge 10,000 images against 10,000, by features of a LeNet's and
// of an MNIST image's length.
func BenchmarkFeatures(b *testing.B) {
	const n = 10000
	for _, dim := range []int{128, 784} {
		x, y := normals(1, n*dim), normals(2, n*dim)
		for _, m := range []struct {
			name string
			run  func() error
		}{
			{"FID", func() error { _, err := FID(x, y, dim); return err }},
			{"KID", func() error { _, _, err := KID(x, y, dim, 100, 1000, 1); return err }},
			{"PrecisionRecall", func() error { _, _, err := PrecisionRecall(x, y, dim, 3); return err }},
			{"DensityCoverage", func() error { _, _, err := DensityCoverage(x, y, dim, 5); return err }},
			{"Nearest", func() error { _, err := Nearest(x, y, dim); return err }},
			{"ExactCopies", func() error { _, err := ExactCopies(x, y, dim); return err }},
		} {
			b.Run(fmt.Sprintf("%s/dim=%d", m.name, dim), func(b *testing.B) {
				for b.Loop() {
					fatal(b, m.run())
				}
				b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}

func BenchmarkLeNet(b *testing.B) {
	const images = 256
	n, err := LeNet()
	fatal(b, err)
	x := make([]float32, images*n.Image)
	for b.Loop() {
		_, _, err := n.Apply(x)
		fatal(b, err)
	}
	b.ReportMetric(images*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
