package op

import (
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// Resize with the attributes that PyTorch's exporter writes is F.interpolate.
// testdata/resize.py made the results.
func TestResizeIsPyTorch(t *testing.T) {
	data, err := os.ReadFile("testdata/resize.bin")
	if err != nil {
		t.Fatal(err)
	}
	scales := []float32{0.5, 0.6, 0.75, 0.9, 1.1, 1.25, 1.3, 1.5, 1.7, 2, 2.5, 2.7, 3, 3.3, 4}
	modes := []struct{ mode, coordinates string }{
		{"nearest", "asymmetric"}, {"linear", "half_pixel"}, {"linear", "align_corners"},
		{"cubic", "half_pixel"}, {"cubic", "align_corners"},
	}
	cases := 0
	for _, scale := range scales {
		for _, side := range []int{2, 3, 5, 7, 8, 13, 16} {
			x := make([]float32, 2*side)
			for i := range x {
				x[i] = float32((i*i*37+11*i)%64)/16 - 2
			}
			for _, m := range modes {
				width := int(scale * float32(side))
				want := make([]float32, 2*width)
				for i := range want {
					want[i] = math.Float32frombits(binary.LittleEndian.Uint32(data))
					data = data[4:]
				}
				got, err := node(13, "Resize", 1, []onnx.Attr{
					onnx.StringAttr("mode", m.mode), onnx.StringAttr("coordinate_transformation_mode", m.coordinates),
					onnx.StringAttr("nearest_mode", "floor"), onnx.FloatAttr("cubic_coeff_a", -0.75),
				}, f32([]int{1, 1, 2, side}, x...), tensor.Tensor{}, f32([]int{4}, 1, 1, 1, scale))
				if err == nil {
					err = conformance.Differ(got[0], f32([]int{1, 1, 2, width}, want...), 0, 1e-5)
				}
				if err != nil {
					t.Errorf("%s %s of side %d by %v: %v", m.mode, m.coordinates, side, scale, err)
				}
				cases++
			}
		}
	}
	if len(data) != 0 || cases != 525 {
		t.Errorf("%d cases leave %d bytes of results, want 525 and 0", cases, len(data))
	}
}

// The cases are computed by hand.
func TestResize(t *testing.T) {
	none := tensor.Tensor{}
	line := f32([]int{1, 1, 4}, 1, 2, 3, 4)
	by := func(v ...float32) tensor.Tensor { return f32([]int{len(v)}, v...) }
	str := onnx.StringAttr
	for _, c := range []struct {
		name    string
		version int64
		op      string
		attrs   []onnx.Attr
		in      []tensor.Tensor
		want    tensor.Tensor
	}{
		{"nearest", 11, "Resize", []onnx.Attr{str("coordinate_transformation_mode", "asymmetric"), str("nearest_mode", "floor")},
			[]tensor.Tensor{line, by(), by(1, 1, 1.5)}, f32([]int{1, 1, 6}, 1, 1, 2, 3, 3, 4)},
		{"linear to a size", 13, "Resize", []onnx.Attr{str("mode", "linear")},
			[]tensor.Tensor{line, none, none, i64([]int{3}, 1, 1, 2)}, f32([]int{1, 1, 2}, 1.5, 3.5)},
		{"antialias", 18, "Resize", []onnx.Attr{str("mode", "linear"), onnx.IntAttr("antialias", 1), onnx.IntAttr("exclude_outside", 1), onnx.IntsAttr("axes", 2)},
			[]tensor.Tensor{line, none, by(0.5)}, f32([]int{1, 1, 2}, (0.75+1.5+0.75)/1.75, (0.5+2.25+3)/1.75)},
		{"not larger", 19, "Resize", []onnx.Attr{str("keep_aspect_ratio_policy", "not_larger"), onnx.IntsAttr("axes", 2, 1)},
			[]tensor.Tensor{line, none, none, i64([]int{2}, 8, 1)}, f32([]int{1, 1, 4}, 1, 2, 3, 4)},
		{"crop", 13, "Resize", []onnx.Attr{str("coordinate_transformation_mode", "tf_crop_and_resize"), onnx.FloatAttr("extrapolation_value", 9)},
			[]tensor.Tensor{line, by(0, 0, 0, 1, 1, 2), none, i64([]int{3}, 1, 1, 3)}, f32([]int{1, 1, 3}, 1, 4, 9)},
		{"linear crop", 13, "Resize", []onnx.Attr{str("mode", "linear"), str("coordinate_transformation_mode", "tf_crop_and_resize"), onnx.FloatAttr("extrapolation_value", 9)},
			[]tensor.Tensor{line, by(0, 0, 0.5, 1, 1, 1.5), none, i64([]int{3}, 1, 1, 3)}, f32([]int{1, 1, 3}, 2.5, 4, 9)},
		{"integers", 13, "Resize", []onnx.Attr{str("mode", "linear")},
			[]tensor.Tensor{i64([]int{2}, 1, 4), none, by(2)}, i64([]int{4}, 1, 1, 3, 4)},
		{"zero sides", 13, "Resize", nil, []tensor.Tensor{f32([]int{0, 3}), none, by(2, 1)}, f32([]int{0, 3})},
		{"version 10", 10, "Resize", nil, []tensor.Tensor{line, by(1, 1, 2)}, f32([]int{1, 1, 8}, 1, 1, 2, 2, 3, 3, 4, 4)},
		{"Upsample 9", 9, "Upsample", []onnx.Attr{str("mode", "linear")}, []tensor.Tensor{line, by(1, 1, 2)}, f32([]int{1, 1, 8}, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4)},
		{"Upsample 7", 7, "Upsample", []onnx.Attr{onnx.FloatsAttr("scales", 1, 1, 2)}, []tensor.Tensor{line}, f32([]int{1, 1, 8}, 1, 1, 2, 2, 3, 3, 4, 4)},
		{"Upsample 1", 1, "Upsample", []onnx.Attr{str("mode", "bilinear"), onnx.FloatAttr("height_scale", 1), onnx.FloatAttr("width_scale", 2)},
			[]tensor.Tensor{f32([]int{1, 1, 1, 2}, 1, 2)}, f32([]int{1, 1, 1, 4}, 1, 1.5, 2, 2)},
	} {
		got, err := node(c.version, c.op, 1, c.attrs, c.in...)
		if err == nil {
			err = conformance.Differ(got[0], c.want, 1e-6, 0)
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, c := range []struct {
		want  string
		attrs []onnx.Attr
		in    []tensor.Tensor
	}{
		{"it has neither scales nor sizes", nil, []tensor.Tensor{line}},
		{"it has scales and sizes", nil, []tensor.Tensor{line, none, by(1, 1, 2), i64([]int{3}, 1, 1, 8)}},
		{"it has 2 scales or sizes, want 3", nil, []tensor.Tensor{line, none, by(1, 2)}},
		{"axis 2 of 4 elements times -1", nil, []tensor.Tensor{line, none, by(1, 1, -1)}},
		{"axis 2 of 4 elements times NaN", nil, []tensor.Tensor{line, none, by(1, 1, float32(math.NaN()))}},
		{"comes out as 9.223372036854776e+18", nil, []tensor.Tensor{line, none, none, i64([]int{3}, 1, 1, math.MaxInt64)}},
		{"roi has 2 numbers, want 6", []onnx.Attr{str("coordinate_transformation_mode", "tf_crop_and_resize")}, []tensor.Tensor{line, by(0, 1), by(1, 1, 2)}},
		{"antialias is set with mode nearest", []onnx.Attr{onnx.IntAttr("antialias", 1)}, []tensor.Tensor{line, none, by(1, 1, 2)}},
	} {
		if _, err := node(19, "Resize", 1, c.attrs, c.in...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// The path with channels innermost gives the same bits.
func TestResizeOnPixels(t *testing.T) {
	x := tensor.New(onnx.Float, 1, 3, 4, 5)
	for i := range x.Len() {
		tensor.Of[float32](x)[i] = float32(i*i%17) / 3
	}
	for _, mode := range []string{"nearest", "linear", "cubic"} {
		scales := f32([]int{4}, 1, 1, 1.7, 0.6)
		n := &Node{Op: "Resize", Attrs: []onnx.Attr{onnx.StringAttr("mode", mode)}, Elements: 1000, In: []*Value{
			{Elem: onnx.Float, Shape: x.Shape}, nil, {Elem: onnx.Float, Shape: scales.Shape, Const: tensor.Known("", scales)}}}
		bothOrders(t, mode, n, x)
	}
}
