package randmodel

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is products, convolutions and windows over images.

var layers = map[string]recipe{
	"MatMul": func(d *drawer) {
		x := d.pick(floats, 1, 5)
		d.node("MatMul", list(x, d.matrixFor(x)), 1)
	},
	"com.microsoft.FusedMatMul": func(d *drawer) {
		x := d.pick(floats, 2, 4)
		k, n := x.size(-1), d.dim()
		a := d.attrs().float("alpha")
		shape := []int64{k, n}
		if d.chance(128) {
			a.int("transB", 1)
			shape = []int64{n, k}
		}
		if d.chance(60) {
			a.flag("transA", "transBatchA", "transBatchB")
		}
		d.node("com.microsoft.FusedMatMul", list(x, d.weight(x.elem, shape...)), 1, a.list...)
	},
	"com.microsoft.TransposeMatMul": func(d *drawer) {
		x := d.pick(floats, 2, 3)
		a := d.attrs().int("transB", 1).float("alpha")
		if d.chance(60) {
			a.flag("transA")
		}
		d.node("com.microsoft.TransposeMatMul", list(x, d.weight(x.elem, d.dim(), x.size(-1))), 1, a.list...)
	},
	"Gemm":                    drawGemm("Gemm"),
	"com.microsoft.FusedGemm": drawGemm("com.microsoft.FusedGemm"),
	"Conv":                    drawConv("Conv"),
	"com.microsoft.FusedConv": drawConv("com.microsoft.FusedConv"),
	"ConvTranspose": func(d *drawer) {
		x := d.images(0, d.between(3, 5))
		rank := len(x.shape) - 2
		group := d.group(x)
		out := int64(d.between(1, 4))
		kernel := d.window(x, 4)
		w := d.weight(x.elem, append([]int64{x.size(1), out}, kernel...)...)
		in := list(x, w)
		if d.chance(128) {
			in = append(in, d.weight(x.elem, out*group).name)
		}
		a := d.attrs().int("group", group)
		d.strides(a, rank, kernel, 20)
		if d.chance(40) {
			a.ints("output_padding", make([]int64, rank)...)
		} else if d.chance(20) {
			shape := make([]int64, rank)
			for k := range shape {
				shape[k] = x.size(2+k) + int64(d.intN(4))
			}
			a.ints("output_shape", shape...)
		}
		d.node("ConvTranspose", in, 1, a.list...)
	},
	"DeformConv": func(d *drawer) {
		x := d.images(0, 4)
		out, kernel := int64(d.between(1, 3)), d.window(x, 3)
		n, h, w := x.size(0), x.size(2)-kernel[0]+1, x.size(3)-kernel[1]+1
		taps := kernel[0] * kernel[1]
		a := d.attrs()
		if d.chance(90) {
			a.ints("pads", 0, 0, 0, 0).ints("strides", 1, 1).ints("dilations", 1, 1).ints("kernel_shape", kernel...)
		}
		if d.chance(60) {
			a.int("group", 1).int("offset_group", 1)
		}
		in := []string{x.name, d.weight(x.elem, out, x.size(1), kernel[0], kernel[1]).name, d.weight(x.elem, n, 2*taps, h, w).name}
		if d.chance(128) {
			in = append(in, d.weight(x.elem, out).name, d.weight(x.elem, n, taps, h, w).name)
		}
		d.node("DeformConv", in, 1, a.list...)
	},
	"LayerNormalization":                         drawLayerNorm("LayerNormalization", true),
	"RMSNormalization":                           drawLayerNorm("RMSNormalization", false),
	"SimplifiedLayerNormalization":               drawLayerNorm("SimplifiedLayerNormalization", false),
	"com.microsoft.LayerNormalization":           drawLayerNorm("com.microsoft.LayerNormalization", true),
	"com.microsoft.SimplifiedLayerNormalization": drawLayerNorm("com.microsoft.SimplifiedLayerNormalization", false),
	"GroupNormalization": func(d *drawer) {
		x := d.pick(floats, 3, 5)
		groups := d.group(x)
		n := x.size(1)
		if d.version() < 21 {
			n = groups
		}
		d.node("GroupNormalization", []string{x.name, d.weight(x.elem, n).name, d.weight(x.elem, n).name}, 1, d.attrs().int("num_groups", groups).epsilon().maybe("stash_type", 1, 1).list...)
	},
}

