package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
)

// This file is --summary: both networks, layer by layer, and how long a sample
// takes.

// layerRow is a layer as it is shown.
type layerRow struct {
	Place        string `json:"place"` // 3, and 3.0 for the first in the body of that layer
	Op           string `json:"op"`
	Kernel       int    `json:"kernel,omitempty"`
	Stride       int    `json:"stride,omitempty"`
	Pad          int    `json:"pad,omitempty"`
	Groups       int    `json:"groups,omitempty"`
	In           []int  `json:"in"`  // shape of one sample: features, or channels, height, width
	Out          []int  `json:"out"` // likewise
	Norm         bool   `json:"batch_norm"`
	Act          string `json:"activation"`
	Parameters   int64  `json:"parameters"`    // that are learnt
	MultiplyAdds int64  `json:"multiply_adds"` // of the linear part, for one sample
}

// network is one of the two.
type network struct {
	Name         string     `json:"name"`
	Layers       []layerRow `json:"layers"`
	Parameters   int64      `json:"parameters"`
	MultiplyAdds int64      `json:"multiply_adds"`
}

func newNetwork(name string, layers []gan.Layer) network {
	n := network{Name: name}
	for place, l := range gan.Each(layers) {
		r := row(l)
		r.Place = place
		n.Layers = append(n.Layers, r)
		n.Parameters += r.Parameters
		n.MultiplyAdds += r.MultiplyAdds
	}
	return n
}

func row(l *gan.Layer) layerRow {
	r := layerRow{Op: string(l.Op), Norm: l.Norm != nil, Act: string(l.Act), Parameters: int64(l.Parameters()), MultiplyAdds: int64(len(l.Weight))}
	r.In, r.Out = []int{l.In}, []int{l.Out}
	if l.Op == gan.Dense {
		return r
	}
	r.Kernel, r.Stride, r.Pad, r.Groups = l.Kernel, l.Stride, l.Pad, l.Groups
	h, w := l.OutSize()
	r.In = append(r.In, l.H, l.W)
	r.Out = append(r.Out, h, w)
	if l.Op == gan.ConvTranspose {
		h, w = l.H, l.W
	}
	r.MultiplyAdds *= int64(h) * int64(w) // places of the window
	switch {
	case l.Op == gan.Constant:
		r.MultiplyAdds = 0
	case l.Op == gan.Synthesis:
		r.In = r.In[:1]
	case l.Style != nil:
		r.MultiplyAdds += int64(len(l.Style.Weight))
	}
	return r
}

// printSummary writes a plan, both its networks and the generator's time to stdout.
func printSummary(stdout io.Writer, p *plan, out folder, asJSON bool) error {
	g, d, err := p.Config.Layers(p.Data.Shape)
	if err != nil {
		return err
	}
	networks := []network{newNetwork("generator", g), newNetwork("discriminator", d)}
	sampling, err := newTiming(p.Config, p.Data.Shape, g)
	if err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		if asJSON {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(struct {
				*plan
				Out      folder    `json:"out"`
				Networks []network `json:"networks"`
				Sampling *timing   `json:"sampling"`
			}{p, out, networks, sampling})
		}
		fmt.Fprintln(w, strings.Join(p.describe(out), "\n"))
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, n := range networks {
			fmt.Fprintln(t)
			n.table(t)
		}
		fmt.Fprintf(t, "\n%v\n", sampling)
		return t.Flush()
	})
}

func (n *network) table(t *tabwriter.Writer) {
	fmt.Fprintf(t, "%s\tin\tout\tthen\tparameters\tmultiply-adds\n", n.Name)
	for _, r := range n.Layers {
		what := strings.Repeat("  ", strings.Count(r.Place, ".")) + r.Op
		if r.Kernel > 0 {
			what += fmt.Sprintf(" k%d s%d p%d", r.Kernel, r.Stride, r.Pad)
		}
		if r.Groups > 0 {
			what += fmt.Sprintf(" g%d", r.Groups)
		}
		then := r.Act
		if r.Norm {
			then = "batch norm, " + then
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\n", what, sides(r.In), sides(r.Out), then, r.Parameters, r.MultiplyAdds)
	}
	fmt.Fprintf(t, "in all\t\t\t\t%d\t%d\n", n.Parameters, n.MultiplyAdds)
}

// sides is a shape as 64x14x14.
func sides(shape []int) string {
	s := ""
	for i, n := range shape {
		if i > 0 {
			s += "x"
		}
		s += fmt.Sprint(n)
	}
	return s
}
