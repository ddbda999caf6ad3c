package op

import "math"

// This file is reading an image between its pixels.

// sampler says how an image of one, two or three dimensions is read.
type sampler struct {
	mode    string // linear, nearest, cubic
	padding string // what is outside: zeros, border, reflection
	corners bool   // -1 and 1 are the centres of the pixels at the corners
	single  bool   // coordinates are float32, and each operation on them is rounded
	sides   []int
}

// taps is the number of pixels that one result is made of.
func (s *sampler) taps() int {
	n := 1
	for range s.sides {
		switch s.mode {
		case "linear":
			n *= 2
		case "cubic":
			n *= 4
		}
	}
	return n
}

// place finds the pixels and weights of one result: at is -1 where the padding is
// read. Grid has a coordinate for every dimension, the last dimension's first.
func (s *sampler) place(grid []float64, at []int64, weight []float64) {
	var x [3]float64
	for d, side := range s.sides {
		x[d] = s.outside(s.pixel(grid[len(s.sides)-1-d], side), side)
	}
	s.between(x[:len(s.sides)], at, weight)
}

// between is place for coordinates that count pixels.
func (s *sampler) between(x []float64, at []int64, weight []float64) {
	at[0], weight[0] = 0, 1
	n := 1
	for d, side := range s.sides {
		var places [4]int64
		var weights [4]float64
		k := s.axis(x[d], side, &places, &weights)
		for i := n - 1; i >= 0; i-- { // from the end: what is read is not written yet
			from, w := at[i], weight[i]
			for j := k - 1; j >= 0; j-- {
				at[i*k+j], weight[i*k+j] = -1, w*weights[j]
				if from >= 0 && places[j] >= 0 {
					at[i*k+j] = from*int64(side) + places[j]
				}
			}
		}
		n *= k
	}
}

// pixel turns a coordinate from -1 to 1 into one that counts pixels.
func (s *sampler) pixel(g float64, side int) float64 {
	r := func(x float64) float64 { return x }
	if s.single { // rounding twice is rounding once: float64 has more than twice the bits
		r = func(x float64) float64 { return float64(float32(x)) }
	}
	if s.corners {
		return r(r(r(g+1)/2) * float64(side-1))
	}
	return r(r(r(float64(r(g+1)*float64(side)))-1) / 2)
}

// outside brings coordinates into the image as the padding says, and what is no
// place at all far out.
func (s *sampler) outside(x float64, side int) float64 {
	if s.mode == "nearest" {
		x = math.RoundToEven(x)
	}
	low, high := s.edges(side)
	switch {
	case s.mode == "cubic" || x >= low && x <= high: // a cubic looks outside pixel by pixel
	case s.padding == "border":
		x = min(max(x, 0), float64(side-1))
	case s.padding == "reflection":
		x = reflected(x, low, high)
	}
	if !(math.Abs(x) < 1<<30) {
		return -100
	}
	return x
}

// edges are the coordinates where the image begins and ends.
func (s *sampler) edges(side int) (low, high float64) {
	if s.corners {
		return 0, float64(side - 1)
	}
	return -0.5, float64(side) - 0.5
}

// reflected mirrors x at both edges until it lies between.
func reflected(x, low, high float64) float64 {
	length := high - low
	if !(length > 0) {
		return low
	}
	away := low - x
	if x > high {
		away = x - high
	}
	times := math.Floor(away / length)
	rest := away - float64(times*length)
	if (math.Mod(times, 2) == 0) == (x < low) {
		return low + rest
	}
	return high - rest
}

// axis finds the pixels around x along one side, and their weights.
func (s *sampler) axis(x float64, side int, at *[4]int64, weight *[4]float64) int {
	low := math.Floor(x)
	f := x - low
	switch s.mode {
	case "nearest":
		at[0], weight[0] = s.inside(x, side), 1
		return 1
	case "linear":
		at[0], at[1] = s.inside(low, side), s.inside(low+1, side)
		weight[0], weight[1] = 1-f, f
		return 2
	}
	for k := range 4 {
		d := float64(k - 1)
		at[k], weight[k] = s.inside(low+d, side), cubicWeight(-0.75, d-f)
	}
	return 4
}

// inside returns the pixel that is read at a whole number; -1 for a zero.
func (s *sampler) inside(x float64, side int) int64 {
	if x >= 0 && x < float64(side) {
		return int64(x)
	}
	switch s.padding {
	case "zeros":
		return -1
	case "reflection":
		low, high := s.edges(side)
		x = reflected(x, low, high)
	}
	return int64(min(max(x, 0), float64(side-1)))
}
