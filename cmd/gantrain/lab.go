package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/lab"
)

// This file is gantrain lab: what goes wrong in GANs, to be looked at.

const labHelp = `gantrain lab shows one of the problems of training GANs as it happens, and what
cures it: two small runs that differ in one setting, what the verdict of gantrain
says of each, and a picture of both, side by side.

    gantrain lab convergence    players that circle
    gantrain lab collapse       samples that are all alike
    gantrain lab vanishing      a generator without a gradient
    gantrain lab quality        losses that say nothing

The picture is a PNG, named after the problem, in the folder --out. It takes
seconds, and is the same every time.

Flags:
FLAGS
`

// labResult is what gantrain lab says with --json.
type labResult struct {
	*lab.Outcome
	Picture string `json:"picture"`
}

func runLab(args []string, stdout io.Writer) error {
	f := cli.Flags()
	out := f.StringP("out", "o", "lab", "the folder of the picture")
	asJSON := f.Bool("json", false, "print JSON")
	if helped, err := cli.Parse(f, "gantrain lab", args, labHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "gantrain lab", "PROBLEM"); err != nil {
		return err
	}
	experiments := lab.Experiments()
	i := slices.IndexFunc(experiments, func(e lab.Experiment) bool { return e.Name == f.Arg(0) })
	if i < 0 {
		return cli.Hintf(cli.Usagef("there is no problem %q", f.Arg(0)), "want convergence, collapse, vanishing or quality")
	}
	if *out == "" {
		return cli.Flagf("--out is empty, want a folder")
	}
	if err := os.MkdirAll(*out, 0o777); err != nil {
		return err
	}
	o, err := experiments[i].Run()
	if err != nil {
		return err
	}
	r := labResult{o, filepath.Join(*out, o.Name+".png")}
	if err := atomicfile.Write(r.Picture, o.WritePNG); err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		if *asJSON {
			return json.NewEncoder(w).Encode(&r)
		}
		return r.describe(w)
	})
}

// describe says what is to be seen.
func (r *labResult) describe(w io.Writer) error {
	_, err := fmt.Fprintf(w, "What you see: %s\nWhy: %s\nWhat cures it: %s\n\n%s%sThe picture is %s\n", r.See, r.Why, r.Cure, described(r.Bad), described(r.Good), r.Picture)
	return err
}

// described is one side in lines.
func described(s lab.Side) string {
	text := s.Title
	if s.Flags != "" {
		text += " (gantrain " + s.Flags + ")"
	}
	text += "\n   "
	for _, name := range slices.Sorted(maps.Keys(s.Figures)) {
		text += fmt.Sprintf(" %s %.3g", name, s.Figures[name])
	}
	text += "\n"
	for _, f := range s.Verdict {
		text += fmt.Sprintf("    %v\n", f)
	}
	return text + "\n"
}
