package kernel

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkFMA is what exactness costs in Go: the twin's chains, beside the
// same loop with a multiplication and an addition that round one by one, and
// beside fma called for each. fma.go quotes it.
func BenchmarkFMA(b *testing.B) {
	const rows, k = 4, 256
	r := rand.New(rand.NewPCG(7, 8))
	x, w, c := randoms(r, rows*k), randoms(r, k*panelWidth), make([]float32, rows*panelWidth)
	var aoff, coff offsets
	for i := range rows {
		aoff[i], coff[i] = i*k, i*panelWidth
	}
	each := func(run func(acc *chains, x, b []float32)) func() {
		return func() {
			for i := range rows {
				for j := 0; j < panelWidth; j += chainCount {
					var acc chains
					run(&acc, x[i*k:][:k], w[j:])
					acc.store(c[i*panelWidth+j:], false)
				}
			}
		}
	}
	for _, way := range []struct {
		name string
		run  func()
	}{
		{"fused", func() { tileGo(rows, 1, k, x, &aoff, w, panelWidth, c, &coff, false) }},
		{"plain", each(plainChains)},
		{"called", each(calledChains)},
	} {
		b.Run(way.name, func(b *testing.B) {
			for b.Loop() {
				way.run()
			}
			b.ReportMetric(2*rows*k*panelWidth*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// plainChains is chains.run in steps of panelWidth without fused arithmetic.
func plainChains(acc *chains, x, b []float32) {
	c0, c1, c2, c3, c4, c5, c6, c7 := acc[0], acc[1], acc[2], acc[3], acc[4], acc[5], acc[6], acc[7]
	for i, v := range x {
		w := (*chains)(b[i*panelWidth:])
		c0, c1, c2, c3 = c0+float32(v*w[0]), c1+float32(v*w[1]), c2+float32(v*w[2]), c3+float32(v*w[3])
		c4, c5, c6, c7 = c4+float32(v*w[4]), c5+float32(v*w[5]), c6+float32(v*w[6]), c7+float32(v*w[7])
	}
	*acc = chains{c0, c1, c2, c3, c4, c5, c6, c7}
}

// calledChains is chains.run in steps of panelWidth by calls of fma.
func calledChains(acc *chains, x, b []float32) {
	for i, v := range x {
		for j, u := range (*chains)(b[i*panelWidth:]) {
			acc[j] = fma(v, u, acc[j])
		}
	}
}
