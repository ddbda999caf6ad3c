package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Resize and Upsample: every axis on its own, as a list of taps
// and weights for each place of the output.

// resizing is what the attributes of Resize say.
type resizing struct {
	mode, coordinates, nearest string
	cubic                      float64
	excludeOutside             bool
	extrapolation              float64
}

// resample is one axis: place i of the output is the sum of its taps.
type resample struct {
	axis int
	taps [][]tap
	out  []bool // places that take the extrapolation value; nil: none
}

type tap struct {
	at     int
	weight float64
}

// resize is Resize of every version, and Upsample.
func resize(n *node) evaluate {
	x := n.in[0]
	r := n.resizing()
	scales, sizes := n.scales()
	if n.err != nil {
		return nil
	}
	list := steps(len(x.shape), 1)
	if n.has("axes") {
		list, _ = n.axes(len(n.in), len(x.shape))
	}
	var roi []float64
	if r.coordinates == "tf_crop_and_resize" {
		if n.in[1] == nil {
			n.fail("input 1 is left out")
			return nil
		}
		roi = n.float64s(1)
	}
	if n.err == nil && (max(len(scales), len(sizes)) != len(list) || roi != nil && len(roi) != 2*len(list)) {
		n.fail("scales %v, sizes %v or roi %v do not fit shape %v", scales, sizes, roi, x.shape)
	}
	if n.err != nil {
		return nil
	}
	if sizes != nil {
		scales = n.scalesOf(sizes, list)
	}
	shape := slices.Clone(x.shape)
	var along []resample
	for i, axis := range list {
		in := x.shape[axis]
		var size int64
		scale := scales[i]
		start, end := 0.0, 1.0
		if roi != nil {
			start, end = roi[i], roi[i+len(list)]
		}
		if scale == 1 && start == 0 && end == 1 {
			continue
		}
		if n.within(x.shape, axis); n.err != nil {
			return nil
		}
		if sizes != nil {
			size = sizes[i]
		} else {
			size = integer(math.Floor(float64(float32(scale) * float32(in))))
		}
		if in < 1 || size < 1 || size > maxAttr || !(scale > 0) {
			n.fail("side %d times %v is %d, want 1 to %d", in, scale, size, maxAttr)
			return nil
		}
		shape[axis] = int(size)
		along = append(along, r.plan(axis, in, int(size), scale, start, end))
	}
	if r.mode == "nearest" {
		n.elem(0, anyType)
	} else {
		n.elem(0, numbers)
	}
	n.result(x.elem, shape...)
	n.grows = sizeOf(shape).of(1) > sizeOf(x.shape).of(1)
	if r.mode == "nearest" && r.coordinates != "tf_crop_and_resize" && n.err == nil {
		n.results = nil
		p := newPick(x.shape)
		for _, a := range along {
			which := make([]int, len(a.taps))
			for i, t := range a.taps {
				which[i] = t[0].at
			}
			p.choose(a.axis, which)
		}
		if len(x.shape) > 2 {
			q := p.inPixels(x.shape).joined()
			n.onPixels = func(m *memory, out, in []tensor) { q.run(out[0], in[0], tensor{}) }
		}
		return n.picked(p)
	}
	if len(x.shape) == 4 && x.elem == onnx.Float && r.mode == "linear" && !r.excludeOutside && roi == nil &&
		!slices.ContainsFunc(along, func(a resample) bool { return a.axis < 2 }) {
		return n.bilinear(along)
	}
	if len(x.shape) > 2 && x.elem == onnx.Float {
		across := slices.Clone(along)
		for i := range across {
			across[i].axis = pixelAxis(across[i].axis, len(x.shape))
		}
		n.onPixels = resampled(across, r.extrapolation)
	}
	return resampled(along, r.extrapolation)
}

