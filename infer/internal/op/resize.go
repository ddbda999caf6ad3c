package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Resize of every version, and Upsample: what the node asks for, as
// one axis after the other. Where output elements lie is in resize_axis.go, how
// they are computed in resize_run.go.

var resizes = family{
	{Name: "Resize", Make: resize, Least: 1, Most: 4, Attrs: resizeAttrs, Raise: raiseResize},
	{Name: "Upsample", Make: resize, Least: 1, Most: 4, Attrs: resizeAttrs, Raise: raiseUpsample},
}

const resizeAttrs = "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value " +
	"keep_aspect_ratio_policy mode nearest_mode"

// The inputs of Resize.
const (
	resizeROI = 1 + iota
	resizeScales
	resizeSizes
)

func raiseResize(r *Raising) {
	if r.Version >= 11 {
		return
	}
	if len(r.Inputs) > 1 {
		scales := r.Inputs[1]
		r.Input(resizeROI, "")
		r.Input(resizeScales, scales)
	}
	r.Set(onnx.StringAttr("coordinate_transformation_mode", "asymmetric"))
	r.Set(onnx.StringAttr("nearest_mode", "floor"))
}

// raiseUpsample makes a Resize of an Upsample, whose scales were attributes up to
// opset 8.
func raiseUpsample(r *Raising) {
	var scales []float32
	if height, width := r.Take("height_scale"), r.Take("width_scale"); height != nil && width != nil {
		scales = []float32{1, 1, height.Float, width.Float}
	}
	if a := r.Take("scales"); a != nil {
		scales = a.Floats
	}
	if scales != nil {
		r.Input(1, r.Constant(onnx.NewFloat32("", scales, int64(len(scales)))))
	}
	for i := range r.Attrs {
		if a := &r.Attrs[i]; a.Name == "mode" && a.String == "bilinear" {
			r.Set(onnx.StringAttr("mode", "linear"))
			break
		}
	}
	r.Op, r.Version = "Resize", 10
	raiseResize(r)
}

// resizing is what the attributes of Resize say.
type resizing struct {
	mode, coordinates, nearest string
	cubic                      float64
	excludeOutside, antialias  bool
	extrapolation              float64
}

func (n *Node) resizing() (r resizing) {
	r.mode = n.String("mode", "nearest", "linear", "cubic")
	r.coordinates = n.String("coordinate_transformation_mode", "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
		"align_corners", "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize")
	r.nearest = n.String("nearest_mode", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
	r.cubic = float64(n.Float("cubic_coeff_a", -0.75))
	r.excludeOutside = n.Bool("exclude_outside", false)
	r.antialias = n.Bool("antialias", false)
	r.extrapolation = float64(n.Float("extrapolation_value", 0))
	if r.mode == "nearest" {
		n.Type(0, tensor.Any)
		if r.antialias {
			n.Fail("antialias is set with mode nearest, want linear or cubic")
		}
	} else {
		n.Type(0, tensor.Numbers)
	}
	return r
}

// crops reports whether part of the image is resized, as input 1 says.
func (r *resizing) crops() bool { return r.coordinates == "tf_crop_and_resize" }

// resize is Resize.
func resize(n *Node) Eval {
	x := n.In[0]
	r := n.resizing()
	axes := n.resizedAxes(&r)
	if n.err != nil {
		return nil
	}
	shape := cloneShape(x.Shape)
	for _, a := range axes {
		shape[a.axis] = a.out
	}
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	same := sameShape(shape, x.Shape) && r.mode != "cubic" && !r.antialias && !r.crops()
	kept := axes[:0]
	for _, a := range axes {
		if !same && (a.scale != 1 || a.out != a.in || a.start != 0 || a.end != 1) {
			kept = append(kept, a)
		}
	}
	axes = kept
	n.Grows = tensor.Product(shape) > x.Len()
	if r.mode == "nearest" {
		return n.resizeNearest(&r, axes)
	}
	return n.resizeMixed(&r, axes)
}

// resizedAxes returns the axes that inputs and attributes name, with what is
// known of each.
func (n *Node) resizedAxes(r *resizing) []resizedAxis {
	x := n.In[0]
	list := tensor.Steps(len(x.Shape), 1)
	if n.Has("axes") {
		list = n.axes(n.List("axes"), len(x.Shape))
	}
	given := func(i int) bool { return n.In[i] != nil && n.In[i].Len() > 0 }
	var scales, roi []float64
	var sizes []int64
	switch {
	case given(resizeScales) && given(resizeSizes):
		n.Fail("it has scales and sizes, want one of them")
	case given(resizeScales):
		scales = n.Float64s(resizeScales)
	case given(resizeSizes):
		sizes = n.Sizes(resizeSizes)
	case len(list) > 0:
		n.Fail("it has neither scales nor sizes")
	}
	if r.crops() {
		if roi = n.Float64s(resizeROI); n.err == nil && len(roi) != 2*len(list) {
			n.Fail("roi has %d numbers, want %d", len(roi), 2*len(list))
		}
	}
	if n.err == nil && len(scales)+len(sizes) != len(list) {
		n.Fail("it has %d scales or sizes, want %d", len(scales)+len(sizes), len(list))
	}
	if n.err != nil {
		return nil
	}
	var axes []resizedAxis
	for i, axis := range list {
		a := resizedAxis{axis: axis, in: x.Shape[axis], end: 1}
		if roi != nil {
			a.start, a.end = float32(roi[i]), float32(roi[i+len(list)])
		}
		if sizes == nil {
			a.scale = float32(scales[i])
			a.out = n.resizedSide(a, math.Floor(float64(a.scale*float32(a.in))))
		} else {
			a.out = n.resizedSide(a, float64(sizes[i]))
			a.scale = float32(a.out) / float32(max(a.in, 1))
		}
		axes = append(axes, a)
	}
	if sizes != nil {
		n.keepAspect(axes)
	}
	return axes
}

// keepAspect gives all axes one scale, if an attribute says so.
func (n *Node) keepAspect(axes []resizedAxis) {
	policy := n.String("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller")
	if policy == "stretch" || len(axes) == 0 || n.err != nil {
		return
	}
	scale := axes[0].scale
	for _, a := range axes {
		if policy == "not_larger" {
			scale = min(scale, a.scale)
		} else {
			scale = max(scale, a.scale)
		}
	}
	for i := range axes {
		a := &axes[i]
		a.scale = scale
		a.out = n.resizedSide(*a, math.Floor(float64(scale*float32(a.in))+0.5))
	}
}

// resizedSide checks the length that an axis comes out with.
func (n *Node) resizedSide(a resizedAxis, out float64) int {
	if !(out >= 0 && out <= maxAttr) || a.in == 0 && out > 0 || !(a.scale >= 0) {
		n.Fail("axis %d of %d elements times %v comes out as %v, want 0 to %d, and 0 of 0", a.axis, a.in, a.scale, out, maxAttr)
		return 0
	}
	return int(out)
}
