package infer

import (
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file tests that operators mean the same in every opset, however they say
// it: attributes that became inputs, defaults that changed.

// form is a node as an opset writes it.
type form struct {
	opset int64
	draw  func(s *sketch, x string) string
}

// versions has the forms of operators on x [N, 4, 2, 3]; all of one name agree.
var versions = map[string][]form{
	"Squeeze": {
		{11, func(s *sketch, x string) string {
			return s.node("Squeeze", []string{s.reshape(x, 0, 1, 24, 1)}, onnx.IntsAttr("axes", 1, -1))
		}},
		{13, func(s *sketch, x string) string {
			return s.node("Squeeze", []string{s.reshape(x, 0, 1, 24, 1), s.ints(-3, 3)})
		}},
		{7, func(s *sketch, x string) string { return s.act("Squeeze", s.reshape(x, 0, 1, 24, 1)) }},
	},
	"Unsqueeze": {
		{11, func(s *sketch, x string) string { return s.node("Unsqueeze", []string{x}, onnx.IntsAttr("axes", 2, 4)) }},
		{13, func(s *sketch, x string) string { return s.node("Unsqueeze", []string{x, s.ints(-2, 2)}) }},
	},
	"Split": {
		{7, func(s *sketch, x string) string {
			return s.split(x, 3, onnx.IntAttr("axis", 3), onnx.IntsAttr("split", 1, 1, 1))
		}},
		{13, func(s *sketch, x string) string { return s.split(x, 3, onnx.IntAttr("axis", -1)) }},
		{18, func(s *sketch, x string) string {
			return s.split(x, 3, onnx.IntAttr("axis", -1), onnx.IntAttr("num_outputs", 3))
		}},
	},
	"Slice": {
		{7, func(s *sketch, x string) string {
			return s.node("Slice", []string{x}, onnx.IntsAttr("axes", 1, 3), onnx.IntsAttr("starts", 1, -2), onnx.IntsAttr("ends", 99, 3))
		}},
		{10, func(s *sketch, x string) string {
			return s.node("Slice", []string{x, s.ints(1, -2), s.ints(99, 3), s.ints(1, 3)})
		}},
		{13, func(s *sketch, x string) string {
			return s.node("Slice", []string{x, s.ints(0, 1, 0, 1), s.ints(1<<62, 4, 2, 9), "", s.ints(1, 1, 1, 1)})
		}},
	},
	"Pad": {
		{7, func(s *sketch, x string) string {
			return s.node("Pad", []string{x}, onnx.IntsAttr("pads", 0, 0, 1, -1, 0, 0, 0, 2), onnx.FloatAttr("value", 0.5))
		}},
		{11, func(s *sketch, x string) string {
			return s.node("Pad", []string{x, s.ints(0, 0, 1, -1, 0, 0, 0, 2), s.number(0.5)})
		}},
		{18, func(s *sketch, x string) string {
			return s.node("Pad", []string{x, s.ints(-1, 1, 2, 0), s.number(0.5), s.ints(3, -2)})
		}},
	},
	"Clip": {
		{7, func(s *sketch, x string) string { return s.node("Clip", []string{x}, onnx.FloatAttr("min", -0.25)) }},
		{11, func(s *sketch, x string) string { return s.node("Clip", []string{x, s.number(-0.25)}) }},
		{13, func(s *sketch, x string) string { return s.node("Clip", []string{x, s.number(-0.25), ""}) }},
	},
	"ReduceSum": {
		{11, func(s *sketch, x string) string {
			return s.node("ReduceSum", []string{x}, onnx.IntsAttr("axes", 2, -1), onnx.IntAttr("keepdims", 0))
		}},
		{13, func(s *sketch, x string) string {
			return s.node("ReduceSum", []string{x, s.ints(-1, 2)}, onnx.IntAttr("keepdims", 0))
		}},
	},
	"ReduceMax": {
		{13, func(s *sketch, x string) string { return s.node("ReduceMax", []string{x}, onnx.IntsAttr("axes", 1)) }},
		{18, func(s *sketch, x string) string { return s.node("ReduceMax", []string{x, s.ints(1)}) }},
	},
	"Softmax": { // before 13 all axes from the given one on are joined, and 1 is the default
		{7, func(s *sketch, x string) string { return s.act("Softmax", x) }},
		{11, func(s *sketch, x string) string { return s.node("Softmax", []string{x}, onnx.IntAttr("axis", -3)) }},
		{13, func(s *sketch, x string) string { return s.reshape(s.act("Softmax", s.reshape(x, 0, 24)), 0, 4, 2, 3) }},
	},
	"Resize": {
		{7, func(s *sketch, x string) string {
			return s.node("Upsample", []string{x}, onnx.StringAttr("mode", "linear"), onnx.FloatsAttr("scales", 1, 1, 2, 1.5))
		}},
		{9, func(s *sketch, x string) string {
			return s.node("Upsample", []string{x, s.weight32(1, 1, 2, 1.5)}, onnx.StringAttr("mode", "linear"))
		}},
		{10, func(s *sketch, x string) string {
			return s.node("Resize", []string{x, s.weight32(1, 1, 2, 1.5)}, onnx.StringAttr("mode", "linear"))
		}},
		{11, func(s *sketch, x string) string {
			return s.node("Resize", []string{x, s.weight32(), s.weight32(1, 1, 2, 1.5)}, onnx.StringAttr("mode", "linear"), onnx.StringAttr("coordinate_transformation_mode", "asymmetric"))
		}},
		{18, func(s *sketch, x string) string {
			return s.node("Resize", []string{x, "", s.weight32(1.5, 2)}, onnx.StringAttr("mode", "linear"), onnx.StringAttr("coordinate_transformation_mode", "asymmetric"), onnx.IntsAttr("axes", 3, 2))
		}},
	},
	"nearest": {
		{7, func(s *sketch, x string) string {
			return s.node("Upsample", []string{x}, onnx.FloatsAttr("scales", 1, 1, 2, 2))
		}},
		{13, func(s *sketch, x string) string { return s.node("Resize", []string{x, "", s.weight32(1, 1, 2, 2)}) }},
		{13, func(s *sketch, x string) string {
			sizes := s.node("Concat", []string{s.node("Slice", []string{s.act("Shape", x), s.ints(0), s.ints(2)}), s.ints(4, 6)}, onnx.IntAttr("axis", 0))
			return s.node("Resize", []string{x, "", "", sizes})
		}},
	},
	"Dropout": {
		{7, func(s *sketch, x string) string { return s.node("Dropout", []string{x}, onnx.FloatAttr("ratio", 0.9)) }},
		{12, func(s *sketch, x string) string { return s.node("Dropout", []string{x, s.number(0.9)}) }},
		{13, func(s *sketch, x string) string { return s.act("Identity", x) }},
	},
	"GroupNormalization": {
		{18, func(s *sketch, x string) string {
			return s.node("GroupNormalization", []string{x, s.weight32(2, 3), s.weight32(4, 5)}, onnx.IntAttr("num_groups", 2))
		}},
		{21, func(s *sketch, x string) string {
			return s.node("GroupNormalization", []string{x, s.weight32(2, 2, 3, 3), s.weight32(4, 4, 5, 5)}, onnx.IntAttr("num_groups", 2))
		}},
	},
	"BatchNormalization": {
		{7, func(s *sketch, x string) string { return s.batchNorm(x, onnx.IntAttr("spatial", 1)) }},
		{9, func(s *sketch, x string) string { return s.batchNorm(x) }},
		{15, func(s *sketch, x string) string { return s.batchNorm(x, onnx.IntAttr("training_mode", 0)) }},
	},
}

// number adds a scalar.
func (s *sketch) number(v float32) string {
	name := s.name("number")
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32(name, []float32{v}))
	return name
}

