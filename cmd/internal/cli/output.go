package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/term"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
)

// This file is where results go: standard output, or a file that appears
// complete or not at all.

// Terminal reports whether f, a reader or a writer, is a terminal.
func Terminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Text has write write to stdout, and names it in the error.
func Text(stdout io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(stdout, 1<<16)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("cannot write to standard output: %w", pe.Err)
	}
	return err
}

// Output has write write a result: to the file at path, whole or not at all,
// or to stdout if path is "" or "-".
func Output(path string, stdout io.Writer, write func(io.Writer) error) error {
	if path != "" && path != "-" {
		return atomicfile.Write(path, write)
	}
	return Text(stdout, write)
}

// RefuseTerminal returns an error if the Output for path, which is not for
// eyes, would go to a terminal.
func RefuseTerminal(path string, stdout io.Writer) error {
	if (path == "" || path == "-") && Terminal(stdout) {
		return Hintf(Usagef("the result is binary and standard output is a terminal"), "name a file with -o FILE, or redirect with > FILE")
	}
	return nil
}

// Cause is err without the path that the operating system's errors repeat.
func Cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
