package randmodel

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators on quantised values.

var quantized = map[string]recipe{
	"QuantizeLinear":                 drawQuantize("QuantizeLinear"),
	"com.microsoft.QuantizeLinear":   drawQuantize("com.microsoft.QuantizeLinear"),
	"DequantizeLinear":               drawDequantize("DequantizeLinear"),
	"com.microsoft.DequantizeLinear": drawDequantize("com.microsoft.DequantizeLinear"),
	"MatMulInteger": func(d *drawer) {
		x := d.bytes(2, 4)
		in := list(x, d.weight(one(&d.source, octets...), x.size(-1), d.dim()))
		if d.chance(128) {
			in = append(in, d.zero(x.elem))
			if d.chance(128) {
				in = append(in, d.weight(d.typeOf(in[1]), d.lastOf(in[1])).name)
			}
		}
		d.node("MatMulInteger", in, 1)
	},
	"QLinearMatMul": func(d *drawer) {
		x := d.bytes(2, 4)
		w := d.weight(one(&d.source, octets...), x.size(-1), d.dim())
		y := one(&d.source, octets...)
		d.node("QLinearMatMul", []string{x.name, d.quantum(), d.zero(x.elem), w.name, d.quantum(), d.zero(w.elem), d.quantum(), d.zero(y)}, 1)
	},
	"com.microsoft.MatMulIntegerToFloat": func(d *drawer) {
		x := d.bytes(2, 4)
		n := d.dim()
		w := d.weight(one(&d.source, octets...), x.size(-1), n)
		in := []string{x.name, w.name, d.quantum(), d.quantum()}
		if d.chance(128) {
			in = append(in, d.zero(x.elem), d.zero(w.elem), d.weight(onnx.Float, n).name)
		}
		d.node("com.microsoft.MatMulIntegerToFloat", in, 1)
	},
	"com.microsoft.DynamicQuantizeMatMul": func(d *drawer) {
		x := d.pick(singles, 2, 4)
		n := d.dim()
		w := d.weight(one(&d.source, octets...), x.size(-1), n)
		in := []string{x.name, w.name, d.quantum()}
		if d.chance(128) {
			in = append(in, d.zero(w.elem), d.weight(onnx.Float, n).name)
		}
		d.node("com.microsoft.DynamicQuantizeMatMul", in, 1)
	},
	"ConvInteger": drawQuantizedConv("ConvInteger"),
	"QLinearConv": drawQuantizedConv("QLinearConv"),
	"com.microsoft.QLinearConcat": func(d *drawer) {
		x := d.bytes(1, 4)
		q := d.quantize(x)
		in := append([]string{d.quantum(), d.zero(x.elem)}, q...)
		if d.chance(170) {
			in = append(in, q...)
		}
		d.node("com.microsoft.QLinearConcat", in, 1, onnx.IntAttr("axis", d.axis(x)))
	},
	"com.microsoft.QLinearWhere": func(d *drawer) {
		x := d.bytes(0, 4)
		q, p := d.quantize(x), d.quantize(d.like(x))
		condition := d.like(value{elem: onnx.Bool, shape: x.shape}).name
		d.node("com.microsoft.QLinearWhere", slices.Concat([]string{condition}, q, p, []string{d.quantum(), d.zero(x.elem)}), 1)
	},
	"com.microsoft.QLinearGlobalAveragePool": func(d *drawer) {
		x := d.images(0, d.between(3, 5))
		q := d.quantize(x)
		d.node("com.microsoft.QLinearGlobalAveragePool", append(q[:3:3], q[1:]...), 1, d.attrs().maybe("channels_last", 0, 0).list...)
	},
	"com.microsoft.QLinearReduceMean": func(d *drawer) {
		x := d.bytes(1, 4)
		q := d.quantize(x)
		d.node("com.microsoft.QLinearReduceMean", append(q[:3:3], q[1:]...), 1, d.attrs().flag("keepdims").ints("axes", d.axis(x)).list...)
	},
}

// quantizedAlike are ONNX Runtime's operators on 8 bits that are one of ONNX
// between two others.
func quantizedAlike() map[string]recipe {
	quantized := make(map[string]recipe)
	for _, op := range []string{"LeakyRelu", "Sigmoid"} {
		name := "com.microsoft.QLinear" + op
		quantized[name] = func(d *drawer) {
			q := d.quantize(d.bytes(0, 4))
			a := d.attrs()
			if op == "LeakyRelu" {
				a.float("alpha")
			}
			d.node(name, append(q[:3:3], q[1:]...), 1, a.list...)
		}
	}
	for _, op := range []string{"Add", "Mul"} {
		name := "com.microsoft.QLinear" + op
		quantized[name] = func(d *drawer) {
			x := d.bytes(0, 4)
			q, p := d.quantize(x), d.quantize(d.like(x))
			d.node(name, slices.Concat(q, p, []string{d.quantum(), d.zero(x.elem)}), 1)
		}
	}
	return quantized
}

// bytes is a value of 8-bit integers.
func (d *drawer) bytes(least, most int) value { return d.pick(octets, least, most) }