// bilinear is linear resizing of images, on the kernel.
func (n *node) bilinear(along []resample) evaluate {
	var axes [2]kernel.Axis
	for d := range axes {
		same := steps(n.in[0].shape[2+d], 1)
		axes[d] = kernel.Axis{Low: same, High: same, Weight: make([]float32, len(same))}
	}
	for _, a := range along {
		axis := &axes[a.axis-2]
		*axis = kernel.Axis{}
		for _, taps := range a.taps {
			axis.Low, axis.High = append(axis.Low, taps[0].at), append(axis.High, taps[1].at)
			axis.Weight = append(axis.Weight, float32(taps[1].weight))
		}
	}
	over := func(channels int) evaluate {
		r := kernel.NewResize(n.in[0].shape[2], n.in[0].shape[3], channels, axes[0], axes[1])
		size := len(axes[0].Low) * len(axes[1].Low) * channels
		return func(_ *memory, out, in []tensor) {
			r.Run(of[float32](out[0]), of[float32](in[0]), out[0].len()/size, 0, 1)
		}
	}
	n.onPixels = over(n.in[0].channels())
	return over(1)
}

// resampled resamples one axis after the other.
func resampled(along []resample, value float64) evaluate {
	return func(m *memory, out, in []tensor) {
		t := m.copied(onnx.Double, in[0])
		for i := range along {
			t = along[i].run(m, t)
		}
		for i := range along {
			along[i].extrapolate(t, value)
		}
		convert(out[0], t)
	}
}

