package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is normalisations of the last axes, as transformers have them. They
// compute in float64.

var layerNorms = family{
	{Name: "LayerNormalization", Make: layerNorm, Least: 2, Most: 3, Attrs: "axis epsilon stash_type"},
	{Name: "RMSNormalization", Make: rmsNorm, Least: 2, Most: 2, Attrs: "axis epsilon stash_type"},
	{Name: "SimplifiedLayerNormalization", Make: simplifiedNorm, Least: 2, Most: 2, Attrs: "axis epsilon stash_type"},

	{Name: "com.microsoft.LayerNormalization", Make: layerNorm, Least: 2, Most: 3, Attrs: "axis epsilon stash_type"},
	{Name: "com.microsoft.SimplifiedLayerNormalization", Make: simplifiedNorm, Least: 2, Most: 2, Attrs: "axis epsilon stash_type"},
	{Name: "com.microsoft.SkipLayerNormalization", Make: skipNorm, Least: 3, Most: 5, Attrs: "epsilon"},
	{Name: "com.microsoft.SkipSimplifiedLayerNormalization", Make: skipNorm, How: 1, Least: 3, Most: 4, Attrs: "epsilon"},
}

// layerNorming is how rows are normalised.
type layerNorming struct {
	n           int  // elements of a row
	rms         bool // only divided by the root of the mean square
	eps         float64
	scale, bias int  // inputs; bias -1: none
	plain       bool // they have one number for each element of a row
	means       int  // the output that has the means, before that of inverse deviations; 0: neither
}

// layerNorming reads the attributes, and checks scale and bias.
func (n *Node) layerNorming(rms bool, axis int64, eps float32, scale, bias int) *layerNorming {
	x := n.In[0].Shape
	n.SameType(tensor.Floats)
	first := n.Axis(axis, len(x))
	if n.err != nil {
		return nil
	}
	row := x[first:]
	l := &layerNorming{n: tensor.Product(row), rms: rms, eps: float64(n.Float("epsilon", eps)), scale: scale, bias: bias, plain: true}
	for _, i := range []int{scale, bias} {
		if i < 0 || n.In[i] == nil {
			continue
		}
		shape := n.In[i].Shape
		if !sameShape(n.Broadcast(x, shape), x) {
			n.Fail("input %d of shape %v does not fit %v", i, shape, x)
		}
		for len(shape) > len(row) && shape[0] == 1 {
			shape = shape[1:]
		}
		l.plain = l.plain && sameShape(shape, row)
	}
	n.CountWork(n.In[0].Len(), 6)
	return l
}

// stash is the type of means and deviations.
func (n *Node) stash() tensor.Type {
	switch t := onnx.DataType(n.Int("stash_type", int64(onnx.Float))); t {
	case onnx.Float, onnx.Float16, onnx.BFloat16:
		return onnx.Float
	case onnx.Double:
		return t
	default:
		n.Fail("stash_type is %v, want a float", t)
	}
	return onnx.Float
}

// outer is the shape that one number a row has.
func (n *Node) outer(axis int64) []int {
	shape := cloneShape(n.In[0].Shape)
	for d := n.Axis(axis, len(shape)); d < len(shape); d++ {
		shape[d] = 1
	}
	return shape
}

// layerNorm is LayerNormalization: all axes from one on; mean and inverse
// deviation are further outputs.
func layerNorm(n *Node) Eval {
	x, axis := n.In[0], n.Int("axis", -1)
	l := n.layerNorming(false, axis, 1e-5, 1, 2)
	stash := n.stash()
	if n.err != nil {
		return nil
	}
	l.means = 1
	n.Result(x.Elem, x.Shape...)
	n.Result(stash, n.outer(axis)...)
	n.Result(stash, n.outer(axis)...)
	return l.run
}

// rmsNorm is RMSNormalization: divided by the root of the mean square.
func rmsNorm(n *Node) Eval {
	x := n.In[0]
	l := n.layerNorming(true, n.Int("axis", -1), 1e-5, 1, -1)
	n.stash()
	if n.err != nil {
		return nil
	}
	n.Result(x.Elem, x.Shape...)
	return l.run
}

// simplifiedNorm is ONNX Runtime's RMSNormalization, which has the inverse
// deviations, too.
func simplifiedNorm(n *Node) Eval {
	eval := rmsNorm(n)
	if n.err != nil {
		return nil
	}
	n.Result(n.stash(), n.outer(n.Int("axis", -1))...)
	return eval
}