var pooling = map[string]recipe{
	"AveragePool": drawPool("AveragePool"), "MaxPool": drawPool("MaxPool"), "LpPool": drawPool("LpPool"),
	"com.microsoft.QLinearAveragePool": drawPool("com.microsoft.QLinearAveragePool"),
}

// matrixFor is a matrix, or a stack of them, to be multiplied with x.
func (d *drawer) matrixFor(x value) value {
	k := x.size(-1)
	if len(x.shape) > 2 && !d.apart && d.chance(60) {
		shape := fixedShape(x.shape)
		shape[len(shape)-2], shape[len(shape)-1] = k, d.dim()
		for i := range len(shape) - 2 {
			if d.chance(128) {
				shape[i] = 1
			}
		}
		return d.weight(x.elem, shape...)
	}
	if d.chance(20) {
		return d.weight(x.elem, k)
	}
	return d.weight(x.elem, k, d.dim())
}

// activated are the activations of fused layers.
var activated = []string{"Relu", "Tanh", "Sigmoid", "LeakyRelu", "HardSigmoid", "Clip"}

func drawGemm(op string) recipe {
	return func(d *drawer) {
		x := d.pick(floats, 2, 2)
		k, n := x.size(1), d.dim()
		if d.chance(30) {
			n = int64(d.between(15, 40))
		}
		a := d.attrs().float("alpha", "beta")
		shape := []int64{k, n}
		if d.chance(150) {
			a.int("transB", 1)
			shape = []int64{n, k}
		}
		rows := x
		if len(x.shape) == 2 && !x.open(0) && d.chance(40) {
			a.int("transA", 1)
			shape[slices.Index(shape, k)] = x.size(0)
			rows.shape = []int64{x.size(1), x.size(0)}
		}
		in := list(x, d.weight(x.elem, shape...))
		if d.version() < 11 || d.chance(170) {
			in = append(in, d.weight(x.elem, one(&d.source, []int64{n}, []int64{1}, []int64{1, n}, []int64{})...).name)
		}
		if op != "Gemm" {
			name := one(&d.source, activated...)
			a.must(onnx.StringAttr("activation", name))
			if name == "Clip" || name == "HardSigmoid" {
				a.float("activation_alpha", "activation_beta")
			} else if name == "LeakyRelu" {
				a.float("activation_alpha")
			}
		}
		d.node(op, in, 1, a.list...)
	}
}

// drawLayerNorm draws a normalisation of the axes from one on, perhaps with a
// bias.
func drawLayerNorm(op string, bias bool) recipe {
	return func(d *drawer) {
		x := d.pick(floats, 1, 5)
		axis := int64(-1)
		a := d.attrs().epsilon().maybe("stash_type", 1, 1)
		if d.chance(128) {
			axis = d.axis(x)
			a.int("axis", axis)
		}
		shape := fixedShape(x.shape[min(on(axis, x), len(x.shape)):])
		in := list(x, d.weight(x.elem, shape...))
		if bias && d.chance(128) {
			in = append(in, d.weight(x.elem, shape...).name)
		}
		outputs := 1
		if op == "LayerNormalization" && d.version() >= 17 && d.chance(40) {
			outputs = d.between(2, 3)
		}
		d.node(op, in, outputs, a.list...)
	}
}

