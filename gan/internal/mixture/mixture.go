// Package mixture is the 2-D mixtures that gan/data draws points from and
// gan/metric judges samples by: one definition for both, which do not import
// each other.
package mixture

import "math"

// A Mixture is Gaussians of equal weight and one standard deviation in the plane.
type Mixture struct {
	Centres [][2]float64
	Sigma   float64
}

// Ring8 has 8 centres on the circle of radius 1, the first at (1, 0), and sigma
// .01 (Lin et al., "PacGAN: The power of two samples in generative adversarial
// networks", 2018).
func Ring8() Mixture {
	const h = math.Sqrt2 / 2
	return Mixture{
		Centres: [][2]float64{{1, 0}, {h, h}, {0, 1}, {-h, h}, {-1, 0}, {-h, -h}, {0, -1}, {h, -h}},
		Sigma:   .01,
	}
}

// Grid25 has its centres at -4, -2, 0, 2 and 4 in both directions, and sigma
// .05 (the same paper).
func Grid25() Mixture {
	m := Mixture{Sigma: .05}
	for x := -4.0; x <= 4; x += 2 {
		for y := -4.0; y <= 4; y += 2 {
			m.Centres = append(m.Centres, [2]float64{x, y})
		}
	}
	return m
}
