package gan

import "testing"

func BenchmarkStep(b *testing.B) {
	for _, arch := range imageArchs {
		c := Plain(arch)
		b.Run(arch, func(b *testing.B) {
			tr, err := New(c, random(Shape{1, 28, 28}, 256))
			if err != nil {
				b.Fatal(err)
			}
			defer tr.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tr.Step(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(c.Batch)*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