// split adds Split and returns the last of its outputs.
func (s *sketch) split(x string, outputs int, attrs ...onnx.Attr) string {
	s.node("Split", []string{x}, attrs...)
	n := &s.Graph.Nodes[len(s.Graph.Nodes)-1]
	for len(n.Outputs) < outputs {
		n.Outputs = append(n.Outputs, s.name("part"))
	}
	return n.Outputs[outputs-1]
}

func (s *sketch) batchNorm(x string, attrs ...onnx.Attr) string {
	return s.node("BatchNormalization", []string{x, s.weight32(1, 2, 3, 4), s.weight32(5, 6, 7, 8), s.weight32(1, 0, 1, 0), s.weight32(1, 2, 3, 4)}, attrs...)
}

func TestVersions(t *testing.T) {
	for name, forms := range versions {
		var want []Tensor
		for i, f := range forms {
			s := newSketch(-1, 4, 2, 3)
			s.Opsets[0].Version = f.opset
			m, err := Parse(onnx.Marshal(s.outputs(f.draw(s, "z"))))
			if err != nil {
				t.Errorf("%s of opset %d: %v", name, f.opset, err)
				continue
			}
			got := mustRun(t, mustSession(t, m, 2), latents(m, 3))
			if want == nil {
				want = got
			}
			if i > 0 {
				sameBits(t, name, got[0].Data.([]float32), want[0].Data.([]float32))
			}
		}
	}
}
