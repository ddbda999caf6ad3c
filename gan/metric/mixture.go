package metric

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/gan/internal/mixture"
)

// This file judges samples of 2-D mixtures, whose true distribution is known.

// Mixture is Gaussians of equal weight and one standard deviation in the plane.
type Mixture struct {
	Centres [][2]float64
	Sigma   float64
}

// Ring8 has 8 centres on the circle of radius 1, the first at (1, 0), and sigma
// .01: the ring of the PacGAN paper, data set "ring8".
func Ring8() Mixture { return Mixture(mixture.Ring8()) }

// Grid25 has its centres at -4, -2, 0, 2 and 4 in both directions, and sigma
// .05: the grid of the PacGAN paper, data set "grid25".
func Grid25() Mixture { return Mixture(mixture.Grid25()) }

// Cover is how well samples cover a mixture.
type Cover struct {
	Modes      int     // that have a sample of high quality
	Quality    float64 // the share of samples within 3 sigma of their centre
	BoxQuality float64 // the share within 3 sigma in each coordinate, a laxer rule of some papers
	ReverseKL  float64 // of the high-quality samples over the modes to uniform, in nats; ln(modes) if there are none
}

// Judge follows Lin et al., "PacGAN: The power of two samples in generative
// adversarial networks", 2018, whose n is 2,500: a sample belongs to its nearest
// centre, and is of high quality if closer than 3 sigma to it. Samples is
// [n, 2]. The mixture itself scores a Quality of 1 - e^-4.5 = .9889, a
// BoxQuality of .9946, and a ReverseKL of about [KLFloor].
func (m Mixture) Judge(samples []float32) (Cover, error) {
	x, err := rowsOf("samples", samples, 2, 1)
	if err != nil {
		return Cover{}, err
	}
	if len(m.Centres) == 0 || !(m.Sigma > 0) {
		return Cover{}, fmt.Errorf("metric: mixture of %d modes and sigma %v", len(m.Centres), m.Sigma)
	}
	counts := make([]int, len(m.Centres)) // of high quality
	good, inBox := 0, 0
	for i := range x.n {
		mode, dx, dy := m.nearest(x.row(i))
		if math.Hypot(dx, dy) < 3*m.Sigma {
			counts[mode]++
			good++
		}
		if max(math.Abs(dx), math.Abs(dy)) < 3*m.Sigma {
			inBox++
		}
	}
	c := Cover{Quality: float64(good) / float64(x.n), BoxQuality: float64(inBox) / float64(x.n)}
	for _, n := range counts {
		if n > 0 {
			c.Modes++
		}
	}
	if good == 0 {
		c.ReverseKL = math.Log(float64(len(m.Centres)))
		return c, nil
	}
	c.ReverseKL, err = KL(counts, nil)
	return c, err
}

// nearest returns the sample's mode and its offset from the centre.
func (m Mixture) nearest(sample []float32) (mode int, dx, dy float64) {
	least := math.Inf(1)
	for i, c := range m.Centres {
		x, y := float64(sample[0])-c[0], float64(sample[1])-c[1]
		if r := math.Hypot(x, y); r < least {
			least, mode, dx, dy = r, i, x, y
		}
	}
	return mode, dx, dy
}