// group is a number of groups that divides the channels of images.
func (d *drawer) group(x value) int64 {
	c := max(x.size(1), 1)
	g := int64(1)
	if d.chance(80) {
		g = one(&d.source, c, 2, 3)
	}
	if c%g != 0 && !d.odd() {
		return 1
	}
	return g
}

// window is the sides of a window that fit images.
func (d *drawer) window(x value, most int) []int64 {
	kernel := make([]int64, len(x.shape)-2)
	for k := range kernel {
		kernel[k] = int64(d.between(1, int(max(1, min(int64(most), x.size(2+k))))))
	}
	return kernel
}

// strides gives the attributes of windows.
func (d *drawer) strides(a *attrs, rank int, kernel []int64, autoPad int) {
	each := func(of func() int64, n int) (v []int64) {
		for range n {
			v = append(v, of())
		}
		return v
	}
	if d.chance(100) {
		a.ints("strides", each(func() int64 { return int64(d.between(1, 3)) }, rank)...)
	}
	if d.chance(40) {
		a.ints("dilations", each(func() int64 { return int64(one(&d.source, 1, 1, 2)) }, rank)...)
	}
	if d.chance(120) {
		a.ints("kernel_shape", kernel...)
	}
	switch {
	case d.chance(autoPad):
		a.must(onnx.StringAttr("auto_pad", one(&d.source, "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET")))
	case d.chance(120):
		a.ints("pads", each(func() int64 { return int64(d.intN(3)) }, 2*rank)...)
	}
}

func drawConv(op string) recipe {
	return func(d *drawer) {
		x := d.images(0, d.between(3, 5))
		rank := len(x.shape) - 2
		group := d.group(x)
		out := group * int64(d.between(1, 4))
		if d.chance(20) {
			out = group * int64(d.between(15, 36))
		}
		kernel := d.window(x, 4)
		in := list(x, d.weight(x.elem, append([]int64{out, x.size(1) / max(group, 1)}, kernel...)...))
		if d.chance(128) {
			in = append(in, d.weight(x.elem, out).name)
		}
		a := d.attrs()
		if group != 1 || d.chance(30) {
			a.int("group", group)
		}
		d.strides(a, rank, kernel, 30)
		if op != "Conv" {
			name := one(&d.source, activated...)
			a.must(onnx.StringAttr("activation", name))
			switch name {
			case "Clip", "HardSigmoid":
				a.must(onnx.FloatsAttr("activation_params", 0.1, 0.9))
			case "LeakyRelu":
				a.must(onnx.FloatsAttr("activation_params", 0.1))
			}
		}
		d.node(op, in, 1, a.list...)
	}
}

func drawPool(op string) recipe {
	return func(d *drawer) {
		x := d.images(0, d.between(3, 5))
		kernel := d.window(x, 4)
		rank := len(kernel)
		a := d.attrs()
		d.strides(a, rank, kernel, 40)
		a.list = slices.DeleteFunc(a.list, func(at onnx.Attr) bool {
			return at.Name == "kernel_shape" || at.Name == "dilations" && (op == "LpPool" && d.version() < 18 || op == "AveragePool" && d.version() < 19)
		})
		a.ints("kernel_shape", kernel...)
		for k := range a.list {
			if pads := a.list[k].Ints; a.list[k].Name == "pads" && len(pads) == 2*rank && d.wild == 0 {
				for i := range pads {
					pads[i] = min(pads[i], kernel[i%rank]-1)
				}
			}
		}
		if d.version() >= 10 {
			a.flag("ceil_mode")
		}
		outputs := 1
		switch op {
		case "MaxPool":
			a.flag("storage_order")
			outputs = 1 + d.intN(2)
		case "LpPool":
			a.maybe("p", 1, 3)
		case "AveragePool":
			a.flag("count_include_pad")
		default:
			a.flag("count_include_pad")
			q := d.quantize(x)
			d.node(op, append(q[:3:3], q[1:]...), 1, a.list...)
			return
		}
		d.node(op, list(x), outputs, a.list...)
	}
}
