package metric

import (
	"fmt"
	"math"
)

// This file is the metrics of class counts.

// Histogram counts the samples of each of k classes, which are 0 to k-1.
func Histogram(classes []int, k int) ([]int, error) {
	if k < 1 {
		return nil, fmt.Errorf("metric: %d classes, want at least 1", k)
	}
	counts := make([]int, k)
	for i, c := range classes {
		if c < 0 || c >= k {
			return nil, fmt.Errorf("metric: sample %d has class %d, want 0 to %d", i, c, k-1)
		}
		counts[c]++
	}
	return counts, nil
}

// KL is the Kullback-Leibler divergence KL(counts ‖ reference) of two
// histograms, in nats; a nil reference is uniform. "Reverse KL" of papers on
// GANs is this direction: generated to real. A class that the reference lacks
// and counts has is an error: the divergence is infinite.
//
// Of n samples of the reference itself it is [KLFloor] on average, not zero.
func KL(counts, reference []int) (float64, error) {
	if reference == nil {
		reference = make([]int, len(counts))
		for i := range reference {
			reference[i] = 1
		}
	}
	if len(reference) != len(counts) {
		return 0, fmt.Errorf("metric: %d classes, and %d in the reference", len(counts), len(reference))
	}
	n, err := total("counts", counts)
	if err != nil {
		return 0, err
	}
	m, err := total("reference", reference)
	if err != nil {
		return 0, err
	}
	var sum float64
	for i, c := range counts {
		if c == 0 {
			continue
		}
		if reference[i] == 0 {
			return 0, fmt.Errorf("metric: class %d has %d samples, but none in the reference", i, c)
		}
		p, q := float64(c)/n, float64(reference[i])/m
		sum += float64(p * math.Log(p/q))
	}
	return max(0, sum), nil
}

// total is the number of samples, at least one.
func total(what string, counts []int) (float64, error) {
	var sum float64
	for i, c := range counts {
		if c < 0 {
			return 0, fmt.Errorf("metric: %s: class %d has %d samples", what, i, c)
		}
		sum += float64(c)
	}
	if sum == 0 {
		return 0, fmt.Errorf("metric: %s: no samples", what)
	}
	return sum, nil
}

// KLFloor is what [KL] is on average, to first order, for n samples that are
// drawn from the reference: (k-1)/(2n). It holds where every class expects
// several samples.
func KLFloor(k, n int) float64 { return float64(k-1) / (2 * float64(n)) }

// StackedModes judges images whose three channels are each a digit of their own,
// as a classifier sees them: classes is [n, 3]. Of the 1,000 modes it counts
// those that have a sample, and returns the divergence of all samples from
// uniform (Srivastava et al., "VEEGAN", 2017; Lin et al., "PacGAN", 2018, whose
// n is 26,000, so that the floor is .0192).
func StackedModes(classes []int) (modes int, kl float64, err error) {
	const k = 10
	if len(classes)%3 != 0 {
		return 0, 0, fmt.Errorf("metric: %d classes, want 3 a sample", len(classes))
	}
	if _, err := Histogram(classes, k); err != nil {
		return 0, 0, err
	}
	counts := make([]int, k*k*k)
	for i := 0; i < len(classes); i += 3 {
		counts[(classes[i]*k+classes[i+1])*k+classes[i+2]]++
	}
	for _, c := range counts {
		if c > 0 {
			modes++
		}
	}
	kl, err = KL(counts, nil)
	return modes, kl, err
}
