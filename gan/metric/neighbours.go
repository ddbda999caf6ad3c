package metric

import (
	"fmt"
	"math"
)

// This file is the metrics that take the points of a set, each with a ball as
// far as its k-th nearest neighbour, for the set's support.

// PrecisionRecall returns the share of fakes that lie in the ball of a real
// sample, and the share of real samples that lie in the ball of a fake
// (Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing
// Generative Models", 2019): how good samples are, and how much of the real
// distribution they reach. A sample's ball is open and ends at its k-th nearest
// neighbour in its own set, itself not counted; the paper's k is 3. Outliers
// widen the balls: [DensityCoverage] bears them better.
//
// Distances are Euclidean and computed in float32.
func PrecisionRecall(real, fake []float32, dim, k int) (precision, recall float64, err error) {
	r, f, err := balls(real, fake, dim, k)
	if err != nil {
		return 0, 0, err
	}
	realRadii, fakeRadii := radii(r, k), radii(f, k)
	return shareInside(f, r, realRadii), shareInside(r, f, fakeRadii), nil
}

// DensityCoverage returns how many balls of real samples a fake lies in, over k,
// on average, and the share of real balls with a fake inside (Naeem et al.,
// "Reliable Fidelity and Diversity Metrics for Generative Models", 2020). Balls
// are those of [PrecisionRecall]; the paper's k is 5. Density may exceed 1. Of
// two equally large sets of one distribution, density is about 1 and coverage
// about 1 - 2^-k: .969 for k = 5.
func DensityCoverage(real, fake []float32, dim, k int) (density, coverage float64, err error) {
	r, f, err := balls(real, fake, dim, k)
	if err != nil {
		return 0, 0, err
	}
	limit := radii(r, k)
	inside := 0
	for _, n := range ballsAround(f, r, limit) {
		inside += n
	}
	covered := 0
	for i, nearest := range nearestSquares(r, f) {
		if nearest < limit[i] {
			covered++
		}
	}
	return float64(inside) / float64(k) / float64(f.n), float64(covered) / float64(r.n), nil
}

// balls checks the arguments of both.
func balls(real, fake []float32, dim, k int) (r, f *cloud, err error) {
	const most = 100 // bounds time and memory
	if k < 1 || k > most {
		return nil, nil, fmt.Errorf("metric: k is %d, want 1 to %d", k, most)
	}
	x, y, err := pair(real, fake, dim, k+1)
	if err != nil {
		return nil, nil, err
	}
	r, f = clouds(x, y)
	return r, f, nil
}

// radii returns each point's squared distance from its k-th nearest other one.
func radii(c *cloud, k int) []float32 {
	nearest := make([]float32, c.n*k) // [n, k], ascending
	for i := range nearest {
		nearest[i] = float32(math.Inf(1))
	}
	between(c, c, func(i, j int, squared []float32) {
		own := nearest[i*k:][:k]
		for t, d := range squared {
			if d < own[k-1] && j+t != i {
				insert(own, d)
			}
		}
	})
	r := make([]float32, c.n)
	for i := range r {
		r[i] = nearest[i*k+k-1]
	}
	return r
}

// insert puts v in its place in ascending s, whose last number drops out.
func insert(s []float32, v float32) {
	i := len(s) - 1
	for ; i > 0 && s[i-1] > v; i-- {
		s[i] = s[i-1]
	}
	s[i] = v
}

// shareInside is the share of points that lie in a ball.
func shareInside(points, centres *cloud, limit []float32) float64 {
	inside := 0
	for _, n := range ballsAround(points, centres, limit) {
		if n > 0 {
			inside++
		}
	}
	return float64(inside) / float64(points.n)
}

// ballsAround counts for each point the balls that it lies in.
func ballsAround(points, centres *cloud, limit []float32) []int {
	counts := make([]int, points.n)
	between(points, centres, func(i, j int, squared []float32) {
		for t, d := range squared {
			if d < limit[j+t] {
				counts[i]++
			}
		}
	})
	return counts
}

// nearestSquares returns each point's squared distance from the nearest other.
func nearestSquares(points, others *cloud) []float32 {
	nearest := make([]float32, points.n)
	for i := range nearest {
		nearest[i] = float32(math.Inf(1))
	}
	between(points, others, func(i, _ int, squared []float32) {
		for _, d := range squared {
			nearest[i] = min(nearest[i], d)
		}
	})
	return nearest
}
