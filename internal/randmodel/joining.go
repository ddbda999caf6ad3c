package randmodel

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that join elements, look them up, or make new ones.

var joining = map[string]recipe{
	"Concat": func(d *drawer) {
		x := d.pick(every, 1, 5)
		axis := d.axis(x)
		in := []value{x}
		for range d.intN(3) {
			switch {
			case d.chance(80):
				in = append(in, x)
			case len(x.shape) == 0 || x.open(0) || d.chance(100):
				in = append(in, d.same(x))
			default:
				shape := slices.Clone(x.shape)
				shape[on(axis, x)] = d.dim()
				in = append(in, d.weight(x.elem, shape...))
			}
		}
		d.node("Concat", list(in...), 1, d.attrs().int("axis", axis).list...)
	},
	"Split": func(d *drawer) {
		x := d.pick(every, 1, 5)
		axis := d.axis(x)
		n := x.size(on(axis, x))
		k := int64(d.between(0, int(min(n, 9))))
		switch {
		case d.version() < 13:
			d.node("Split", list(x), 2, d.attrs().int("axis", axis).ints("split", k, n-k).list...)
		case d.version() >= 18 && d.chance(128):
			d.node("Split", list(x), 2, d.attrs().int("axis", axis).int("num_outputs", 2).list...)
		default:
			d.node("Split", []string{x.name, d.list(k, n-k)}, 2, d.attrs().int("axis", axis).list...)
		}
	},
	"Gather": func(d *drawer) {
		x := d.pick(every, 1, 5)
		axis := d.axis(x)
		index := d.indices(x.size(on(axis, x)), d.small(d.intN(3))...)
		d.node("Gather", []string{x.name, index}, 1, d.attrs().int("axis", axis).list...)
	},
	"ai.onnx.ml.ArrayFeatureExtractor": func(d *drawer) {
		x := d.pick(numbers, 1, 4)
		d.node("ai.onnx.ml.ArrayFeatureExtractor", []string{x.name, d.indices(x.size(-1), int64(d.between(1, 3)))}, 1)
	},
	"GatherElements": func(d *drawer) {
		x := d.pick(every, 1, 5)
		axis := d.axis(x)
		shape := fixedShape(x.shape)
		if len(shape) > 0 {
			shape[on(axis, x)] = d.dim()
		}
		d.node("GatherElements", []string{x.name, d.indices(x.size(on(axis, x)), shape...)}, 1, d.attrs().int("axis", axis).list...)
	},
	"GatherND": func(d *drawer) {
		x := d.pick(every, 1, 5)
		depth := d.between(min(1, len(x.shape)), len(x.shape))
		least := int64(1 << 20)
		for k := range depth {
			least = min(least, x.size(k))
		}
		if d.chance(60) && len(x.shape) > 1 {
			rest := int64(d.between(1, len(x.shape)-1))
			d.node("GatherND", []string{x.name, d.indices(1, x.size(0), int64(d.between(1, 3)), rest)}, 1, d.attrs().int("batch_dims", 1).list...)
			return
		}
		d.node("GatherND", []string{x.name, d.indices(least, append(d.small(d.intN(3)), int64(depth))...)}, 1)
	},
	"Scatter":         drawScatter("Scatter"),
	"ScatterElements": drawScatter("ScatterElements"),
	"ScatterND": func(d *drawer) {
		x := d.pick(every, 1, 5)
		depth := d.between(min(1, len(x.shape)), len(x.shape))
		least := int64(1 << 20)
		for k := range depth {
			least = min(least, x.size(k))
		}
		rows := d.small(d.between(0, 2))
		index := d.indices(least, append(slices.Clone(rows), int64(depth))...)
		updates := d.weight(x.elem, append(rows, fixedShape(x.shape)[depth:]...)...)
		d.node("ScatterND", []string{x.name, index, updates.name}, 1, d.reduction().list...)
	},
	"OneHot": func(d *drawer) {
		x := d.pick(wholes, 0, 4)
		elem := d.anyType()
		a := d.attrs()
		a.maybe("axis", -1, len(x.shape))
		d.node("OneHot", []string{x.name, d.scalar(int64(d.between(0, 6))), d.weight(elem, 2).name}, 1, a.list...)
	},
	"TopK": func(d *drawer) {
		x := d.pick(numbers, 1, 5)
		axis := d.axis(x)
		k := int64(d.between(0, int(min(x.size(on(axis, x)), 9))))
		a := d.attrs().int("axis", axis)
		if d.version() < 10 {
			d.node("TopK", list(x), 2, a.int("k", k).list...)
			return
		}
		d.node("TopK", []string{x.name, d.list(k)}, 2, a.flag("largest", "sorted").list...)
	},
	"Where": func(d *drawer) {
		x := d.pick(every, 0, 5)
		condition := value{elem: onnx.Bool, shape: x.shape}
		d.node("Where", list(d.like(condition), x, d.like(x)), 1)
	},
	"Clip": func(d *drawer) {
		x := d.pick(numbers, 0, 5)
		if d.version() < 11 {
			d.node("Clip", list(x), 1, d.attrs().float("min", "max").list...)
			return
		}
		in := list(x)
		for range 2 {
			switch d.intN(4) {
			case 0:
				in = append(in, "")
			default:
				in = append(in, d.real(x.elem, one(&d.source, Normal, Positive, Whole)))
			}
		}
		d.node("Clip", in[:d.between(1, 3)], 1)
	},
	"CumSum":  drawCumulate("CumSum"),
	"CumProd": drawCumulate("CumProd"),
	"Constant": func(d *drawer) {
		a := d.attrs()
		switch d.intN(5) {
		case 0:
			a.must(onnx.FloatAttr("value_float", 2))
		case 1:
			a.int("value_int", 3)
		case 2:
			a.must(onnx.FloatsAttr("value_floats", 1, 2, 3))
		case 3:
			a.ints("value_ints", 1, 2, 3)
		default:
			f := Feed{Type: d.anyType(), Kind: d.kind()}
			shape := d.small(d.intN(3))
			t := onnx.Tensor{Type: f.Type, Dims: shape}
			if n := volume(shape); n >= 0 && n < 1<<12 {
				t.Raw = f.raw(int(n))
			}
			a.must(onnx.TensorAttr("value", t))
		}
		d.node("Constant", nil, 1, a.list...)
	},
	"ConstantOfShape": func(d *drawer) {
		a := d.attrs()
		if d.chance(150) {
			f := Feed{Type: d.anyType(), Kind: Whole, Seed: uint64(d.octet())}
			a.must(onnx.TensorAttr("value", onnx.Tensor{Type: f.Type, Dims: []int64{1}, Raw: f.raw(1)}))
		}
		d.node("ConstantOfShape", []string{d.list(d.small(d.intN(4))...)}, 1, a.list...)
	},
	"Range":               drawRange("Range"),
	"com.microsoft.Range": drawRange("com.microsoft.Range"),
	"RandomNormal": func(d *drawer) {
		d.node("RandomNormal", nil, 1, d.attrs().ints("shape", d.small(d.intN(4))...).float("mean", "scale", "seed").maybe("dtype", 10, 11).list...)
	},
	"RandomUniform": func(d *drawer) {
		d.node("RandomUniform", nil, 1, d.attrs().ints("shape", d.small(d.intN(4))...).float("low", "high", "seed").maybe("dtype", 10, 11).list...)
	},
	"Dropout": func(d *drawer) {
		x := d.pick(floats, 0, 5)
		if d.version() < 12 {
			d.node("Dropout", list(x), 1, d.attrs().float("ratio").list...)
			return
		}
		in := list(x)
		if d.chance(150) {
			in = append(in, d.constantOf(Feed{Type: onnx.Float, Kind: Zero}, nil).name)
			if d.chance(128) {
				in = append(in, d.weight(onnx.Bool).name)
			}
		}
		d.node("Dropout", in, d.between(1, 2), d.attrs().maybe("seed", 0, 9).list...)
	},
	"Einsum": func(d *drawer) {
		x := d.pick(floats, 2, 2)
		n := x.size(1)
		switch d.intN(6) {
		case 0:
			d.node("Einsum", list(x), 1, onnx.StringAttr("equation", "ij->ji"))
		case 1:
			d.node("Einsum", list(x), 1, onnx.StringAttr("equation", one(&d.source, "ij->i", "ij->", "i j -> j", "...j->...", "ij", "ba")))
		case 2:
			d.node("Einsum", list(x, x), 1, onnx.StringAttr("equation", one(&d.source, "ij,ij->ij", "ij,ij->i", "ij,kj->ik", "ij,ij->")))
		case 3:
			y := d.weight(x.elem, 2, n, 3)
			d.node("Einsum", list(x, y), 1, onnx.StringAttr("equation", one(&d.source, "ij,bjk->bik", "ij,bjk->ik", "aj,bjk")))
		case 4:
			y := d.weight(x.elem, n, n)
			d.node("Einsum", list(x, y), 1, onnx.StringAttr("equation", one(&d.source, "ij,jj->i", "...i,ii->...i", "ij,jk->ik", "ij,jk")))
		default:
			y, z := d.weight(x.elem, n, 2), d.weight(x.elem, 2)
			d.node("Einsum", list(x, y, z), 1, onnx.StringAttr("equation", one(&d.source, "ij,jk,k->i", "ij,jk,k->ik", "ij,jk,k->", "->", "ij,jk->ik", "i...,jk,k->i")))
		}
	},
	"NonMaxSuppression": func(d *drawer) {
		n, classes := int64(d.between(1, 5)), int64(d.between(1, 2))
		boxes, scores := d.weight(onnx.Float, 1, n, 4), d.weight(onnx.Float, 1, classes, n)
		in := list(boxes, scores)
		if d.chance(170) {
			in = append(in, d.scalar(int64(d.between(0, 3))))
			if d.chance(128) {
				in = append(in, d.real(onnx.Float, Zero), d.real(onnx.Float, Normal))
			}
		}
		d.node("NonMaxSuppression", in, 1, d.attrs().flag("center_point_box").list...)
	},
	"ai.onnx.ml.Scaler": func(d *drawer) {
		x := d.pick(numbers, 1, 2)
		a := d.attrs().must(onnx.FloatsAttr("scale", 0.5))
		if d.chance(128) {
			a.must(onnx.FloatsAttr("offset", make([]float32, max(0, min(x.size(-1), 40)))...))
		}
		d.node("ai.onnx.ml.Scaler", list(x), 1, a.list...)
	},
	"MeanVarianceNormalization": func(d *drawer) {
		x := d.pick(floats, 2, 5)
		d.node("MeanVarianceNormalization", list(x), 1, d.attrs().ints("axes", d.axes(x)...).list...)
	},
}

