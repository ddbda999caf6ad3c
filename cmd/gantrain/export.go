package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/export"
)

// This file is gantrain export: the generator of a run's checkpoint as ONNX.

const exportHelp = `gantrain export writes the generator of a run's checkpoint as an ONNX file.

    gantrain export RUN [--float16] -o M.onnx

    gantrain export run -o digits.onnx
    gantrain export run --float16 -o half.onnx     half the size, weights rounded
    gantrain export run > digits.onnx

Flags:
FLAGS
`

func runExport(args []string, stdout, stderr io.Writer) error {
	f := cli.Flags()
	half := f.Bool("float16", false, "store weights in 16 bits")
	out := f.StringP("out", "o", "", "the `file` to write; standard output if there is none, or -")
	if helped, err := cli.Parse(f, "gantrain export", args, exportHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "gantrain export", "RUN"); err != nil {
		return err
	}
	if err := cli.RefuseTerminal(*out, stdout); err != nil {
		return err
	}
	t, err := folder(f.Arg(0)).load(nil, 1)
	if err != nil {
		return err
	}
	defer t.Close()
	g, err := t.Generator()
	if err != nil {
		return err
	}
	model, err := encode(g, export.Options{Float16: *half})
	if err != nil {
		return err
	}
	n, err := verify(model)
	if err != nil {
		return err
	}
	err = cli.Output(*out, stdout, func(w io.Writer) error {
		_, err := w.Write(model)
		return err
	})
	if err == nil {
		fmt.Fprintf(stderr, "gantrain: the generator after step %d, %d bytes; it draws the %d images of its probe, bit for bit\n", t.Steps(), len(model), n)
	}
	return err
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./+=:,@%"+string(filepath.Separator), r)
	}
	if path != "" && strings.TrimFunc(path, plain) == "" && os.PathSeparator == '/' {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
