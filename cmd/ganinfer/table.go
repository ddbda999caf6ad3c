package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the words of ganinfer info. All that a file says of itself goes
// through cli.Printable.

// value is an input or output.
type value struct {
	Name  string   `json:"name"`
	Type  string   `json:"type"`
	Shape []int    `json:"shape"`           // -1 stands for a size that is open; nil: not even the number of sizes is known
	Names []string `json:"names,omitempty"` // of open sizes, beside Shape; left out if there is at most N, the first
}

// declared is an input or output as the file declares it.
func declared(v onnx.ValueInfo) value {
	to := value{Name: v.Name}
	if v.Type != 0 {
		to.Type = v.Type.String()
	}
	if v.Kind != "" {
		to.Type = strings.TrimSpace(v.Kind + " " + to.Type)
	}
	if v.Shape != nil {
		to.Shape = []int{}
	}
	for _, d := range v.Shape {
		to.Shape, to.Names = append(to.Shape, int(max(d.Size, -1))), append(to.Names, d.Param)
	}
	return to.plain()
}

// plain is v without names if there is at most N, that of the first size.
func (v value) plain() value {
	for i, name := range v.Names {
		if name != "" && (name != "N" || i > 0) {
			return v
		}
	}
	v.Names = nil
	return v
}

func values(from []infer.Value) []value {
	to := []value{}
	for _, v := range from {
		to = append(to, value(v).plain())
	}
	return to
}

func (v value) String() string {
	sides := make([]string, len(v.Shape))
	for i, n := range v.Shape {
		switch {
		case n >= 0:
			sides[i] = strconv.Itoa(n)
		case i < len(v.Names) && v.Names[i] != "":
			sides[i] = cli.Printable(v.Names[i])
		case i == 0:
			sides[i] = "N"
		default:
			sides[i] = "?"
		}
	}
	if v.Shape == nil {
		sides = []string{"..."}
	}
	typ := v.Type
	if typ == "" {
		typ = "of unknown type"
	}
	return fmt.Sprintf("%s %s [%s]", cli.Printable(v.Name), typ, strings.Join(sides, ", "))
}

// table writes all that is known, a line each.
func (i *info) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "file\t%s, %d bytes\n", cli.Printable(i.File), i.Bytes)
	fmt.Fprintf(t, "format\topset %d", i.Opset)
	for _, domain := range slices.Sorted(maps.Keys(i.Opsets)) {
		fmt.Fprintf(t, ", %s %d", cli.Printable(domain), i.Opsets[domain])
	}
	fmt.Fprintf(t, ", IR version %d", i.IRVersion)
	if i.Producer != "" {
		fmt.Fprintf(t, ", written by %s", cli.Printable(i.Producer))
	}
	fmt.Fprintln(t)
	if i.Refused != "" {
		fmt.Fprintf(t, "refused\t%s\n", cli.Visible(i.Refused))
	}
	for _, v := range i.Inputs {
		fmt.Fprintf(t, "input\t%v\n", v)
	}
	for _, v := range i.Optional {
		fmt.Fprintf(t, "optional\t%v\n", v)
	}
	for _, v := range i.Outputs {
		fmt.Fprintf(t, "output\t%v\n", v)
	}
	fmt.Fprintf(t, "operators\t%s\n", counted(i.Operators))
	for _, name := range slices.Sorted(maps.Keys(i.Functions)) {
		fmt.Fprintf(t, "function\t%s, %d nodes\n", cli.Printable(name), i.Functions[name])
	}
	fmt.Fprintf(t, "parameters\t%d\n", i.Parameters)
	switch {
	case i.Refused != "":
	case i.MultiplyAdds == 0 && i.sizesOpen():
		fmt.Fprintf(t, "multiply-adds\tdepend on the sizes that are open (--size fixes them)\n")
	default:
		fmt.Fprintf(t, "multiply-adds\t%d\n", i.MultiplyAdds)
	}
	for _, e := range i.External {
		if e.Missing {
			fmt.Fprintf(t, "data in\t%s, which is missing from the model's folder\n", cli.Printable(e.File))
		} else {
			fmt.Fprintf(t, "data in\t%s, %d bytes\n", cli.Printable(e.File), e.Bytes)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(i.Metadata)) {
		fmt.Fprintf(t, "metadata\t%s = %s\n", cli.Printable(key), cli.Printable(i.Metadata[key]))
	}
	return t.Flush()
}

// sizesOpen reports whether sizes of inputs are open, beside the first.
func (i *info) sizesOpen() bool {
	return slices.ContainsFunc(i.Inputs, func(v value) bool {
		return v.Shape == nil || slices.Contains(v.Shape[min(1, len(v.Shape)):], -1)
	})
}

// counted lists operators and how many there are of each.
func counted(operators map[string]int) string {
	var list []string
	for _, op := range slices.Sorted(maps.Keys(operators)) {
		list = append(list, fmt.Sprintf("%d %s", operators[op], cli.Printable(op)))
	}
	return strings.Join(list, ", ")
}
