package main

import (
	"errors"
	"fmt"
	"io"
	"os"
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
    ganinfer info model.onnx        names, types and shapes of inputs and outputs

A tensor has the type that the model says. What decides a shape, such as the
sizes of a Reshape, may be an input too.

Flags:
FLAGS
`

// maxInput is the bytes of the largest tensor that is read.
const maxInput = 1 << 40

// named is NAME=F.npy.
type named struct{ name, path string }

func runRun(args []string, stdout io.Writer) error {
	f := cli.Flags()
	in := f.StringArray("input", nil, "the file of an input, as `NAME=F.npy`; once for each")
	out := f.StringArray("output", nil, "the file for an output, as `NAME=F.npy`; once for each that is wanted")
	if helped, err := cli.Parse(f, "ganinfer run", args, runHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer run", "MODEL.onnx"); err != nil {
		return err
	}
	inputs, err := parseNamed("input", *in)
	if err != nil {
		return err
	}
	outputs, err := parseNamed("output", *out)
	if err != nil {
		return err
	}
	m, tensors, err := openFor(f.Arg(0), inputs)
	if err != nil {
		return err
	}
	if err := known("output", outputs, m.Outputs(), false); err != nil {
		return err
	}
	results, err := compute(m, inputs, tensors)
	if err != nil {
		return err
	}
	return writeAll(outputs, results)
}

// parseNamed parses the values of --input or --output.
func parseNamed(flag string, values []string) ([]named, error) {
	if len(values) == 0 {
		return nil, cli.Hintf(cli.Flagf("--%s is missing", flag), "ganinfer run --help shows the form")
	}
	var all []named
	for _, v := range values {
		name, path, ok := strings.Cut(v, "=")
		if !ok || name == "" || path == "" {
			return nil, cli.Flagf("--%s is %q, want NAME=F.npy", flag, v)
		}
		for _, other := range all {
			if other.name == name {
				return nil, cli.Flagf("--%s has %q twice", flag, name)
			}
			if flag == "output" && filepath.Clean(other.path) == filepath.Clean(path) {
				return nil, cli.Flagf("--output has the file %q twice", path)
			}
		}
		all = append(all, named{name, path})
	}
	return all, nil
}

// known returns an error unless the model has what the flags name and, of
// inputs, the flags name all that it has.
func known(flag string, given []named, has []infer.Value, all bool) error {
	var names []string
	for _, v := range has {
		names = append(names, v.Name)
	}
	for _, g := range given {
		if !slices.Contains(names, g.name) {
			return cli.Flagf("--%s %s=%s: the model has no such %s, but %q", flag, g.name, g.path, flag, names)
		}
	}
	for _, name := range names {
		if all && !slices.ContainsFunc(given, func(g named) bool { return g.name == name }) {
			return cli.Flagf("--%s %s=F.npy is missing", flag, name)
		}
	}
	return nil
}

// openFor loads the model and reads its inputs. One that cannot be planned before
// inputs are known gets those for constants that it needs.
func openFor(path string, inputs []named) (*infer.Model, []infer.Tensor, error) {
	m, err := open(path)
	var unsupported *infer.UnsupportedError
	if err != nil && !errors.As(err, &unsupported) {
		return nil, nil, err
	}
	if err == nil {
		if m, err = withOptional(path, m, inputs); err != nil {
			return nil, nil, err
		}
		if err := known("input", inputs, m.Inputs(), true); err != nil {
			return nil, nil, err
		}
	}
	tensors, failed := readAll(inputs)
	if err == nil || failed != nil {
		return m, tensors, failed
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	if m, err = infer.ParseBound(data, tensors...); err != nil {
		return nil, nil, fmt.Errorf("%q: %w", path, err)
	}
	var open []named
	for _, v := range m.Inputs() {
		for i := range inputs {
			if inputs[i].name == v.Name {
				open = append(open, inputs[i])
			}
		}
	}
	return m, tensors, known("input", open, m.Inputs(), true)
}

// withOptional is the model with those optional inputs that are given.
func withOptional(path string, m *infer.Model, inputs []named) (*infer.Model, error) {
	var given []infer.Tensor
	for _, g := range inputs {
		if optional(m, g.name) != nil {
			given = append(given, infer.Tensor{Name: g.name})
		}
	}
	return reopen(path, m, given)
}

func readAll(inputs []named) (tensors []infer.Tensor, err error) {
	for _, g := range inputs {
		a, err := npy.ReadFile(g.path, maxInput)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, infer.Tensor{Name: g.name, Shape: a.Shape, Data: a.Data})
	}
	return tensors, nil
}

// compute runs the model on the tensors of the files, less those it has bound.
func compute(m *infer.Model, inputs []named, tensors []infer.Tensor) ([]infer.Tensor, error) {
	n := 1
	var rest []infer.Tensor
	for k, t := range tensors {
		i := slices.IndexFunc(m.Inputs(), func(v infer.Value) bool { return v.Name == t.Name })
		if i < 0 {
			continue
		}
		v := m.Inputs()[i]
		if has := typeName(t.Data); has != v.Type {
			return nil, fmt.Errorf("%q holds %s, want %s for input %q", inputs[k].path, has, v.Type, t.Name)
		}
		if len(v.Shape) > 0 && v.Shape[0] < 0 && len(t.Shape) > 0 {
			n = t.Shape[0]
		}
		rest = append(rest, t)
	}
	values := 1 // of the outputs of one sample
	for _, v := range m.Outputs() {
		size := 1
		for _, d := range v.Shape {
			size *= max(d, 1)
		}
		values += size
	}
	s, err := m.NewSession(max(1, min(n, autoBatch, autoValues/values)))
	if err != nil {
		return nil, err
	}
	return s.Run(rest...)
}

// typeName is the element type of an array's data as infer.Value names it.
func typeName(data any) string {
	switch data.(type) {
	case []uint16:
		return "float16" // npy keeps its bits
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", data), "[]")
}

// writeAll writes the outputs asked for: all of them, or, if one fails, none.
func writeAll(outputs []named, results []infer.Tensor) error {
	if len(outputs) == 0 {
		return nil
	}
	first := outputs[0]
	i := slices.IndexFunc(results, func(t infer.Tensor) bool { return t.Name == first.name })
	var rest error
	err := atomicfile.Write(first.path, func(w io.Writer) error {
		if err := npy.Write(w, &npy.Array{Shape: results[i].Shape, Data: results[i].Data}); err != nil {
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
