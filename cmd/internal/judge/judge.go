// Package judge measures how good the samples of an exported generator are:
// drawn by infer, as a device draws them, and held against real data with the
// metrics of gan/metric. It chooses what is compared with what; the metrics
// themselves are gan/metric's.
package judge

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/metric"
	"github.com/ganlet/ganlet/infer"
)

// This file is the references, and judging a model by one.

// Reference is the real data that samples are held against. It is for one
// goroutine at a time.
type Reference interface {
	// Judge measures samples, [n, values of one].
	Judge(samples []float32) (*Report, error)
	// Usual is how many samples the metrics are usually taken of.
	Usual() int
}

// quickSamples is the usual number of images where there is little time.
const quickSamples = 2000

// Options are what is measured of images.
type Options struct {
	// Network makes the features that images are compared by. With nil, those
	// of the embedded MNIST are compared by [metric.LeNet], and others by pixels
	// alone: how near they are to training images.
	Network *metric.Network
	// Quick leaves out what takes long, training images and KID, and has 2,000
	// samples of images as the usual number.
	Quick bool
}

// Against makes the reference of a dataset, known by the name or path that
// data.Open opens it with: set is what it opened.
func Against(spec string, set gan.Dataset, o Options) (Reference, error) {
	switch spec {
	case "ring8":
		return mixture{metric.Ring8()}, nil
	case "grid25":
		return mixture{metric.Grid25()}, nil
	case "stacked-mnist":
		lenet, err := metric.LeNet()
		return &stacked{set: set, lenet: lenet, quick: o.Quick}, err
	}
	return newImages(spec, set, o)
}

// Known says that samples of a dataset can be judged without a network that the
// user brings.
func Known(spec string) bool {
	return slices.Contains([]string{"mnist", "ring8", "grid25", "stacked-mnist"}, spec)
}

// Model draws n samples of a seed from a model and measures them; 0 samples are
// as many as usual. Shape is that of the set's images.
func Model(m *infer.Model, shape gan.Shape, r Reference, n int, seed uint64) (*Report, error) {
	if err := fits(m, shape); err != nil {
		return nil, err
	}
	if n == 0 {
		n = r.Usual()
	}
	samples, err := draw(m, n, seed)
	if err != nil {
		return nil, err
	}
	report, err := r.Judge(samples)
	if err != nil {
		return nil, err
	}
	report.Samples, report.Seed = n, seed
	return report, nil
}

// fits returns an error unless m makes images of a shape, in [-1, 1], one for
// each latent; or points of the plane, which have as many channels.
func fits(m *infer.Model, s gan.Shape) error {
	out := m.Outputs()[0]
	point := s.H*s.W == 1 && slices.Equal(out.Shape, []int{-1, s.C})
	if !point && !slices.Equal(out.Shape, []int{-1, s.C, s.H, s.W}) {
		return fmt.Errorf("the model's output %q has shape %v, but the data is of %v", out.Name, out.Shape, s)
	}
	const key, want = "Image.NominalPixelRange", "Normalized_1_1"
	if r := m.Metadata()[key]; r != "" && r != want && !point {
		return fmt.Errorf("the model's metadata %s is %q, want %q, the range of the data", key, r, want)
	}
	return nil
}
