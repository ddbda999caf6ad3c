package tensor

import (
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// Conversions are the same on every CPU, whatever Go leaves open.
func TestConvert(t *testing.T) {
	src := New(onnx.Double, 6)
	copy(Of[float64](src), []float64{1.9, -1.9, 1e300, -1e300, math.NaN(), 300})
	dst := New(onnx.Int64, 6)
	Convert(dst, src)
	if got, want := Of[int64](dst), []int64{1, -1, math.MaxInt64, math.MinInt64, 0, 300}; !slices.Equal(got, want) {
		t.Errorf("convert = %v, want %v", got, want)
	}
	narrow := New(onnx.Int8, 6)
	Convert(narrow, src)
	if got, want := Of[int8](narrow), []int8{1, -1, -1, 0, 0, 44}; !slices.Equal(got, want) {
		t.Errorf("convert = %v, want %v", got, want)
	}
}

// What Encode writes, a constant reads.
func TestEncode(t *testing.T) {
	for _, elem := range []Type{onnx.Float, onnx.Double, onnx.Int64, onnx.Int16, onnx.Uint8, onnx.Bool} {
		src := New(elem, 3)
		Convert(src, From(onnx.Int64, []int64{1, 0, 77}, 3))
		c, err := FromFile(&onnx.Tensor{Type: elem, Dims: []int64{3}, Raw: Encode(src.Data)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Value()
		if err != nil || !slices.Equal(bytesOf(got.Data, 0, 3), bytesOf(src.Data, 0, 3)) {
			t.Errorf("%v: error %v, bytes % x, want % x", elem, err, bytesOf(got.Data, 0, 3), bytesOf(src.Data, 0, 3))
		}
	}
}
