package op

import "math"

// This file is where the output elements of a Resize lie in its input, along one
// axis, and which input elements they are made of.

// resizedAxis is one axis of a Resize.
type resizedAxis struct {
	axis, in, out int
	scale         float32 // as asked for; out/in differs from it where out was rounded
	start, end    float32 // of tf_crop_and_resize, as fractions of the axis

	// Output i is the sum of input at[k] times weight[k], k from first[i] to
	// first[i+1]. Nearest has no weights.
	first, at []int
	weight    []float64
	outside   []bool // outputs that take the extrapolation value; nil: none
}

// place returns where output i lies in the input, by the operations of ONNX
// Runtime: in float32, each rounded, in the order written here. Length is the
// output's length, rounded down, where ONNX's text has scale*in: PyTorch and
// ONNX Runtime agree on that. With x = i:
//
//	half_pixel            (x+0.5)/scale - 0.5
//	pytorch_half_pixel    the same, or 0 if length <= 1
//	half_pixel_symmetric  in/2*(1 - length/(scale*in)), which is rounded, then in
//	                      float64 that + (x+0.5)/scale - 0.5
//	align_corners         x*(in-1)/(length-1), or 0 if length = 1
//	asymmetric            x/scale
//	tf_half_pixel_for_nn  (x+0.5)/scale
//	tf_crop_and_resize    start*(in-1) + x*(end-start)*(in-1)/(length-1), or the
//	                      middle, 0.5*(start+end)*(in-1), if length <= 1
func (a *resizedAxis) place(coordinates string, i int) float32 {
	x, in, length := float32(i), float32(a.in), float32(a.out)
	switch coordinates {
	case "half_pixel_symmetric":
		full := float32(a.scale * in)
		adjust := float32(length / full)
		offset := float32(in / 2 * (1 - adjust))
		return float32(float64(offset) + float64(x+0.5)/float64(a.scale) - 0.5)
	case "pytorch_half_pixel":
		if a.out <= 1 {
			return 0
		}
	case "align_corners":
		if a.out == 1 {
			return 0
		}
		return float32(x*(in-1)) / (length - 1)
	case "asymmetric":
		return x / a.scale
	case "tf_half_pixel_for_nn":
		return (x + 0.5) / a.scale
	case "tf_crop_and_resize":
		if a.out <= 1 {
			return float32(0.5 * float64(a.start+a.end) * float64(in-1))
		}
		along := float32(float32(x*(a.end-a.start)) * (in - 1))
		return float32(a.start*(in-1)) + float32(along/(length-1))
	}
	return float32((x+0.5)/a.scale) - 0.5
}

// plan fills in which input elements each output is made of.
func (a *resizedAxis) plan(r *resizing) {
	a.first = make([]int, 0, a.out+1)
	for i := range a.out {
		a.first = append(a.first, len(a.at))
		x := a.place(r.coordinates, i)
		if r.crops() {
			a.outside = append(a.outside, !(x >= 0 && x <= float32(a.in-1)))
		}
		switch {
		case r.mode == "nearest":
			a.at = append(a.at, a.nearest(r.nearest, float64(x)))
		case r.antialias:
			a.antialias(r, float64(x))
		case r.mode == "linear":
			a.linear(x)
		default:
			a.cubic(r, float64(x))
		}
	}
	a.first = append(a.first, len(a.at))
}

// inside returns the input element at x, or the nearest if there is none.
func (a *resizedAxis) inside(x float64) int {
	switch {
	case !(x > 0):
		return 0
	case x >= float64(a.in-1):
		return a.in - 1
	}
	return int(x)
}

func (a *resizedAxis) nearest(mode string, x float64) int {
	switch mode {
	case "round_prefer_floor":
		x = math.Ceil(x - 0.5)
	case "round_prefer_ceil":
		x = math.Floor(x + 0.5)
	case "floor":
		x = math.Floor(x)
	case "ceil":
		x = math.Ceil(x)
	}
	return a.inside(x)
}

// linear adds the two elements beside x.
func (a *resizedAxis) linear(x float32) {
	x = max(x, 0)
	if !(x <= float32(a.in-1)) {
		x = float32(a.in - 1)
	}
	low := int(x)
	f := float64(x - float32(low))
	a.at = append(a.at, low, min(low+1, a.in-1))
	a.weight = append(a.weight, 1-f, f)
}

// cubic adds the four elements around x.
func (a *resizedAxis) cubic(r *resizing, x float64) {
	low := math.Floor(x)
	a.taps(r, low-1, low+2, func(at float64) float64 { return cubicWeight(r.cubic, at-x) })
}

// antialias adds all elements under a filter that is as wide as an output. The
// filter is wider than its own size where an axis shrinks.
func (a *resizedAxis) antialias(r *resizing, x float64) {
	wide := float64(max(1/a.scale, 1))
	filter, reach := triangleWeight, wide
	if r.mode == "cubic" {
		filter, reach = func(d float64) float64 { return cubicWeight(r.cubic, d) }, 2*wide
	}
	a.taps(r, math.Floor(x-reach+1), math.Floor(x+reach), func(at float64) float64 { return filter((at - x) / wide) })
}

// taps adds elements from low to high with their weights, which sum up to 1 for
// antialiasing and where elements outside are left out; others stand for the
// nearest inside.
func (a *resizedAxis) taps(r *resizing, low, high float64, weight func(at float64) float64) {
	begin, sum := len(a.at), 0.0
	last := float64(a.in - 1)
	low, high = max(low, -2*last-8), min(high, 3*last+8) // x may be anywhere in a crop
	for at := low; at <= high; at++ {
		if r.excludeOutside && (at < 0 || at > last) {
			continue
		}
		w := weight(at)
		a.at, a.weight = append(a.at, a.inside(at)), append(a.weight, w)
		sum += w
	}
	if len(a.at) == begin {
		a.at, a.weight = append(a.at, a.inside(low)), append(a.weight, 1)
	}
	if (r.excludeOutside || r.antialias) && sum != 0 {
		for k := begin; k < len(a.weight); k++ {
			a.weight[k] /= sum
		}
	}
}

// triangleWeight is the filter of linear interpolation.
func triangleWeight(d float64) float64 { return max(1-math.Abs(d), 0) }

// cubicWeight is Keys' filter of cubic interpolation, with coefficient c.
func cubicWeight(c, d float64) float64 {
	d = math.Abs(d)
	switch {
	case d <= 1:
		return float64((float64((c+2)*d)-(c+3))*d*d) + 1
	case d < 2:
		return float64((float64((float64(c*d)-float64(5*c))*d)+float64(8*c))*d) - float64(4*c)
	}
	return 0
}
