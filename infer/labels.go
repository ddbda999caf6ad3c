package infer

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is conditional generators: models of latents and labels.

// classNames is metadata of the names of labels: it and 0, 1, ...
const classNames = "ganlet.class."

// Classes are the names of the labels 0, 1, ... of a conditional generator, as far
// as the file says them; nil of others.
func (m *Model) Classes() (names []string) {
	for {
		name, ok := m.metadata[classNames+strconv.Itoa(len(names))]
		if !ok {
			return names
		}
		names = append(names, name)
	}
}

// classesOf is how many classes a graph tells of a label: the rows of a table that it
// picks from, or the depth of a OneHot; 0 if it tells nothing.
func classesOf(g *graph.Graph, label int) (classes int) {
	labels := map[int]bool{label: true} // values that hold the label as it is
	least := func(n int) {
		if classes == 0 || n < classes {
			classes = n
		}
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		of := func(k int) *tensor.Const {
			if k < len(n.In) && n.In[k] != graph.None {
				return g.Values[n.In[k]].Const
			}
			return nil
		}
		is := func(k int) bool { return k < len(n.In) && labels[n.In[k]] }
		switch n.Op {
		case "Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze":
			if is(0) {
				labels[n.Out[0]] = true
			}
		case "Gather":
			first := !slices.ContainsFunc(n.Attrs, func(a onnx.Attr) bool { return a.Name == "axis" && a.Int != 0 })
			if table := of(0); is(1) && first && table != nil && len(table.Shape) > 0 {
				least(table.Shape[0])
			}
		case "OneHot":
			if depth := of(1); is(0) && depth != nil && depth.Len() == 1 {
				if t, err := depth.Value(); err == nil {
					n := tensor.New(onnx.Int64, 1)
					tensor.Convert(n, tensor.Tensor{Elem: t.Elem, Shape: n.Shape, Data: t.Data})
					least(int(tensor.Of[int64](n)[0]))
				}
			}
		}
	}
	return classes
}

// Conditional reports whether the model takes labels: its second and last input
// is int64, one for each sample.
func (m *Model) Conditional() bool {
	if len(m.inputs) != 2 {
		return false
	}
	label := &m.inputs[1]
	return label.Type == "int64" && len(label.Shape) == 1 && label.batched() == m.inputs[0].batched()
}

// GenerateLabels is [Session.Generate] for conditional generators
// ([Model.Conditional]): labels has one for each latent in z. A label that the
// model has no class for is an [*InputError].
func (s *Session) GenerateLabels(dst, z []float32, labels []int64) (err error) {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave(&err)
	m := s.model
	if err := m.generates(2); err != nil {
		return err
	}
	if !m.Conditional() {
		return fmt.Errorf("infer: input %q is %s %v, GenerateLabels wants labels, int64 [N]: use Run", m.inputs[1].Name, m.inputs[1].Type, m.inputs[1].Shape)
	}
	// A run computes each labels: a batch, or as many as the file fixes.
	in, out, each := m.inputs[0].Len(), m.outputs[0].Len(), 1
	if !m.batched {
		each = m.inputs[1].Len()
	}
	n := len(labels)
	if each == 0 || n%each != 0 {
		return badInput(m.inputs[1].Name, "there are %d labels, want a multiple of %d", n, each)
	}
	if len(z) != n/each*in || len(dst) != n/each*out {
		return badInput("", "z has %d values and dst room for %d, want %d and %d for %d labels", len(z), len(dst), n/each*in, n/each*out, n)
	}
	for _, label := range labels {
		if m.classes > 0 && (label < 0 || label >= int64(m.classes)) {
			return badInput(m.inputs[1].Name, "label is %d, but the classes are 0 to %d", label, m.classes-1)
		}
	}
	in, out = in/each, out/each
	if m.batched {
		each = s.batch
	}
	for first := 0; first < n; first += each {
		c := min(n-first, each)
		if err := s.generate(dst[first*out:][:c*out], z[first*in:][:c*in], labels[first:][:c], first, c); err != nil {
			return err
		}
	}
	return nil
}
