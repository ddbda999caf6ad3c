package op

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// The values are NumPy's, by the definition.
func TestConvInteger(t *testing.T) {
	x := u8([]int{1, 1, 3, 3}, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	w := i8([]int{2, 1, 2, 2}, 1, 2, 3, 4, 5, -6, 7, -128)
	got, err := node(10, "ConvInteger", 1, nil, x, w, u8(nil, 1), i8([]int{2}, 0, 3))
	same(t, got, err, i32([]int{1, 2, 2, 2}, 37, 47, 67, 77, -655, -789, -1057, -1191))
	got, err = node(10, "ConvInteger", 1, []onnx.Attr{onnx.IntsAttr("pads", 1, 1, 1, 1)}, x, i8([]int{1, 1, 2, 2}, 1, 2, 3, 4), u8(nil, 1))
	same(t, got, err, i32([]int{1, 1, 4, 4}, 4, 11, 18, 9, 18, 37, 47, 21, 36, 67, 77, 33, 14, 23, 26, 9))
	two := u8([]int{1, 2, 3, 3}, 2, 3, 4, 5, 6, 7, 8, 9, 10, 8, 9, 10, 5, 6, 7, 2, 3, 4)
	got, err = node(10, "ConvInteger", 1, []onnx.Attr{onnx.IntAttr("group", 2)}, two, w, u8(nil, 4), i8([]int{2}, 0, 3))
	same(t, got, err, i32([]int{1, 2, 2, 2}, 7, 17, 37, 47, -295, -429, 107, -27))
	got, err = node(10, "ConvInteger", 1, nil, u8([]int{0, 1, 3, 3}), w)
	same(t, got, err, i32([]int{0, 2, 2, 2}))
}

// ConvInteger is Conv of the differences to the zero points, in all dimensions.
func TestConvIntegerIsConv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		x, w  []int
		attrs []onnx.Attr
	}{
		{[]int{2, 3, 50}, []int{4, 3, 5}, []onnx.Attr{onnx.IntsAttr("pads", 2, 1), onnx.IntsAttr("strides", 3)}},
		{[]int{2, 6, 9, 8}, []int{4, 3, 3, 2}, []onnx.Attr{onnx.IntAttr("group", 2), onnx.IntsAttr("pads", 1, 2, 0, 1), onnx.IntsAttr("dilations", 2, 1)}},
		{[]int{1, 5, 30, 30}, []int{5, 1, 3, 3}, []onnx.Attr{onnx.IntAttr("group", 5), onnx.StringAttr("auto_pad", "SAME_UPPER")}},
		{[]int{2, 4, 6, 7, 8}, []int{6, 2, 3, 2, 3}, []onnx.Attr{onnx.IntAttr("group", 2), onnx.IntsAttr("pads", 2, 1, 1, 1, 0, 1), onnx.IntsAttr("strides", 2, 1, 2), onnx.IntsAttr("dilations", 1, 2, 1)}},
		{[]int{1, 2, 5, 4, 3}, []int{3, 2, 1, 1, 1}, nil},
	} {
		for kind := range 4 {
			typeOf := func(signed bool) (tensor.Type, float32) {
				if signed {
					return onnx.Int8, float32(r.IntN(256) - 128)
				}
				return onnx.Uint8, float32(r.IntN(256))
			}
			make8 := func(shape []int, signed bool) (eight, zero, float tensor.Tensor) {
				elem, z := typeOf(signed)
				eight, zero, float = tensor.New(elem, shape...), tensor.New(elem), tensor.New(onnx.Float, shape...)
				v := tensor.Of[float32](float)
				for i := range v {
					_, v[i] = typeOf(signed)
				}
				tensor.Convert(eight, float)
				tensor.Convert(zero, f32(nil, z))
				for i := range v {
					v[i] -= z
				}
				return eight, zero, float
			}
			x, xz, xf := make8(c.x, kind&1 != 0)
			w, wz, wf := make8(c.w, kind&2 != 0)
			want, err := node(11, "Conv", 1, c.attrs, xf, wf)
			if err != nil {
				t.Fatal(err)
			}
			sums := tensor.New(onnx.Int32, want[0].Shape...)
			tensor.Convert(sums, want[0])
			got, err := node(10, "ConvInteger", 1, c.attrs, x, w, xz, wz)
			if err == nil {
				err = conformance.Differ(got[0], sums, 0, 0)
			}
			if err != nil {
				t.Errorf("ConvInteger of %v and %v, kind %d: %v", c.x, c.w, kind, err)
			}
		}
	}
}

