package verdict

import (
	"fmt"
	"math"
	"slices"

	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/gan"
)

// This file is the rules that go by losses, gradients, and swings.

// starved says whether the discriminator is so sure that the generator has
// nothing to learn from: verdicts at their ends of late, and a gradient of a
// tenth of what it was, or less.
func starved(c gan.Config, log []Line) *Finding {
	const parts = 10
	if len(log) < 2*parts {
		return nil
	}
	peak := 0.0
	for i := range parts {
		peak = max(peak, median(log[i*len(log)/parts:(i+1)*len(log)/parts], gradG))
	}
	late := log[len(log)-len(log)/parts:]
	now := median(late, gradG)
	real, fake := median(late, func(l Line) float64 { return l.Real }), median(late, func(l Line) float64 { return l.Fake })
	if real < .95 || fake > .05 || now > peak/10 {
		return nil
	}
	remedies := []string{fmt.Sprintf("--lr-d %.3g", rateD(c)/4)}
	switch c.Loss {
	case gan.Minimax:
		remedies = append([]string{"--loss ns"}, remedies...)
	case gan.NonSaturating, gan.LeastSquares:
		remedies = append(remedies, "--label-smoothing 0.1")
	}
	remedies = append(remedies, steady(c)...)
	return &Finding{Starved, fmt.Sprintf("the generator's gradient is %.2g of late, %.0f times less than it was, and the discriminator is sure of itself: real %.2f, fake %.2f",
		now, peak/max(now, math.SmallestNonzeroFloat32), real, fake), remedies}
}

func gradG(l Line) float64 { return l.GradG }

func rateD(c gan.Config) float64 {
	if c.LRD > 0 {
		return c.LRD
	}
	return c.LR
}

func median(log []Line, of func(Line) float64) float64 {
	v := make([]float64, len(log))
	for i, l := range log {
		v[i] = of(l)
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// A run oscillates that turns so often.
const turnsOfMetrics, turnsOfLosses = 3, 3

// oscillating says whether the last ten judgements go up and down by more than
// a quarter of their median, or the losses, freed of the noise of batches, by
// more than that noise.
func oscillating(c gan.Config, log []Line) *Finding {
	var values []float64
	name := ""
	for _, l := range judged(log) {
		var v float64
		name, v = judge.Loss(l.Metrics)
		values = append(values, v)
	}
	if values = values[max(0, len(values)-10):]; len(values) > turnsOfMetrics {
		sorted := slices.Sorted(slices.Values(values))
		middle := sorted[len(sorted)/2]
		if n := turns(values, .25*middle+noise(name, middle)); n >= turnsOfMetrics {
			return &Finding{Oscillating, fmt.Sprintf("%s turned %d times in %d judgements, between %.3g and %.3g", name, n, len(values), sorted[0], sorted[len(sorted)-1]), steady(c)}
		}
	}
	half := log[len(log)/2:]
	for _, loss := range []struct {
		name string
		of   func(Line) float64
	}{{"discriminator", func(l Line) float64 { return l.LossD }}, {"generator", func(l Line) float64 { return l.LossG }}} {
		means, within := blocks(half, loss.of)
		if n := turns(means, within); n >= turnsOfLosses {
			return &Finding{Oscillating, fmt.Sprintf("the %s's loss turned %d times from step %d on, between %.3g and %.3g on average", loss.name, n, half[0].Step, slices.Min(means), slices.Max(means)), steady(c)}
		}
	}
	return nil
}

// blocks are the means of up to twelve parts of a log, of at least 16 lines each,
// and the mean standard deviation within a part.
func blocks(log []Line, of func(Line) float64) (means []float64, within float64) {
	n := min(12, len(log)/16)
	for i := range n {
		part := log[i*len(log)/n : (i+1)*len(log)/n]
		var sum, squares float64
		for _, l := range part {
			sum += of(l)
		}
		mean := sum / float64(len(part))
		for _, l := range part {
			squares += (of(l) - mean) * (of(l) - mean)
		}
		means = append(means, mean)
		within += math.Sqrt(squares/float64(len(part))) / float64(n)
	}
	return means, within
}

// turns counts how often a series changes its direction, moves smaller than
// least not counted.
func turns(series []float64, least float64) (n int) {
	if len(series) == 0 {
		return 0
	}
	low, high, rising := series[0], series[0], 0
	for _, v := range series {
		low, high = min(low, v), max(high, v)
		switch {
		case rising <= 0 && v > low+least:
			n -= rising
			rising, low, high = 1, v, v
		case rising >= 0 && v < high-least:
			n += rising
			rising, low, high = -1, v, v
		}
	}
	return n
}
