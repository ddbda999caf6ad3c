package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is ganinfer info: what a model reads, makes and costs.

const infoHelp = `ganinfer info says what a model reads and makes, and how large it is. It describes
every ONNX file; if the other commands refuse it, the line "refused" says why.

    ganinfer info MODEL.onnx [--json]

    ganinfer info model.onnx
    ganinfer info model.onnx --json
    ganinfer info photo.onnx --size height=64 --size width=64

Open sizes are shown by the names that the file gives them. Without a name, the first
is N, the number of samples, and others are ?. In JSON an open size is -1, and "names"
has names other than N. An operator that is not ONNX's own has its domain before its name.

Flags:
FLAGS
`

// info is all that is said of a model.
type info struct {
	File         string            `json:"file"`
	Bytes        int               `json:"bytes"`
	Producer     string            `json:"producer"`
	Opset        int64             `json:"opset"`
	Opsets       map[string]int64  `json:"opsets,omitempty"` // of other domains
	IRVersion    int64             `json:"ir_version"`
	Refused      string            `json:"refused,omitempty"` // why infer does not run it; the rest is as the file declares it
	Inputs       []value           `json:"inputs"`
	Optional     []value           `json:"optional,omitempty"` // inputs that the file has values for
	Outputs      []value           `json:"outputs"`
	Operators    map[string]int    `json:"operators"`
	Functions    map[string]int    `json:"functions,omitempty"` // that the file defines, and how many nodes each has
	Parameters   int64             `json:"parameters"`
	MultiplyAdds int64             `json:"multiply_adds"` // for one sample; 0 if other sizes are open
	External     []external        `json:"external,omitempty"`
	Metadata     map[string]string `json:"metadata"`
}

func runInfo(args []string, stdout io.Writer) error {
	var l loading
	f := cli.Flags()
	asJSON := f.Bool("json", false, "print JSON")
	l.sizeFlag(f)
	if helped, err := cli.Parse(f, "ganinfer info", args, infoHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer info", "MODEL.onnx"); err != nil {
		return err
	}
	if err := l.parseSizes(); err != nil {
		return err
	}
	l.path = f.Arg(0)
	i, err := describe(&l)
	if err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		if *asJSON {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(i)
		}
		return i.table(w)
	})
}

// describe reads a model: what its file says and, unless infer refuses it, what
// infer works out.
func describe(l *loading) (*info, error) {
	data, err := os.ReadFile(l.path)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", l.path, cli.Cause(err))
	}
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", l.path, err)
	}
	if err := l.misfit(file); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Dir(l.path))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", l.path, cli.Cause(err))
	}
	defer root.Close()
	i := &info{
		File: l.path, Bytes: len(data),
		Producer: strings.TrimSpace(file.ProducerName + " " + file.ProducerVersion), Opset: file.Opset(), IRVersion: file.IRVersion,
	}
	i.read(file)
	i.External = externalOf(file, root)
	l.options.FS = root.FS()
	m, err := l.options.Parse(data)
	if err != nil {
		i.Refused = reason(err)
		return i, nil
	}
	i.Inputs, i.Outputs = values(m.Inputs()), values(m.Outputs())
	if optional := m.Optional(); len(optional) > 0 {
		i.Optional = values(optional)
	}
	i.MultiplyAdds = m.Stats().MultiplyAdds
	return i, nil
}

// reason is why infer refuses a model, without the package's name.
func reason(err error) string {
	var format *infer.FormatError
	var unsupported *infer.UnsupportedError
	switch {
	case errors.As(err, &format):
		return format.Error()
	case errors.As(err, &unsupported):
		return unsupported.Error()
	}
	return strings.TrimPrefix(err.Error(), "infer: ")
}

// read fills in what the file says.
func (i *info) read(file *onnx.Model) {
	i.Operators, i.Metadata = make(map[string]int), make(map[string]string)
	file.Graph.Walk(func(*onnx.Graph) {}, func(n *onnx.Node) { i.Operators[qualified(n.Domain, n.Op)]++ })
	for _, f := range file.Functions {
		if i.Functions == nil {
			i.Functions = make(map[string]int)
		}
		i.Functions[qualified(f.Domain, f.Name)] += len(f.Nodes)
	}
	for _, o := range file.Opsets {
		if onnx.IsDefault(o.Domain) {
			continue
		}
		if i.Opsets == nil {
			i.Opsets = make(map[string]int64)
		}
		i.Opsets[o.Domain] = o.Version
	}
	for _, p := range file.Metadata {
		i.Metadata[p.Key] = p.Value
	}
	constants := make(map[string]bool)
	for _, c := range file.Graph.Initializers {
		constants[c.Name] = true
		i.Parameters += parameters(&c)
	}
	for _, c := range file.Graph.Sparse {
		constants[c.Values.Name] = true
		i.Parameters += parameters(&c.Values)
	}
	i.Inputs, i.Outputs = []value{}, []value{}
	for _, v := range file.Graph.Inputs {
		switch {
		case !constants[v.Name]:
			i.Inputs = append(i.Inputs, declared(v))
		case file.IRVersion > 3: // up to 3, every initializer is an input
			i.Optional = append(i.Optional, declared(v))
		}
	}
	for _, v := range file.Graph.Outputs {
		i.Outputs = append(i.Outputs, declared(v))
	}
}

// parameters is how many numbers of floating point a tensor has.
func parameters(t *onnx.Tensor) int64 {
	switch t.Type {
	case onnx.Float, onnx.Float16, onnx.BFloat16, onnx.Double:
		return int64(t.Len())
	}
	return 0
}

// qualified is an operator's name, after the domain that it is of.
func qualified(domain, name string) string {
	if onnx.IsDefault(domain) {
		return name
	}
	return domain + "." + name
}

// external is a file that holds weights of the model.
type external struct {
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	Missing bool   `json:"missing,omitempty"` // from the model's folder
}

// externalOf lists the files that hold the model's data, in the order in which
// the model names them.
func externalOf(file *onnx.Model, root *os.Root) (list []external) {
	look := func(t *onnx.Tensor) {
		if t == nil || t.External == nil {
			return
		}
		e := external{File: t.External.Location}
		if slices.ContainsFunc(list, func(o external) bool { return o.File == e.File }) {
			return
		}
		if about, err := root.Stat(filepath.FromSlash(e.File)); err == nil && about.Mode().IsRegular() {
			e.Bytes = about.Size()
		} else {
			e.Missing = true
		}
		list = append(list, e)
	}
	file.Walk(func(g *onnx.Graph) {
		for k := range g.Initializers {
			look(&g.Initializers[k])
		}
	}, func(n *onnx.Node) {
		for _, a := range n.Attrs {
			look(a.Tensor)
		}
	})
	return list
}
