package infer

import (
	"fmt"
	"strconv"
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
