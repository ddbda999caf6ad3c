package randmodel

import (
	"slices"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that move, choose and reshape.

var moving = map[string]recipe{
	"Cast": func(d *drawer) {
		x := d.pick(every, 0, 5)
		d.node("Cast", list(x), 1, d.attrs().int("to", int64(d.anyType())).flag("saturate").word("round_mode", "up", "nearest").list...)
	},
	"BitCast": func(d *drawer) {
		d.node("BitCast", list(d.pick(every, 0, 5)), 1, d.attrs().int("to", int64(d.anyType())).list...)
	},
	"Reshape": func(d *drawer) {
		x := d.pick(every, 0, 5)
		to := d.folded(x)
		if d.version() < 5 {
			d.node("Reshape", list(x), 1, onnx.IntsAttr("shape", to...))
			return
		}
		d.node("Reshape", []string{x.name, d.list(to...)}, 1, d.attrs().flag("allowzero").list...)
	},
	"Transpose": func(d *drawer) {
		x := d.pick(every, 1, 6)
		perm := d.permutation(x)
		a := d.attrs()
		if d.apart || d.chance(220) {
			a.ints("perm", perm...)
		}
		d.node("Transpose", list(x), 1, a.list...)
	},
	"Squeeze": func(d *drawer) {
		x := d.pick(every, 1, 6)
		var axes []int64
		for k := range x.shape {
			if x.shape[k] == 1 && d.chance(170) {
				axes = append(axes, int64(k))
			}
		}
		d.withInts("Squeeze", 13, "axes", x, axes, d.chance(20) && !d.apart)
	},
	"Unsqueeze": func(d *drawer) {
		x := d.pick(every, 0, 5)
		var axes []int64
		for k := range d.between(1, 2) {
			axes = append(axes, int64(k+d.between(min(1, len(x.shape)), len(x.shape))))
		}
		slices.Sort(axes)
		if d.chance(60) && !d.apart {
			axes = []int64{-1}
		}
		d.withInts("Unsqueeze", 13, "axes", x, slices.Compact(axes), false)
	},
	"Expand": func(d *drawer) {
		x := d.pick(every, 0, 5)
		to := slices.Clone(x.shape)
		for k := range to {
			if to[k] < 0 || d.chance(60) {
				to[k] = 1
			} else if to[k] == 1 {
				to[k] = d.dim()
			}
		}
		if d.chance(80) {
			to = append([]int64{d.dim()}, to...)
		}
		d.node("Expand", []string{x.name, d.list(to...)}, 1)
	},
	"Tile": func(d *drawer) {
		x := d.pick(every, 1, 5)
		repeats := make([]int64, len(x.shape))
		for k := range repeats {
			repeats[k] = 1
			if k > 0 && d.chance(100) {
				repeats[k] = int64(d.between(1, 3))
			}
			if d.chance(d.zeros) {
				repeats[k] = 0
			}
		}
		d.node("Tile", []string{x.name, d.list(repeats...)}, 1)
	},
	"Slice":             drawSlice,
	"Pad":               drawPad("Pad"),
	"com.microsoft.Pad": drawPad("com.microsoft.Pad"),
	"DepthToSpace": func(d *drawer) {
		b := int64(d.between(1, 3))
		x := d.images(b*b*int64(d.between(1, 3)), 4)
		d.node("DepthToSpace", list(x), 1, d.attrs().int("blocksize", b).word("mode", "DCR", "CRD").list...)
	},
	"SpaceToDepth": func(d *drawer) {
		b := int64(d.between(1, 3))
		x := d.input(d.floating(), d.withBatch(int64(d.between(1, 4)), b*d.dim(), b*d.dim()))
		d.node("SpaceToDepth", list(x), 1, d.attrs().int("blocksize", b).list...)
	},
	"ReverseSequence": func(d *drawer) {
		x := d.pick(every, 2, 5)
		a := d.attrs()
		batch, time := 1, 0
		if d.chance(128) {
			batch, time = 0, 1
			a.int("batch_axis", 0).int("time_axis", 1)
		}
		n := max(x.size(time), 1)
		lengths := d.weightOf(Feed{Type: onnx.Int64, Kind: Listed, List: []int64{int64(d.between(0, int(min(n, 9)))), n}}, []int64{x.size(batch)})
		d.node("ReverseSequence", []string{x.name, lengths.name}, 1, a.list...)
	},
	"CenterCropPad": func(d *drawer) {
		x := d.pick(every, 1, 5)
		a := d.attrs()
		axes := d.axes(x)
		a.ints("axes", axes...)
		to := make([]int64, len(axes))
		for k := range to {
			to[k] = d.dim()
		}
		d.node("CenterCropPad", []string{x.name, d.list(to...)}, 1, a.list...)
	},
	"Col2Im": func(d *drawer) {
		rank := d.between(1, 3)
		var image, block []int64
		columns, taps := int64(1), int64(1)
		for range rank {
			side, k := int64(d.between(2, 6)), int64(d.between(1, 2))
			image, block = append(image, side), append(block, k)
			columns, taps = columns*(side-k+1), taps*k
		}
		x := d.input(d.floating(), d.withBatch(taps*int64(d.between(1, 3)), columns))
		a := d.attrs()
		if d.chance(60) {
			a.ints("dilations", ones(rank)...).ints("strides", ones(rank)...).ints("pads", make([]int64, 2*rank)...)
		}
		d.node("Col2Im", []string{x.name, d.list(image...), d.list(block...)}, 1, a.list...)
	},
	"Compress": func(d *drawer) {
		x := d.pick(every, 1, 5)
		n := x.size(0)
		a := d.attrs()
		if d.chance(170) {
			axis := d.axis(x)
			n = x.size(int(axis) % 64)
			a.int("axis", axis)
		}
		d.node("Compress", []string{x.name, d.weight(onnx.Bool, min(n, 20)).name}, 1, a.list...)
	},
}

// list is the names of values.
func list(values ...value) []string {
	names := make([]string, len(values))
	for k, v := range values {
		names[k] = v.name
	}
	return names
}

func ones(n int) []int64 { return slices.Repeat([]int64{1}, n) }

// floating is a floating-point type.
func (d *drawer) floating() onnx.DataType { return one(&d.source, floats...) }

// withBatch is a shape with a number of samples first, mostly open.
func (d *drawer) withBatch(rest ...int64) []int64 {
	first := int64(d.between(1, 3))
	if d.open && d.nested == 0 && (d.apart || d.chance(220)) {
		first = -1
	} else if d.chance(d.zeros) {
		first = 0
	}
	for k := range rest {
		if d.odd() || d.chance(d.zeros/2) {
			rest[k] = d.dim()
		}
	}
	return append([]int64{first}, rest...)
}

// images is images of so many channels and dimensions: some that are there, or new
// ones.
func (d *drawer) images(channels int64, rank int) value {
	for _, v := range slices.Backward(d.values) {
		if len(v.shape) == rank && slices.Contains(floats, v.elem) && (channels == 0 || v.shape[1] == channels) && d.chance(200) {
			return v
		}
	}
	if channels == 0 {
		channels = int64(d.between(1, 4))
		if d.chance(20) {
			channels = int64(d.between(5, 40))
		}
	}
	shape := []int64{channels}
	for range rank - 2 {
		shape = append(shape, int64(d.between(1, 7)))
	}
	return d.input(d.floating(), d.withBatch(shape...))
}

// folded is a shape for the elements of x.
func (d *drawer) folded(x value) []int64 {
	if len(x.shape) == 0 {
		return ones(d.intN(4))
	}
	var to []int64
	rest := x.shape
	if x.shape[0] < 0 {
		to, rest = append(to, one(&d.source, int64(-1), 0)), rest[1:]
	}
	n := volume(rest)
	for n > 1 && len(to) < 6 && d.chance(200) {
		f := int64(d.between(1, 4))
		for n%f != 0 {
			f--
		}
		to, n = append(to, f), n/f
	}
	if !slices.Contains(to, -1) && d.chance(100) {
		return append(to, -1)
	}
	if n != 1 || d.chance(100) {
		to = append(to, n)
	}
	return to
}

// permutation is an order of axes, which leaves the batch first where samples are
// to stay apart.
func (d *drawer) permutation(x value) []int64 {
	perm := make([]int64, len(x.shape))
	for k := range perm {
		perm[k] = int64(k)
	}
	first := 0
	if d.apart || d.chance(150) {
		first = min(1, len(perm))
	}
	for k := len(perm) - 1; k > first; k-- {
		j := first + d.intN(k-first+1)
		perm[k], perm[j] = perm[j], perm[k]
	}
	return perm
}

// withInts adds a node whose list is an attribute before a version, then input 1;
// none says that it is left out.
func (d *drawer) withInts(op string, version int64, name string, x value, list []int64, none bool, more ...onnx.Attr) {
	switch {
	case none:
		d.node(op, []string{x.name}, 1, more...)
	case d.version() < version:
		d.node(op, []string{x.name}, 1, append(d.attrs().ints(name, list...).list, more...)...)
	default:
		d.node(op, []string{x.name, d.list(list...)}, 1, more...)
	}
}

func drawSlice(d *drawer) {
	x := d.pick(every, 1, 5)
	var starts, ends, axes, steps []int64
	for k := range x.shape {
		if x.shape[k] < 0 || !d.chance(130) {
			continue
		}
		n := int(min(x.shape[k], 40))
		from, to := d.between(-1, n), d.between(0, n+1)
		step := int64(1)
		if d.chance(50) {
			step = int64(one(&d.source, 2, 3, -1, -2))
		}
		if d.chance(60) {
			to = int(one[int32](&d.source, 1<<31-1, -1, -1<<31, 1<<30))
		}
		starts, ends, axes, steps = append(starts, int64(from)), append(ends, int64(to)), append(axes, int64(k)), append(steps, step)
	}
	if d.version() < 10 {
		d.node("Slice", list(x), 1, d.attrs().ints("starts", starts...).ints("ends", ends...).ints("axes", axes...).list...)
		return
	}
	in := []string{x.name, d.list(starts...), d.list(ends...), d.list(axes...)}
	if d.chance(128) {
		in = append(in, d.list(steps...))
	}
	d.node("Slice", in, 1)
}

// drawPad draws a Pad of a domain.
func drawPad(op string) recipe {
	return func(d *drawer) {
		x := d.pick(every, 1, 5)
		rank := len(x.shape)
		pads := make([]int64, 2*rank)
		for k := range pads {
			if d.chance(90) && (k%rank > 0 || !d.open) {
				pads[k] = int64(one(&d.source, 1, 2, 3, -1, 0))
			}
		}
		a := d.attrs().word("mode", "constant", "reflect", "edge", "wrap")
		if d.version() < 11 && op == "Pad" {
			d.node(op, list(x), 1, a.ints("pads", pads...).float("value").list...)
			return
		}
		in := []string{x.name, d.list(pads...)}
		if d.chance(100) {
			in = append(in, d.real(x.elem, Normal))
			if rank > 0 && d.chance(80) && d.version() >= 18 && op == "Pad" {
				in[1] = d.list(pads[0], pads[rank])
				in = append(in, d.list(0))
			}
		}
		d.node(op, in, 1, a.list...)
	}
}
