package judge

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/metric"
)

// This file judges what has modes that are known: mixtures and stacked digits.

// mixture is a reference that needs no data: its truth is known.
type mixture struct{ metric.Mixture }

func (mixture) Usual() int { return 2500 }

func (m mixture) Judge(samples []float32) (*Report, error) {
	c, err := m.Mixture.Judge(samples)
	if err != nil {
		return nil, err
	}
	n, k := len(samples)/2, len(m.Centres)
	against := fmt.Sprintf("%d modes of sigma %v", k, m.Sigma)
	figure := func(name string, value, real float64) Figure {
		return Figure{Name: name, Value: value, Real: real, Samples: n, Against: against}
	}
	return &Report{Reference: against, RealData: "the mixture itself", Figures: Figures{
		figure("modes", float64(c.Modes), float64(k)),
		figure("quality", c.Quality, 1-math.Exp(-4.5)),
		figure("box_quality", c.BoxQuality, math.Pow(math.Erf(3/math.Sqrt2), 2)),
		figure("reverse_kl", c.ReverseKL, metric.KLFloor(k, n)),
	}}, nil
}

// stacked judges images of three channels, each a digit of its own.
type stacked struct {
	set   gan.Dataset
	lenet *metric.Network
	quick bool
	real  Figures // of as many samples of the set
}

func (s *stacked) Usual() int {
	if s.quick {
		return quickSamples
	}
	return 26000
}

func (s *stacked) Judge(samples []float32) (*Report, error) {
	figures, err := s.measure(samples)
	if err != nil {
		return nil, err
	}
	n := len(samples) / s.set.Shape().Len()
	if len(s.real) == 0 || s.real[0].Samples != n {
		images, err := load(s.set, 0, 1, n)
		if err != nil {
			return nil, err
		}
		if s.real, err = s.measure(images); err != nil {
			return nil, err
		}
	}
	return &Report{Reference: "1000 equal modes", RealData: s.set.Name(), Network: describe(s.lenet), Figures: figures.beside(s.real)}, nil
}

// measure names the digits channel by channel: [n, 3, 28, 28] is [3n, 28, 28].
func (s *stacked) measure(images []float32) (Figures, error) {
	_, p, err := s.lenet.Apply(images)
	if err != nil {
		return nil, err
	}
	digits, err := metric.Classify(p, s.lenet.Classes)
	if err != nil {
		return nil, err
	}
	modes, kl, err := metric.StackedModes(digits)
	n, against := len(digits)/3, "1000 equal modes"
	return Figures{
		{Name: "modes", Value: float64(modes), Samples: n, Against: against},
		{Name: "kl", Value: kl, Samples: n, Against: against},
	}, err
}
