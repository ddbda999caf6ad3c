package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is ganinfer info: what a model reads, makes and costs.

const infoHelp = `ganinfer info says what a model reads and makes, and how large it is.

    ganinfer info MODEL.onnx [--json]

    ganinfer info model.onnx
    ganinfer info model.onnx --json

Flags:
FLAGS
`

// value is an input or output.
type value struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"` // -1 stands for N, the number of samples
}

// info is all that is said of a model.
type info struct {
	File         string            `json:"file"`
	Bytes        int               `json:"bytes"`
	Producer     string            `json:"producer"`
	Opset        int64             `json:"opset"`
	IRVersion    int64             `json:"ir_version"`
	Inputs       []value           `json:"inputs"`
	Outputs      []value           `json:"outputs"`
	Operators    map[string]int    `json:"operators"`
	Parameters   int64             `json:"parameters"`
	MultiplyAdds int64             `json:"multiply_adds"` // for one sample
	Metadata     map[string]string `json:"metadata"`
}

func runInfo(args []string, stdout io.Writer) error {
	f := cli.Flags()
	asJSON := f.Bool("json", false, "print JSON")
	if helped, err := cli.Parse(f, "ganinfer info", args, infoHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer info", "MODEL.onnx"); err != nil {
		return err
	}
	i, err := describe(f.Arg(0))
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

func describe(path string) (*info, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := infer.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	s := m.Stats()
	return &info{
		File: path, Bytes: len(data),
		Producer: strings.TrimSpace(file.ProducerName + " " + file.ProducerVersion), Opset: file.Opset(), IRVersion: file.IRVersion,
		Inputs: values(m.Inputs()), Outputs: values(m.Outputs()),
		Operators: s.Operators, Parameters: s.Parameters, MultiplyAdds: s.MultiplyAdds,
		Metadata: m.Metadata(),
	}, nil
}

func values(from []infer.Value) []value {
	to := []value{}
	for _, v := range from {
		to = append(to, value(v))
	}
	return to
}

func (i *info) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "file\t%s, %d bytes\n", i.File, i.Bytes)
	fmt.Fprintf(t, "format\topset %d, IR version %d, written by %s\n", i.Opset, i.IRVersion, i.Producer)
	for _, v := range i.Inputs {
		fmt.Fprintf(t, "input\t%v\n", v)
	}
	for _, v := range i.Outputs {
		fmt.Fprintf(t, "output\t%v\n", v)
	}
	var operators []string
	for _, op := range slices.Sorted(maps.Keys(i.Operators)) {
		operators = append(operators, fmt.Sprintf("%d %s", i.Operators[op], op))
	}
	fmt.Fprintf(t, "operators\t%s\n", strings.Join(operators, ", "))
	fmt.Fprintf(t, "parameters\t%d\n", i.Parameters)
	fmt.Fprintf(t, "multiply-adds\t%d\n", i.MultiplyAdds)
	for _, key := range slices.Sorted(maps.Keys(i.Metadata)) {
		fmt.Fprintf(t, "metadata\t%s = %s\n", printable(key), printable(i.Metadata[key]))
	}
	return t.Flush()
}

func (v value) String() string {
	sides := make([]string, len(v.Shape))
	for i, n := range v.Shape {
		sides[i] = strconv.Itoa(n)
		if n < 0 {
			sides[i] = "N"
		}
	}
	return fmt.Sprintf("%s %s [%s]", printable(v.Name), v.Type, strings.Join(sides, ", "))
}

// printable is s, which a file of unknown origin says, safe for a terminal.
func printable(s string) string {
	if q := strconv.Quote(s); q != `"`+s+`"` {
		return q
	}
	return s
}
