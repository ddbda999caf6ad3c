package op

import (
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// drawn computes a random operator of some samples, from sample first on.
func drawn(t *testing.T, op string, attrs []onnx.Attr, setUp func(*Node, *Memory), in ...tensor.Tensor) []tensor.Tensor {
	t.Helper()
	n := &Node{Op: op, Attrs: attrs, Elements: 1 << 20, Outs: []bool{true}}
	for _, x := range in {
		n.In = append(n.In, &Value{Elem: x.Elem, Shape: x.Shape, Const: tensor.Known("", x)})
	}
	m := NewMemory(new(Scratchpad))
	setUp(n, m)
	eval, err := n.Prepare(Lookup("", op))
	if err != nil {
		t.Fatal(err)
	}
	var out []tensor.Tensor
	for _, v := range n.Results {
		out = append(out, tensor.New(v.Elem, v.Shape...))
	}
	m.Begin()
	eval(m, out, in)
	return out
}

func plainDraws(*Node, *Memory) {}

func TestRandomMoments(t *testing.T) {
	x := tensor.New(onnx.Float, 100, 200)
	for _, c := range []struct {
		op        string
		attrs     []onnx.Attr
		mean, dev float64
	}{
		{"RandomNormalLike", nil, 0, 1},
		{"RandomNormalLike", []onnx.Attr{onnx.FloatAttr("mean", 3), onnx.FloatAttr("scale", 0.5), onnx.FloatAttr("seed", 7)}, 3, 0.5},
		{"RandomUniformLike", nil, 0.5, math.Sqrt(1. / 12)},
		{"RandomUniformLike", []onnx.Attr{onnx.FloatAttr("low", -2), onnx.FloatAttr("high", 4), onnx.IntAttr("dtype", int64(onnx.Double))}, 1, math.Sqrt(3)},
		{"RandomNormal", []onnx.Attr{onnx.IntsAttr("shape", 100, 200), onnx.IntAttr("dtype", int64(onnx.Float16))}, 0, 1},
	} {
		in := list(x)
		if c.op == "RandomNormal" {
			in = nil
		}
		got := drawn(t, c.op, c.attrs, plainDraws, in...)[0]
		v := tensor.New(onnx.Double, got.Shape...)
		tensor.Convert(v, got)
		var sum, square float64
		for _, x := range tensor.Of[float64](v) {
			sum += x - c.mean
			square += (x - c.mean) * (x - c.mean)
		}
		n := float64(v.Len())
		if mean, dev := sum/n, math.Sqrt(square/n); math.Abs(mean) > 5*c.dev/math.Sqrt(n) || math.Abs(dev/c.dev-1) > 0.03 {
			t.Errorf("%s %v has mean %v off %v and deviation %v, want %v", c.op, c.attrs, mean, c.mean, dev, c.dev)
		}
	}
}

// A sample's numbers depend on the seed, the node and its own number only.
func TestRandomStreams(t *testing.T) {
	x := tensor.New(onnx.Float, 3, 5)
	samples := func(first uint64, stream uint64) func(*Node, *Memory) {
		return func(n *Node, m *Memory) { n.Samples, n.Stream, m.Seed, m.First = true, stream, 9, first }
	}
	draws := func(attrs []onnx.Attr, setUp func(*Node, *Memory), in tensor.Tensor) []float32 {
		return tensor.Of[float32](drawn(t, "RandomNormalLike", attrs, setUp, in)[0])
	}
	all := draws(nil, samples(4, 1), x)
	if one := draws(nil, samples(6, 1), tensor.New(onnx.Float, 1, 5)); !slices.Equal(one, all[10:]) {
		t.Errorf("sample 6 alone is %v, want %v as beside others", one, all[10:])
	}
	seeded := []onnx.Attr{onnx.FloatAttr("seed", 1)}
	for name, other := range map[string][]float32{
		"another stream": draws(nil, samples(4, 2), x),
		"another sample": draws(nil, samples(5, 1), x),
		"a seed":         draws(seeded, samples(4, 1), x),
		"another seed":   draws([]onnx.Attr{onnx.FloatAttr("seed", 2)}, samples(4, 1), x),
		"no samples":     draws(nil, func(n *Node, m *Memory) { n.Stream, m.Seed, m.First = 1, 9, 5 }, x),
	} {
		if slices.Equal(other, all) {
			t.Errorf("with %s the numbers are the same", name)
		}
	}
	whole := func(first uint64, is bool) func(*Node, *Memory) {
		return func(n *Node, m *Memory) { m.First, m.Whole = first, is }
	}
	if !slices.Equal(draws(nil, whole(1, false), x), draws(nil, whole(2, false), x)) {
		t.Errorf("a tensor that belongs to no sample depends on the first sample's number")
	}
	if slices.Equal(draws(nil, whole(1, true), x), draws(nil, whole(2, true), x)) {
		t.Errorf("a tensor that is a sample does not depend on its number")
	}
}

// The first numbers of the generator, which later versions must still draw.
func TestRandomFrozen(t *testing.T) {
	got := drawn(t, "RandomNormal", []onnx.Attr{onnx.IntsAttr("shape", 4)}, plainDraws)[0]
	want := f32(dims(4), -2.6816733, 0.97111535, 0.6143678, -0.20951921)
	if err := conformance.Differ(got, want, 0, 0); err != nil {
		t.Errorf("RandomNormal: %v (%v)", err, tensor.Of[float32](got))
	}
}

func TestBernoulli(t *testing.T) {
	p := tensor.New(onnx.Float, 4, 5000)
	for i := range 5000 {
		tensor.Of[float32](p)[i], tensor.Of[float32](p)[5000+i], tensor.Of[float32](p)[10000+i], tensor.Of[float32](p)[15000+i] = 0, 0.25, 1, nan32
	}
	y := tensor.Of[bool](drawn(t, "Bernoulli", ints("dtype", int(onnx.Bool)), plainDraws, p)[0])
	var count [4]int
	for i, is := range y {
		if is {
			count[i/5000]++
		}
	}
	if count[0] != 0 || count[1] < 1100 || count[1] > 1400 || count[2] != 5000 || count[3] != 0 {
		t.Errorf("of 5000 each %v are 1, want 0, about 1250, 5000 and 0", count)
	}
}

func TestDropoutInTraining(t *testing.T) {
	x := tensor.New(onnx.Float, 20000)
	for i := range tensor.Of[float32](x) {
		tensor.Of[float32](x)[i] = 3
	}
	out := drawn(t, "Dropout", nil, plainDraws, x, f32(nil, 0.25), bools(nil, true))
	kept := 0
	for i, v := range tensor.Of[float32](out[0]) {
		if is := tensor.Of[bool](out[1])[i]; is != (v != 0) || is && v != 4 {
			t.Fatalf("element %d is %v with mask %v, want 0 or 4", i, v, is)
		}
		if v != 0 {
			kept++
		}
	}
	if kept < 14700 || kept > 15300 {
		t.Errorf("%d of 20000 stayed, want about 15000", kept)
	}
}

func TestRandomRefusals(t *testing.T) {
	x := f32(dims(2), 1, 2)
	check(t, []use{
		{op: "RandomNormal", fail: "shape is not given"},
		{op: "RandomNormal", attrs: []onnx.Attr{onnx.IntsAttr("shape", -1)}, fail: "shape is [-1]"},
		{op: "RandomUniform", attrs: []onnx.Attr{onnx.IntsAttr("shape", 1<<20, 1<<20)}, fail: "more than 16777216 elements"},
		{op: "RandomUniform", attrs: []onnx.Attr{onnx.IntsAttr("shape", 0, 3)}, want: list(f32(dims(0, 3)))},
		{op: "RandomNormalLike", in: list(i64(dims(2), 1, 2)), fail: "dtype is int64"},
		{op: "RandomNormalLike", attrs: ints("dtype", 8), in: list(x), fail: "dtype string is not supported"},
		{op: "Bernoulli", in: list(i64(dims(2), 1, 2)), fail: "input 0 is int64"},
		{op: "Dropout", in: list(x, f32(nil, 1), bools(nil, true)), fail: "ratio is 1, want 0 to below 1"},
		{op: "Dropout", in: list(x, f32(nil, nan32), bools(nil, true)), fail: "ratio is NaN"},
		{op: "Dropout", in: list(x, f32(nil, 0.5), bools(nil, false)), want: list(x, bools(dims(2), true, true))},
		{op: "Dropout", version: 7, in: list(x), want: list(x, f32(dims(2), 1, 1))},
		{op: "Dropout", version: 6, in: list(x), fail: "is_test is not set"},
	})
}