// _DynamicConv has the bits of the operators that it stands for.
func TestDynamicConvIsItsParts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	x, w, scale := tensor.New(onnx.Float, 2, 3, 12, 40), tensor.New(onnx.Uint8, 5, 3, 3, 3), tensor.New(onnx.Float, 5, 1, 1)
	for i := range tensor.Of[float32](x) {
		tensor.Of[float32](x)[i] = float32(r.NormFloat64())
	}
	for i := range tensor.Of[uint8](w) {
		tensor.Of[uint8](w)[i] = uint8(r.Uint32())
	}
	for i := range tensor.Of[float32](scale) {
		tensor.Of[float32](scale)[i] = r.Float32()
	}
	pads := []onnx.Attr{onnx.IntsAttr("pads", 1, 1, 1, 1)}
	do := func(op string, outputs int, attrs []onnx.Attr, in ...tensor.Tensor) []tensor.Tensor {
		out, err := node(15, op, outputs, attrs, in...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	zero := u8(nil, 99)
	q := do("DynamicQuantizeLinear", 3, nil, x)
	sums := do("Cast", 1, []onnx.Attr{onnx.IntAttr("to", int64(onnx.Float))}, do("ConvInteger", 1, pads, q[0], w, q[2], zero)[0])
	want := do("Mul", 1, nil, sums[0], do("Mul", 1, nil, q[1], scale)[0])
	if err := conformance.Differ(do("_DynamicConv", 1, pads, x, w, scale, zero)[0], want[0], 0, 0); err != nil {
		t.Error(err)
	}
}

// The values are NumPy's: clip(rint(sums * (x's scale * w's scale / y's)) + 3).
func TestQLinearConv(t *testing.T) {
	x := u8([]int{1, 1, 3, 3}, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	w := i8([]int{2, 1, 2, 2}, 1, 2, 3, 4, 5, -6, 7, -128)
	got, err := node(10, "QLinearConv", 1, nil, x, f32(nil, .5), u8(nil, 1), w, f32([]int{2}, .25, .125), i8([]int{2}, 0, 3), f32(nil, 2), u8(nil, 3), i32([]int{2}, 10, -20))
	same(t, got, err, u8([]int{1, 2, 2, 2}, 6, 7, 8, 8, 0, 0, 0, 0))
	got, err = node(10, "QLinearConv", 1, nil, x, f32(nil, .5), u8(nil, 1), w, f32(nil, .125), i8(nil, 0), f32([]int{1}, 2), i8([]int{1}, -3))
	same(t, got, err, i8([]int{1, 2, 2, 2}, -2, -2, -1, -1, -22, -26, -34, -38))
}

func TestIntegerConvRefuses(t *testing.T) {
	x, w := u8([]int{1, 2, 3, 3}, make([]uint8, 18)...), i8([]int{2, 2, 1, 1}, 1, 2, 3, 4)
	huge := []onnx.Attr{onnx.IntsAttr("dilations", 8192, 8192), onnx.IntsAttr("pads", 4096, 4096, 4096, 4096)}
	for _, c := range []struct {
		want  string
		attrs []onnx.Attr
		in    []tensor.Tensor
	}{
		{"input 0 is float32", nil, []tensor.Tensor{f32([]int{1, 1, 1}, 1), w}},
		{"input 2 is int8, want uint8 as input 0", nil, []tensor.Tensor{x, w, i8(nil, 1)}},
		{"input 2 has shape [2], want one number", nil, []tensor.Tensor{x, w, u8([]int{2}, 1, 1)}},
		{"input 3 has shape [3], want one number", nil, []tensor.Tensor{x, w, u8(nil, 1), i8([]int{3}, 1, 1, 1)}},
		{"do not fit in 2 groups", []onnx.Attr{onnx.IntAttr("group", 2)}, []tensor.Tensor{x, w}},
		{"want images and filters", nil, []tensor.Tensor{x, i8([]int{2, 2, 1}, 1, 2, 3, 4)}},
		{"take more than", huge, []tensor.Tensor{u8([]int{1, 1, 2, 2}, 1, 2, 3, 4), u8([]int{1, 1, 2, 2}, 1, 2, 3, 4)}},
	} {
		if _, err := node(10, "ConvInteger", 1, c.attrs, c.in...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ConvInteger%v: error %v, want %q", c.attrs, err, c.want)
		}
	}
}
