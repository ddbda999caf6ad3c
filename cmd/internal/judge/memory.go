package judge

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan/metric"
)

// This file asks whether samples are training images.

// mostNearest bounds the samples whose nearest training image is searched.
const mostNearest = 2000

// memory measures how near samples are to training images, pixel by pixel, and
// how near real images that were not trained on are; where all were, those
// between are held against every second one.
func (r *images) memory(samples []float32) (Figures, error) {
	size := r.set.Shape().Len()
	training, err := load(r.set, 0, 1, r.set.Len())
	if err != nil {
		return nil, err
	}
	f, err := near(samples, training, size, r.set.Name())
	if err != nil {
		return nil, err
	}
	fresh, known := training, training
	if r.test != nil {
		fresh, err = r.loadReference()
	} else if known, err = r.loadReference(); err == nil {
		fresh, err = r.loadReal(mostReal)
	}
	if err != nil {
		return nil, err
	}
	real, err := near(fresh[:min(len(fresh), len(samples))], known, size, "")
	if err != nil {
		return nil, err
	}
	return f.beside(real), nil
}

// near is the mean distance of samples from their nearest training image, and
// how many equal one once they are stored in 8 bits.
func near(samples, training []float32, size int, name string) (Figures, error) {
	n := len(samples) / size
	some := min(n, mostNearest)
	neighbours, err := metric.Nearest(samples[:some*size], training, size)
	if err != nil {
		return nil, err
	}
	var mean float64
	for _, b := range neighbours {
		mean += b.Distance / float64(some)
	}
	copies, err := metric.ExactCopies(levels(samples), levels(training), size)
	against := fmt.Sprintf("%d of %s", len(training)/size, name)
	return Figures{
		{Name: "nearest_training", Value: mean, Samples: some, Against: against},
		{Name: "exact_copies", Value: float64(copies), Samples: n, Against: against},
	}, err
}

// levels are the 256 levels that values in [-1, 1] are stored as.
func levels(x []float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(math.Round(127.5 * (1 + float64(min(max(v, -1), 1)))))
	}
	return y
}
