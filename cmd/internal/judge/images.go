package judge

import (
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/gan/metric"
)

// This file judges images by the features that a network has of them.

// images is a reference of real images: those of a test split or, where there is
// none, every second one of the set. What as many real images score is measured
// on the first of the training split, or on the images between.
type images struct {
	set     gan.Dataset // that is trained on
	test    gan.Dataset // nil: there is none
	network *metric.Network
	quick   bool

	reference seen
	real      Figures // of real images in the samples' place
	realOf    int     // samples
}

// seen is what a network sees in images.
type seen struct {
	features, probabilities []float32
	classes                 []int // how many images are of each; nil: the network does not say
	n                       int
}

// The sizes of comparisons.
const (
	mostReal   = 10000 // images of the reference, and samples unless told otherwise
	neighbours = 5     // the k of balls
	inBalls    = 5000  // samples, and as many real images, whose balls are compared
	subsets    = 100   // of KID,
	subsetSize = 1000  // so large
	parts      = 10    // of the classifier score
)

func newImages(spec string, set gan.Dataset, o Options) (Reference, error) {
	r := &images{set: set, network: o.Network, quick: o.Quick}
	if spec == "mnist" {
		test, err := data.MNIST(data.Test)
		if err != nil {
			return nil, err
		}
		r.test = test
		if r.network == nil {
			if r.network, err = metric.LeNet(); err != nil {
				return nil, err
			}
		}
	}
	if n := r.network; n != nil && n.Image != set.Shape().Len() {
		return nil, fmt.Errorf("the network takes images of %d values, but those of %q are of %v", n.Image, set.Name(), set.Shape())
	}
	return r, nil
}

func (r *images) Usual() int {
	most := mostReal
	if r.quick {
		most = quickSamples
	}
	if r.test != nil {
		return most
	}
	return min(most, r.set.Len()/2, maxValues/r.set.Shape().Len())
}

// loadReference and loadReal are the two parts of the real images.
func (r *images) loadReference() ([]float32, error) {
	if r.test != nil {
		return load(r.test, 0, 1, mostReal)
	}
	return load(r.set, 0, 2, mostReal)
}

func (r *images) loadReal(n int) ([]float32, error) {
	if r.test != nil {
		return load(r.set, 0, 1, n)
	}
	return load(r.set, 1, 2, n)
}

// names of these parts.
func (r *images) names() (reference, real string) {
	if r.test != nil {
		return r.test.Name(), r.set.Name()
	}
	return "every second of " + r.set.Name(), "the others of " + r.set.Name()
}

func (r *images) Judge(samples []float32) (*Report, error) {
	n := len(samples) / r.set.Shape().Len()
	name, realName := r.names()
	report := &Report{Reference: name, RealData: realName}
	if r.network != nil {
		if err := r.see(n); err != nil {
			return nil, err
		}
		s, err := r.look(samples)
		if err != nil {
			return nil, err
		}
		figures, err := r.measure(s)
		if err != nil {
			return nil, err
		}
		report.Network, report.Figures = describe(r.network), figures.beside(r.real)
		report.Classes, report.Real = s.classes, r.reference.classes
	}
	if r.quick {
		return report, nil
	}
	memory, err := r.memory(samples)
	report.Figures = append(report.Figures, memory...)
	return report, err
}

// see looks at the real images, unless it has for so many samples.
func (r *images) see(n int) error {
	if r.reference.n == 0 {
		x, err := r.loadReference()
		if err != nil {
			return err
		}
		if r.reference, err = r.look(x); err != nil {
			return err
		}
	}
	if r.realOf == n {
		return nil
	}
	x, err := r.loadReal(n)
	if err != nil {
		return err
	}
	s, err := r.look(x)
	if err != nil {
		return err
	}
	r.real, err = r.measure(s)
	r.realOf = n
	return err
}

// look applies the network.
func (r *images) look(x []float32) (s seen, err error) {
	if s.features, s.probabilities, err = r.network.Apply(x); err != nil {
		return s, err
	}
	s.n = len(s.features) / r.network.Dim
	if k := r.network.Classes; k > 0 {
		found, err := metric.Classify(s.probabilities, k)
		if err != nil {
			return s, err
		}
		s.classes, err = metric.Histogram(found, k)
		return s, err
	}
	return s, nil
}

// measure compares what the network sees in samples with the reference.
func (r *images) measure(s seen) (f Figures, err error) {
	real, dim := r.reference, r.network.Dim
	n := min(inBalls, real.n, s.n)
	if n <= neighbours {
		return nil, fmt.Errorf("%d samples and %d real images, want at least %d of both", s.n, real.n, neighbours+1)
	}
	name, _ := r.names()
	add := func(figure string, value, deviation float64, samples, against int, e error) {
		if err == nil {
			err = e
		}
		f = append(f, Figure{Name: figure, Value: value, Deviation: deviation, Samples: samples, Against: fmt.Sprintf("%d of %s", against, name)})
	}
	if min(real.n, s.n) > dim { // else covariances are not of full rank
		fid, e := metric.FID(real.features, s.features, dim)
		add("fid", fid, 0, s.n, real.n, e)
	}
	if !r.quick {
		kid, deviation, e := metric.KID(real.features, s.features, dim, subsets, min(subsetSize, s.n, real.n), 0)
		add("kid", kid, deviation, s.n, real.n, e)
	}
	x, y := real.features[:n*dim], s.features[:n*dim]
	precision, recall, e := metric.PrecisionRecall(x, y, dim, neighbours)
	add("precision", precision, 0, n, n, e)
	add("recall", recall, 0, n, n, nil)
	density, coverage, e := metric.DensityCoverage(x, y, dim, neighbours)
	add("density", density, 0, n, n, e)
	add("coverage", coverage, 0, n, n, nil)
	if k := r.network.Classes; k > 0 && err == nil {
		score, deviation, e := metric.InceptionScore(s.probabilities, k, min(parts, s.n))
		add("classifier_score", score, deviation, s.n, real.n, e)
	}
	if real.classes != nil && !slices.Contains(real.classes, 0) { // else it may be infinite
		kl, e := metric.KL(s.classes, real.classes)
		add("class_kl", kl, 0, s.n, real.n, e)
	}
	return f, err
}

// describe says which network it is: figures of another are not comparable.
func describe(n *metric.Network) string {
	return fmt.Sprintf("%d features, %d classes, SHA-256 %.16s", n.Dim, n.Classes, n.SHA256)
}
