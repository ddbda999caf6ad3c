package infer

import (
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the other opinion: the operators as the ONNX documents define
// them, in float64, row by row, one loop each, with nothing shared.

// dense64 is a tensor of the reference.
type dense64 struct {
	shape []int
	data  []float64
}

func newDense64(shape ...int) dense64 {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return dense64{shape, make([]float64, n)}
}

// at returns a pointer to the element [i, j, k, ...].
func (t dense64) at(index ...int) *float64 {
	k := 0
	for d, i := range index {
		k = k*t.shape[d] + i
	}
	return &t.data[k]
}

// reference computes the outputs of a model.
func reference(t testing.TB, m *onnx.Model, inputs map[string]dense64) map[string]dense64 {
	values := make(map[string]dense64)
	for k, v := range inputs {
		values[k] = v
	}
	for _, c := range m.Graph.Initializers {
		values[c.Name] = constant64(t, &c)
	}
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		var in []dense64
		for _, name := range n.Inputs {
			in = append(in, values[name])
		}
		values[n.Outputs[0]] = operator64(t, n, in)
	}
	return values
}

func constant64(t testing.TB, c *onnx.Tensor) dense64 {
	v := dense64{}
	for _, d := range c.Dims {
		v.shape = append(v.shape, int(d))
	}
	if c.Type == onnx.Int64 {
		ints, err := c.Int64s()
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range ints {
			v.data = append(v.data, float64(i))
		}
		return v
	}
	var err error
	if v.data, err = c.Float64s(); err != nil {
		t.Fatal(err)
	}
	return v
}

// ints64 and float64Attr return an attribute or its default.
func ints64(n *onnx.Node, name string, def ...int64) []int64 {
	for _, a := range n.Attrs {
		if a.Name == name {
			return append(slices.Clone(a.Ints), a.Int)
		}
	}
	return append(def, def...)
}

func float64Attr(n *onnx.Node, name string, def float64) float64 {
	for _, a := range n.Attrs {
		if a.Name == name {
			return float64(a.Float)
		}
	}
	return def
}

func operator64(t testing.TB, n *onnx.Node, in []dense64) dense64 {
	each := func(f func(float64) float64) dense64 {
		out := newDense64(in[0].shape...)
		for i, v := range in[0].data {
			out.data[i] = f(v)
		}
		return out
	}
	switch n.Op {
	case "Identity", "Cast", "Unheard":
		return in[0]
	case "Constant":
		return constant64(t, n.Attrs[0].Tensor)
	case "Relu":
		return each(func(v float64) float64 { return max(v, 0) })
	case "LeakyRelu":
		alpha := float64Attr(n, "alpha", 0.01)
		return each(func(v float64) float64 { return max(v, 0) + alpha*min(v, 0) })
	case "Tanh":
		return each(math.Tanh)
	case "Sigmoid":
		return each(func(v float64) float64 { return 1 / (1 + math.Exp(-v)) })
	case "Flatten":
		outer := 1
		for _, d := range in[0].shape[:ints64(n, "axis", 1)[0]] {
			outer *= d
		}
		return dense64{[]int{outer, len(in[0].data) / outer}, in[0].data}
	case "Reshape":
		return reshape64(in[0], in[1])
	case "MatMul", "Gemm":
		return gemm64(n, in)
	case "Add":
		return add64(in[0], in[1])
	case "BatchNormalization":
		return batchNorm64(n, in)
	case "Conv":
		return conv64(n, in)
	case "ConvTranspose":
		return convTranspose64(n, in)
	}
	t.Fatalf("the reference has no %s", n.Op)
	return dense64{}
}

func reshape64(x, to dense64) dense64 {
	out := dense64{data: x.data}
	rest, known := -1, 1
	for i, d := range to.data {
		size := int(d)
		if size == 0 {
			size = x.shape[i]
		}
		if size < 0 {
			rest, size = i, 1
		}
		known *= size
		out.shape = append(out.shape, size)
	}
	if rest >= 0 {
		out.shape[rest] = len(x.data) / known
	}
	return out
}

func gemm64(n *onnx.Node, in []dense64) dense64 {
	a, b := in[0], in[1]
	transposed := n.Op == "Gemm" && ints64(n, "transB", 0)[0] == 1
	k, cols := b.shape[0], b.shape[1]
	if transposed {
		k, cols = cols, k
	}
	out := newDense64(a.shape[0], cols)
	for i := range a.shape[0] {
		for j := range cols {
			sum := 0.0
			for l := range k {
				var w float64
				if transposed {
					w = *b.at(j, l)
				} else {
					w = *b.at(l, j)
				}
				sum += *a.at(i, l) * w
			}
			*out.at(i, j) = sum
		}
	}
	if n.Op == "Gemm" {
		for i := range out.data {
			out.data[i] *= float64Attr(n, "alpha", 1)
		}
		if len(in) > 2 && in[2].data != nil {
			c := dense64{in[2].shape, slices.Clone(in[2].data)}
			for i := range c.data {
				c.data[i] *= float64Attr(n, "beta", 1)
			}
			return add64(out, c)
		}
	}
	return out
}

