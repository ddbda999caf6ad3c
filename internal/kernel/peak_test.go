package kernel

import (
	"sync"
	"testing"
	"time"
)

// corePeak is the GFLOP/s of a core that does nothing but multiply-adds in
// registers, with the tier's vectors; 0 where there are none.
var corePeak = sync.OnceValue(func() float64 {
	const turns, perTurn = 100_000, 12
	best := time.Duration(1 << 62)
	for range 20 {
		start := time.Now()
		peak(turns)
		best = min(best, time.Since(start))
	}
	return 2 * perTurn * turns * float64(lanesOf()) / float64(best.Nanoseconds())
})

// reportFLOPS adds the speed of a benchmark whose loop does flops operations.
func reportFLOPS(b *testing.B, flops float64) {
	speed := flops * float64(b.N) / float64(b.Elapsed().Nanoseconds())
	b.ReportMetric(speed, "GFLOP/s")
	if p := corePeak(); p > 0 {
		b.ReportMetric(100*speed/p, "%peak")
	}
}