// reductions are the operators that join elements along axes.
func reductions() map[string]recipe {
	table := make(map[string]recipe)
	for _, op := range []string{"Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSum", "LogSumExp"} {
		table["Reduce"+op] = drawReduce("Reduce"+op, op == "Sum")
	}
	return table
}

func drawReduce(op string, sum bool) recipe {
	return func(d *drawer) {
		x := d.pick(numbers, 0, 5)
		version := int64(18)
		if sum {
			version = 13
		}
		a := d.attrs().flag("keepdims")
		if d.version() >= version {
			a.flag("noop_with_empty_axes")
		}
		d.withInts(op, version, "axes", x, d.axes(x), !d.apart && d.chance(50), a.list...)
	}
}

// small is a small shape of a rank.
func (d *drawer) small(rank int) []int64 {
	shape := make([]int64, rank)
	for k := range shape {
		shape[k] = d.dim()
	}
	return shape
}

// indices is places below n, from -n up, or of any size.
func (d *drawer) indices(n int64, shape ...int64) string {
	f := Feed{Type: one(&d.source, onnx.Int64, onnx.Int64, onnx.Int32), Kind: Indices, Most: n}
	if d.odd() {
		f.Kind = Special
	}
	for k := range shape {
		if d.odd() {
			shape[k] = d.dim()
		}
	}
	return d.weightOf(f, shape).name
}