// add64 is a + b with both broadcast.
func add64(a, b dense64) dense64 {
	if len(a.shape) < len(b.shape) {
		a, b = b, a
	}
	b.shape = append(slices.Repeat([]int{1}, len(a.shape)-len(b.shape)), b.shape...)
	shape := make([]int, len(a.shape))
	for i := range shape {
		shape[i] = max(a.shape[i], b.shape[i])
	}
	out := newDense64(shape...)
	index := make([]int, len(shape))
	for i := range out.data {
		rest := i
		for d := len(shape) - 1; d >= 0; d-- {
			index[d] = rest % shape[d]
			rest /= shape[d]
		}
		wrapped := func(t dense64) float64 {
			at := slices.Clone(index)
			for d := range at {
				at[d] %= t.shape[d]
			}
			return *t.at(at...)
		}
		out.data[i] = wrapped(a) + wrapped(b)
	}
	return out
}

func batchNorm64(n *onnx.Node, in []dense64) dense64 {
	x, eps := in[0], float64Attr(n, "epsilon", 1e-5)
	out := newDense64(x.shape...)
	area := len(x.data) / x.shape[0] / x.shape[1]
	for i, v := range x.data {
		c := i / area % x.shape[1]
		out.data[i] = (v-in[3].data[c])/math.Sqrt(in[4].data[c]+eps)*in[1].data[c] + in[2].data[c]
	}
	return out
}

// taps calls f for every pixel of a small image, every position of the window
// and the pixel of the large image that is there.
func taps(n *onnx.Node, small, w, large dense64, f func(oy, ox, ky, kx, y, x int)) {
	s, d, p := ints64(n, "strides", 1, 1), ints64(n, "dilations", 1, 1), ints64(n, "pads", 0, 0, 0, 0)
	for oy := range small.shape[2] {
		for ox := range small.shape[3] {
			for ky := range w.shape[2] {
				for kx := range w.shape[3] {
					y, x := oy*int(s[0])+ky*int(d[0])-int(p[0]), ox*int(s[1])+kx*int(d[1])-int(p[1])
					if y >= 0 && x >= 0 && y < large.shape[2] && x < large.shape[3] {
						f(oy, ox, ky, kx, y, x)
					}
				}
			}
		}
	}
}

func conv64(n *onnx.Node, in []dense64) dense64 {
	x, w := in[0], in[1]
	s, d, p := ints64(n, "strides", 1, 1), ints64(n, "dilations", 1, 1), ints64(n, "pads", 0, 0, 0, 0)
	side := func(i int) int {
		return (x.shape[2+i]+int(p[i]+p[2+i])-int(d[i])*(w.shape[2+i]-1)-1)/int(s[i]) + 1
	}
	out := newDense64(x.shape[0], w.shape[0], side(0), side(1))
	for b := range x.shape[0] {
		for f := range w.shape[0] {
			first := f * x.shape[1] / w.shape[1] / w.shape[0] * w.shape[1] // channel of f's group
			for c := range w.shape[1] {
				taps(n, out, w, x, func(oy, ox, ky, kx, iy, ix int) {
					*out.at(b, f, oy, ox) += *x.at(b, first+c, iy, ix) * *w.at(f, c, ky, kx)
				})
			}
		}
	}
	return bias64(out, in)
}

func convTranspose64(n *onnx.Node, in []dense64) dense64 {
	x, w := in[0], in[1]
	s, d, p, more := ints64(n, "strides", 1, 1), ints64(n, "dilations", 1, 1), ints64(n, "pads", 0, 0, 0, 0), ints64(n, "output_padding", 0, 0)
	side := func(i int) int {
		return (x.shape[2+i]-1)*int(s[i]) + int(more[i]) + (w.shape[2+i]-1)*int(d[i]) + 1 - int(p[i]+p[2+i])
	}
	out := newDense64(x.shape[0], w.shape[1], side(0), side(1))
	for b := range x.shape[0] {
		for f := range w.shape[0] {
			for c := range w.shape[1] {
				taps(n, x, w, out, func(oy, ox, ky, kx, iy, ix int) {
					*out.at(b, c, iy, ix) += *x.at(b, f, oy, ox) * *w.at(f, c, ky, kx)
				})
			}
		}
	}
	return bias64(out, in)
}

// bias64 adds input 2, if there is one, to every channel.
func bias64(x dense64, in []dense64) dense64 {
	if len(in) < 3 {
		return x
	}
	return add64(x, dense64{[]int{1, x.shape[1], 1, 1}, in[2].data})
}
