// Command compare measures ganlet beside ONNX Runtime or PyTorch and prints, as a table in Markdown, what there is to reach and what is reached.
//
//	cd internal/peer; ORT_LIB=/path/to/libonnxruntime.so.1 go run ./compare [-rounds 15] [-n 300] [-models DIR] [-only REGEXP]
//	cd internal/peer; go run ./compare -write DIR      the models alone, into DIR
//	cd internal/peer; go run ./compare -arm64 DIR      the rows in instructions on arm64 as well (alone, without ORT_LIB); DIR as made by ./arm64.sh setup DIR
//	cd internal/peer; go run ./compare -train [-rounds 15] [-only REGEXP]      a step of training beside PyTorch, Debian's python3-torch
//
// It builds both sides' programs itself. The sides take turns; every figure comes from a process of its own. The exit code is 1 if
// a row misses what it must reach.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/ganlet/ganlet/internal/peer/figures"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "compare: error: %v\n", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	rounds, calls        int
	models, write, arm64 string
	train                bool
	only                 *regexp.Regexp
}

func parse(args []string, stderr io.Writer) (*options, error) {
	var o options
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&o.rounds, "rounds", 15, "rounds, each of one process a side and row")
	f.IntVar(&o.calls, "n", 300, "calls that a process times, in batches of one; fewer, in proportion, in larger ones")
	f.StringVar(&o.models, "models", "", "`folder` of mlp.onnx, dcgan28.onnx and dcgan64.onnx from elsewhere, perhaps mlp16.onnx")
	f.StringVar(&o.write, "write", "", "only write the models, to this `folder`")
	f.StringVar(&o.arm64, "arm64", "", "count instructions on arm64 too (alone, without ORT_LIB), with what ./arm64.sh setup put in this `folder`")
	f.BoolVar(&o.train, "train", false, "measure training instead, beside PyTorch")
	only := f.String("only", "", "rows to measure: those whose name has a match of this `expression`")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.rounds < 1 || o.calls < 1 {
		return nil, fmt.Errorf("-rounds is %d and -n %d, want at least 1", o.rounds, o.calls)
	}
	if o.train && (o.models != "" || o.write != "" || o.arm64 != "") {
		return nil, fmt.Errorf("-train goes with none of -models, -write and -arm64")
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	return &o, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.write != "" {
		_, err := openModels("", o.write)
		return err
	}
	scratch, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	w, err := newWorkshop(scratch)
	if err != nil {
		return err
	}
	if o.train {
		rows, how, err := w.trainRows(o, stderr)
		if err != nil {
			return err
		}
		return report(stdout, o, rows, "PyTorch or the other", how)
	}
	models, err := openModels(o.models, scratch)
	if err != nil {
		return err
	}
	var rows []*row
	var how []string
	add := func(more []*row, of string, err error) error {
		if len(more) > 0 {
			rows, how = append(rows, more...), append(how, of)
		}
		return err
	}
	if o.arm64 == "" || os.Getenv("ORT_LIB") != "" {
		if err := add(w.timedRows(o, models, stderr)); err != nil {
			return err
		}
	}
	if o.arm64 != "" {
		if err := add(w.instructionRows(o, models)); err != nil {
			return err
		}
	}
	from := "written by export, weights random"
	if o.models != "" {
		from = "from " + o.models
	}
	return report(stdout, o, rows, "ONNX Runtime", strings.Join(how, "; ")+".\nModels "+from)
}

// report prints the rows beside a peer, and how they were measured; a row that misses what it must reach is an error.
func report(stdout io.Writer, o *options, rows []*row, peer, how string) error {
	if len(rows) == 0 {
		return fmt.Errorf("-only is %q, and no row has such a name", o.only)
	}
	fmt.Fprintf(stdout, "%s; %s; %s.\n\n", time.Now().UTC().Format("2006-01-02 15:04 MST"), figures.Machine(), how)
	if err := writeTable(stdout, peer, rows); err != nil {
		return err
	}
	if n := missed(rows); n > 0 {
		return fmt.Errorf("%d of %d rows miss what they must reach", n, len(rows))
	}
	return nil
}

// wants says that one of the rows is to be measured.
func (o *options) wants(rows []*row) bool {
	for _, r := range rows {
		if o.only.MatchString(r.name) {
			return true
		}
	}
	return false
}
