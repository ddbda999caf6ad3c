package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/npy"
)

// This file is ganinfer run: tensors from files into a model, and out of it.

const runHelp = `ganinfer run computes a model's outputs from its inputs, tensors in .npy files.

    ganinfer run MODEL.onnx --input NAME=F.npy ... --output NAME=F.npy ...

    ganinfer run model.onnx --input z=z.npy --output image=image.npy
    ganinfer run photo.onnx --input x=photo.npy --size height=64 --size width=64 --output y=y.npy
    ganinfer info model.onnx        names, types and shapes of inputs and outputs

Every input must be given, except optional ones. A tensor has the type that the model
says; bfloat16 is read and written as uint16, its bits. Open sizes are those of the
tensors. A name may have equals signs: the longest name of the model that fits is
taken.

Flags:
FLAGS
`

// maxInput is the bytes of the largest tensor that is read.
const maxInput = 1 << 40

// named is NAME=F.npy.
type named struct{ name, path string }

func runRun(ctx context.Context, args []string, stdout io.Writer) error {
	var l loading
	f := cli.Flags()
	in := f.StringArray("input", nil, "the file of an input, as `NAME=F.npy`; once for each")
	out := f.StringArray("output", nil, "the file for an output, as `NAME=F.npy`; once for each that is wanted")
	l.sizeFlag(f)
	f.Uint64Var(&l.options.Seed, "seed", 1, "seed of numbers that the model draws itself")
	if helped, err := cli.Parse(f, "ganinfer run", args, runHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer run", "MODEL.onnx"); err != nil {
		return err
	}
	if len(*out) == 0 {
		return cli.Hintf(cli.Flagf("--output is missing"), "ganinfer run --help shows the form")
	}
	if err := l.parseSizes(); err != nil {
		return err
	}
	l.path = f.Arg(0)
	m, err := l.open()
	if err != nil {
		return err
	}
	inputs, err := parseNamed("input", *in, append(m.Inputs(), m.Optional()...))
	if err != nil {
		return err
	}
	outputs, err := parseNamed("output", *out, m.Outputs())
	if err != nil {
		return err
	}
	if m, err = l.bind(m, asInputs(m, inputs)); err != nil {
		return err
	}
	for _, v := range m.Inputs() {
		if !slices.ContainsFunc(inputs, func(g named) bool { return g.name == v.Name }) {
			return cli.Flagf("--input %s=F.npy is missing", v.Name)
		}
	}
	tensors, err := readAll(m, inputs)
	if err != nil {
		return err
	}
	results, err := compute(ctx, m, tensors)
	if err != nil {
		return err
	}
	return writeAll(outputs, results)
}

// parseNamed parses the values of --input or --output, given what the model has.
func parseNamed(flag string, values []string, has []infer.Value) ([]named, error) {
	var all []named
	for _, s := range values {
		g, ok := cutName(s, has)
		name, _, form := strings.Cut(s, "=")
		switch {
		case !form || name == "" && !ok || ok && g.path == "":
			return nil, cli.Flagf("--%s is %q, want NAME=F.npy", flag, s)
		case !ok:
			return nil, cli.Flagf("--%s %s: the model has no such %s, but %q", flag, s, flag, names(has...))
		}
		for _, other := range all {
			if other.name == g.name {
				return nil, cli.Flagf("--%s has %q twice", flag, g.name)
			}
			if flag == "output" && filepath.Clean(other.path) == filepath.Clean(g.path) {
				return nil, cli.Flagf("--output has the file %q twice", g.path)
			}
		}
		all = append(all, g)
	}
	return all, nil
}

// cutName splits NAME=F.npy after the longest name of the model that it begins
// with: names may hold any characters, and "=" too.
func cutName(s string, has []infer.Value) (g named, ok bool) {
	for _, v := range has {
		if path, is := strings.CutPrefix(s, v.Name+"="); is && (!ok || len(v.Name) > len(g.name)) {
			g, ok = named{v.Name, path}, true
		}
	}
	return g, ok
}

// asInputs are the optional inputs that are given, to be bound as inputs.
func asInputs(m *infer.Model, inputs []named) (open []infer.Tensor) {
	for _, g := range inputs {
		if optional(m, g.name) != nil {
			open = append(open, infer.Tensor{Name: g.name})
		}
	}
	return open
}

// readAll reads the inputs from their files.
func readAll(m *infer.Model, inputs []named) (tensors []infer.Tensor, err error) {
	all := m.Inputs()
	for _, g := range inputs {
		a, err := npy.ReadFile(g.path, maxInput)
		if err != nil {
			return nil, err
		}
		v := all[slices.Index(names(all...), g.name)]
		has, want := typeName(a), v.Type
		if has == "uint16" && (want == "float16" || want == "bfloat16") {
			has = want // its bits
		}
		if has != want {
			if want == "bfloat16" {
				want = "uint16, the bits of bfloat16,"
			}
			return nil, fmt.Errorf("%q holds %s, want %s for input %q", g.path, has, want, g.name)
		}
		tensors = append(tensors, infer.Tensor{Name: g.name, Shape: a.Shape, Data: a.Data})
	}
	return tensors, nil
}

// compute runs the model.
func compute(ctx context.Context, m *infer.Model, tensors []infer.Tensor) ([]infer.Tensor, error) {
	n := 1
	for _, t := range tensors {
		v := m.Inputs()[slices.Index(names(m.Inputs()...), t.Name)]
		if len(v.Shape) > 0 && v.Shape[0] < 0 && len(t.Shape) > 0 {
			n = t.Shape[0]
		}
	}
	values := 1 // of the outputs of one sample
	for _, v := range m.Outputs() {
		values += v.Len()
	}
	s, err := m.NewSession(max(1, min(n, autoBatch, autoValues/max(values, 1))))
	if err != nil {
		return nil, err
	}
	results, err := s.Run(ctx, tensors...)
	if ctx.Err() != nil {
		err = errors.New("stopped by a signal")
	}
	return results, err
}

// typeName is the element type of an array as infer.Value names it.
func typeName(a *npy.Array) string {
	if a.Half {
		return "float16"
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", a.Data), "[]")
}

// writeAll writes the outputs asked for: all of them, or, if one fails, none.
func writeAll(outputs []named, results []infer.Tensor) error {
	if len(outputs) == 0 {
		return nil
	}
	first := outputs[0]
	i := slices.IndexFunc(results, func(t infer.Tensor) bool { return t.Name == first.name })
	a := npy.Array{Shape: results[i].Shape, Data: results[i].Data, Half: results[i].Type == "float16"}
	var rest error
	err := atomicfile.Write(first.path, func(w io.Writer) error {
		if err := npy.Write(w, &a); err != nil {
			return err
		}
		rest = writeAll(outputs[1:], results)
		return rest
	})
	if rest != nil {
		return rest
	}
	return err
}
