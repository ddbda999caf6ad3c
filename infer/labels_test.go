package infer

import (
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// labelled joins a row of a table, of 3 classes, to z, [N, 2].
func labelled(t *testing.T) *Model {
	s := newSketch(-1, 2)
	s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "label", Type: onnx.Int64, Shape: onnx.Shape(-1)})
	s.Graph.Initializers = append(s.Graph.Initializers, onnx.NewFloat32("table", []float32{1, 2, 3}, 3, 1))
	s.Metadata = []onnx.Property{{Key: "ganlet.class.0", Value: "a"}, {Key: "ganlet.class.1", Value: "b"}, {Key: "ganlet.class.2", Value: "c"}}
	s.Graph.Nodes = append(s.Graph.Nodes,
		onnx.Node{Op: "Gather", Inputs: []string{"table", "label"}, Outputs: []string{"row"}},
		onnx.Node{Op: "Concat", Inputs: []string{"z", "row"}, Outputs: []string{"both"}, Attrs: []onnx.Attr{onnx.IntAttr("axis", 1)}})
	return load(t, s.outputs("both"))
}

// GenerateLabels gives each latent its own label, batch by batch, and allocates
// nothing; a label beyond the classes harms no later call.
func TestGenerateLabels(t *testing.T) {
	m := labelled(t)
	if got := m.Classes(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("classes %q, want a, b, c", got)
	}
	s, err := m.NewSession(2)
	if err != nil {
		t.Fatal(err)
	}
	z, labels, dst := []float32{10, 11, 20, 21, 30, 31}, []int64{2, 0, 1}, make([]float32, 9)
	want := []float32{10, 11, 3, 20, 21, 1, 30, 31, 2}
	if err := s.GenerateLabels(dst, z, labels); err != nil || !slices.Equal(dst, want) {
		t.Errorf("GenerateLabels = %v, %v, want %v", dst, err, want)
	}
	wantError(t, s.GenerateLabels(dst, z, []int64{0, 3, 0}), "3")
	wantError(t, s.GenerateLabels(dst, z[:4], labels), "want 6 and 9 for 3 labels")
	wantError(t, s.GenerateLabels(dst[:6], z, labels), "want 6 and 9 for 3 labels")
	wantError(t, s.Generate(dst, z), "2 inputs")
	if n := testing.AllocsPerRun(10, func() { err = s.GenerateLabels(dst, z, labels) }); n > 0 || err != nil || !slices.Equal(dst, want) {
		t.Errorf("GenerateLabels allocates %v times, want 0 (%v)", n, err)
	}
	plain, err := identityModel(t, 1, 2, 2).NewSession(1)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, plain.GenerateLabels(dst, z, labels), "1 inputs")
}

// A file that names no classes tells how many there are by the depth of a OneHot, or
// the rows of a table.
func TestClassesOfGraph(t *testing.T) {
	for _, oneHot := range []bool{false, true} {
		s := newSketch(-1, 2)
		s.Graph.Inputs = append(s.Graph.Inputs, onnx.ValueInfo{Name: "label", Type: onnx.Int64, Shape: onnx.Shape(-1)})
		label := s.node("Cast", []string{"label"}, onnx.IntAttr("to", int64(onnx.Int32)))
		row := ""
		if oneHot {
			row = s.node("OneHot", []string{label, s.scalar(3), s.weight32(0, 1)})
		} else {
			row = s.node("Gather", []string{s.weight(1, 3, 3), label})
		}
		session := mustSession(t, load(t, s.outputs(s.node("Concat", []string{"z", row}, onnx.IntAttr("axis", 1)))), 1)
		z, dst := []float32{1, 2}, make([]float32, 5)
		if err := session.GenerateLabels(dst, z, []int64{2}); err != nil {
			t.Error(err)
		}
		for _, label := range []int64{3, -1} {
			wantError(t, session.GenerateLabels(dst, z, []int64{label}), "but the classes are 0 to 2")
		}
	}
}
