package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/ganlet/ganlet/cmd/internal/cli"
)

// This file is ganinfer verify: does this device draw what the trainer drew?

const verifyHelp = `ganinfer verify draws the samples of a model's probe and compares their hash
with the one that its trainer left in the file. If they agree, this device draws
the very bits that Gorgonia drew. The exit code is 0 if they agree, else 1.

    ganinfer verify MODEL.onnx [--json]

    ganinfer verify model.onnx

Flags:
FLAGS
`

// verdict is what verify finds.
type verdict struct {
	File  string `json:"file"`
	OK    bool   `json:"ok"`
	Seed  uint64 `json:"seed"`
	Count int    `json:"count"` // samples
	Want  string `json:"want"`  // SHA-256 of their bits, from the file
	Got   string `json:"got"`   // the same, computed here
}

func runVerify(args []string, stdout io.Writer) error {
	f := cli.Flags()
	asJSON := f.Bool("json", false, "print JSON")
	var l loading
	l.sizeFlag(f)
	if helped, err := cli.Parse(f, "ganinfer verify", args, verifyHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer verify", "MODEL.onnx"); err != nil {
		return err
	}
	path := f.Arg(0)
	if err := l.parseSizes(); err != nil {
		return err
	}
	l.path = path
	m, err := l.open()
	if err != nil {
		return err
	}
	p, err := m.Verify(sha256.New())
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	if *asJSON {
		err = cli.Text(stdout, func(w io.Writer) error {
			return json.NewEncoder(w).Encode(&verdict{path, p.OK(), p.Seed, p.Count, p.Want, p.Got})
		})
	} else if p.OK() {
		err = cli.Text(stdout, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s: ok: %d samples of seed %d have the bits that the trainer computed (SHA-256 %s)\n", cli.Printable(path), p.Count, p.Seed, p.Got)
			return err
		})
	}
	if err == nil && !p.OK() {
		err = fmt.Errorf("%q: its %d probe samples differ from the trainer's: SHA-256 %s, want %s", path, p.Count, p.Got, p.Want)
	}
	return err
}
