package export

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// A conditional generator's file begins with its row of the embedding, joined to z.
func TestLabelGraph(t *testing.T) {
	m := model(t, conditional(dcgan(gan.Normal, 1), "no", "yes"), Options{Float16: true})
	want := "embed = Gather(embed.weight label axis=0)\nlatent = Concat(z embed axis=1)\n" +
		"conv_transpose0.input = Reshape(latent conv_transpose0.input.shape)\n"
	if got := describe(&m.Graph); !strings.HasPrefix(got, want) {
		t.Errorf("the graph is\n%s\nwant it to begin with\n%s", got, want)
	}
	if got, want := fmt.Sprint(m.Graph.Inputs), "[{z float32 [{-1 N} {7 }] } {label int64 [{-1 N}] }]"; got != want {
		t.Errorf("inputs are %s, want %s", got, want)
	}
	if no, yes := property(m, "ganlet.class.0"), property(m, "ganlet.class.1"); no != "no" || yes != "yes" {
		t.Errorf("classes %q and %q, want no and yes", no, yes)
	}
	if w := m.Graph.Initializers[0]; w.Name != "embed.weight" || w.Type != onnx.Float || fmt.Sprint(w.Dims) != "[2 2]" {
		t.Errorf("the embedding is %s, %v %v, want embed.weight, float32 [2 2]", w.Name, w.Type, w.Dims)
	}
}

// What is wrong with the labels of a file is refused.
func TestReadLabelErrors(t *testing.T) {
	for _, c := range []struct {
		change func(m *onnx.Model)
		want   string
	}{
		{func(m *onnx.Model) { m.Graph.Nodes[0].Attrs[0].Int = 1 }, `"axis" is 1, want 0`},
		{func(m *onnx.Model) { m.Graph.Nodes[1].Attrs[0].Int = 0 }, `"axis" is 0, want 1`},
		{func(m *onnx.Model) { m.Graph.Nodes[1].Attrs = nil }, `"axis" is 0, want 1`},
		{func(m *onnx.Model) { m.Graph.Nodes[0].Inputs[1] = "z" }, `input 1 is "z", want "label"`},
		{func(m *onnx.Model) { m.Graph.Nodes[0].Inputs[0] = "z" }, `"z" is no constant`},
		{func(m *onnx.Model) { n := m.Graph.Nodes[1].Inputs; n[0], n[1] = n[1], n[0] }, `input 0 is "embed", want "z"`},
		{func(m *onnx.Model) { m.Graph.Nodes[0].Op = "Add" }, "are others than Gather and Concat"},
		{func(m *onnx.Model) { m.Graph.Inputs[1].Type = onnx.Float }, `input "label" is float32 with 1 dimensions`},
		{func(m *onnx.Model) { m.Graph.Inputs[1].Shape = onnx.Shape(-1, 1) }, `input "label" is int64 with 2 dimensions`},
		{func(m *onnx.Model) { m.Graph.Inputs = m.Graph.Inputs[:1] }, ""},
		{func(m *onnx.Model) { m.Graph.Inputs[0], m.Graph.Inputs[1] = m.Graph.Inputs[1], m.Graph.Inputs[0] }, ""},
		{func(m *onnx.Model) { drop(m, "ganlet.class.1") }, "1 classes, want 2"},
		{func(m *onnx.Model) { drop(m, "ganlet.class.0") }, "2 inputs and 1 outputs, want 1 and one for 0 classes"},
		{func(m *onnx.Model) {
			m.Metadata = append(m.Metadata, onnx.Property{Key: "ganlet.class.2", Value: "perhaps"})
		}, "want a multiple of the 3 classes"},
	} {
		m := model(t, conditional(mlp(gan.Normal), "no", "yes"), Options{})
		c.change(m)
		if _, err := Read(bytes.NewReader(onnx.Marshal(m))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

// drop takes a property away.
func drop(m *onnx.Model, key string) {
	for i, p := range m.Metadata {
		if p.Key == key {
			m.Metadata = append(m.Metadata[:i], m.Metadata[i+1:]...)
			return
		}
	}
}
