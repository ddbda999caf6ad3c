package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is what sampling does with generators of styles, by their optional
// inputs.

// The names of these inputs.
const (
	truncationInput = "truncation" // float32 [1]
	secondInput     = "z2"         // float32 [N, latent]
	mixInput        = "mix"        // bool, of each layer that takes a style: whether it is the second one
)

// openStyled opens a model for what the flags ask of styles.
func (o *sampling) openStyled(path string) (*infer.Model, error) {
	m, err := open(path)
	if err != nil {
		return nil, err
	}
	bound, err := o.styles(m)
	if err != nil {
		return nil, err
	}
	return reopen(path, m, bound)
}

// reopen is the model at path, m, with optional inputs bound, or made inputs.
func reopen(path string, m *infer.Model, bound []infer.Tensor) (*infer.Model, error) {
	if len(bound) == 0 {
		return m, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if m, err = infer.ParseBound(data, bound...); err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return m, nil
}

// styles are the inputs to bind, so that styles and not latents are truncated, and
// mixed.
func (o *sampling) styles(m *infer.Model) (bound []infer.Tensor, err error) {
	if o.truncation < 1 && optional(m, truncationInput) != nil {
		bound = append(bound, infer.Tensor{Name: truncationInput, Shape: []int{1}, Data: []float32{o.truncation}})
		o.styled = true
	}
	if !o.mixed {
		return bound, nil
	}
	v := optional(m, mixInput)
	if v == nil || optional(m, secondInput) == nil || v.Type != "bool" || len(v.Shape) != 1 {
		return nil, cli.Flagf("--mix is %d, but the model takes no second style: it is no generator of styles", o.mix)
	}
	if o.mix < 0 || o.mix > v.Shape[0] {
		return nil, cli.Flagf("--mix is %d, want 0 to the %d layers of the model that take a style", o.mix, v.Shape[0])
	}
	second := make([]bool, v.Shape[0])
	for i := range second {
		second[i] = i >= o.mix
	}
	return append(bound, infer.Tensor{Name: mixInput, Shape: v.Shape, Data: second}, infer.Tensor{Name: secondInput}), nil
}

// optional is an input that the file has a value for; nil: there is none.
func optional(m *infer.Model, name string) *infer.Value {
	all := m.Optional()
	if i := slices.IndexFunc(all, func(v infer.Value) bool { return v.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}
