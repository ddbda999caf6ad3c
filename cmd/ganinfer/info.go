package main

import (
	"encoding/json"
	"errors"
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
	Shape []int  `json:"shape"` // -1 stands for N, the number of samples; nil: not known
}

// info is all that is said of a model.
type info struct {
	File         string            `json:"file"`
	Bytes        int               `json:"bytes"`
	Producer     string            `json:"producer"`
	Opset        int64             `json:"opset"`
	IRVersion    int64             `json:"ir_version"`
	Inputs       []value           `json:"inputs"`
	Bind         []string          `json:"bind,omitempty"`     // inputs that decide shapes: without them, little is known
	Optional     []value           `json:"optional,omitempty"` // inputs that the file has values for
	Outputs      []value           `json:"outputs"`
	Operators    map[string]int    `json:"operators"`
	Parameters   int64             `json:"parameters"`
	MultiplyAdds int64             `json:"multiply_adds"` // for one sample; 0 if there are inputs to bind
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
	m, failed := infer.Parse(data)
	var unsupported *infer.UnsupportedError
	if failed != nil && !(errors.As(failed, &unsupported) && len(unsupported.Inputs) > 0) {
		return nil, fmt.Errorf("%q: %w", path, failed)
	}
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	i := &info{
		File: path, Bytes: len(data),
		Producer: strings.TrimSpace(file.ProducerName + " " + file.ProducerVersion), Opset: file.Opset(), IRVersion: file.IRVersion,
	}
	if failed != nil {
		i.Bind = unsupported.Inputs
		i.read(file)
		return i, nil
	}
	s := m.Stats()
	i.Inputs, i.Outputs, i.Metadata = values(m.Inputs()), values(m.Outputs()), m.Metadata()
	if optional := m.Optional(); len(optional) > 0 {
		i.Optional = values(optional)
	}
	i.Operators, i.Parameters, i.MultiplyAdds = s.Operators, s.Parameters, s.MultiplyAdds
	return i, nil
}

// read fills in what the file says of a model that cannot be planned yet.
func (i *info) read(file *onnx.Model) {
	i.Operators, i.Metadata = make(map[string]int), make(map[string]string)
	for _, n := range file.Graph.Nodes {
		i.Operators[n.Op]++
	}
	for _, p := range file.Metadata {
		i.Metadata[p.Key] = p.Value
	}
	constants := make(map[string]bool) // up to IR 3, inputs as well
	for _, c := range file.Graph.Initializers {
		constants[c.Name] = true
		switch c.Type {
		case onnx.Float, onnx.Float16, onnx.BFloat16, onnx.Double:
			i.Parameters += int64(c.Len())
		}
	}
	for _, v := range file.Graph.Inputs {
		if !constants[v.Name] {
			i.Inputs = append(i.Inputs, declared(v))
		}
	}
	for _, v := range file.Graph.Outputs {
		i.Outputs = append(i.Outputs, declared(v))
	}
}

// declared is an input or output as the file declares it, with -1 for any size
// that is open, and no shape if even their number is.
func declared(v onnx.ValueInfo) value {
	to := value{Name: v.Name, Type: v.Type.String()}
	if v.Shape != nil {
		to.Shape = []int{}
	}
	for _, d := range v.Shape {
		to.Shape = append(to.Shape, int(max(d.Size, -1)))
	}
	return to
}

func values(from []infer.Value) []value {
	to := []value{}
	for _, v := range from {
		if v.Shape == nil {
			v.Shape = []int{} // a scalar
		}
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
	for _, name := range i.Bind {
		fmt.Fprintf(t, "to be bound\t%s: it decides shapes (ganinfer run takes it)\n", printable(name))
	}
	for _, v := range i.Optional {
		fmt.Fprintf(t, "optional\t%v\n", v)
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
	if len(i.Bind) == 0 {
		fmt.Fprintf(t, "multiply-adds\t%d\n", i.MultiplyAdds)
	}
	for _, key := range slices.Sorted(maps.Keys(i.Metadata)) {
		fmt.Fprintf(t, "metadata\t%s = %s\n", printable(key), printable(i.Metadata[key]))
	}
	return t.Flush()
}

func (v value) String() string {
	sides := make([]string, len(v.Shape))
	for i, n := range v.Shape {
		switch {
		case n >= 0:
			sides[i] = strconv.Itoa(n)
		case i == 0:
			sides[i] = "N"
		default:
			sides[i] = "?"
		}
	}
	if v.Shape == nil {
		sides = []string{"..."}
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
