package randmodel

import "github.com/ganlet/ganlet/internal/onnx"

// This file is images at other sizes or places, and signals.

var sampling = map[string]recipe{
	"Resize":                   drawResize,
	"Upsample":                 drawUpsample,
	"GridSample":               drawGridSample("GridSample"),
	"com.microsoft.GridSample": drawGridSample("com.microsoft.GridSample"),
	"AffineGrid": func(d *drawer) {
		n := int64(d.between(1, 3))
		theta, size := []int64{n, 2, 3}, []int64{n, 2, int64(d.between(1, 5)), int64(d.between(1, 5))}
		if d.chance(90) {
			theta, size = []int64{n, 3, 4}, append(size, int64(d.between(1, 4)))
		}
		d.node("AffineGrid", []string{d.weight(onnx.Float, theta...).name, d.list(size...)}, 1, d.attrs().flag("align_corners").list...)
	},
	"RoiAlign": func(d *drawer) {
		x := d.images(0, 4)
		n := int64(d.between(0, 3))
		a := d.attrs().maybe("output_height", 1, 3).maybe("output_width", 1, 3).maybe("sampling_ratio", 0, 3).float("spatial_scale").word("mode", "avg", "max")
		if d.version() >= 16 {
			a.word("coordinate_transformation_mode", "half_pixel", "output_half_pixel")
		}
		batch := d.weightOf(Feed{Type: onnx.Int64, Kind: Zero}, []int64{n})
		d.node("RoiAlign", list(x, d.weight(x.elem, n, 4), batch), 1, a.list...)
	},
	"DFT": func(d *drawer) {
		x := d.input(d.floating(), d.withBatch(int64(d.between(1, 17)), int64(d.between(1, 2))))
		a := d.attrs().flag("inverse", "onesided")
		in := list(x)
		if d.chance(80) {
			in = append(in, d.scalar(int64(d.between(1, 20))))
		}
		if d.version() < 20 {
			d.node("DFT", in, 1, a.maybe("axis", 1, 1).list...)
			return
		}
		if len(in) < 2 {
			in = append(in, "")
		}
		d.node("DFT", append(in, d.scalar(1)), 1, a.list...)
	},
	"STFT": func(d *drawer) {
		elem, frame := d.floating(), int64(d.between(1, 8))
		x := d.input(elem, d.withBatch(frame+int64(d.between(0, 12)), int64(d.between(1, 2))))
		in := []string{x.name, d.scalar(int64(d.between(1, 4))), "", d.scalar(frame)}
		if d.chance(128) {
			in[2] = d.weight(elem, frame).name
		}
		d.node("STFT", in, 1, d.attrs().flag("onesided").list...)
	},
}

// scale is a factor for a side.
func (d *drawer) scale() float32 {
	if d.odd() {
		return d.floatOf()
	}
	return one(&d.source, float32(1), 2, 0.5, 1.5, 1.7, 2.3, 3, 0.3, 0.6)
}

// scales is a constant of factors, 1 for the first two dimensions.
func (d *drawer) scales(rank int) []float32 {
	v := make([]float32, rank)
	for k := range v {
		if v[k] = 1; k > 1 || d.chance(20) && k > 0 {
			v[k] = d.scale()
		}
	}
	return v
}

func (d *drawer) floats(v ...float32) string {
	t := onnx.NewFloat32(d.name("c"), v, int64(len(v)))
	d.model.Graph.Initializers = append(d.model.Graph.Initializers, t)
	return t.Name
}

func drawResize(d *drawer) {
	x := d.images(0, d.between(3, 5))
	rank := len(x.shape)
	a := d.attrs().word("mode", "nearest", "linear", "cubic")
	if d.version() < 11 {
		d.node("Resize", []string{x.name, d.floats(d.scales(rank)...)}, 1, onnx.StringAttr("mode", one(&d.source, "nearest", "linear")))
		return
	}
	places := []string{"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel", "half_pixel_symmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"}
	if d.apart { // the region is of the batch, too
		places = places[:6]
	}
	a.word("coordinate_transformation_mode", places...)
	a.word("nearest_mode", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil").float("cubic_coeff_a", "extrapolation_value")
	a.flag("exclude_outside")
	axes := rank
	if d.version() >= 18 {
		a.flag("antialias").word("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller")
		if d.chance(60) {
			axes = 1
			a.ints("axes", 2)
		}
	}
	roi := ""
	if d.version() < 13 || d.chance(40) {
		roi = d.floats(make([]float32, 2*axes)...)
	}
	if d.apart || d.chance(150) {
		scales := d.scales(axes)
		if axes < rank {
			scales[0] = d.scale()
		}
		d.node("Resize", []string{x.name, roi, d.floats(scales...)}, 1, a.list...)
		return
	}
	sizes := fixedShape(x.shape)
	if axes < rank {
		sizes = []int64{0}
	}
	for k := range sizes {
		if k > 1 || axes < rank {
			sizes[k] = int64(d.between(1, 9))
		}
	}
	d.node("Resize", []string{x.name, roi, "", d.list(sizes...)}, 1, a.list...)
}

func drawUpsample(d *drawer) {
	x := d.images(0, 4)
	scales := []float32{1, 1, one(&d.source, float32(1), 2, 3), one(&d.source, float32(1), 2, 1.5)}
	a := d.attrs().word("mode", "nearest", "linear", "bilinear")
	switch {
	case d.version() < 7:
		a.must(onnx.FloatAttr("height_scale", scales[2])).must(onnx.FloatAttr("width_scale", scales[3]))
		d.node("Upsample", list(x), 1, a.list...)
	case d.version() < 9:
		d.node("Upsample", list(x), 1, a.must(onnx.FloatsAttr("scales", scales...)).list...)
	default:
		d.node("Upsample", []string{x.name, d.floats(scales...)}, 1, a.list...)
	}
}

func drawGridSample(op string) recipe {
	return func(d *drawer) {
		rank := 4
		if op == "GridSample" && d.version() >= 20 && d.chance(90) {
			rank = 5
		}
		x := d.images(0, rank)
		grid := []int64{x.size(0)}
		for range rank - 2 {
			grid = append(grid, int64(d.between(1, 4)))
		}
		a := d.attrs().flag("align_corners").word("padding_mode", "zeros", "border", "reflection")
		if d.version() >= 20 && op == "GridSample" {
			a.word("mode", "linear", "nearest", "cubic")
		} else {
			a.word("mode", "bilinear", "nearest", "bicubic")
		}
		d.node(op, list(x, d.weight(x.elem, append(grid, int64(rank-2))...)), 1, a.list...)
	}
}
