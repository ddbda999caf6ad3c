package metric

import (
	"fmt"
	"math"
)

// This file is the score of class probabilities.

// InceptionScore is exp E[KL(p(y|x) ‖ p(y))] (Salimans et al., "Improved
// Techniques for Training GANs", 2016), from 1 to the number of classes, higher
// being better: samples of sure and varied classes. Probabilities is
// [n, classes], each row a distribution, from whatever classifier; the name is
// Inception's only in papers. It returns the mean over splits consecutive parts
// of the samples, usually 10, and their standard deviation. It does not notice a
// class whose samples are all alike.
func InceptionScore(probabilities []float32, classes, splits int) (mean, deviation float64, err error) {
	if splits < 1 {
		return 0, 0, fmt.Errorf("metric: %d splits, want at least 1", splits)
	}
	p, err := rowsOf("probabilities", probabilities, classes, splits)
	if err != nil {
		return 0, 0, err
	}
	if err := checkDistributions(p); err != nil {
		return 0, 0, err
	}
	scores := make([]float64, splits)
	for s := range scores {
		scores[s] = math.Exp(meanDivergence(p, s*p.n/splits, (s+1)*p.n/splits))
	}
	mean, deviation = meanAndDeviation(scores)
	return mean, deviation, nil
}

// checkDistributions allows for the rounding of a softmax in float16.
func checkDistributions(p rows) error {
	const tolerance = 1e-2
	for i := range p.n {
		var sum float64
		for j, v := range p.row(i) {
			if v < 0 {
				return fmt.Errorf("metric: probability %d of sample %d is %v", j, i, v)
			}
			sum += float64(v)
		}
		if math.Abs(sum-1) > tolerance {
			return fmt.Errorf("metric: the probabilities of sample %d sum to %.4g, want 1", i, sum)
		}
	}
	return nil
}

// meanDivergence is the mean of KL(row ‖ mean row) over rows from to to-1.
func meanDivergence(p rows, from, to int) float64 {
	marginal := make([]float64, p.dim)
	for i := from; i < to; i++ {
		for j, v := range p.row(i) {
			marginal[j] += float64(v) / float64(to-from)
		}
	}
	var sum float64
	for i := from; i < to; i++ {
		for j, v := range p.row(i) {
			if v > 0 {
				sum += float64(float64(v) * math.Log(float64(v)/marginal[j]))
			}
		}
	}
	return sum / float64(to-from)
}