// resizing reads the attributes; what old versions do not have is what they do.
func (n *node) resizing() (r resizing) {
	r.mode = n.stringAttr("mode", "nearest", "linear", "cubic")
	if n.opset < 11 || n.Op == "Upsample" {
		r.coordinates, r.nearest = "asymmetric", "floor"
		return r
	}
	r.coordinates = n.stringAttr("coordinate_transformation_mode", "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
		"align_corners", "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize")
	r.nearest = n.stringAttr("nearest_mode", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
	r.cubic = float64(n.floatAttr("cubic_coeff_a", -0.75))
	r.excludeOutside = n.intAttr("exclude_outside", 0) != 0
	r.extrapolation = float64(n.floatAttr("extrapolation_value", 0))
	if n.intAttr("antialias", 0) != 0 {
		n.fail("antialias is not supported")
	}
	return r
}

// float64s returns input i, which must be known, as float64.
func (n *node) float64s(i int) []float64 {
	n.elem(i, floats)
	if n.needConstant(i); n.err != nil {
		return nil
	}
	v, err := n.in[i].constant.Float64s()
	if err != nil {
		n.fail("%v", err)
	}
	return v
}

// scales returns the factors or else the sizes that the node asks for.
func (n *node) scales() (scales []float64, sizes []int64) {
	if a := n.attr("scales", onnx.AttrFloats); a != nil {
		for _, f := range a.Floats {
			scales = append(scales, float64(f))
		}
		return scales, nil
	}
	at := 2
	if n.opset < 11 || n.Op == "Upsample" {
		at = 1
	}
	empty := func(i int) bool { return n.in[i] == nil || sizeOf(n.in[i].shape) == size{} }
	switch {
	case !empty(at):
		return n.float64s(at), nil
	case at == 2 && !empty(3):
		sizes = n.sizes(3)
		for i, d := range sizes {
			if d == batchSize && i == 0 && len(n.in[0].shape) > 0 && n.in[0].shape[0] == open {
				sizes[i] = open
			}
		}
		return nil, sizes
	}
	n.fail("it has neither scales nor sizes")
	return nil, nil
}

// scalesOf turns sizes into factors, and changes sizes as
// keep_aspect_ratio_policy says.
func (n *node) scalesOf(sizes []int64, list []int) (scales []float64) {
	policy := n.stringAttr("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller")
	for i, axis := range list {
		scales = append(scales, float64(sizes[i])/float64(max(n.in[0].shape[axis], 1)))
		if n.in[0].shape[axis] == open {
			scales[i] = 1
			if sizes[i] != open {
				n.within(n.in[0].shape, axis)
			}
		}
	}
	if policy == "stretch" {
		return scales
	}
	one := slices.Min(scales)
	if policy == "not_smaller" {
		one = slices.Max(scales)
	}
	for i, axis := range list {
		scales[i] = one
		sizes[i] = integer(math.Floor(float64(one*float64(n.in[0].shape[axis])) + 0.5))
	}
	return scales
}

// plan makes the taps of an axis that goes from in to out places.
func (r *resizing) plan(axis, in, out int, scale, start, end float64) resample {
	a := resample{axis: axis, taps: make([][]tap, out)}
	for i := range a.taps {
		x := r.place(float64(i), float64(in), scale, float64(scale*float64(in)), start, end)
		if r.coordinates == "tf_crop_and_resize" {
			a.out = append(a.out, x < 0 || x > float64(in-1))
		}
		a.taps[i] = r.weights(x, in)
	}
	return a
}

// place is where place i of the output lies in the input; length is the
// output's, before it is rounded down.
func (r *resizing) place(i, in, scale, length, start, end float64) float64 {
	half := (i+0.5)/scale - 0.5
	switch r.coordinates {
	case "half_pixel_symmetric":
		adjust := math.Floor(length) / length
		return float64(in/2*(1-adjust)) + half
	case "pytorch_half_pixel":
		if length <= 1 {
			return 0
		}
	case "align_corners":
		if length == 1 {
			return 0
		}
		return i * (in - 1) / (length - 1)
	case "asymmetric":
		return i / scale
	case "tf_half_pixel_for_nn":
		return (i + 0.5) / scale
	case "tf_crop_and_resize":
		if length <= 1 {
			return 0.5 * (start + end) * (in - 1)
		}
		return float64(start*(in-1)) + float64(i*(end-start)*(in-1)/(length-1))
	}
	return half
}

// weights is the taps of a place between the elements of a side.
func (r *resizing) weights(x float64, side int) []tap {
	last := side - 1
	clamp := func(f float64) int { return int(integer(math.Min(math.Max(f, 0), float64(last)))) }
	floor := math.Floor(x)
	f := x - floor
	var list []tap
	switch r.mode {
	case "nearest":
		switch r.nearest {
		case "round_prefer_floor":
			x = math.Ceil(x - 0.5)
		case "round_prefer_ceil":
			x = math.Floor(x + 0.5)
		case "floor":
			x = floor
		case "ceil":
			x = math.Ceil(x)
		}
		return []tap{{clamp(x), 1}}
	case "linear":
		list = []tap{{0, 1 - f}, {1, f}}
	case "cubic":
		a := r.cubic
		near := func(t float64) float64 { return float64((float64((a+2)*t)-(a+3))*t*t) + 1 }
		far := func(t float64) float64 {
			return float64((float64((float64(a*t)-float64(5*a))*t)+float64(8*a))*t) - float64(4*a)
		}
		list = []tap{{-1, far(1 + f)}, {0, near(f)}, {1, near(1 - f)}, {2, far(2 - f)}}
	}
	sum := 0.0
	for k := range list {
		at := floor + float64(list[k].at)
		if r.excludeOutside && (at < 0 || at > float64(last)) {
			list[k].weight = 0
		}
		list[k].at = clamp(at)
		sum += list[k].weight
	}
	if r.excludeOutside && sum != 0 {
		for k := range list {
			list[k].weight /= sum
		}
	}
	return list
}

// run resamples t along the axis.
func (a *resample) run(m *memory, t tensor) tensor {
	var space [maxRank]int
	shape := append(space[:0], t.shape...)
	shape[a.axis] = len(a.taps)
	out := m.tensor(onnx.Double, shape)
	inner, outer := product(shape[a.axis+1:]), product(shape[:a.axis])
	from, to := inner*t.shape[a.axis], inner*len(a.taps)
	for o := range outer {
		src, dst := of[float64](t)[o*from:][:from], of[float64](out)[o*to:][:to]
		for i, taps := range a.taps {
			for k := range inner {
				sum := 0.0
				for _, tap := range taps {
					sum += float64(tap.weight * src[tap.at*inner+k])
				}
				dst[i*inner+k] = sum
			}
		}
	}
	return out
}

// extrapolate sets what lies outside of the crop.
func (a *resample) extrapolate(t tensor, value float64) {
	if a.out == nil {
		return
	}
	inner := product(t.shape[a.axis+1:])
	for i := range of[float64](t) {
		if a.out[i/inner%t.shape[a.axis]] {
			of[float64](t)[i] = value
		}
	}
}
