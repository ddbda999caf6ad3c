package op

import (
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// plainAttention is attention of [N, H, L, E], with fewer heads of keys, in float64.
func plainAttention(q, k, v tensor.Tensor, allowed func(sample, line, j int) bool) tensor.Tensor {
	heads, kv, l, s, e, ev := q.Shape[1], k.Shape[1], q.Shape[2], k.Shape[2], q.Shape[3], v.Shape[3]
	out := tensor.New(onnx.Float, q.Shape[0], heads, l, ev)
	for i := range q.Shape[0] * heads * l {
		sample, head, line := i/l/heads, i/l%heads, i%l
		of := (sample*kv + head/(heads/kv)) * s
		scores := make([]float64, s)
		for j := range scores {
			for c := range e {
				scores[j] += wide(q)[i*e+c] * wide(k)[(of+j)*e+c] / math.Sqrt(float64(e))
			}
			if !allowed(sample, line, j) {
				scores[j] = math.Inf(-1)
			}
		}
		for j, w := range plainSoftmax(scores, false) {
			for c := range ev {
				tensor.Of[float32](out)[i*ev+c] += float32(w * wide(v)[(of+j)*ev+c])
			}
		}
	}
	return out
}

func TestAttention(t *testing.T) {
	q, k, v := ramp(onnx.Float, 1, 2, 4, 3, 5), ramp(onnx.Float, 2, 2, 2, 6, 5), ramp(onnx.Float, 3, 2, 2, 6, 7)
	all := func(int, int, int) bool { return true }
	got, err := node(23, "Attention", 1, nil, q, k, v)
	same(t, got, err, plainAttention(q, k, v, all))
	got, err = node(23, "Attention", 1, []onnx.Attr{onnx.IntAttr("is_causal", 1)}, q, k, v)
	same(t, got, err, plainAttention(q, k, v, func(_, i, j int) bool { return j <= i }))
	mask := tensor.New(onnx.Bool, 2, 1, 3, 5) // the sixth key is hidden
	for i := range tensor.Of[bool](mask) {
		tensor.Of[bool](mask)[i] = i%4 != 1
	}
	got, err = node(24, "Attention", 1, nil, q, k, v, mask)
	same(t, got, err, plainAttention(q, k, v, func(n, i, j int) bool { return j < 5 && tensor.Of[bool](mask)[(n*3+i)*5+j] }))
	got, err = node(24, "Attention", 1, nil, q, k, v, tensor.Tensor{}, tensor.Tensor{}, tensor.Tensor{}, i64([]int{2}, 2, 6))
	same(t, got, err, plainAttention(q, k, v, func(n, _, j int) bool { return j < 2 || n == 1 }))

	// Three dimensions, double, and a past: the same numbers in other places.
	double := func(t tensor.Tensor) tensor.Tensor { return tensor.From(onnx.Double, wide(t), t.Shape...) }
	turned, err := node(13, "Transpose", 1, []onnx.Attr{onnx.IntsAttr("perm", 0, 2, 1, 3)}, q)
	if err != nil {
		t.Fatal(err)
	}
	q3 := tensor.From(onnx.Double, wide(turned[0]), 2, 3, 20)
	k3 := tensor.New(onnx.Double, 2, 6, 10)
	v3 := tensor.New(onnx.Double, 2, 6, 14)
	for i := range 2 * 2 * 6 {
		n, h, j := i/12, i/6%2, i%6
		copy(tensor.Of[float64](k3)[((n*6+j)*2+h)*5:][:5], wide(k)[i*5:])
		copy(tensor.Of[float64](v3)[((n*6+j)*2+h)*7:][:7], wide(v)[i*7:])
	}
	got, err = node(23, "Attention", 1, []onnx.Attr{onnx.IntAttr("q_num_heads", 4), onnx.IntAttr("kv_num_heads", 2)}, q3, k3, v3)
	back, _ := node(13, "Transpose", 1, []onnx.Attr{onnx.IntsAttr("perm", 0, 2, 1, 3)}, plainAttention(q, k, v, all))
	same(t, got, err, double(tensor.Tensor{Elem: onnx.Float, Shape: []int{2, 3, 28}, Data: back[0].Data}))
}

// By hand: scores are 0 and ln 3, weights 1/4 and 3/4.
func TestAttentionPastAndScores(t *testing.T) {
	log3 := float32(math.Log(3))
	got, err := node(23, "Attention", 4, []onnx.Attr{onnx.FloatAttr("scale", 0.5), onnx.IntAttr("qk_matmul_output_mode", 3)},
		f32([]int{1, 1, 1, 1}, 2), f32([]int{1, 1, 1, 1}, log3), f32([]int{1, 1, 1, 1}, 8), tensor.Tensor{}, f32([]int{1, 1, 1, 1}, 0), f32([]int{1, 1, 1, 1}, 4))
	same(t, got, err, f32([]int{1, 1, 1, 1}, 7))
	same(t, got[1:], err, f32([]int{1, 1, 2, 1}, 0, log3))
	same(t, got[2:], err, f32([]int{1, 1, 2, 1}, 4, 8))
	same(t, got[3:], err, f32([]int{1, 1, 1, 2}, 0.25, 0.75))
}

func TestAttentionZeroSizesAndRefusals(t *testing.T) {
	got, err := node(23, "Attention", 1, nil, f32([]int{1, 1, 1, 0}), f32([]int{1, 1, 2, 0}), f32([]int{1, 1, 2, 1}, 1, 3))
	same(t, got, err, f32([]int{1, 1, 1, 1}, 2)) // equal weights
	got, err = node(23, "Attention", 1, nil, f32([]int{1, 1, 1, 1}, 1), f32([]int{1, 1, 0, 1}), f32([]int{1, 1, 0, 1}))
	same(t, got, err, f32([]int{1, 1, 1, 1}, 0))
	q := f32([]int{1, 3, 1, 1}, 1, 2, 3)
	k := f32([]int{1, 2, 1, 1}, 1, 2)
	if _, err = node(23, "Attention", 1, nil, q, k, k); err == nil || !strings.Contains(err.Error(), "in 3 and 2 heads, do not fit") {
		t.Errorf("error is %v", err)
	}
	if _, err = node(23, "Attention", 1, nil, k, k, k, f32([]int{1, 2}, 0, 0)); err == nil || !strings.Contains(err.Error(), "its mask has shape [1 2], want [1 2 1 1]") {
		t.Errorf("error is %v", err)
	}
	if _, err = node(23, "Attention", 1, nil, k, k, k, tensor.Tensor{}, f32([]int{1, 2, 0, 1})); err == nil || !strings.Contains(err.Error(), "want both or neither") {
		t.Errorf("error is %v", err)
	}
}

// By hand: an angle of 90 degrees at place 1, none at place 0.
func TestRotaryEmbedding(t *testing.T) {
	cos, sin := f32([]int{2, 1}, 1, 0), f32([]int{2, 1}, 0, 1)
	x := f32([]int{1, 2, 3}, 1, 2, 3, 4, 5, 6)
	attrs := []onnx.Attr{onnx.IntAttr("num_heads", 1), onnx.IntAttr("rotary_embedding_dim", 2)}
	got, err := node(23, "RotaryEmbedding", 1, attrs, x, cos, sin, i64([]int{1, 2}, 1, 0))
	same(t, got, err, f32([]int{1, 2, 3}, -2, 1, 3, 4, 5, 6))
	got, err = node(23, "RotaryEmbedding", 1, attrs, x, f32([]int{1, 2, 1}, 1, 0), f32([]int{1, 2, 1}, 0, 1))
	same(t, got, err, f32([]int{1, 2, 3}, 1, 2, 3, -5, 4, 6))
	got, err = nodeOf("com.microsoft", 1, "RotaryEmbedding", 1, attrs, x, i64([]int{1}, 0), cos, sin)
	same(t, got, err, f32([]int{1, 2, 3}, 1, 2, 3, -5, 4, 6))
	if _, err = node(23, "RotaryEmbedding", 1, attrs, x, cos, sin, i64([]int{1, 2}, 1, 2)); err == nil || !strings.Contains(err.Error(), "place 1 of sample 0 is 2") {
		t.Errorf("error is %v", err)
	}
}
