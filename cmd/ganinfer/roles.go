package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is what the inputs of a generator are for: the latent, a label, noise,
// how far styles are truncated, how many samples there are.

// roles are indices of a model's inputs.
type roles struct {
	latent int // -1: there is none
	label  int // likewise
	second int // latent, likewise
	count  int // takes the number of samples, likewise
	noise  []int
	psi    []int
	empty  []int // labels of no class
	set    []int // by --set
}

// says that the name of an input has one of the words, perhaps as a part.
func says(v infer.Value, words ...string) bool {
	name := strings.ToLower(v.Name)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// words are the words of a name: truncation_psi has two.
func words(v infer.Value) []string {
	return strings.FieldsFunc(strings.ToLower(v.Name), func(r rune) bool { return !unicode.IsLetter(r) })
}

func isLabel(v infer.Value) bool { return says(v, "label", "class", "cond", "onehot", "one_hot") }

// isScalar says that v is one number for all samples.
func isScalar(v infer.Value) bool {
	return v.Shape != nil && (len(v.Shape) == 0 || len(v.Shape) == 1 && v.Shape[0] == 1)
}

// isNarrow says that v is a number for each sample.
func isNarrow(v infer.Value) bool {
	return len(v.Shape) == 1 || len(v.Shape) == 2 && v.Shape[1] == 1
}

// hasRows says that v has as many rows as the latent: one for each sample.
func hasRows(v, latent infer.Value) bool {
	return len(v.Shape) > 0 && len(latent.Shape) > 0 && v.Shape[0] == latent.Shape[0]
}

// latentIn finds the latent, by its name or else the first input of floating
// point that is no label; one of several numbers before one of a single one. It
// returns -1 if there is none.
func latentIn(inputs []infer.Value, o *sampling) int {
	found, best := -1, 0
	for i, v := range inputs {
		_, set := o.numbers[v.Name]
		if set || !isFloat(v.Type) || len(v.Shape) == 0 || isPsi(v) || len(inputs) > 1 && isLabel(v) {
			continue
		}
		rank := 2
		if v.Name == "z" || says(v, "latent") {
			rank = 3
		} else if isNarrow(v) && (len(v.Shape) > 1 || v.Shape[0] < 2) {
			rank = 1
		}
		if rank > best {
			found, best = i, rank
		}
	}
	return found
}

// rolesOf finds what the inputs are for: see sampleHelp. It guesses no further. A
// second latent is one where styles are mixed.
func rolesOf(m *infer.Model, o *sampling) (roles, error) {
	inputs := m.Inputs()
	r := roles{latent: latentIn(inputs, o), label: -1, second: -1, count: -1}
	for i, v := range inputs {
		_, set := o.numbers[v.Name]
		switch {
		case i == r.latent:
		case set:
			r.set = append(r.set, i)
		case o.mixed && v.Name == secondInput:
			r.second = i
		case isPsi(v):
			r.psi = append(r.psi, i)
		case isFloat(v.Type) && says(v, "noise"):
			r.noise = append(r.noise, i)
		case len(v.Shape) == 2 && v.Shape[1] == 0:
			r.empty = append(r.empty, i)
		case r.label < 0 && takesLabel(inputs, i, r.latent):
			r.label = i
		case r.count < 0 && isInteger(v.Type) && isScalar(v) && (len(inputs) == 1 || v.Name == "n" || says(v, "batch", "num", "count", "samples")):
			r.count = i
		default:
			return r, cli.Hintf(fmt.Errorf("input %v is no latent, label or noise that sampling could fill", value(v)),
				"--set NAME=VALUE fills it with a number; ganinfer run takes any model")
		}
	}
	return r, r.sized(inputs)
}

// takesLabel says that input i is for labels: numbers, one for each sample or,
// where it is called so, one for all; or one-hot rows, of the latent's type or
// called so.
func takesLabel(inputs []infer.Value, i, latent int) bool {
	v, of := inputs[i], inputs[i]
	if latent >= 0 {
		of = inputs[latent]
	}
	number := isInteger(v.Type) || isFloat(v.Type)
	switch {
	case number && isLabel(v) && isScalar(v):
		return true
	case !number || !hasRows(v, of) || latent < 0 && !isLabel(v):
		return false
	}
	return isNarrow(v) || len(v.Shape) == 2 && isFloat(v.Type) && (v.Type == of.Type || isLabel(v))
}

// sized returns an error unless the sizes of all inputs are known, up to the
// number of samples.
func (r *roles) sized(inputs []infer.Value) error {
	for _, v := range inputs {
		if v.Shape == nil {
			return cli.Hintf(fmt.Errorf("input %v has no known shape", value(v)), "ganinfer run takes any model")
		}
		for k, d := range v.Shape {
			if k == 0 || d >= 0 {
				continue
			}
			name := v.Names[k]
			if name == "" {
				name = fmt.Sprintf("%s:%d", v.Name, k)
			}
			return cli.Hintf(fmt.Errorf("input %v leaves sizes open", value(v)), "--size %s=N fixes one; ganinfer run takes what comes", cli.Printable(name))
		}
	}
	return nil
}
