// Gantrain trains a generative adversarial network on a workstation and
// exports its generator as an ONNX file, for ganinfer or any other runtime.
package main

// This file is the program's entrance: which subcommand, and how it ends.

import (
	"io"
	"os"

	"github.com/ganlet/ganlet/cmd/internal/cli"
)

func main() {
	os.Exit(cli.Exit("gantrain", os.Stderr, run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)))
}

// run is the program. Results go to stdout, words to stderr; there is nothing
// that it reads from stdin.
func run(args []string, _ io.Reader, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "bench":
			return runBench(args[1:], stdout)
		case "eval":
			return runEval(args[1:], stdout)
		case "export":
			return runExport(args[1:], stdout, stderr)
		case "lab":
			return runLab(args[1:], stdout)
		case "project":
			return runProject(args[1:], stdout, stderr)
		}
	}
	return runTrain(args, stdout, stderr)
}
