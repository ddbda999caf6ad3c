package op

import (
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

func TestMatMulTypesAndShapes(t *testing.T) {
	for _, elem := range []tensor.Type{onnx.Float, onnx.Double, onnx.Int32, onnx.Uint8} {
		for _, c := range []struct {
			equation string
			a, b     []int
		}{
			{"ij,jk->ik", []int{3, 4}, []int{4, 5}},
			{"j,jk->k", []int{4}, []int{4, 5}},
			{"ij,j->i", []int{3, 4}, []int{4}},
			{"j,j->", []int{4}, []int{4}},
			{"bij,bjk->bik", []int{2, 3, 4}, []int{2, 4, 5}},
			{"bij,jk->bik", []int{2, 3, 4}, []int{4, 5}},
			{"ij,bjk->bik", []int{3, 4}, []int{2, 4, 5}},
			{"abij,bjk->abik", []int{2, 1, 3, 4}, []int{3, 4, 1}},
			{"bij,j->bi", []int{2, 3, 4}, []int{4}},
		} {
			a, b := ramp(elem, 1, c.a...), ramp(elem, 2, c.b...)
			got, err := node(13, "MatMul", 1, nil, a, b)
			same(t, got, err, plainEinsum(c.equation, a, b))
		}
	}
	// float64 is computed in float64.
	got, err := node(13, "MatMul", 1, nil, tensor.From(onnx.Double, []float64{1, 1e-12}, 2), tensor.From(onnx.Double, []float64{1, 1}, 2))
	if err != nil || tensor.Of[float64](got[0])[0] != 1+1e-12 {
		t.Errorf("MatMul of float64 = %v, %v, want %v", tensor.Of[float64](got[0]), err, 1+1e-12)
	}
}

func TestMatMulOfNothing(t *testing.T) {
	got, err := node(13, "MatMul", 1, nil, f32([]int{2, 0}), f32([]int{0, 2}))
	same(t, got, err, f32([]int{2, 2}, 0, 0, 0, 0))
	got, err = node(13, "MatMul", 1, nil, f32([]int{1 << 20, 0, 1}), f32([]int{1 << 20, 1, 1}, make([]float32, 1<<20)...))
	same(t, got, err, f32([]int{1 << 20, 0, 1}))
	got, err = node(13, "Gemm", 1, nil, f32([]int{1, 0}), f32([]int{0, 2}), f32([]int{2}, 1, 2))
	same(t, got, err, f32([]int{1, 2}, 1, 2))
	_, err = node(13, "MatMul", 1, nil, f32([]int{2}, 1, 2), f32([]int{}, 1))
	if err == nil || !strings.Contains(err.Error(), "inputs of shapes [2] and [] do not fit") {
		t.Errorf("error is %v", err)
	}
}

// By hand: A*B is [[19 22] [43 50]] for A = [[1 2] [3 4]], B = [[5 6] [7 8]].
func TestGemm(t *testing.T) {
	for _, elem := range []tensor.Type{onnx.Float, onnx.Double, onnx.Int32} {
		of := func(shape []int, v ...float32) tensor.Tensor {
			x := tensor.New(elem, shape...)
			tensor.Convert(x, f32(shape, v...))
			return x
		}
		square := []int{2, 2}
		for _, c := range []struct {
			attrs []onnx.Attr
			c     tensor.Tensor
			want  []float32
		}{
			{nil, tensor.Tensor{}, []float32{19, 22, 43, 50}},
			{nil, of([]int{1}, 1), []float32{20, 23, 44, 51}},
			{nil, of([]int{}, 1), []float32{20, 23, 44, 51}},
			{nil, of([]int{2, 1}, 1, 2), []float32{20, 23, 45, 52}},
			{nil, of([]int{2}, 1, 2), []float32{20, 24, 44, 52}},
			{nil, of([]int{1, 2}, 1, 2), []float32{20, 24, 44, 52}},
			{nil, of(square, 1, 2, 3, 4), []float32{20, 24, 46, 54}},
			{[]onnx.Attr{onnx.FloatAttr("alpha", 2), onnx.FloatAttr("beta", 3)}, of([]int{2, 1}, 1, 2), []float32{41, 47, 92, 106}},
			{[]onnx.Attr{onnx.IntAttr("transA", 1)}, tensor.Tensor{}, []float32{26, 30, 38, 44}},
			{[]onnx.Attr{onnx.IntAttr("transB", 1)}, tensor.Tensor{}, []float32{17, 23, 39, 53}},
			{[]onnx.Attr{onnx.IntAttr("transA", 1), onnx.IntAttr("transB", 1)}, tensor.Tensor{}, []float32{23, 31, 34, 46}},
		} {
			got, err := node(13, "Gemm", 1, c.attrs, of(square, 1, 2, 3, 4), of(square, 5, 6, 7, 8), c.c)
			same(t, got, err, of(square, c.want...))
		}
	}
}

// By hand.
func TestContrib(t *testing.T) {
	ms := func(op string, attrs []onnx.Attr, in ...tensor.Tensor) ([]tensor.Tensor, error) {
		return nodeOf("com.microsoft", 1, op, 1, attrs, in...)
	}
	a, b := f32([]int{2, 2}, 1, 2, 3, 4), f32([]int{2, 2}, 5, 6, 7, 8)
	got, err := ms("FusedMatMul", []onnx.Attr{onnx.IntAttr("transB", 1), onnx.FloatAttr("alpha", 2)}, a, b)
	same(t, got, err, f32([]int{2, 2}, 34, 46, 78, 106))
	got, err = ms("FusedMatMul", []onnx.Attr{onnx.IntAttr("transA", 1)}, a, b)
	same(t, got, err, f32([]int{2, 2}, 26, 30, 38, 44))
	// [M, stack, K] times [K, stack, N], whose first axes go behind those of the stack.
	x, y := ramp(onnx.Float, 1, 3, 2, 4), ramp(onnx.Float, 2, 4, 2, 5)
	got, err = ms("FusedMatMul", []onnx.Attr{onnx.IntAttr("transBatchA", 1), onnx.IntAttr("transBatchB", 1)}, x, y)
	same(t, got, err, plainEinsum("ibj,jbk->bik", x, y))
	got, err = ms("FusedGemm", []onnx.Attr{onnx.StringAttr("activation", "LeakyRelu"), onnx.FloatAttr("activation_alpha", 0.5)}, a, b, f32([]int{1}, -45))
	same(t, got, err, f32([]int{2, 2}, -13, -11.5, -1, 5))
	image, filter := f32([]int{1, 1, 1, 3}, 1, -2, 3), f32([]int{1, 1, 1, 1}, 2)
	for _, c := range []struct {
		name   string
		params []float32
		want   []float32
	}{
		{"Relu", nil, []float32{3, 0, 7}}, {"LeakyRelu", []float32{0.5}, []float32{3, -1.5, 7}}, {"Clip", []float32{-1, 4}, []float32{3, -1, 4}}, {"", nil, []float32{3, -3, 7}},
	} {
		attrs := []onnx.Attr{onnx.FloatsAttr("activation_params", c.params...)}
		if c.name != "" {
			attrs = append(attrs, onnx.StringAttr("activation", c.name))
		}
		got, err = ms("FusedConv", attrs, image, filter, f32([]int{1}, 1))
		same(t, got, err, f32([]int{1, 1, 1, 3}, c.want...))
	}
	got, err = ms("FusedConv", []onnx.Attr{onnx.StringAttr("activation", "Relu")}, image, filter, tensor.Tensor{}, f32([]int{1, 1, 1, 3}, 0, 5, -7))
	same(t, got, err, f32([]int{1, 1, 1, 3}, 2, 1, 0))
	if _, err = ms("FusedConv", []onnx.Attr{onnx.StringAttr("activation", "Nope")}, image, filter); err == nil || !strings.Contains(err.Error(), `activation "Nope" is not known`) {
		t.Errorf("error is %v", err)
	}
	// With SciPy: x*Phi(x) of 1 is 0.84134475; by tanh 0.84119199; x*sigmoid(1.702x) is 0.84579577.
	one := f32([]int{1}, 1)
	got, err = ms("Gelu", nil, one)
	same(t, got, err, f32([]int{1}, 0.84134475))
	got, err = ms("BiasGelu", nil, f32([]int{1}, 0.5), f32([]int{1}, 0.5))
	same(t, got, err, f32([]int{1}, 0.84134475))
	got, err = ms("FastGelu", nil, one)
	same(t, got, err, f32([]int{1}, 0.84119199))
	got, err = ms("FastGelu", nil, f32([]int{1}, 2), f32([]int{1}, -1))
	same(t, got, err, f32([]int{1}, 0.84119199))
	got, err = ms("QuickGelu", nil, one)
	same(t, got, err, f32([]int{1}, 0.84579577))
}
