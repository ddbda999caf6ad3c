package infer

import (
	"errors"
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

// GenerateLabels is [Session.Generate] for models with two inputs, latents of
// float32 and then labels, int64 [N], whose batch is open: labels has one for each
// latent in z. A label that the model has no class for is an error.
func (s *Session) GenerateLabels(dst, z []float32, labels []int64) error {
	m := s.model
	if len(m.inputs) != 2 || len(m.outputs) != 1 {
		return fmt.Errorf("infer: the model has %d inputs and %d outputs, GenerateLabels wants two and one", len(m.inputs), len(m.outputs))
	}
	latent, label, image := &m.inputs[0], &m.inputs[1], &m.outputs[0]
	if latent.Type != "float32" || label.Type != "int64" || len(label.Shape) != 1 || image.Type != "float32" ||
		!latent.batched() || !label.batched() || !image.batched() {
		return errors.New("infer: GenerateLabels wants float32 [N, ...] and int64 [N] in, float32 [N, ...] out: use Run")
	}
	n, in, out := len(labels), sizeOf(latent.Shape).of(1), sizeOf(image.Shape).of(1)
	if len(z) != n*in || len(dst) != n*out {
		return fmt.Errorf("infer: z has %d values and dst room for %d, want %d and %d for %d labels", len(z), len(dst), n*in, n*out, n)
	}
	for len(labels) > 0 {
		c := min(len(labels), s.batch)
		s.run.buffers[m.plan.inputs[0]] = z[:c*in]
		*s.run.data[m.plan.inputs[1]].(*[]int64) = labels[:c]
		s.run.buffers[m.plan.outputs[0]] = dst[:c*out]
		s.step(c)
		z, labels, dst = z[c*in:], labels[c:], dst[c*out:]
	}
	s.release()
	return s.failure()
}
