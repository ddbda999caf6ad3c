package data

// This file is points in the plane, of mixtures whose every mode is known.

import (
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/internal/mixture"
	"github.com/ganlet/ganlet/internal/kernel"
)

// points is how many there are of a mixture, as in the PacGAN paper.
const points = 100_000

var pointShape = gan.Shape{C: 2, H: 1, W: 1}

// madeSeed is the seed of sets that are drawn, not read.
const madeSeed = 1

// openMixture draws the points of a mixture.
func openMixture(name string, m mixture.Mixture) *Images {
	d := &Images{name: name, shape: pointShape, n: points, values: make([]float32, 2*points)}
	var noise [2]float32
	for i := range points {
		s := kernel.Stream{Seed: madeSeed, Domain: 'P', Index: uint64(i)}
		centre := m.Centres[s.IntN(len(m.Centres))]
		s.Normals(noise[:])
		for j, c := range centre {
			// The conversion of the product keeps it from being fused.
			d.values[2*i+j] = float32(c + float64(m.Sigma*float64(noise[j])))
		}
	}
	return d
}