func (d *drawer) reduction() *attrs {
	if d.version() < 16 {
		return d.attrs()
	}
	return d.attrs().word("reduction", "none", "add", "mul", "max", "min")
}

func drawScatter(op string) recipe {
	return func(d *drawer) {
		x := d.pick(every, 1, 5)
		axis := d.axis(x)
		shape := fixedShape(x.shape)
		for k := range shape {
			shape[k] = min(shape[k], int64(d.between(1, 4)))
		}
		a := d.attrs()
		if op != "Scatter" {
			a = d.reduction()
		}
		index := d.indices(x.size(on(axis, x)), slices.Clone(shape)...)
		d.node(op, []string{x.name, index, d.weight(x.elem, shape...).name}, 1, a.int("axis", axis).list...)
	}
}

func drawCumulate(op string) recipe {
	return func(d *drawer) {
		x := d.pick(numbers, 1, 5)
		d.node(op, []string{x.name, d.scalar(d.axis(x))}, 1, d.attrs().flag("exclusive", "reverse").list...)
	}
}

func drawRange(op string) recipe {
	return func(d *drawer) {
		if d.chance(128) {
			d.node(op, []string{d.real(onnx.Float, Zero), d.real(onnx.Float, Positive), d.real(onnx.Float, Positive)}, 1)
			return
		}
		bound := func(v int64) string {
			return d.weightOf(Feed{Type: onnx.Int64, Kind: Listed, List: []int64{v}}, nil).name
		}
		from, to, step := int64(d.between(-3, 3)), int64(d.between(-5, 9)), int64(one(&d.source, 1, 2, -1, 3))
		if d.odd() {
			from, to, step = d.number(), d.number(), d.number()
		}
		d.node(op, []string{bound(from), bound(to), bound(step)}, 1)
	}
}
