package picture

import (
	"image"
	"image/color"
	"math"
)

// This file is points in the plane: where they are, not in which order.

// pointsSide is the side of their picture, in pixels.
const pointsSide = 512

// inPlane says that samples of a model are points, [N, 2].
func inPlane(shape []int) bool { return len(shape) == 2 && shape[1] == 2 }

// points draws points, [n, 2], on white: each takes away half of the light that
// is left where it falls. The first number grows to the right, the second
// upwards, both on one scale, and all points are inside; grey lines are where a
// number is 0. Points that are not finite are left out.
func points(samples []float32) *image.Gray {
	x, y, half := extent(samples)
	m := image.NewGray(image.Rect(0, 0, pointsSide, pointsSide))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	// The conversions keep a compiler from fusing, so that every CPU agrees.
	place := func(v, middle float64) int {
		at := math.Floor(float64((v-middle)/half*(pointsSide/2)) + pointsSide/2)
		return int(max(-1, min(at, pointsSide)))
	}
	left, top := place(0, x), pointsSide-1-place(0, y)
	for i := range pointsSide { // outside m, nothing is set
		m.SetGray(left, i, color.Gray{0xd0})
		m.SetGray(i, top, color.Gray{0xd0})
	}
	for i := 0; i+1 < len(samples); i += 2 {
		if p := samples[i:][:2]; finite(p) {
			at := m.PixOffset(place(float64(p[0]), x), pointsSide-1-place(float64(p[1]), y))
			m.Pix[at] /= 2
		}
	}
	return m
}

func finite(p []float32) bool { return p[0]-p[0] == 0 && p[1]-p[1] == 0 }

// extent is the middle of points, [n, 2], and half the side of a square around
// it that holds them all, with a margin.
func extent(samples []float32) (x, y, half float64) {
	low := [2]float64{math.Inf(1), math.Inf(1)}
	high := [2]float64{math.Inf(-1), math.Inf(-1)}
	for i := 0; i+1 < len(samples); i += 2 {
		p := samples[i:][:2]
		if !finite(p) {
			continue
		}
		for j, v := range p {
			low[j], high[j] = min(low[j], float64(v)), max(high[j], float64(v))
		}
	}
	half = max(high[0]-low[0], high[1]-low[1]) / 2
	switch {
	case half < 0: // no point
		return 0, 0, 1
	case half == 0:
		half = 1
	}
	return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2, 1.05 * half
}
