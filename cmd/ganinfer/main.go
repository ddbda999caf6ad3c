// Ganinfer draws samples from generators in ONNX files, on any device.
package main

// This file is the program's entrance: which subcommand, and how it ends.

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/ganlet/ganlet/cmd/internal/cli"
)

const help = `ganinfer draws samples from a generator in an ONNX file.

    ganinfer sample model.onnx -n 64 --seed 1 -o digits.png     a contact sheet
    ganinfer sample model.onnx -n 1000 --format npy -o x.npy    float32 [N, C, H, W]
    ganinfer interpolate model.onnx --from 1 --to 2 -o way.png  from one sample to another
    ganinfer run model.onnx --input z=z.npy --output image=image.npy
    ganinfer info model.onnx                                    what it reads and makes
    ganinfer verify model.onnx                                  does it draw here what its trainer drew?
    ganinfer bench model.onnx                                   how fast is it here?

ganinfer sample --help, and likewise the others, show their flags.
Results go to standard output or the file named, words to standard error. The
exit code is 0, 1 if something failed, or 2 if the form of the command line is wrong.
`

func main() {
	os.Exit(cli.Exit("ganinfer", os.Stderr, run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)))
}

// run is the program. Nothing is read from stdin.
func run(args []string, _ io.Reader, stdout, _ io.Writer) error {
	f := cli.Flags()
	f.SetInterspersed(false) // what follows the subcommand is the subcommand's
	if helped, err := cli.Parse(f, "ganinfer", args, help, stdout); err != nil || helped {
		return err
	}
	if f.NArg() == 0 {
		return cli.Usagef("a subcommand is missing: sample, interpolate, run, info, verify or bench")
	}
	name, args := f.Arg(0), f.Args()[1:]
	switch name {
	case "sample":
		ctx, stop := untilSignal()
		defer stop()
		return runSample(ctx, args, stdout)
	case "interpolate":
		ctx, stop := untilSignal()
		defer stop()
		return runInterpolate(ctx, args, stdout)
	case "run":
		ctx, stop := untilSignal()
		defer stop()
		return runRun(ctx, args, stdout)
	case "info":
		return runInfo(args, stdout)
	case "verify":
		return runVerify(args, stdout)
	case "bench":
		ctx, stop := untilSignal()
		defer stop()
		return runBench(ctx, args, stdout)
	}
	return cli.Usagef("unknown subcommand %q, want sample, interpolate, run, info, verify or bench", name)
}

// untilSignal is a context that ends with the first signal, so that a command can
// take back the file it is writing. A second ends the program at once.
func untilSignal() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
