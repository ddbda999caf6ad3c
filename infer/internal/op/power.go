package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Pow.

var powers = family{
	{Name: "Pow", Make: power, Least: 2, Most: 2, Raise: raiseBinary},
}

// power is Pow: the result has the type of the base. Powers of floats are those
// of kernel.Pow64, rounded once.
func power(n *Node) Eval {
	n.Pointwise = true
	elem, exponent := n.Type(0, tensor.Numbers), n.Type(1, tensor.Numbers)
	n.Result(elem, n.Broadcast(n.In[0].Shape, n.In[1].Shape)...)
	if n.err != nil {
		return nil
	}
	n.CountWork(n.Results[0].Len(), 32)
	if tensor.Integers.Has(elem) && tensor.Integers.Has(exponent) {
		f := wholePower
		if exponent == onnx.Uint64 {
			f = unsignedPower
		}
		return inWide(func(m *Memory, out, in []tensor.Tensor) { arithmeticOn(m, out[0], in[0], in[1], f) })
	}
	one := n.In[1].Len() == 1
	n.Lanes = func(dst, x, y, _ []float32) {
		if one && simplePower(dst, x, float64(y[0])) {
			return
		}
		for i, v := range x {
			dst[i] = float32(kernel.Pow64(float64(v), float64(y[i])))
		}
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		y := m.as(double, in[1])
		if in[0].Elem == onnx.Float && y.Len() == 1 && simplePower(tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), tensor.Of[float64](y)[0]) {
			return
		}
		x, z := m.as(double, in[0]), out[0]
		if z.Elem != onnx.Double {
			z = m.Tensor(onnx.Double, z.Shape)
		}
		arithmeticOn(m, z, x, y, func(z, x, y []float64) {
			for i, v := range x {
				z[i] = kernel.Pow64(v, y[i])
			}
		})
		if z.Elem != out[0].Elem {
			tensor.Convert(out[0], z)
		}
	}
}

func double(tensor.Type) tensor.Type { return onnx.Double }

// simplePower is one power of all elements, if it is one of those that take a
// few operations. The results have the bits of kernel.Pow64's.
func simplePower(z, x []float32, y float64) bool {
	switch y {
	case -1:
		reciprocalOf(z, x)
	case 0.5:
		for i, v := range x {
			if z[i] = float32(math.Sqrt(float64(v + 0))); v < -math.MaxFloat32 {
				z[i] = -v
			}
		}
	case 1:
		copy(z, x)
	case 2:
		kernel.Mul(z, x, x)
	case 3:
		for i, v := range x {
			z[i] = float32(float64(v) * float64(float64(v)*float64(v)))
		}
	default:
		return false
	}
	return true
}

// wholePower is a power of integers, which wraps around.
func wholePower(z, x, y []int64) {
	for i, v := range x {
		if y[i] < 0 {
			z[i] = tensor.Integer(kernel.Pow64(float64(v), float64(y[i])))
		} else {
			z[i] = integerPower(v, uint64(y[i]))
		}
	}
}

func unsignedPower(z, x, y []int64) {
	for i, v := range x {
		z[i] = integerPower(v, uint64(y[i]))
	}
}

func integerPower(x int64, y uint64) int64 {
	z := int64(1)
	for ; y > 0; y >>= 1 {
		if y&1 != 0 {
			z *= x
		}
		x *= x
	}
	return z
}
