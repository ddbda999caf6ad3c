package main

import (
	"math"
	"slices"
	"strconv"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is inputs of a generator that take a number: those that --set names,
// truncation, and the optional inputs of a generator of styles.

// The names of these inputs in ganlet's own files. The truncation is float32 [1].
const (
	secondInput = "z2"  // float32 [N, latent]
	mixInput    = "mix" // bool, of each layer that takes a style: whether it is the second one
)

// openFilled opens a model for what the flags ask of its inputs.
func (o *sampling) openFilled() (*infer.Model, error) {
	m, err := o.open()
	if err != nil {
		return nil, err
	}
	if err := o.parseSet(m); err != nil {
		return nil, err
	}
	bound, err := o.styles(m)
	if err != nil {
		return nil, err
	}
	return o.bind(m, append(bound, o.fixed(m)...))
}

// parseSet reads the values of --set.
func (o *sampling) parseSet(m *infer.Model) error {
	all := append(m.Inputs(), m.Optional()...)
	o.numbers = make(map[string]float64)
	for _, s := range o.set {
		name, text, ok := cutLast(s)
		v, err := strconv.ParseFloat(text, 64)
		if !ok || name == "" || err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return cli.Flagf("--set is %q, want NAME=VALUE with a number", s)
		}
		i := slices.Index(names(all...), name)
		if i < 0 {
			return cli.Flagf("--set is %q, but the model has no such input, only %q", s, names(all...))
		}
		if _, twice := o.numbers[name]; twice {
			return cli.Flagf("--set has %q twice", name)
		}
		if !fits(all[i].Type, v) {
			return cli.Flagf("--set is %q, but input %v does not hold this number", s, value(all[i]))
		}
		o.numbers[name] = v
	}
	return nil
}

// fixed are the inputs of --set to bind: to a constant, or, where their sizes are
// not known yet, optional ones as inputs.
func (o *sampling) fixed(m *infer.Model) (bound []infer.Tensor) {
	optional := m.Optional()
	for i, v := range append(slices.Clone(optional), m.Inputs()...) {
		number, ok := o.numbers[v.Name]
		switch {
		case !ok:
		case known(v, 0):
			t := infer.Tensor{Name: v.Name, Shape: v.Shape, Data: zeros(v.Type, v.Len())}
			fill(t.Data, v.Type, v.Len(), number)
			bound = append(bound, t)
		case i < len(optional):
			bound = append(bound, infer.Tensor{Name: v.Name})
		}
	}
	return bound
}

// isPsi says that v is how far a generator truncates styles: a number, or one for
// each sample, called so.
func isPsi(v infer.Value) bool {
	one := len(v.Shape) == 0 || len(v.Shape) == 1 && (v.Shape[0] < 0 || v.Shape[0] == 1) || len(v.Shape) == 2 && v.Shape[1] == 1
	return isFloat(v.Type) && v.Shape != nil && one && (says(v, "truncation", "trunc_psi") || slices.Contains(words(v), "psi"))
}

// styles are the inputs to bind, so that styles and not latents are truncated, and
// mixed.
func (o *sampling) styles(m *infer.Model) (bound []infer.Tensor, err error) {
	for i, v := range append(m.Inputs(), m.Optional()...) {
		if !isPsi(v) {
			continue
		}
		if _, set := o.numbers[v.Name]; set && o.truncation < 1 {
			return nil, cli.Flagf("--truncation and --set %s exclude each other: both are how far styles are truncated", v.Name)
		} else if set {
			continue
		}
		o.styled = o.styled || o.truncation < 1
		if i >= len(m.Inputs()) && o.truncation < 1 {
			t := infer.Tensor{Name: v.Name, Shape: v.Shape, Data: zeros(v.Type, v.Len())}
			if !known(v, 0) {
				t.Shape, t.Data = nil, nil
			} else {
				fill(t.Data, v.Type, v.Len(), float64(o.truncation))
			}
			bound = append(bound, t)
		}
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
	for _, name := range []string{mixInput, secondInput} {
		if _, set := o.numbers[name]; set {
			return nil, cli.Flagf("--mix and --set %s exclude each other", name)
		}
	}
	second := make([]bool, v.Shape[0])
	for i := range second {
		second[i] = i >= o.mix
	}
	return append(bound, infer.Tensor{Name: mixInput, Shape: v.Shape, Data: second}, infer.Tensor{Name: secondInput}), nil
}