// skipNorm is ONNX Runtime's normalisation of a sum: of input, skip, and a bias.
func skipNorm(n *Node) Eval {
	rms := n.how == 1
	x := n.In[0]
	beta, extra := 3, 4
	if rms {
		beta, extra = -1, 3
	}
	l := n.layerNorming(rms, -1, 1e-12, 2, beta)
	for _, i := range []int{1, extra} {
		if v := n.In[i]; n.err == nil && v != nil && !sameShape(n.Broadcast(x.Shape, v.Shape), x.Shape) {
			n.Fail("input %d of shape %v does not fit %v", i, v.Shape, x.Shape)
		}
	}
	if n.err != nil {
		return nil
	}
	n.Result(x.Elem, x.Shape...)
	n.Result(onnx.Float, n.outer(-1)...)
	n.Result(onnx.Float, n.outer(-1)...)
	n.Result(x.Elem, x.Shape...)
	l.means = 1
	return func(m *Memory, out, in []tensor.Tensor) {
		sum := out[3]
		join(m, opAdd, sum, in[0], in[1])
		if in[extra].Given() {
			join(m, opAdd, sum, sum, in[extra])
		}
		l.normalize(m, out, sum, in)
	}
}

func (l *layerNorming) run(m *Memory, out, in []tensor.Tensor) { l.normalize(m, out, in[0], in) }

// normalize writes the rows of x, normalised, to output 0.
func (l *layerNorming) normalize(m *Memory, out []tensor.Tensor, x tensor.Tensor, in []tensor.Tensor) {
	if x.Len() == 0 {
		for _, t := range out[1:] { // of rows without elements
			for i := 0; t.Given() && i < t.Len(); i++ {
				setFloat(t, i, 0)
			}
		}
		return
	}
	if l.plain && x.Elem == onnx.Float {
		normalizeRows(l, out, out[0], x, in)
		return
	}
	y := m.Copied(onnx.Double, x)
	rows := tensor.Of[float64](y)
	l.each(out, x.Len()/l.n, func(i int) (mean, inverse float64) {
		row := rows[i*l.n:][:l.n]
		mean, inverse = statistics(l, row)
		affine(row, row, mean, inverse, 1, 0)
		return mean, inverse
	})
	join(m, opMul, y, y, m.Copied(onnx.Double, in[l.scale]))
	if l.bias >= 0 && in[l.bias].Given() {
		join(m, opAdd, y, y, m.Copied(onnx.Double, in[l.bias]))
	}
	tensor.Convert(out[0], y)
}

// each calls f for each row, and keeps what it returns.
func (l *layerNorming) each(out []tensor.Tensor, rows int, f func(i int) (mean, inverse float64)) {
	for i := range rows {
		mean, inverse := f(i)
		if l.means > 0 {
			setFloat(out[l.means], i, mean)
		}
		if k := l.means + 1; len(out) > k {
			setFloat(out[k], i, inverse)
		}
	}
}

// setFloat writes a number to element i of floats.
func setFloat(t tensor.Tensor, i int, v float64) {
	if t.Elem == onnx.Float {
		tensor.Of[float32](t)[i] = float32(v)
	} else {
		tensor.Of[float64](t)[i] = v
	}
}

func statistics[T float](l *layerNorming, row []T) (mean, inverse float64) {
	if !l.rms {
		mean = meanOf(row)
	}
	return mean, 1 / math.Sqrt(squaresOf(row, mean)+l.eps)
}

// normalizeRows is normalize of float32 where scale and bias are plain.
func normalizeRows(l *layerNorming, out []tensor.Tensor, y, x tensor.Tensor, in []tensor.Tensor) {
	scale, bias := tensor.Nth[float32](in, l.scale), []float32(nil)
	if l.bias >= 0 && in[l.bias].Given() {
		bias = tensor.Nth[float32](in, l.bias)
	}
	to, from := tensor.Of[float32](y), tensor.Of[float32](x)
	l.each(out, len(from)/l.n, func(i int) (mean, inverse float64) {
		src, dst := from[i*l.n:][:l.n], to[i*l.n:][:l.n]
		mean, inverse = statistics(l, src)
		scale := scale[:len(src)]
		if bias == nil {
			for k, v := range src {
				dst[k] = float32(float64((float64(v)-mean)*inverse) * float64(scale[k]))
			}
			return mean, inverse
		}
		bias := bias[:len(src)]
		for k, v := range src {
			dst[k] = float32(float64(float64((float64(v)-mean)*inverse)*float64(scale[k])) + float64(bias[k]))
		}
		return mean, inverse
	})
}
