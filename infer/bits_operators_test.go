package infer

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is a model for every operator that computes, but for the layers of
// bits_models_test.go.

// An operatorSketch computes in one of two types.
type operatorSketch struct {
	*exactSketch
	elem onnx.DataType
}

func (s operatorSketch) cast(x string, to onnx.DataType) string {
	return s.node("Cast", []string{x}, onnx.IntAttr("to", int64(to)))
}

func (s operatorSketch) constant(middle, width float64, dims ...int64) string {
	return s.cast(s.exactSketch.constant(middle, width, dims...), s.elem)
}

// join puts results of one shape side by side.
func (s operatorSketch) join(x ...string) string {
	return s.node("Concat", x, onnx.IntAttr("axis", 1))
}

// drawOperator applies an operator to z of shape [N, 4, 6, 6] and to thirds of it as
// float64: rounding to float32 hides most of what a CPU may do in its own way.
func drawOperator(draw func(s operatorSketch, x string) string) *onnx.Model {
	s := operatorSketch{newExactSketch(5, -1, 4, 6, 6), onnx.Float}
	s.Opsets[0].Version = 21
	narrow := draw(s, "z")
	s.elem = onnx.Double
	return s.outputs(narrow, draw(s, s.node("Div", []string{s.cast("z", s.elem), s.cast(s.number(3), s.elem)})))
}

func operatorModels(t *testing.T) (models []generalModel) {
	for _, list := range []struct {
		fill      func(*kernel.Stream, []float32)
		operators map[string]func(s operatorSketch, x string) string
	}{{allSizes, pointwiseOperators()}, {(*kernel.Stream).Normals, joiningOperators()}} {
		for _, name := range slices.Sorted(maps.Keys(list.operators)) {
			models = append(models, generalModel{name, load(t, drawOperator(list.operators[name])), list.fill})
		}
	}
	return models
}

// pointwiseOperators compute each element on its own.
func pointwiseOperators() map[string]func(s operatorSketch, x string) string {
	operators := map[string]func(s operatorSketch, x string) string{
		"Gelu, tanh": func(s operatorSketch, x string) string {
			return s.node("Gelu", []string{x}, onnx.StringAttr("approximate", "tanh"))
		},
		"Pow": func(s operatorSketch, x string) string {
			whole := s.act("Round", s.constant(0, 90, 4, 6, 6))
			return s.join(s.node("Pow", []string{s.act("Abs", x), s.constant(0, 3, 4, 6, 6)}), s.node("Pow", []string{x, whole}))
		},
		"Add, Mul, Div, Mean": func(s operatorSketch, x string) string {
			sum := s.node("Add", []string{s.node("Mul", []string{x, s.constant(0, 1, 6)}), s.node("Mul", []string{x, x})})
			return s.join(sum, s.node("Div", []string{s.constant(0, 1, 4, 6, 6), x}), s.node("Mean", []string{x, sum, x}))
		},
		"PRelu": func(s operatorSketch, x string) string {
			return s.node("PRelu", []string{x, s.constant(0, 1, 4, 1, 1)})
		},
		"Cast": func(s operatorSketch, x string) string {
			var all []string
			for _, to := range []onnx.DataType{onnx.Int64, onnx.Int32, onnx.Int8, onnx.Uint8, onnx.Bool} {
				all = append(all, s.cast(s.cast(x, to), s.elem))
			}
			return s.join(all...)
		},
		"QuantizeLinear": func(s operatorSketch, x string) string {
			scale := s.number(0.037)
			return s.node("DequantizeLinear", []string{s.node("QuantizeLinear", []string{x, scale}), scale})
		},
	}
	for _, op := range strings.Fields(`Abs Ceil Celu Cos Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu Log Mish Neg
		Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Tanh ThresholdedRelu`) {
		operators[op] = func(s operatorSketch, x string) string { return s.act(op, x) }
	}
	return operators
}

// joiningOperators compute an element from several.
func joiningOperators() map[string]func(s operatorSketch, x string) string {
	operators := map[string]func(s operatorSketch, x string) string{
		"InstanceNormalization": func(s operatorSketch, x string) string {
			return s.node("InstanceNormalization", []string{x, s.constant(1, 0.3, 4), s.constant(0, 0.3, 4)})
		},
		"GroupNormalization": func(s operatorSketch, x string) string {
			return s.node("GroupNormalization", []string{x, s.constant(1, 0.3, 4), s.constant(0, 0.3, 4)}, onnx.IntAttr("num_groups", 2))
		},
		"LayerNormalization": func(s operatorSketch, x string) string {
			return s.node("LayerNormalization", []string{x, s.constant(1, 0.3, 6), s.constant(0, 0.3, 6)})
		},
		"AveragePool": func(s operatorSketch, x string) string {
			return s.node("AveragePool", []string{x}, onnx.IntsAttr("kernel_shape", 3, 3), onnx.IntsAttr("pads", 1, 1, 1, 1))
		},
		"GlobalAveragePool": func(s operatorSketch, x string) string { return s.act("GlobalAveragePool", x) },
		"MatMul": func(s operatorSketch, x string) string {
			return s.node("MatMul", []string{x, s.node("MatMul", []string{x, s.constant(0, 1, 4, 6, 6)})})
		},
		"Conv, groups": func(s operatorSketch, x string) string {
			return s.node("Conv", []string{x, s.constant(0, 1, 6, 2, 3, 3), s.constant(0, 1, 6)}, onnx.IntAttr("group", 2))
		},
		"ConvTranspose, groups": func(s operatorSketch, x string) string {
			return s.node("ConvTranspose", []string{x, s.constant(0, 1, 4, 3, 3, 3)}, onnx.IntAttr("group", 2), onnx.IntsAttr("strides", 2, 2))
		},
	}
	for _, op := range strings.Fields(`ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare
		ReduceLogSum ReduceLogSumExp`) {
		operators[op] = func(s operatorSketch, x string) string { return s.node(op, []string{x, s.ints(1, 3)}) }
	}
	for _, op := range []string{"Softmax", "LogSoftmax", "LpNormalization"} {
		operators[op] = func(s operatorSketch, x string) string {
			return s.join(s.act(op, x), s.node(op, []string{x}, onnx.IntAttr("axis", 1)))
		}
	}
	for _, mode := range []string{"linear", "cubic"} {
		for _, places := range []string{"half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric"} {
			operators["Resize, "+mode+", "+places] = func(s operatorSketch, x string) string {
				return s.node("Resize", []string{x, "", s.weight32(1, 1, 1.7, 2.3)}, onnx.StringAttr("mode", mode),
					onnx.StringAttr("coordinate_transformation_mode", places), onnx.FloatAttr("cubic_coeff_a", -0.7))
			}
		}
	}
	return operators
}

// allSizes draws numbers of either sign: most of them between 1/16 and 16, some of
// any size, and some at which functions bend.
func allSizes(s *kernel.Stream, dst []float32) {
	bends := []float64{0, 0x1p-149, 0x1p-126, 0.5, 1, 88, 89, 104, 0x1p24, 0x1p31, 0x1p63, math.MaxFloat32, math.Inf(1)}
	for i := range dst {
		switch x := float64(s.Uniform()); i % 8 {
		case 0:
			dst[i] = float32(math.Copysign(bends[s.IntN(len(bends))], x))
		case 1:
			dst[i] = float32(math.Ldexp(x, s.IntN(250)-125))
		default:
			dst[i] = float32(math.Ldexp(x, s.IntN(9)-4))
		}
	}
}
