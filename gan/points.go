package gan

import (
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the images that a penalty looks at besides real and generated
// ones.

// judged is how many images, or packs, the discriminator's batch has: real ones,
// as many generated ones, and what a penalty looks at.
func (c Config) judged() int {
	n := 2 * c.packs()
	for _, lambda := range []float64{c.GP, c.DRAGAN, c.AR1, c.AR2} {
		if lambda > 0 {
			n += c.packs()
		}
	}
	return n
}

// points fills the last part of a discriminator's batch of images, of so many
// values each, from those before, by draws of the step's own.
func (c Config) points(images []float32, size, step int) {
	all := c.packs() * size
	real, fake, dst := images[:all], images[all:2*all], images[2*all:]
	s := kernel.Stream{Seed: c.Seed, Domain: domainMix, Index: uint64(step)}
	switch {
	case c.GP > 0:
		mix(dst, fake, real, size, &s)
	case c.DRAGAN > 0:
		scatter(dst, real, &s)
	case c.AR1 > 0 || c.AR2 > 0:
		from, to, _ := c.copied()
		blur(dst, images[from*size:to*size], float32(c.ARSigma), &s)
	}
}

// mix fills dst with points between images a and b, each at one place of its own.
func mix(dst, a, b []float32, size int, s *kernel.Stream) {
	for i := 0; i < len(dst); i += size {
		at := (s.Uniform() + 1) / 2
		for j := i; j < i+size; j++ {
			dst[j] = a[j] + float32(at*(b[j]-a[j]))
		}
	}
}

// scatter fills dst with x and noise: up to half the deviation of all of x is
// added to each value, as in the code of Kodali et al. 2017. (Their paper has
// normal noise.)
func scatter(dst, x []float32, s *kernel.Stream) {
	most := float32(deviation(x) / 2)
	for i, v := range x {
		dst[i] = v + float32(most*(s.Uniform()+1)/2)
	}
}

// blur fills dst with x and normal noise of a deviation.
func blur(dst, x []float32, deviation float32, s *kernel.Stream) {
	s.Normals(dst)
	for i, v := range x {
		dst[i] = v + float32(deviation*dst[i])
	}
}

// deviation is the root of the mean square distance from the mean.
func deviation(x []float32) float64 {
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += float64(v)
	}
	mean /= float64(len(x))
	for _, v := range x {
		d := float64(v) - mean
		square += float64(d * d)
	}
	return math.Sqrt(square / float64(len(x)))
}