// zero is a zero point.
func (d *drawer) zero(elem onnx.DataType) string {
	return d.weightOf(Feed{Type: elem, Kind: Whole}, nil).name
}

// quantum is the scale of a quantised tensor, one number.
func (d *drawer) quantum() string { return d.positive(onnx.Float).name }

// quantize returns the names of a value of 8 bits, its scale and its zero point.
func (d *drawer) quantize(x value) []string {
	if !slices.Contains(octets, x.elem) {
		if x.elem != onnx.Float {
			x.name = d.step("Cast", list(x), onnx.IntAttr("to", int64(onnx.Float)))
		}
		x.elem = onnx.Uint8
		x.name = d.step("QuantizeLinear", []string{x.name, d.constantOf(Feed{Type: onnx.Float, Kind: Positive}, nil).name, d.constantOf(Feed{Type: onnx.Uint8, Kind: Positive}, nil).name})
	}
	return []string{x.name, d.quantum(), d.zero(x.elem)}
}

func (d *drawer) typeOf(name string) onnx.DataType {
	for _, t := range d.model.Graph.Initializers {
		if t.Name == name {
			return t.Type
		}
	}
	return onnx.Int8
}

func (d *drawer) lastOf(name string) int64 {
	for _, t := range d.model.Graph.Initializers {
		if t.Name == name && len(t.Dims) > 0 {
			return t.Dims[len(t.Dims)-1]
		}
	}
	return 1
}

// quantizedAlong draws the shape of a value's scales, and sets the attributes that
// go with it.
func (d *drawer) quantizedAlong(x value, a *attrs) []int64 {
	if len(x.shape) < 2 || !d.chance(120) {
		return []int64{}
	}
	axis := d.axis(x)
	a.int("axis", axis)
	if d.version() < 21 || !d.chance(200) {
		return []int64{x.size(on(axis, x))}
	}
	a.int("block_size", 2)
	shape := fixedShape(x.shape)
	shape[on(axis, x)] -= shape[on(axis, x)] / 2
	return shape
}

func drawQuantize(op string) recipe {
	return func(d *drawer) {
		types := []onnx.DataType{onnx.Float, onnx.Float, onnx.Int32}
		if d.version() >= 19 {
			types = floats
		}
		x := d.pick(types, 0, 5)
		a := d.attrs()
		scale := onnx.Float
		if slices.Contains(floats, x.elem) {
			scale = x.elem
		}
		to := one(&d.source, onnx.Uint8, onnx.Int8, onnx.Int16, onnx.Uint16)
		shape := d.quantizedAlong(x, a)
		in := list(x, d.positive(scale, shape...))
		if d.chance(128) {
			in = append(in, d.weight(to, shape...).name)
		} else if d.version() >= 21 && op == "QuantizeLinear" {
			a.maybe("output_dtype", 2, 5)
			if d.version() >= 23 {
				a.maybe("precision", 1, 1)
			}
		}
		if d.version() >= 19 && op == "QuantizeLinear" {
			a.flag("saturate")
		}
		d.node(op, in, 1, a.list...)
	}
}

func drawDequantize(op string) recipe {
	return func(d *drawer) {
		types := []onnx.DataType{onnx.Int8, onnx.Uint8, onnx.Int32, onnx.Uint16, onnx.Int16}
		x := d.pick(types, 0, 5)
		if d.chance(60) {
			x = d.constant(one(&d.source, packed...), d.small(d.between(1, 3))...)
		}
		a := d.attrs()
		shape := d.quantizedAlong(x, a)
		in := list(x, d.positive(onnx.Float, shape...))
		if d.chance(128) && x.elem != onnx.Int32 {
			in = append(in, d.weight(x.elem, shape...).name)
		}
		if d.version() >= 23 && op == "DequantizeLinear" {
			a.maybe("output_dtype", 10, 11)
		}
		d.node(op, in, 1, a.list...)
	}
}

func drawQuantizedConv(op string) recipe {
	return func(d *drawer) {
		shape := []int64{int64(d.between(1, 4))}
		for range d.between(1, 2) {
			shape = append(shape, int64(d.between(1, 7)))
		}
		x := d.input(one(&d.source, octets...), d.withBatch(shape...))
		group, kernel := d.group(x), d.window(x, 3)
		out := group * int64(d.between(1, 3))
		w := d.weight(one(&d.source, octets...), append([]int64{out, x.size(1) / max(group, 1)}, kernel...)...)
		a := d.attrs().int("group", group)
		d.strides(a, len(kernel), kernel, 20)
		if op == "ConvInteger" {
			in := list(x, w)
			if d.chance(128) {
				in = append(in, d.zero(x.elem))
				if d.chance(60) {
					in = append(in, d.zero(w.elem))
				}
			}
			d.node(op, in, 1, a.list...)
			return
		}
		y := one(&d.source, octets...)
		in := []string{x.name, d.quantum(), d.zero(x.elem), w.name, d.quantum(), d.zero(w.elem), d.quantum(), d.zero(y)}
		if d.chance(128) {
			in = append(in, d.weight(onnx.Int32, out).name)
		}
		d.node(op, in, 1, a.list...)
	}
}
