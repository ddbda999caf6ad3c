package op

import (
	"slices"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// Every order of the axes of float32 gives what that of int32 does, which moves
// elements one by one.
func TestTranspose(t *testing.T) {
	for _, shape := range [][]int{{3, 4, 5, 6}, {1, 9, 1, 17}, {2, 1, 8, 20}, {16, 3, 1, 1}} {
		x := ramp(onnx.Float, 1, shape...)
		var bits []int32
		for i := range tensor.Of[float32](x) {
			bits = append(bits, int32(i))
		}
		turned := 0
		for code := range 256 {
			perm := []int{code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6}
			if sorted := slices.Sorted(slices.Values(perm)); !slices.Equal(sorted, []int{0, 1, 2, 3}) {
				continue
			}
			attrs := []onnx.Attr{onnx.IntsAttr("perm", int64(perm[0]), int64(perm[1]), int64(perm[2]), int64(perm[3]))}
			places, err := node(13, "Transpose", 1, attrs, tensor.From(onnx.Int32, bits, shape...))
			if err != nil {
				t.Fatal(err)
			}
			want := tensor.New(onnx.Float, places[0].Shape...)
			for i, at := range tensor.Of[int32](places[0]) {
				tensor.Of[float32](want)[i] = tensor.Of[float32](x)[at]
			}
			got, err := node(13, "Transpose", 1, attrs, x)
			same(t, got, err, want)
			if _, rows, _ := matricesTurned(shape, perm); rows > 0 {
				turned++
			}
		}
		if turned == 0 {
			t.Errorf("%v: no order turns matrices", shape)
		}
	}
}
